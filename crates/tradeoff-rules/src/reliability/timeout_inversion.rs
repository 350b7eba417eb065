//! `rel-timeout-inversion`: callers that give up before their callee does.

use serde_json::json;
use tradeoff_diag::Severity;

use super::bounds::{Worst, after, worst};
use crate::mend::Mend;
use crate::{Context, Report, Source};
use tradeoff_analyze::words::{duration, seconds, stated};
use tradeoff_analyze::{Callee, Edge};

rule! {
    /// A call gives up while the service that it calls may still be waiting, or trying again.
    ///
    /// # Why
    /// The caller has failed already, but its callee keeps a slot, a connection and its own
    /// dependencies busy for an answer that nobody will read: its later attempts and fallbacks
    /// can never help. Under load that work crowds out the requests that could still succeed, and
    /// the caller's own retry starts all of it again.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order:
    ///     endpoints:
    ///       place:
    ///         steps:
    ///           - call: payment.charge
    /// #           ^^^^^^^^^^^^^^^^^^^^ rel-timeout-inversion
    ///             policy: { timeout: 500ms }
    ///   payment:
    ///     endpoints:
    ///       charge:
    ///         steps:
    ///           - query: ledger.book
    ///             policy: { timeout: 100ms }
    ///           - call: bank
    ///             policy: { timeout: 400ms, retry: { attempts: 2, base: 50ms } }
    /// externals:
    ///   bank: { time: 80ms }
    /// stores:
    ///   ledger: { operations: { book: { time: 2ms, writes: true } } }
    /// ```
    /// Where the caller waits for longer, or passes on a deadline that the callee keeps:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order:
    ///     endpoints:
    ///       place:
    ///         steps:
    ///           - call: payment.charge
    ///             policy: { timeout: 1s }
    ///       refund:
    ///         steps:
    ///           - call: payment.charge
    ///             policy: { deadline: { after: 500ms, pass: true } }
    ///   payment:
    ///     endpoints:
    ///       charge:
    ///         steps:
    ///           - call: bank
    ///             policy: { timeout: 400ms, retry: { attempts: 2, base: 50ms } }
    /// externals:
    ///   bank: { time: 80ms }
    /// ```
    ///
    /// # Limits
    /// The worst case of a callee is the sum of `attempts x timeout + backoff`, or of the
    /// deadline where that is less, over what it calls one after another; of branches the longest
    /// counts. It is an error where one of these alone is longer than the caller waits, and a
    /// warning where it takes several slow ones. Work and queues are not counted, so a file that
    /// passes can still invert under load. Where a call beneath has no bound at all the rule
    /// cannot tell: `rel-no-timeout` asks for one. A caller that takes its request back
    /// (`cancel: true`) makes it a warning.
    ///
    /// # Sources
    /// Guide, section 12, on timeouts. B. Beyer and others, "Site Reliability Engineering",
    /// O'Reilly 2016, chapter 22: deadline propagation.
    pub const RULE = Rule {
        id: "rel-timeout-inversion",
        severity: Severity::Error,
        source: Source {
            guide: Some("12"),
            other: Some("Site Reliability Engineering, chapter 22: deadline propagation"),
        },
        summary: "a caller that gives up before its callee may be done",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    let worst = worst(cx);
    for (subject, edges) in cx.analysis.named_edges() {
        let Callee::Endpoint(to) = edges[0].to else { continue };
        let it = &worst[to];
        let inverted: Vec<&Edge<'_>> =
            edges.iter().copied().filter(|edge| inverts(edge, it)).collect();
        let Some(first) = inverted.iter().min_by(|a, b| a.patience().total_cmp(&b.patience()))
        else {
            match &it.unbounded {
                Some(pointer) if edges.iter().any(|edge| edge.patience().is_finite()) => {
                    let step = pointer.trim_start_matches('/').replace('/', ".");
                    report.unknown(&RULE, subject, format!("{step}.policy.timeout"));
                }
                _ => report.pass(&RULE),
            }
            continue;
        };
        let mut mend = Mend::new(cx);
        for edge in &inverted {
            let after = stated(after(cx, edge));
            mend.policy(edge, "deadline", json!({ "after": after, "pass": true }));
        }
        let who = cx.analysis.name(first.from);
        let whom = cx.analysis.name(to);
        let patience = first.patience();
        let sum = duration(it.sum);
        let sum = if it.text() == sum { sum } else { format!("{} = {sum}", it.text()) };
        let sign = if it.sum > patience { ">" } else { "=" };
        let alone = it.most > patience && inverted.iter().any(|edge| !edge.policy.cancel);
        let finding = RULE
            .at(
                subject,
                first.step.span,
                format!("gives up after {}", duration(patience)),
                format!("`{who}` gives up on `{whom}` before it is done trying"),
            )
            .severity(if alone { Severity::Error } else { Severity::Warning })
            .because(format!("{sum} {sign} {}", duration(patience)), it.sum, patience, "s")
            .help(format!(
                "pass the deadline on with `deadline: {{ after: {}, pass: true }}`, or let \
                 `{whom}` wait for less or try less often",
                stated(after(cx, first))
            ))
            .patch(mend.edits());
        report.fire(finding);
    }
}

/// Whether a caller stops waiting before its callee may be done.
fn inverts(edge: &Edge<'_>, worst: &Worst) -> bool {
    let patience = edge.patience();
    if patience.is_infinite() || worst.sum <= 0.0 {
        return false;
    }
    let deadline = edge.policy.deadline.as_ref().filter(|_| edge.policy.pass_deadline);
    match deadline.map(|it| seconds(it.value)) {
        Some(kept) => worst.sum.min(kept) > patience,
        None => worst.sum >= patience,
    }
}
