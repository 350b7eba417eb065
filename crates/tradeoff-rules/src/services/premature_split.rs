//! `svc-premature-split`: more services than people can keep.

use tradeoff_analyze::horizon::{ENOUGH, PER_TEAM};
use tradeoff_diag::Severity;

use crate::{Context, Report, Source};

rule! {
    /// There are many more services than teams, and nothing on record that asked for them.
    ///
    /// # Why
    /// Every service is a pipeline, a dashboard, a rota and a network between it and the rest, and
    /// somebody must keep them. A system is to be decomposed when there is evidence, not
    /// anticipation: teams that block each other, parts that need to scale, comply or fail on
    /// their own. Until then modules of one deploy unit have the same boundaries for nothing.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// teams:
    ///   checkout: { engineers: 3 }
    /// # ^^^^^^^^ svc-premature-split
    /// services:
    ///   order: { team: checkout }
    ///   cart: { team: checkout }
    ///   payment: { team: checkout }
    ///   mailer: { team: checkout }
    /// ```
    /// With what asked for it, or as modules of one deploy unit:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// teams:
    ///   checkout: { engineers: 3 }
    /// decomposition:
    ///   triggers: [ { kind: compliance }, { kind: scaling } ]
    /// services:
    ///   order: { team: checkout }
    ///   cart: { team: checkout }
    ///   payment: { team: checkout }
    ///   mailer: { team: checkout }
    /// ```
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// teams:
    ///   checkout: { engineers: 3 }
    /// services:
    ///   order: { team: checkout, deploy: shop }
    ///   cart: { team: checkout, deploy: shop }
    ///   payment: { team: checkout }
    ///   mailer: { team: checkout, deploy: shop }
    /// ```
    ///
    /// # Limits
    /// Many are more than two services per team, or more services than engineers. Where two
    /// engineers or more come upon each service it is advice. `decomposition: { triggers }` records
    /// what was seen; whether it justifies each service is not judged. Without teams the rule cannot
    /// tell. What to join is for the teams to say, so there is no patch.
    ///
    /// # Sources
    /// Guide, section 2: "Decompose when you have evidence, not anticipation".
    pub const RULE = Rule {
        id: "svc-premature-split",
        severity: Severity::Warning,
        source: Source { guide: Some("2"), other: None },
        summary: "more than two services per team, and no trigger on record",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    let architecture = cx.architecture;
    let services = cx.analysis.processes.len();
    if services < 2 {
        return;
    }
    let Some(first) = architecture.teams.first() else {
        return report.unknown(&RULE, architecture.name.as_str(), "teams");
    };
    let teams = architecture.teams.len();
    let engineers: Option<u64> =
        architecture.teams.iter().map(|it| it.engineers.map(u64::from)).sum();
    let triggers = architecture.facts.get("decomposition.triggers");
    let triggers = triggers.map_or(0, |it| it.items().len());
    let by_teams = services > PER_TEAM * teams;
    let few = engineers.is_some_and(|it| it < services as u64);
    if triggers > 0 || !(by_teams || few) {
        return report.pass(&RULE);
    }
    let enough = engineers.is_some_and(|it| it >= ENOUGH * services as u64);
    let (text, limit) = match engineers {
        Some(engineers) if few => {
            (format!("{services} services > {engineers} engineers"), engineers as f64)
        }
        _ => {
            let limit = PER_TEAM * teams;
            let word = if teams == 1 { "team" } else { "teams" };
            (format!("{services} services > {PER_TEAM} x {teams} {word} = {limit}"), limit as f64)
        }
    };
    report.fire(
        RULE.at(
            architecture.name.as_str(),
            first.name.span,
            "who keeps them",
            format!("{services} services are many for those who keep them"),
        )
        .severity(if enough { Severity::Advice } else { Severity::Warning })
        .because(text, services as f64, limit, "services")
        .help(
            "let services that change together be modules of one `deploy` unit, or record what \
             asked for them under `decomposition: { triggers }`",
        ),
    );
}
