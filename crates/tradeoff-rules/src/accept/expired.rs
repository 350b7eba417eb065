//! `accept-expired`: acceptances whose last day has passed.

use tradeoff_diag::Severity;

use crate::acceptance::subject;
use crate::{Context, Report, Source};

rule! {
    /// An accepted finding was accepted until a day that has passed.
    ///
    /// # Why
    /// To accept a risk is to borrow: the day says when it is looked at again. A list of
    /// exceptions that nobody looks at any more hides what it was to keep in sight. From the day
    /// after the last one on the finding counts again, and this one says why.
    ///
    /// # Examples
    /// On 2026-11-23:
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// teams: { checkout: {} }
    /// services:
    ///   order: { team: checkout, endpoints: { place: { steps: [ { call: bank } ] } } }
    /// externals:
    ///   bank: { time: 80ms }
    /// rules:
    ///   accept:
    ///     - rule: rel-no-timeout
    ///       at: order.place->bank
    ///       reason: the bank's library has no timeout before its next version
    ///       owner: checkout
    ///       expires: 2026-06-30
    /// #              ^^^^^^^^^^ accept-expired
    /// ```
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// teams: { checkout: {} }
    /// services:
    ///   order: { team: checkout, endpoints: { place: { steps: [ { call: bank } ] } } }
    /// externals:
    ///   bank: { time: 80ms }
    /// rules:
    ///   accept:
    ///     - rule: rel-no-timeout
    ///       at: order.place->bank
    ///       reason: the bank's library has no timeout before its next version
    ///       owner: checkout
    ///       expires: 2027-06-30
    /// ```
    ///
    /// # Limits
    /// The last day counts. What day it is the command reads from the clock, in UTC, unless
    /// `--today` says so. Whether to mend it or to accept it for longer is for its owner to decide,
    /// so there is no patch.
    ///
    /// # Sources
    /// Guide, section 16, on technical debt: "The failure is not tracking it".
    pub const RULE = Rule {
        id: "accept-expired",
        severity: Severity::Warning,
        source: Source { guide: Some("16"), other: None },
        summary: "an acceptance whose last day has passed",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    for (nth, it) in cx.architecture.acceptances.iter().enumerate() {
        let known = report.uses[nth];
        if !known.expired {
            report.pass(&RULE);
            continue;
        }
        let (rule, at) = (&it.rule.value, &it.at.value);
        let owner = &cx.architecture.teams[it.owner].name.value;
        let help = match known.matches {
            0 => "take it out: there is nothing left to accept".to_owned(),
            _ => format!("mend what it accepts, or let `{owner}` accept it until another day"),
        };
        let finding = RULE.at(
            subject(it),
            it.expires.span,
            "was the last day",
            format!("`{rule}` at `{at}` is accepted no longer"),
        );
        report.fire(finding.help(help));
    }
}
