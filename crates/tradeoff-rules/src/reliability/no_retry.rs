//! `rel-no-retry`: reads that fail for good on the first lost packet.

use serde_json::json;
use tradeoff_diag::Severity;

use super::bounds::{longest, worst};
use crate::mend::Mend;
use crate::repeat::Repeat;
use crate::{Context, Report, Source};
use tradeoff_analyze::words::{duration, seconds};
use tradeoff_analyze::{Callee, Edge};

rule! {
    /// A read on the path of an SLO is given up after its first failure.
    ///
    /// # Why
    /// A lost connection, a replica that restarts, a full queue on one of many: such failures are
    /// gone with the next attempt, and a read can be repeated without harm. Without a retry each
    /// of them is an error that a user sees. With a budget the retries stay a tenth of the calls,
    /// also when everything fails.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// defaults: { policy: { timeout: 250ms } }
    /// services:
    ///   web:
    ///     endpoints:
    ///       home:
    ///         steps:
    ///           - call: catalog.search
    /// #           ^^^^^^^^^^^^^^^^^^^^ rel-no-retry
    ///   catalog:
    ///     endpoints:
    ///       search: { http: GET /v1/products, steps: [ { query: products.find } ] }
    /// stores:
    ///   products: { operations: { find: { time: 2ms } } }
    /// slos:
    ///   home: { endpoint: web.home, availability: 99.9%, latency: { p99: 1s } }
    /// ```
    /// With a retry, with a word that there is to be none, and where another hop retries already:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// defaults: { policy: { timeout: 250ms } }
    /// services:
    ///   web:
    ///     endpoints:
    ///       home:
    ///         steps:
    ///           - call: catalog.search
    ///             policy: { timeout: 1s, retry: { attempts: 2, budget: 10% } }
    ///           - call: catalog.news
    ///             policy: { retry: none }
    ///   catalog:
    ///     endpoints:
    ///       search: { http: GET /v1/products, steps: [ { call: prices.list } ] }
    ///       news: { http: GET /v1/news, steps: [ { query: products.find } ] }
    ///   prices:
    ///     endpoints:
    ///       list: { http: GET /v1/prices, steps: [ { query: products.find } ] }
    /// stores:
    ///   products: { operations: { find: { time: 2ms } } }
    /// slos:
    ///   home: { endpoint: web.home, availability: 99.9%, latency: { p99: 1s } }
    /// ```
    ///
    /// # Limits
    /// Only calls are looked at that surely read, by their method or by what their steps do, that
    /// have a timeout, and that are on the path of an SLO. One hop of a path is to retry: a call is
    /// left alone if a hop above or beneath it retries, if the hop beneath it is asked to, or if a
    /// second attempt does not fit into what its callers wait for. Queries are not looked at: their
    /// drivers and pools reconnect.
    ///
    /// # Sources
    /// Guide, section 12: "Transient network errors cause permanent failures".
    pub const RULE = Rule {
        id: "rel-no-retry",
        severity: Severity::Advice,
        source: Source { guide: Some("12"), other: None },
        summary: "a read on the path of an SLO that is not tried again",
        since: "0.1",
        check,
    };
}

/// The wait before the second attempt, in seconds: the default `base`.
const BASE: f64 = 0.025;

fn check(cx: &Context<'_>, report: &mut Report) {
    let around = Around::new(cx);
    for (subject, edges) in cx.analysis.named_edges() {
        let reads: Vec<&Edge<'_>> = edges.into_iter().filter(|edge| asks(cx, edge)).collect();
        if reads.is_empty() {
            continue;
        }
        let bare: Vec<&Edge<'_>> =
            reads.into_iter().filter(|edge| around.lacks(cx, edge)).collect();
        let Some(first) = bare.first() else {
            report.pass(&RULE);
            continue;
        };
        let mut mend = Mend::new(cx);
        for edge in &bare {
            mend.policy(edge, "retry", json!({ "attempts": 2, "budget": "10%" }));
        }
        let who = cx.analysis.name(first.from);
        let whom = cx.analysis.callee_name(first.to);
        let message = format!("`{who}` gives up reading from `{whom}` after the first failure");
        let timeout = duration(first.patience());
        let mut finding = RULE
            .at(subject, first.step.span, "one attempt", message)
            .help(format!(
                "add `retry: {{ attempts: 2, budget: 10% }}`: two attempts of {timeout} fit"
            ))
            .patch(mend.edits());
        for edge in &bare[1..] {
            finding = finding.also(edge.step.span, "nor here");
        }
        report.fire(finding);
    }
}

/// Whether the rule asks about an edge: a call that reads, bounded, on the path of a promise.
fn asks(cx: &Context<'_>, edge: &Edge<'_>) -> bool {
    !matches!(edge.to, Callee::Operation(..))
        && cx.analysis.watch(edge.from).is_some()
        && edge.patience().is_finite()
        && cx.repeats.of(cx.architecture, edge.to) == Repeat::Reads
}

/// Whether an edge is not tried again, and nobody says that this is meant.
fn once(edge: &Edge<'_>) -> bool {
    edge.attempts() == 1 && !edge.policy.retry_refused
}

/// What the hops above and beneath an endpoint do.
struct Around {
    /// Whether a hop above it retries.
    above: Vec<bool>,
    /// Whether a hop beneath it retries, or is asked to.
    beneath: Vec<bool>,
    /// What it has left of what its callers wait for, in seconds.
    room: Vec<f64>,
}

impl Around {
    fn new(cx: &Context<'_>) -> Self {
        let analysis = &cx.analysis;
        let count = analysis.endpoints.len();
        let mut it =
            Self { above: vec![false; count], beneath: vec![false; count], room: Vec::new() };
        for traffic in cx.architecture.traffic.iter().filter(|it| it.policy.retry.is_some()) {
            for mix in &traffic.mix {
                it.above[analysis.number(mix.service, mix.endpoint)] = true;
            }
        }
        let worst = worst(cx);
        it.room = vec![f64::INFINITY; count];
        for promise in &cx.architecture.slos {
            if let Some(goal) = promise.latency {
                let number = analysis.number(promise.service, promise.endpoint);
                it.room[number] = it.room[number].min(seconds(goal.limit));
            }
        }
        for edge in &analysis.edges {
            if let Callee::Endpoint(to) = edge.to
                && !edge.inside
            {
                it.room[to] = it.room[to].min(edge.patience());
            }
        }
        for (room, worst) in it.room.iter_mut().zip(worst) {
            *room -= worst.sum;
        }
        // Calls only: a query that is repeated repeats nothing but itself.
        let calls = |number: usize| {
            analysis.edges_of(number).iter().filter(|it| !matches!(it.to, Callee::Operation(..)))
        };
        for number in analysis.order().iter().rev().flatten() {
            for edge in calls(*number) {
                if let Callee::Endpoint(to) = edge.to {
                    it.above[to] |= it.above[*number] || edge.attempts() > 1;
                }
            }
        }
        for number in analysis.order().iter().flatten() {
            for edge in calls(*number) {
                let further = matches!(edge.to, Callee::Endpoint(to) if it.beneath[to]);
                let own = edge.attempts() > 1 || (!edge.inside && it.lacks(cx, edge));
                it.beneath[*number] |= further || own;
            }
        }
        it
    }

    /// Whether an edge should be tried again and is not.
    fn lacks(&self, cx: &Context<'_>, edge: &Edge<'_>) -> bool {
        let beneath = matches!(edge.to, Callee::Endpoint(to) if self.beneath[to]);
        // One more attempt and the wait before it, for all that are asked to.
        let siblings = cx.analysis.edges_of(edge.from).iter();
        let asked = siblings.filter(|it| !it.inside && asks(cx, it) && once(it));
        let more: f64 = asked.map(|it| longest(it.policy) + BASE).sum();
        asks(cx, edge)
            && once(edge)
            && !self.above[edge.from]
            && !beneath
            && self.room[edge.from] > more
    }
}
