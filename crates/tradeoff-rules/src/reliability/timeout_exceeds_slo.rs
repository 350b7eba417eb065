//! `rel-timeout-exceeds-slo`: waiting on when the promise is broken already.

use serde_json::json;
use tradeoff_diag::Severity;

use super::bounds::{TooLong, after, too_long, worst};
use crate::mend::Mend;
use crate::{Context, Report, Source};
use tradeoff_analyze::words::{duration, stated};
use tradeoff_analyze::{Callee, Edge, words::seconds};

rule! {
    /// A timeout is longer than an SLO on its path promises to answer, or than ten times what the
    /// callee needs.
    ///
    /// # Why
    /// A promise about latency is a contract about waiting too: once it is broken, the caller
    /// keeps its slot, its connection and its user waiting for an answer that no longer counts.
    /// A slow dependency then fills the callers up with such requests. A timeout far beyond the
    /// callee's 99th percentile does the same where nothing is promised: it catches only what has
    /// long been lost.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// policies:
    ///   internal: { timeout: 2s }
    /// #                      ^^ rel-timeout-exceeds-slo
    /// services:
    ///   order:
    ///     endpoints:
    ///       place:
    ///         steps:
    ///           - call: payment.charge
    ///             policy: internal
    ///   payment:
    ///     endpoints:
    ///       charge: { steps: [ { work: 20ms }, { call: bank, policy: { timeout: 30s } } ] }
    /// #                                                                         ^^^ rel-timeout-exceeds-slo
    /// externals:
    ///   bank: { time: { p50: 60ms, p99: 200ms } }
    /// slos:
    ///   place-order: { endpoint: order.place, availability: 99.9%, latency: { p99: 500ms } }
    /// ```
    /// Within the promise, and where nothing is promised within ten times what is needed:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// defaults: { policy: { timeout: 400ms } }
    /// services:
    ///   order:
    ///     endpoints:
    ///       place: { steps: [ { call: payment.charge } ] }
    ///       report: { steps: [ { call: bank, policy: { timeout: 2s } } ] }
    ///   payment:
    ///     endpoints:
    ///       charge: { steps: [ { work: 20ms } ] }
    /// externals:
    ///   bank: { time: { p50: 60ms, p99: 200ms } }
    /// slos:
    ///   place-order: { endpoint: order.place, availability: 99.9%, latency: { p99: 500ms } }
    /// ```
    ///
    /// # Limits
    /// Each timeout is held against the tightest promise on a path through the call, and calls
    /// that an endpoint makes one after another are not added up. A timeout up to one second is
    /// left alone where nothing is promised. Calls that get their timeout from one policy are one
    /// finding. The mend is ten times what the callee needs at its 99th percentile when nothing
    /// waits, and at most the promise; a callee that may take longer by its own bounds gets it as a
    /// deadline. Where the callee alone needs more than is promised there is
    /// none.
    ///
    /// # Sources
    /// Guide, section 12: an SLO "is an architectural contract that shapes design decisions".
    pub const RULE = Rule {
        id: "rel-timeout-exceeds-slo",
        severity: Severity::Warning,
        source: Source { guide: Some("12"), other: None },
        summary: "a timeout longer than an SLO, or than ten times the need",
        since: "0.1",
        check,
    };
}

/// Calls that a finding points at beside its policy.
const SHOWN: usize = 4;

fn check(cx: &Context<'_>, report: &mut Report) {
    let bounds = worst(cx);
    for (subject, edges) in cx.by_policy("timeout", |edge| edge.policy.timeout.is_some()) {
        let long: Vec<(&Edge<'_>, TooLong)> =
            edges.into_iter().filter_map(|edge| too_long(cx, edge).map(|it| (edge, it))).collect();
        let excess = |it: &TooLong| seconds(it.stated) / it.limit.map_or(it.need, seconds);
        let worst = long.iter().rev().max_by(|a, b| {
            let key = |it: &(&Edge<'_>, TooLong)| (it.1.slo.is_some(), excess(&it.1));
            key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal)
        });
        let Some((edge, worst)) = worst else {
            report.pass(&RULE);
            continue;
        };
        let mut mend = Mend::new(cx);
        let mut fits = Vec::new();
        let mut passes = false;
        for (edge, it) in &long {
            let Some(timeout) = it.fits else { continue };
            mend.policy(edge, "timeout", json!(stated(timeout)));
            fits.push(timeout);
            // Less patience must not come out as a callee that goes on without its caller.
            if let Callee::Endpoint(to) = edge.to
                && bounds[to].sum >= seconds(timeout)
            {
                let after = stated(after(cx, edge));
                mend.policy(edge, "deadline", json!({ "after": after, "pass": true }));
                passes = true;
            }
        }
        let timeout = stated(worst.stated);
        let whom = cx.analysis.callee_name(edge.to);
        let calls = match long.len() {
            1 => String::new(),
            2 => " and of one more call".to_owned(),
            many => format!(" and of {} more calls", many - 1),
        };
        let (message, text, limit) = if let (Some(slo), Some(limit)) = (worst.slo, worst.limit) {
            let slo = &cx.architecture.slos[slo].name.value;
            let message = format!("the timeout of `{whom}`{calls} is longer than `{slo}` may take");
            (message, format!("{timeout} > {}", stated(limit)), seconds(limit))
        } else {
            let (need, limit) = (duration(worst.need), 10.0 * worst.need);
            let message = format!("the timeout of `{whom}`{calls} is far beyond what it needs");
            (message, format!("{timeout} > 10 x {need} at p99 = {}", duration(limit)), limit)
        };
        let help = match (fits.iter().min(), fits.iter().max()) {
            (Some(least), Some(most)) => {
                let time = if least == most {
                    stated(*least)
                } else {
                    format!("{} to {}", stated(*least), stated(*most))
                };
                // Of calls that share a policy only these: the others may need longer.
                let calls = match (fits.len(), subject == cx.analysis.edge_name(edge)) {
                    (1, true) => format!("set a `timeout` of {time}"),
                    (1, false) => {
                        format!("give the call of `{whom}` a `timeout` of its own, {time}")
                    }
                    (2, _) => {
                        format!("give the calls of `{whom}` and of one more a `timeout` of {time}")
                    }
                    (many, _) => format!(
                        "give the calls of `{whom}` and of {} more a `timeout` of {time}, by what \
                         each needs and what is promised",
                        many - 1
                    ),
                };
                if passes { format!("{calls}, and pass it on as a deadline") } else { calls }
            }
            _ => format!(
                "`{whom}` alone needs {} at p99: promise less, or do it later",
                duration(worst.need)
            ),
        };
        let span = edge.policy.timeout.as_ref().map_or(edge.step.span, |it| it.span);
        let mut finding = RULE
            .at(subject, span, "waits for longer than it is of use", message)
            .because(text, seconds(worst.stated), limit, "s")
            .help(help)
            .patch(mend.edits());
        for (edge, it) in long.iter().take(SHOWN).filter(|(edge, _)| edge.step.span != span) {
            let needs = format!("needs {} at p99", duration(it.need));
            finding = finding.also(edge.step.span, needs);
        }
        report.fire(finding);
    }
}
