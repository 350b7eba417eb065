//! `rel-no-bulkhead`: what does not matter takes down what does.

use std::collections::BTreeSet;

use serde_json::json;
use tradeoff_diag::Severity;
use tradeoff_model::model::{Step, StepKind};

use super::bounds::longest;
use crate::mend::Mend;
use crate::{Context, Report, Source};
use tradeoff_analyze::words::{count, duration, number, rate};
use tradeoff_analyze::{Callee, Edge};

rule! {
    /// A dependency that a promise can do without shares its slots with those that it needs, and
    /// can fill them all.
    ///
    /// # Why
    /// A replica has so many slots for requests. When a dependency hangs, every call to it keeps
    /// one until it times out; calls that come fast enough fill all of them, and then requests
    /// that never touch this dependency wait for a slot too. A bulkhead keeps the calls to one
    /// dependency within a part of the ship.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   web:
    ///     concurrency: 64
    ///     endpoints:
    ///       home:
    ///         steps:
    ///           - call: catalog.search
    ///           - call: price.list
    ///           - optional:
    ///               - call: ads.banner
    /// #               ^^^^^^^^^^^^^^^^ rel-no-bulkhead
    ///                 policy: { timeout: 2s }
    ///   catalog: { endpoints: { search: { steps: [ { work: 5ms } ] } } }
    ///   price: { endpoints: { list: { steps: [ { work: 2ms } ] } } }
    ///   ads: { endpoints: { banner: { steps: [ { work: 10ms } ] } } }
    /// traffic:
    ///   shoppers: { rate: 100/s, mix: { web.home: 100% } }
    /// slos:
    ///   home: { endpoint: web.home, availability: 99.9% }
    /// ```
    /// With a bulkhead, and where a timeout is short enough to leave slots for the rest:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   web:
    ///     concurrency: 64
    ///     endpoints:
    ///       home:
    ///         steps:
    ///           - call: catalog.search
    ///           - call: price.list
    ///           - optional:
    ///               - call: ads.banner
    ///                 policy: { timeout: 2s, bulkhead: { concurrent: 4 } }
    ///           - optional:
    ///               - call: news.top
    ///                 policy: { timeout: 100ms }
    ///   catalog: { endpoints: { search: { steps: [ { work: 5ms } ] } } }
    ///   price: { endpoints: { list: { steps: [ { work: 2ms } ] } } }
    ///   ads: { endpoints: { banner: { steps: [ { work: 10ms } ] } } }
    ///   news: { endpoints: { top: { steps: [ { work: 10ms } ] } } }
    /// traffic:
    ///   shoppers: { rate: 100/s, mix: { web.home: 100% } }
    /// slos:
    ///   home: { endpoint: web.home, availability: 99.9% }
    /// ```
    ///
    /// # Limits
    /// It is asked where three or more services and externals are called from one pool of slots,
    /// at least one of them by a call that an SLO rests on, and of calls that none rests on: those
    /// that are `optional` or have a `fallback`, and those of endpoints on no path of an SLO.
    /// Stores have pools of their own. Whether such a call can fill the slots is Little's law,
    /// `calls per second and replica x the longest that one may take >= concurrency`; without
    /// traffic the rule cannot tell, and without `concurrency` there is no pool. The bulkhead of the
    /// mend is what is in flight on average in good times and five standard deviations of it, at
    /// least four and at most half of the slots.
    ///
    /// # Sources
    /// Guide, section 12: "One slow dependency exhausts all threads, taking down unrelated
    /// features".
    pub const RULE = Rule {
        id: "rel-no-bulkhead",
        severity: Severity::Warning,
        source: Source { guide: Some("12"), other: None },
        summary: "a call that no SLO rests on and that can take every slot",
        since: "0.1",
        check,
    };
}

/// Downstreams that share a pool, from which on the rule asks.
const SHARED: usize = 3;
/// How far the bulkhead of a mend is above the mean number in flight, in standard deviations of it.
const DEVIATIONS: f64 = 5.0;
/// The least bulkhead of a mend.
const LEAST: f64 = 4.0;

fn check(cx: &Context<'_>, report: &mut Report) {
    let analysis = &cx.analysis;
    let soft = soft(cx);
    let spared = |edge: &Edge<'_>| {
        soft.contains(edge.step.pointer.as_str()) || analysis.watch(edge.from).is_none()
    };
    for process in 0..analysis.processes.len() {
        let edges: Vec<&Edge<'_>> = analysis
            .endpoints_of(process)
            .flat_map(|it| analysis.edges_of(it))
            .filter(|edge| downstream(cx, edge).is_some())
            .collect();
        let downstreams: BTreeSet<_> = edges.iter().filter_map(|it| downstream(cx, it)).collect();
        let needed = edges.iter().any(|edge| !spared(edge));
        if downstreams.len() < SHARED || !needed {
            continue;
        }
        let Some(slots) = &analysis.lead(process).concurrency else { continue };
        let mut seen = BTreeSet::new();
        for edge in edges.iter().filter(|edge| spared(edge)) {
            let subject = analysis.edge_name(edge);
            if !seen.insert(subject.clone()) {
                continue;
            }
            let same: Vec<&Edge<'_>> = edges
                .iter()
                .copied()
                .filter(|it| spared(it) && (it.from, it.to) == (edge.from, edge.to))
                .collect();
            one(cx, process, slots.value, subject, &same, report);
        }
    }
}

/// The calls of one endpoint to one callee that no promise rests on.
fn one(
    cx: &Context<'_>,
    process: usize,
    slots: u32,
    subject: String,
    edges: &[&Edge<'_>],
    report: &mut Report,
) {
    let analysis = &cx.analysis;
    let bare: Vec<&&Edge<'_>> = edges.iter().filter(|it| it.policy.bulkhead.is_none()).collect();
    let Some(first) = bare.first() else { return report.pass(&RULE) };
    if cx.architecture.traffic.is_empty() {
        return report.unknown(&RULE, subject, "traffic");
    }
    let lead = analysis.lead(process);
    let replicas = f64::from(lead.replicas.value);
    let calls = |edge: &Edge<'_>| analysis.load.endpoints[edge.from] * edge.times / replicas;
    let held: f64 = bare.iter().map(|it| calls(it) * longest(it.policy)).sum();
    let arrivals: f64 = bare.iter().map(|it| calls(it)).sum();
    if arrivals == 0.0 || held < f64::from(slots) {
        return report.pass(&RULE);
    }
    let time: f64 = bare.iter().map(|it| calls(it) * super::bounds::need(cx, it).mean).sum();
    let most = (slots / 2).max(1);
    // In good times the number in flight is Poisson: its variance is its mean.
    let room = libm::ceil(time + DEVIATIONS * libm::sqrt(time)).max(LEAST);
    let room = room.min(f64::from(most)) as u32;
    let mut mend = Mend::new(cx);
    for edge in &bare {
        mend.policy(edge, "bulkhead", json!({ "concurrent": room }));
    }
    let whom = analysis.callee_name(first.to);
    let longest = bare.iter().map(|it| longest(it.policy)).fold(0.0, f64::max);
    let text = if held.is_infinite() {
        format!("{} x for ever > {} slots", rate(arrivals), count(slots.into()))
    } else {
        format!(
            "{} x {} = {} >= {} slots",
            rate(arrivals),
            duration(longest),
            number(held),
            count(slots.into())
        )
    };
    let name = &analysis.processes[process].name;
    let message = format!("when `{whom}` hangs, it takes every slot of `{name}` with it");
    let mut finding = RULE
        .at(subject, first.step.span, "no bulkhead", message)
        .because(text, held, f64::from(slots), "1")
        .help(format!(
            "add `bulkhead: {{ concurrent: {room} }}`: in good times {} on average are in flight per \
             replica",
            number(time)
        ))
        .patch(mend.edits());
    for edge in &bare[1..] {
        finding = finding.also(edge.step.span, "nor here");
    }
    report.fire(finding);
}

/// The component that a call waits for outside its process; a store has a pool of its own.
fn downstream(cx: &Context<'_>, edge: &Edge<'_>) -> Option<(bool, usize)> {
    match edge.to {
        Callee::Endpoint(to) if !edge.inside => Some((true, cx.analysis.process(to))),
        Callee::External(at, _) => Some((false, at)),
        Callee::Endpoint(_) | Callee::Operation(..) => None,
    }
}

/// JSON Pointers of the steps whose failure their endpoint survives.
fn soft<'a>(cx: &Context<'a>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    for number in 0..cx.analysis.endpoints.len() {
        collect(cx.analysis.steps(number), false, &mut found);
    }
    found
}

fn collect<'a>(steps: &'a [Step], soft: bool, found: &mut BTreeSet<&'a str>) {
    for step in steps {
        if soft {
            found.insert(&step.pointer);
        }
        match &step.kind {
            StepKind::Optional(steps) => collect(steps, true, found),
            StepKind::Fallback { steps, otherwise } => {
                collect(steps, true, found);
                collect(otherwise, soft, found);
            }
            StepKind::All { branches, need } => {
                let spare = need.is_some_and(|need| (need as usize) < branches.len());
                for branch in branches {
                    collect(branch, soft || spare, found);
                }
            }
            StepKind::Chance { then, otherwise, .. } => {
                collect(then, soft, found);
                collect(otherwise, soft, found);
            }
            StepKind::Repeat { steps, .. } | StepKind::Transaction { steps, .. } => {
                collect(steps, soft, found);
            }
            _ => {}
        }
    }
}
