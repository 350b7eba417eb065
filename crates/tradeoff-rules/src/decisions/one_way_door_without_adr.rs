//! `dec-one-way-door-without-adr`: what cannot be taken back, and nobody wrote down.

use tradeoff_diag::Severity;

use super::place;
use crate::decided::{Adr, Back};
use crate::{Context, Report, Source};

rule! {
    /// A decision that takes months to take back, or cannot be taken back, has no ADR.
    ///
    /// # Why
    /// A two-way door may be walked through and back: little is lost if nobody knows why. A one-way
    /// door binds everybody who comes later. It deserves the hour that it takes to write down what
    /// else there was and what would have spoken for it.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order: { endpoints: { place: { steps: [ { query: orders.insert } ] } } }
    /// stores:
    ///   orders: { kind: postgres, operations: { insert: { time: 1ms, writes: true } } }
    /// traffic:
    ///   shoppers: { rate: 200000/s, mix: { order.place: 100% } }
    /// decisions:
    ///   database: { topic: primary-database, chosen: sharded-postgres }
    /// #                                              ^^^^^^^^^^^^^^^^ dec-one-way-door-without-adr
    /// ```
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order: { endpoints: { place: { steps: [ { query: orders.insert } ] } } }
    /// stores:
    ///   orders: { kind: postgres, operations: { insert: { time: 1ms, writes: true } } }
    /// traffic:
    ///   shoppers: { rate: 200000/s, mix: { order.place: 100% } }
    /// decisions:
    ///   database: { topic: primary-database, chosen: sharded-postgres, adr: docs/adr/0001-lists.md }
    /// ```
    ///
    /// # Limits
    /// What it takes to go back is what `tradeoff decide` says of the option; where it is months the
    /// finding is advice. A file that records no
    /// decision at all is left alone; one that records some is also told of the one-way doors that
    /// its facts answer and that it does not record. There is no patch: `tradeoff decide TOPIC PATH
    /// --adr` writes one.
    ///
    /// # Sources
    /// Guide, section 1, "Decision Framework: Reversibility Test": "If the answer is "a 6-month
    /// migration," treat it as a one-way door". J. Bezos, letter to shareholders (2015).
    pub const RULE = Rule {
        id: "dec-one-way-door-without-adr",
        severity: Severity::Warning,
        source: Source { guide: Some("1"), other: Some("Bezos: 2015 Letter to Shareholders") },
        summary: "a decision that takes months to take back, or cannot be, and has no ADR",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    for it in cx.decided.records.iter().filter(|it| it.back != Back::Easy) {
        if !matches!(it.adr, Adr::None) {
            report.pass(&RULE);
            continue;
        }
        let (what, severity) = match it.back {
            Back::Never => ("cannot be taken back", Severity::Warning),
            _ => ("takes months to take back", Severity::Advice),
        };
        let finding = RULE.at(
            it.name.as_str(),
            place(cx, &it.name, "chosen"),
            what,
            format!("`{}` chose `{}`, which {what}, and has no ADR", it.name, it.chosen),
        );
        report.fire(finding.severity(severity).help("write one, and name it as `adr`"));
    }
    for it in &cx.decided.doors {
        let finding = RULE.at(
            format!("{}@{}", it.topic, it.subject),
            cx.document.span_of(&it.pointer).unwrap_or_default(),
            "is what it is about",
            format!(
                "the facts of `{}` answer `{}`, a one-way door, and no decision records it",
                it.subject, it.option
            ),
        );
        report.fire(finding.help(format!("`tradeoff decide {} PATH --adr` writes one", it.topic)));
    }
}
