//! `dec-adr-incomplete`: ADRs that are not there, or lack what makes them one.

use tradeoff_diag::Severity;

use super::place;
use crate::decided::Adr;
use crate::{Context, Report, Source};

rule! {
    /// A decision names an ADR that cannot be read, or that lacks a part.
    ///
    /// # Why
    /// Who finds a decision years later asks what it was about, what else there was, why this was
    /// chosen and what came of it. A record that lacks one of them has to be reconstructed from
    /// memory, usually by somebody who was not there.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services: { order: {} }
    /// decisions:
    ///   lists: { topic: pagination, chosen: cursor, adr: docs/adr/0002-lost.md }
    /// #                                                  ^^^^^^^^^^^^^^^^^^^^^ dec-adr-incomplete
    /// ```
    /// A file with its context, the options, the outcome and the consequences:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services: { order: {} }
    /// decisions:
    ///   lists: { topic: pagination, chosen: cursor, adr: docs/adr/0001-lists.md }
    /// ```
    ///
    /// # Limits
    /// A part is there if a heading names it (`Context`, `Considered Options`, `Decision Outcome`,
    /// `Consequences`, or near them) and something stands below; what it says nobody but people can
    /// judge. The file must stand in the folder of the architecture, or below. There is no patch.
    ///
    /// # Sources
    /// MADR 4.0.0. M. Nygard, "Documenting Architecture Decisions" (2011).
    pub const RULE = Rule {
        id: "dec-adr-incomplete",
        severity: Severity::Warning,
        source: Source { guide: None, other: Some("MADR 4.0.0") },
        summary: "an ADR that is not there, or lacks its context, options, outcome or consequences",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    for it in &cx.decided.records {
        let (label, message) = match &it.adr {
            Adr::None => continue,
            Adr::Unread(why) => (
                "cannot be read".to_owned(),
                format!("the ADR of `{}` cannot be read: {why}", it.name),
            ),
            Adr::Read { lacks, .. } if !lacks.is_empty() => {
                let lacks = lacks.join(", ");
                (format!("lacks {lacks}"), format!("the ADR of `{}` lacks {lacks}", it.name))
            }
            Adr::Read { .. } => {
                report.pass(&RULE);
                continue;
            }
        };
        let finding = RULE.at(it.name.as_str(), place(cx, &it.name, "adr"), label, message);
        report.fire(
            finding.help(
                "write what is missing: `tradeoff decide TOPIC PATH --adr` makes a whole one",
            ),
        );
    }
}
