//! `rel-retry-no-backoff-jitter`: retries that come in step.

use serde_json::json;
use tradeoff_diag::Severity;
use tradeoff_model::model::{Backoff, Jitter, Retry};

use crate::mend::Mend;
use crate::repeat::Repeat;
use crate::{Context, Report, Source};
use tradeoff_analyze::Edge;

rule! {
    /// Retries come at once, at a steady pace, or all at the same moment.
    ///
    /// # Why
    /// What failed a moment ago will most likely fail again: retries that do not back off spend
    /// all attempts within the fault that they should outlast. And callers that failed together
    /// try again together: without jitter every retry is a burst of all of them, and the callee
    /// that had just got up is knocked down by it.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// policies:
    ///   internal: { timeout: 1s, retry: { attempts: 3, backoff: constant, base: 10ms, jitter: none } }
    /// #                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ rel-retry-no-backoff-jitter
    /// defaults: { policy: internal }
    /// services:
    ///   order:
    ///     endpoints:
    ///       show: { steps: [ { call: catalog.find }, { call: mailer, policy: internal } ] }
    ///   catalog:
    ///     endpoints:
    ///       find: { steps: [ { work: 2ms } ] }
    /// externals:
    ///   mailer: { time: 80ms }
    /// traffic:
    ///   shoppers:
    /// # ^^^^^^^^ rel-retry-no-backoff-jitter
    ///     rate: 10/s
    ///     policy: { retry: { attempts: 2, backoff: none } }
    ///     mix: { order.show: 100% }
    /// ```
    /// With exponential backoff and full jitter, which are what holds unasked; the pace of a single
    /// retry is not a question:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// defaults: { policy: { timeout: 1s, retry: 3 } }
    /// services:
    ///   order:
    ///     endpoints:
    ///       show:
    ///         steps:
    ///           - call: catalog.find
    ///           - call: mailer
    ///             policy: { retry: { attempts: 2, backoff: constant, base: 50ms } }
    ///   catalog:
    ///     endpoints:
    ///       find: { steps: [ { work: 2ms } ] }
    /// externals:
    ///   mailer: { time: 80ms }
    /// ```
    ///
    /// # Limits
    /// Retries that get their keys from one policy are one finding, at that policy. Linear backoff
    /// with jitter passes, and so does any jitter. Retries that must not be made at all are left to
    /// `rel-retry-unsafe`.
    ///
    /// # Sources
    /// Guide, section 12: "Retry with backoff". M. Brooker, "Exponential Backoff And Jitter", AWS
    /// Architecture Blog 2015.
    pub const RULE = Rule {
        id: "rel-retry-no-backoff-jitter",
        severity: Severity::Warning,
        source: Source {
            guide: Some("12"),
            other: Some("AWS Architecture Blog: Exponential Backoff And Jitter"),
        },
        summary: "retries without exponential backoff or without jitter",
        since: "0.1",
        check,
    };
}

/// Calls that a finding points at beside its policy.
const SHOWN: usize = 3;
const HELP: &str = "set `backoff: exponential` and `jitter: full`";

fn check(cx: &Context<'_>, report: &mut Report) {
    let retried = |edge: &Edge<'_>| {
        let harms = cx.repeats.of(cx.architecture, edge.to) == Repeat::Harms;
        edge.attempts() > 1 && !harms
    };
    for (subject, edges) in cx.by_policy("retry", retried) {
        let hasty: Vec<(&Edge<'_>, Retry, &str)> = edges
            .into_iter()
            .filter_map(|edge| {
                let retry = edge.policy.retry.as_ref()?.value;
                hasty(&retry).map(|why| (edge, retry, why))
            })
            .collect();
        let Some((first, retry, why)) = hasty.first() else {
            report.pass(&RULE);
            continue;
        };
        let mut mend = Mend::new(cx);
        for (edge, retry, _) in &hasty {
            mend.edge_retry(edge, retry, "backoff", json!("exponential"));
            mend.edge_retry(edge, retry, "jitter", json!("full"));
        }
        let calls = match hasty.len() {
            1 => format!("`{}`", cx.analysis.callee_name(first.to)),
            many => format!("{many} calls"),
        };
        let span = first.policy.retry.as_ref().map_or(first.step.span, |it| it.span);
        let message = format!("up to {} attempts of {calls} come {why}", retry.attempts);
        let mut finding = RULE.at(subject, span, *why, message).help(HELP).patch(mend.edits());
        for (edge, ..) in hasty.iter().take(SHOWN).filter(|it| it.0.step.span != span) {
            finding = finding.also(edge.step.span, "tries again here");
        }
        report.fire(finding);
    }
    users(cx, report);
}

/// The users' own retries.
fn users(cx: &Context<'_>, report: &mut Report) {
    for traffic in &cx.architecture.traffic {
        let Some(retry) = traffic.policy.retry.as_ref().map(|it| it.value) else { continue };
        let Some(why) = hasty(&retry) else {
            report.pass(&RULE);
            continue;
        };
        let name = &traffic.name;
        let mut mend = Mend::new(cx);
        mend.traffic_retry(&name.value, &retry, "backoff", json!("exponential"));
        mend.traffic_retry(&name.value, &retry, "jitter", json!("full"));
        let message = format!("up to {} attempts of `{}` come {why}", retry.attempts, name.value);
        let finding = RULE.at(name.value.as_str(), name.span, why, message);
        report.fire(finding.help(HELP).patch(mend.edits()));
    }
}

/// What is wrong with the pace of retries.
fn hasty(retry: &Retry) -> Option<&'static str> {
    match (retry.backoff, retry.jitter) {
        _ if retry.attempts < 2 => None,
        (Backoff::None, _) => Some("at once, without a wait between them"),
        (Backoff::Exponential | Backoff::Linear, Jitter::None) => {
            Some("in step with those of all other callers, without jitter")
        }
        (Backoff::Constant, Jitter::None) => {
            Some("at a steady pace, in step with those of all other callers")
        }
        (Backoff::Constant, _) if retry.attempts > 2 => {
            Some("at a steady pace, without backing off")
        }
        _ => None,
    }
}
