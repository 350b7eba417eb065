//! `rel-no-timeout`: calls that may wait for ever.

use serde_json::json;
use tradeoff_diag::Severity;

use super::bounds::{need, proposals};
use crate::mend::Mend;
use crate::{Context, Report, Source};
use tradeoff_analyze::words::{seconds, stated};
use tradeoff_analyze::{Callee, Edge};

rule! {
    /// A synchronous call or query has no bound: neither a timeout nor a deadline is in force.
    ///
    /// # Why
    /// When the callee hangs, so does the caller: every request that reaches the call keeps its
    /// thread, its slot and its connection until the callee comes back. One stuck dependency
    /// takes all callers down with it, and no retry or breaker helps, because a call that never
    /// ends never fails.
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
    /// #           ^^^^^^^^^^^^^^^^^^^^ rel-no-timeout
    ///           - query: orders.insert
    /// #           ^^^^^^^^^^^^^^^^^^^^ rel-no-timeout
    ///             policy: { timeout: none, retry: 2 }
    ///   payment:
    ///     endpoints:
    ///       charge: { steps: [ { work: { p50: 20ms, p99: 75ms } } ] }
    /// stores:
    ///   orders:
    ///     pool: { per_replica: 10, wait: 500ms }
    ///     operations: { insert: { time: 1ms } }
    /// ```
    /// A policy that is given by name, and a service in its short form, are mended all the same:
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// policies:
    ///   careful: { retry: 2 }
    /// services:
    ///   order:
    ///     endpoints:
    ///       place: { steps: [ { call: email, policy: careful } ] }
    /// #                         ^^^^^^^^^^^ rel-no-timeout
    ///       quick: { steps: [ { call: email, policy: none } ] }
    /// #                         ^^^^^^^^^^^ rel-no-timeout
    ///   email: { calls: [smtp] }
    /// #                  ^^^^ rel-no-timeout
    /// externals:
    ///   smtp: { time: 80ms }
    /// ```
    /// A bound may come from the step, the edge, the callee or the defaults:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// defaults: { policy: { timeout: 250ms } }
    /// services:
    ///   order:
    ///     endpoints:
    ///       place:
    ///         steps:
    ///           - call: payment.charge
    ///           - call: mailer
    ///             policy: { timeout: none, deadline: 2s }
    ///   payment:
    ///     endpoints:
    ///       charge: { steps: [ { work: 20ms } ] }
    /// externals:
    ///   mailer: { time: 80ms }
    /// ```
    ///
    /// # Limits
    /// Calls inside one deploy unit are function calls and need no timeout. The timeout that the
    /// patch adds is three times what the callee needs at its 99th percentile when nothing waits:
    /// at least 50 ms, and at most the tightest latency that an SLO promises on a path through
    /// the call, if the callee can meet that at all. Where the callee's own bounds let it take longer
    /// the timeout is longer than these, or, if the promise leaves no time for that, a deadline that
    /// the callee keeps too. Queues are not counted, so a busy callee may
    /// need more: `tradeoff simulate` sees that. A deadline that a caller further up passes on is
    /// not seen as a bound of the calls beneath it. A store's `pool: { wait }` bounds the wait for
    /// a connection, not the query.
    ///
    /// # Sources
    /// Guide, section 12: "Threads block indefinitely; thread pool exhaustion cascades into full
    /// service outage".
    pub const RULE = Rule {
        id: "rel-no-timeout",
        severity: Severity::Error,
        source: Source { guide: Some("12"), other: None },
        summary: "a synchronous call or query without a timeout or deadline",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    let proposals = proposals(cx);
    for (subject, edges) in cx.analysis.named_edges() {
        let bare: Vec<&Edge<'_>> =
            edges.into_iter().filter(|edge| edge.patience().is_infinite()).collect();
        let Some(first) = bare.first() else {
            report.pass(&RULE);
            continue;
        };
        let Some(own) = proposals.get(&first.step.pointer) else { continue };
        let mut mend = Mend::new(cx);
        for edge in &bare {
            let it = proposals.get(&edge.step.pointer).unwrap_or(own);
            let bound = stated(it.bound);
            if it.pass {
                mend.policy(edge, "deadline", json!({ "after": bound, "pass": true }));
            } else {
                mend.policy(edge, "timeout", json!(bound));
            }
        }
        let who = cx.analysis.name(first.from);
        let whom = cx.analysis.callee_name(first.to);
        let waits = format!("`{who}` may wait for `{whom}` for ever");
        let bound = stated(own.bound);
        let mut help = if own.pass {
            format!(
                "add `deadline: {{ after: {bound}, pass: true }}` to the policy of this step: by \
                 its own timeouts `{whom}` may take longer"
            )
        } else {
            format!("add `timeout: {bound}` to the policy of this step")
        };
        if let Callee::Operation(store, _) = first.to
            && cx.architecture.stores[store].pool.is_some_and(|pool| pool.wait.is_some())
        {
            help += "; the pool's `wait` bounds the wait for a connection, not the query";
        }
        let need = need(cx, first).p99();
        let mut finding = RULE
            .at(subject, first.step.span, "no timeout and no deadline", waits)
            .because(own.text.as_str(), need, seconds(own.bound), "s")
            .help(help)
            .patch(mend.edits());
        for edge in &bare[1..] {
            finding = finding.also(edge.step.span, "nor here");
        }
        report.fire(finding);
    }
}
