//! `dec-adr-contradicted`: records that the facts, or their own ADR, speak against.

use tradeoff_diag::Severity;

use super::place;
use crate::decided::Adr;
use crate::{Context, Report, Source};

rule! {
    /// The facts speak against a recorded decision, or its ADR says something else.
    ///
    /// # Why
    /// A record that the architecture contradicts misleads whoever relies on it: either the choice
    /// was a mistake, or a fact is missing that made it right, or nobody wrote down that it was
    /// changed. Each of them is worth a sentence.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// teams: { checkout: { engineers: 6 } }
    /// services:
    ///   order: { team: checkout }
    /// decisions:
    ///   style:
    ///     topic: monolith-or-services
    ///     chosen: services
    /// #           ^^^^^^^^ dec-adr-contradicted
    /// ```
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// teams: { checkout: { engineers: 6 } }
    /// services:
    ///   order: { team: checkout }
    /// decisions:
    ///   style:
    ///     topic: monolith-or-services
    ///     chosen: monolith
    /// ```
    ///
    /// # Limits
    /// It judges the topics that `tradeoff decide` lists, on the facts that the architecture states
    /// and the record holds. An option that is harder to undo or less proven than another, and that
    /// nothing else speaks against, passes. Of an ADR it reads the status and the line "Chosen
    /// option", which names the title or the id of an option: another text is no option. Where a recorded fact has changed, `dec-facts-drifted` says it instead. There is no
    /// patch: which of both is right is for people to decide.
    ///
    /// # Sources
    /// MADR 4.0.0, and of each topic the section of the guide that its page names.
    pub const RULE = Rule {
        id: "dec-adr-contradicted",
        severity: Severity::Warning,
        source: Source { guide: None, other: Some("MADR 4.0.0") },
        summary: "a recorded decision that the facts or its own ADR speak against",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    for it in &cx.decided.records {
        let differs = match &it.adr {
            Adr::Read { differs: Some(differs), .. } => Some(differs),
            _ => None,
        };
        if let Some(differs) = differs {
            let finding = RULE.at(
                it.name.as_str(),
                place(cx, &it.name, "chosen"),
                "is recorded",
                format!("`{}` records `{}`, and its ADR does not: {differs}", it.name, it.chosen),
            );
            report.fire(finding.help("make both say the same"));
            continue;
        }
        match &it.against {
            Some(against) if it.drifted.is_none() => {
                let finding = RULE.at(
                    it.name.as_str(),
                    place(cx, &it.name, "chosen"),
                    "is recorded",
                    format!("the facts speak against `{}`: {}", it.chosen, against.sentence),
                );
                let help = match &against.answer {
                    Some(answer) => format!(
                        "choose `{answer}`, or record the fact that makes `{}` right",
                        it.chosen
                    ),
                    None => "nothing fits these facts: something has to give".to_owned(),
                };
                report.fire(finding.help(help));
            }
            _ if it.judged => report.pass(&RULE),
            _ => {}
        }
    }
}
