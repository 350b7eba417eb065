//! `rel-timeout-inversion`: callers that give up before their callee does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use tradeoff_diag::{Severity, Spanned};
use tradeoff_model::model::Nanos;

use super::bounds::{Worst, after, longest, worst};
use crate::mend::Mend;
use crate::stated::Place;
use crate::{Context, Finding, Report, Source};
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
    /// Calls that get too little time from one policy, as their callees get theirs, are one
    /// finding at that policy:
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// policies:
    ///   internal: { timeout: 500ms, retry: { attempts: 2, base: 50ms } }
    /// #                      ^^^^^ rel-timeout-inversion
    /// defaults: { policy: internal }
    /// services:
    ///   web:
    ///     endpoints:
    ///       buy: { steps: [ { call: order.place } ] }
    ///   order:
    ///     endpoints:
    ///       place: { steps: [ { call: payment.charge }, { call: bank } ] }
    ///   payment:
    ///     endpoints:
    ///       charge: { steps: [ { call: bank } ] }
    /// externals:
    ///   bank: { time: 80ms }
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
    /// (`cancel: true`) makes it a warning. Two calls or more that get their bound from one policy
    /// are one finding, with the sum of the worst; a call whose callee waits for longer by a bound
    /// of its own stays a finding of its own. The mend lets the deadline of a policy end at its
    /// timeout: what was tried again after it never reached anybody.
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

/// Calls that a finding points at beside their policy.
const SHOWN: usize = 4;

fn check(cx: &Context<'_>, report: &mut Report) {
    let worst = worst(cx);
    let own = own_bounds(cx);
    let mut alone: BTreeMap<String, Vec<&Edge<'_>>> = BTreeMap::new();
    let mut shared: BTreeMap<String, Vec<&Edge<'_>>> = BTreeMap::new();
    for (subject, edges) in cx.analysis.named_edges() {
        let Callee::Endpoint(to) = edges[0].to else { continue };
        let it = &worst[to];
        let inverted: Vec<&Edge<'_>> =
            edges.iter().copied().filter(|edge| inverts(edge, it)).collect();
        if inverted.is_empty() {
            match &it.unbounded {
                Some(pointer) if edges.iter().any(|edge| edge.patience().is_finite()) => {
                    let step = pointer.trim_start_matches('/').replace('/', ".");
                    report.unknown(&RULE, subject, format!("{step}.policy.timeout"));
                }
                _ => report.pass(&RULE),
            }
            continue;
        }
        for edge in inverted {
            let place = shared_bound(cx, edge).filter(|_| own[to] < edge.patience());
            match place {
                Some(place) => shared.entry(place.subject).or_default().push(edge),
                None => alone.entry(subject.to_owned()).or_default().push(edge),
            }
        }
    }
    for (subject, edges) in shared {
        let names: BTreeSet<String> = edges.iter().map(|it| cx.analysis.edge_name(it)).collect();
        match names.first() {
            Some(name) if names.len() == 1 => alone.entry(name.clone()).or_default().extend(edges),
            _ => report.fire(at_policy(cx, worst, subject, &edges, names.len())),
        }
    }
    for (subject, edges) in alone {
        report.fire(at_edge(cx, worst, subject, &edges));
    }
}

/// A finding about the calls from one endpoint to another.
fn at_edge(cx: &Context<'_>, worst: &[Worst], subject: String, edges: &[&Edge<'_>]) -> Finding {
    let mut mend = Mend::new(cx);
    for edge in edges {
        mend.policy(edge, "deadline", passed_on(after(cx, edge)));
    }
    let it = Sum::of(worst, edges);
    let whom = cx.analysis.callee_name(it.edge.to);
    let finding = RULE
        .at(
            subject,
            it.edge.step.span,
            it.label(),
            format!("{} before it is done trying", it.who(cx)),
        )
        .help(format!(
            "pass the deadline on with `deadline: {{ after: {}, pass: true }}`",
            stated(after(cx, it.edge))
        ))
        .instead(format!("let `{whom}` wait for less or try less often"));
    it.of_finding(finding).patch(mend.edits())
}

/// A finding about a policy that gives callers no more time than their callees.
fn at_policy(
    cx: &Context<'_>,
    worst: &[Worst],
    subject: String,
    edges: &[&Edge<'_>],
    calls: usize,
) -> Finding {
    let mut mend = Mend::new(cx);
    for edge in edges {
        let bound = binding(edge).map_or(Nanos::MAX, |it| it.1.value);
        let key = binding(edge).map_or("timeout", |it| it.0);
        let place = cx.stated(edge, key);
        let deadline = cx.stated(edge, "deadline");
        if deadline.is_none() || deadline == place {
            mend.beside(edge, key, "deadline", passed_on(bound), passed_on(after(cx, edge)));
        } else {
            mend.policy(edge, "deadline", passed_on(after(cx, edge)));
        }
    }
    let it = Sum::of(worst, edges);
    let bound = binding(it.edge).map(|it| it.1);
    let after = stated(bound.map_or(Nanos::MAX, |it| it.value));
    let span = bound.map_or(it.edge.step.span, |it| it.span);
    let more = match calls - 1 {
        1 => "does one more call".to_owned(),
        more => format!("do {more} more calls"),
    };
    let message = format!("{} before it is done trying, and so {more} of this policy", it.who(cx));
    let finding = RULE
        .at(subject, span, it.label(), message)
        .help(format!(
            "pass the deadline on with `deadline: {{ after: {after}, pass: true }}` in this policy"
        ))
        .instead("give callers more time than their callees");
    let mut finding = it.of_finding(finding).patch(mend.edits());
    for edge in edges.iter().take(SHOWN).filter(|edge| edge.step.span != span) {
        let takes = Sum::of(worst, &[edge]).worst.sum;
        finding = finding.also(edge.step.span, format!("may take {}", duration(takes)));
    }
    finding
}

/// The call that gives up the furthest before its callee is done.
struct Sum<'a> {
    edge: &'a Edge<'a>,
    worst: &'a Worst,
    /// Whether one bound beneath it alone is longer than it waits, and goes on without it.
    alone: bool,
}

impl<'a> Sum<'a> {
    fn of(worst: &'a [Worst], edges: &[&'a Edge<'a>]) -> Self {
        let of = |edge: &Edge<'_>| match edge.to {
            Callee::Endpoint(to) => &worst[to],
            _ => unreachable!("only services wait for others"),
        };
        let share = |edge: &Edge<'_>| of(edge).sum / edge.patience();
        // Of equals the first.
        let edge = edges.iter().copied().rev().max_by(|a, b| share(a).total_cmp(&share(b)));
        let edge = edge.expect("a finding is about a call");
        let alone = edges.iter().any(|it| of(it).most > it.patience() && !it.policy.cancel);
        Self { edge, worst: of(edge), alone }
    }

    fn label(&self) -> String {
        format!("gives up after {}", duration(self.edge.patience()))
    }

    fn who(&self, cx: &Context<'_>) -> String {
        let (from, to) = (cx.analysis.name(self.edge.from), cx.analysis.callee_name(self.edge.to));
        format!("`{from}` gives up on `{to}`")
    }

    fn of_finding(&self, finding: Finding) -> Finding {
        let patience = self.edge.patience();
        let sum = duration(self.worst.sum);
        let text = self.worst.text();
        let sum = if text == sum { sum } else { format!("{text} = {sum}") };
        let sign = if self.worst.sum > patience { ">" } else { "=" };
        finding.severity(if self.alone { Severity::Error } else { Severity::Warning }).because(
            format!("{sum} {sign} {}", duration(patience)),
            self.worst.sum,
            patience,
            "s",
        )
    }
}

fn passed_on(after: Nanos) -> Json {
    json!({ "after": stated(after), "pass": true })
}

/// The key of a policy that bounds the wait of a caller, and what it states.
fn binding<'a>(edge: &Edge<'a>) -> Option<(&'static str, &'a Spanned<Nanos>)> {
    let timeout = edge.policy.timeout.as_ref().map(|it| ("timeout", it));
    let deadline = edge.policy.deadline.as_ref().map(|it| ("deadline", it));
    timeout.into_iter().chain(deadline).min_by_key(|it| it.1.value)
}

/// The policy that bounds the wait of a caller, if it is not the caller's own.
fn shared_bound(cx: &Context<'_>, edge: &Edge<'_>) -> Option<Place> {
    let place = cx.stated(edge, binding(edge)?.0)?;
    (place.subject != cx.analysis.edge_name(edge)).then_some(place)
}

/// The longest that each endpoint may wait by a word of its own, and not by a shared policy, in
/// seconds.
fn own_bounds(cx: &Context<'_>) -> Vec<f64> {
    let analysis = &cx.analysis;
    let mut own = vec![0.0_f64; analysis.endpoints.len()];
    for number in analysis.order().iter().flatten() {
        for edge in analysis.edges_of(*number) {
            let waits = match edge.to {
                Callee::Endpoint(to) if edge.inside => own[to],
                _ if edge.patience().is_infinite() || shared_bound(cx, edge).is_some() => 0.0,
                _ => longest(edge.policy),
            };
            own[*number] = own[*number].max(waits);
        }
    }
    own
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
