//! `accept-unused`: acceptances of what is not there.

use tradeoff_diag::Severity;
use tradeoff_model::nearest;

use crate::acceptance::subject;
use crate::{Context, Report, Source};

rule! {
    /// The file accepts a finding that there is not.
    ///
    /// # Why
    /// It was mended, or moved, or its name was misspelled from the start. In each case the list
    /// says that something is accepted which is not: the next finding at that place would be
    /// accepted by a decision that nobody took about it.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// teams: { checkout: {} }
    /// defaults: { policy: { timeout: 1s } }
    /// services:
    ///   order: { team: checkout, endpoints: { place: { steps: [ { call: bank } ] } } }
    /// externals:
    ///   bank: { time: 80ms }
    /// rules:
    ///   accept:
    ///     - rule: rel-no-timeout
    ///       at: services.order
    /// #         ^^^^^^^^^^^^^^ accept-unused
    ///       reason: the bank's library has no timeout before its next version
    ///       owner: checkout
    ///       expires: 2027-06-30
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
    ///       at: services.order
    ///       reason: the bank's library has no timeout before its next version
    ///       owner: checkout
    ///       expires: 2027-06-30
    /// ```
    ///
    /// # Limits
    /// An acceptance matches a finding of its rule whose subject is exactly its `at`, or whose
    /// place in the file is at or under the dotted path that is its `at`. One that has expired is
    /// left to `accept-expired`. To accept the same again is unused too. These two rules cannot be
    /// accepted themselves. Whether it is to be taken out or to be mended the file does not say, so
    /// there is no patch.
    ///
    /// # Sources
    /// Guide, section 16, on technical debt: "The failure is not tracking it".
    pub const RULE = Rule {
        id: "accept-unused",
        severity: Severity::Warning,
        source: Source { guide: Some("16"), other: None },
        summary: "an acceptance that no finding needs",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    for (nth, it) in cx.architecture.acceptances.iter().enumerate() {
        let known = report.uses[nth];
        if known.expired {
            continue;
        }
        if known.matches > 0 && !known.again {
            report.pass(&RULE);
            continue;
        }
        let (rule, at) = (&it.rule.value, &it.at.value);
        let message = if known.again {
            format!("`{rule}` at `{at}` is accepted twice")
        } else {
            format!("there is no finding of `{rule}` at `{at}` to accept")
        };
        let subjects = report.findings.iter().filter(|it| it.rule.id == rule);
        let near = nearest(at, subjects.map(|it| it.subject.as_str()));
        let help = match near.filter(|_| !known.again) {
            Some(near) => format!("take it out, or write `at: {near}` if you meant that"),
            None => "take it out".to_owned(),
        };
        let finding = RULE.at(subject(it), it.at.span, "accepts nothing", message);
        report.fire(finding.help(help));
    }
}
