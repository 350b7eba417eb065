//! `rel-breaker-ineffective`: breakers that open for nothing, or never.

use serde_json::json;
use tradeoff_diag::Severity;
use tradeoff_model::model::{Breaker, BreakerWindow};

use crate::mend::Mend;
use crate::{Context, Report, Source};
use tradeoff_analyze::Edge;
use tradeoff_analyze::words::{duration, number, percent, rate, readable, seconds, stated};

rule! {
    /// A circuit breaker is set so that it opens for nothing, never opens, or closes too soon.
    ///
    /// # Why
    /// A breaker that looks at a handful of calls opens by chance: of three calls one failure is a
    /// third. One that waits for all calls to fail, or for more calls than its window ever sees,
    /// does not open when it should. One that is open for less than a call takes to time out lets
    /// the next calls in before those that hang have let go.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// policies:
    ///   nervous: { timeout: 1s, breaker: { failure_rate: 20%, window: 3 calls } }
    /// #                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ rel-breaker-ineffective
    /// services:
    ///   order:
    ///     endpoints:
    ///       place:
    ///         steps:
    ///           - call: bank
    ///             policy: nervous
    ///           - call: mailer
    ///             policy: { timeout: 1s, breaker: { failure_rate: 100% } }
    /// #                                           ^^^^^^^^^^^^^^^^^^^^^^ rel-breaker-ineffective
    ///           - call: courier
    ///             policy: { timeout: 60s, breaker: { open_for: 5s } }
    /// #                                            ^^^^^^^^^^^^^^^^ rel-breaker-ineffective
    /// externals:
    ///   bank: { time: 80ms }
    ///   mailer: { time: 80ms }
    ///   courier: { time: 8s }
    /// ```
    /// A window of time that too few calls pass through never opens:
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order:
    ///     replicas: 4
    ///     endpoints:
    ///       place:
    ///         steps:
    ///           - call: bank
    ///             policy: { timeout: 1s, breaker: { window: 10s, min_calls: 20 calls } }
    /// #                                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ rel-breaker-ineffective
    /// externals:
    ///   bank: { time: 80ms }
    /// traffic:
    ///   shoppers: { rate: 2/s, mix: { order.place: 100% } }
    /// ```
    /// The guide's configuration:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   order:
    ///     endpoints:
    ///       place:
    ///         steps:
    ///           - call: bank
    ///             policy:
    ///               timeout: 1s
    ///               breaker: { failure_rate: 50%, window: 10 calls, open_for: 30s, probes: 3 }
    /// externals:
    ///   bank: { time: 80ms }
    /// ```
    ///
    /// # Limits
    /// A breaker should look at 10 calls or more and open at more than 5 % and less than 100 % of
    /// them. Whether it is open for longer than the callee takes to restart is not known here.
    /// Calls that get their breaker from one policy are one finding. How many calls a window of
    /// time sees per replica is known only with traffic.
    ///
    /// # Sources
    /// Guide, section 12: the configuration example, of which the mend is a copy.
    pub const RULE = Rule {
        id: "rel-breaker-ineffective",
        severity: Severity::Warning,
        source: Source { guide: Some("12"), other: None },
        summary: "a breaker that opens by chance, never, or too shortly",
        since: "0.1",
        check,
    };
}

/// The least calls that a breaker is to look at.
const LEAST_CALLS: u32 = 10;
/// The least share of failures that is to open it.
const LEAST_RATE: f64 = 0.05;
/// How long the guide's breaker stays open, in seconds.
const OPEN_FOR: f64 = 30.0;

fn check(cx: &Context<'_>, report: &mut Report) {
    for (subject, edges) in cx.by_policy("breaker", |edge| edge.policy.breaker.is_some()) {
        let bad: Vec<(&Edge<'_>, Flaw)> =
            edges.into_iter().filter_map(|edge| flaw(cx, edge).map(|it| (edge, it))).collect();
        let Some((first, flaw)) = bad.first() else {
            report.pass(&RULE);
            continue;
        };
        let slowest = bad.iter().map(|(edge, _)| edge.patience()).filter(|it| it.is_finite());
        let slowest = slowest.fold(0.0, f64::max);
        let open_for = stated(readable(OPEN_FOR.max(slowest)));
        let guide = json!({
            "failure_rate": "50%", "window": "10 calls", "open_for": open_for, "probes": 3,
        });
        let mut mend = Mend::new(cx);
        for (edge, _) in &bad {
            mend.stated(edge, "breaker", guide.clone());
        }
        let span = first.policy.breaker.as_ref().map_or(first.step.span, |it| it.span);
        let whom = cx.analysis.callee_name(first.to);
        let calls = match bad.len() {
            1 => format!("`{whom}`"),
            2 => format!("`{whom}` and of one more call"),
            many => format!("`{whom}` and of {} more calls", many - 1),
        };
        let mut finding = RULE
            .at(subject, span, flaw.label, format!("the breaker of {calls} {}", flaw.what))
            .because(flaw.text.as_str(), flaw.value, flaw.limit, flaw.unit)
            .help(format!(
                "set `breaker: {{ failure_rate: 50%, window: 10 calls, open_for: {open_for}, \
                 probes: 3 }}`"
            ))
            .patch(mend.edits());
        if first.step.span != span {
            finding = finding.also(first.step.span, "guards this");
        }
        report.fire(finding);
    }
}

/// What is wrong with a breaker.
struct Flaw {
    what: &'static str,
    label: &'static str,
    text: String,
    value: f64,
    limit: f64,
    unit: &'static str,
}

fn flaw(cx: &Context<'_>, edge: &Edge<'_>) -> Option<Flaw> {
    let breaker = edge.policy.breaker.as_ref()?.value;
    rates(&breaker).or_else(|| calls(cx, edge, &breaker)).or_else(|| open(edge, &breaker))
}

fn rates(breaker: &Breaker) -> Option<Flaw> {
    let slow = breaker.slow_rate;
    let rate = breaker.failure_rate;
    if rate >= 1.0 && slow.is_none_or(|it| it >= 1.0) {
        return Some(Flaw {
            what: "opens only when every call fails",
            label: "opens at 100%",
            text: format!("{} >= 100%", percent(rate)),
            value: rate,
            limit: 1.0,
            unit: "1",
        });
    }
    let least = slow.map_or(rate, |it| it.min(rate));
    (least <= LEAST_RATE).then(|| Flaw {
        what: "opens for the failures of a quiet day",
        label: "opens at a few percent",
        text: format!("{} <= {}", percent(least), percent(LEAST_RATE)),
        value: least,
        limit: LEAST_RATE,
        unit: "1",
    })
}

fn calls(cx: &Context<'_>, edge: &Edge<'_>, breaker: &Breaker) -> Option<Flaw> {
    let least = match (breaker.min_calls, breaker.window) {
        (Some(least), _) => least,
        (None, BreakerWindow::Calls(calls)) => calls,
        (None, BreakerWindow::Time(_)) => LEAST_CALLS,
    };
    if least < LEAST_CALLS {
        return Some(Flaw {
            what: "opens by chance",
            label: "looks at a handful of calls",
            text: format!("{least} calls < {LEAST_CALLS}"),
            value: f64::from(least),
            limit: f64::from(LEAST_CALLS),
            unit: "calls",
        });
    }
    let BreakerWindow::Time(window) = breaker.window else { return None };
    let replicas = f64::from(cx.analysis.lead(cx.analysis.process(edge.from)).replicas.value);
    let calls = cx.analysis.load.endpoints[edge.from] * edge.times / replicas;
    let seen = calls * seconds(window);
    (calls > 0.0 && seen < f64::from(least)).then(|| Flaw {
        what: "never sees enough calls to open",
        label: "too short a window",
        text: format!(
            "{} per replica x {} = {} < {least} calls",
            rate(calls),
            duration(seconds(window)),
            number(seen)
        ),
        value: seen,
        limit: f64::from(least),
        unit: "calls",
    })
}

fn open(edge: &Edge<'_>, breaker: &Breaker) -> Option<Flaw> {
    let (open, patience) = (seconds(breaker.open_for), edge.patience());
    (patience.is_finite() && open < patience).then(|| Flaw {
        what: "lets calls in again before those that hang have timed out",
        label: "open for less than a call may take",
        text: format!("{} < {}", duration(open), duration(patience)),
        value: open,
        limit: patience,
        unit: "s",
    })
}
