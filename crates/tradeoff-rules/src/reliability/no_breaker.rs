//! `rel-no-breaker`: calls that keep hitting what has failed.

use serde_json::json;
use tradeoff_diag::Severity;
use tradeoff_model::model::EventKind;

use crate::mend::Mend;
use crate::{Context, Report, Source};
use tradeoff_analyze::{Callee, Edge};

rule! {
    /// A call that retries, or that a promise rests on, has no circuit breaker.
    ///
    /// # Why
    /// While the callee is down every request still goes there, waits for its timeout, and with
    /// retries goes there again. The callers fill up with requests that are bound to fail, and
    /// the callee is kept from recovering. A breaker fails such calls at once and lets a few
    /// probes find out when the callee is back.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// defaults: { policy: { timeout: 250ms } }
    /// services:
    ///   order:
    ///     endpoints:
    ///       place:
    ///         steps:
    ///           - call: payment.charge
    /// #           ^^^^^^^^^^^^^^^^^^^^ rel-no-breaker
    ///       cancel:
    ///         steps:
    ///           - call: mailer
    /// #           ^^^^^^^^^^^^ rel-no-breaker
    ///             policy: { retry: 3 }
    ///   payment:
    ///     endpoints:
    ///       charge: { steps: [ { work: 20ms } ] }
    /// externals:
    ///   mailer: { time: 80ms }
    /// slos:
    ///   place-order: { endpoint: order.place, availability: 99.9% }
    /// ```
    /// With a breaker, and where neither retries nor a promise ask for one:
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
    ///             policy: { retry: 3, breaker: { failure_rate: 50% } }
    ///       cancel: { steps: [ { call: mailer } ] }
    ///   payment:
    ///     endpoints:
    ///       charge: { steps: [ { work: 20ms } ] }
    /// externals:
    ///   mailer: { time: 80ms }
    /// slos:
    ///   place-order: { endpoint: order.place, availability: 99.9% }
    /// ```
    ///
    /// # Limits
    /// Queries are not looked at: a store has no substitute to fail over to, and its pool already
    /// bounds what waits. Calls inside one deploy unit are function calls. Nor is a call asked about
    /// that a replica of its caller makes less than ten times a minute, at the peak of all surges: a
    /// breaker counts ten calls before it opens, and would learn of an outage when it is over.
    /// Whether a breaker
    /// helps depends on what fails and how: the patch is the guide's configuration, and
    /// `tradeoff review` measures it.
    ///
    /// # Sources
    /// Guide, section 12: "The three must be implemented together; any one alone is
    /// insufficient".
    pub const RULE = Rule {
        id: "rel-no-breaker",
        severity: Severity::Warning,
        source: Source { guide: Some("12"), other: None },
        summary: "a call with retries, or on the path of an SLO, without a circuit breaker",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    for (subject, edges) in cx.analysis.named_edges() {
        if matches!(edges[0].to, Callee::Operation(..)) {
            continue;
        }
        let bare: Vec<&Edge<'_>> = edges.into_iter().filter(|edge| lacks(cx, edge)).collect();
        let Some(first) = bare.first() else {
            report.pass(&RULE);
            continue;
        };
        let mut mend = Mend::new(cx);
        for edge in &bare {
            let breaker = json!({
                "failure_rate": "50%", "window": "10 calls", "open_for": "30s", "probes": 3,
            });
            mend.policy(edge, "breaker", breaker);
        }
        let who = cx.analysis.name(first.from);
        let whom = cx.analysis.callee_name(first.to);
        let why = match (first.attempts(), cx.analysis.watch(first.from)) {
            (attempts @ 2.., _) => format!("tries up to {attempts} times"),
            (_, Some(watch)) => {
                format!("is on the path of `{}`", cx.architecture.slos[watch.slo].name.value)
            }
            _ => "retries".to_owned(),
        };
        let message = format!("the call from `{who}` to `{whom}` {why} and has no breaker");
        let mut help = "add a `breaker` to the policy of this step".to_owned();
        if first.patience().is_infinite() {
            help += ", and a timeout: a breaker without one does nothing against slowness";
        }
        let mut finding =
            RULE.at(subject, first.step.span, "no breaker", message).help(help).patch(mend.edits());
        for edge in &bare[1..] {
            finding = finding.also(edge.step.span, "nor here");
        }
        report.fire(finding);
    }
}

/// Whether an edge should have a breaker and has none.
fn lacks(cx: &Context<'_>, edge: &Edge<'_>) -> bool {
    let wants = edge.attempts() > 1 || cx.analysis.watch(edge.from).is_some();
    wants && edge.policy.breaker.is_none() && !rare(cx, edge)
}

/// Calls per second and replica below which a breaker cannot learn in time: ten calls a minute.
const RARE: f64 = 10.0 / 60.0;

/// Whether an edge is called too rarely for a breaker, also when its users come in crowds.
fn rare(cx: &Context<'_>, edge: &Edge<'_>) -> bool {
    let analysis = &cx.analysis;
    let crowd = |traffic: usize| {
        let events = cx.architecture.scenarios.iter().flat_map(|it| &it.events);
        let by = events.filter_map(|it| match it.kind {
            EventKind::Surge { traffic: of, by } if of == traffic => Some(by),
            _ => None,
        });
        by.fold(1.0, f64::max)
    };
    let flows = analysis.load.flows.iter().enumerate();
    let runs: f64 = flows.map(|(traffic, flow)| flow[edge.from] * crowd(traffic)).sum();
    let replicas = analysis.lead(analysis.process(edge.from)).replicas.value;
    let calls = runs * edge.times / f64::from(replicas);
    calls > 0.0 && calls < RARE
}
