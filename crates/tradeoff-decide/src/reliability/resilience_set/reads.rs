//! What an architecture says of a call.

use std::ptr;

use tradeoff_analyze::{Callee, Edge, Moments};
use tradeoff_model::model::{Step, StepKind};

use super::sums::CUT_OFF;
use crate::{Known, Seen, Subject, Value, subjects};

pub(super) fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    subjects::edges(seen)
}

pub(super) fn edge<'a>(seen: &Seen<'a>, subject: &Subject) -> &'a Edge<'a> {
    &seen.analysis.edges[subject.at]
}

/// The service that calls, and its path.
pub(super) fn caller<'a>(
    seen: &Seen<'a>,
    subject: &Subject,
) -> (&'a tradeoff_model::model::Service, String) {
    let at = seen.analysis.endpoints[edge(seen, subject).from].0;
    let service = &seen.architecture.services[at];
    (service, format!("services.{}", subjects::quoted(&service.name.value)))
}

/// Whether the callee says that it may be called again, and where.
pub(super) fn idempotent(seen: &Seen<'_>, edge: &Edge<'_>) -> Option<(bool, String)> {
    let it = seen.architecture;
    match edge.to {
        Callee::Endpoint(number) => {
            let (service, endpoint) = seen.analysis.endpoints[number];
            let endpoint = &it.services[service].endpoints[endpoint];
            let stated = match (endpoint.idempotent, endpoint.idempotency_key) {
                (None, None) => return None,
                (by_itself, key) => by_itself.unwrap_or(false) || key.unwrap_or(false),
            };
            Some((stated, "services".to_owned()))
        }
        Callee::External(external, operation) => {
            let external = &it.externals[external];
            let own = operation.and_then(|at| external.operations[at].idempotent);
            Some((own.or(external.idempotent)?, "externals".to_owned()))
        }
        Callee::Operation(store, operation) => {
            let operation = &it.stores[store].operations[operation];
            let stated = operation.idempotent.or((!operation.writes).then_some(true))?;
            Some((stated, "stores".to_owned()))
        }
    }
}

/// Whether the caller goes on without the call, wherever it makes it: each such step is optional,
/// or has a fallback.
pub(super) fn spared(seen: &Seen<'_>, subject: &Subject) -> bool {
    let edge = edge(seen, subject);
    let mut forgiven = Vec::new();
    collect(seen.analysis.steps(edge.from), false, &mut forgiven);
    let mut same = seen.analysis.edges_of(edge.from).iter().filter(|it| it.to == edge.to);
    same.all(|it| forgiven.iter().any(|step| ptr::eq(*step, it.step)))
}

/// Calls and queries whose failure the endpoint outlives.
fn collect<'a>(steps: &'a [Step], forgiven: bool, found: &mut Vec<&'a Step>) {
    for step in steps {
        match &step.kind {
            StepKind::Call { .. } | StepKind::Query { .. } if forgiven => found.push(step),
            StepKind::Optional(steps) => collect(steps, true, found),
            StepKind::Fallback { steps, otherwise } => {
                collect(steps, true, found);
                collect(otherwise, forgiven, found);
            }
            StepKind::All { branches, .. } => {
                for steps in branches {
                    collect(steps, forgiven, found);
                }
            }
            StepKind::Chance { then, otherwise, .. } => {
                collect(then, forgiven, found);
                collect(otherwise, forgiven, found);
            }
            StepKind::Repeat { steps, .. } | StepKind::Transaction { steps, .. } => {
                collect(steps, forgiven, found);
            }
            _ => {}
        }
    }
}

/// What all but one of a thousand calls take, in seconds: never less than what the callee itself
/// waits for and does beside, as else the caller gives up on a callee that has not.
pub(super) fn slowest(seen: &Seen<'_>, edge: &Edge<'_>) -> Option<f64> {
    let mut runs = vec![0.0; seen.analysis.endpoints.len()];
    if let Callee::Endpoint(to) = edge.to {
        // Callees before callers.
        for number in seen.analysis.order().iter().flatten().copied() {
            // What is rarer than what a timeout cuts off is among that.
            let edges = seen.analysis.edges_of(number).iter().filter(|it| it.times >= CUT_OFF);
            let inner = edges.map(|it| call(seen, it, &runs) + rest(seen, it)).fold(0.0, f64::max);
            runs[number] = tail(seen.steady.times[number]).max(inner);
            if number == to {
                break;
            }
        }
    }
    Some(call(seen, edge, &runs)).filter(|it| it.is_finite() && *it > 0.0)
}

/// The same of one edge, by those of the endpoints.
fn call(seen: &Seen<'_>, edge: &Edge<'_>, runs: &[f64]) -> f64 {
    let it = seen.architecture;
    let (callee, inner) = match edge.to {
        Callee::Endpoint(number) => (seen.steady.times[number], runs[number]),
        Callee::External(external, operation) => {
            let external = &it.externals[external];
            let time = operation.map_or(&external.time, |at| &external.operations[at].time);
            (Moments::of(time), 0.0)
        }
        Callee::Operation(store, operation) => {
            (Moments::of(&it.stores[store].operations[operation].time), 0.0)
        }
    };
    let crossing = Moments::of(edge.network);
    let inner = if inner > 0.0 { inner + 2.0 * crossing.mean } else { 0.0 };
    tail(callee.then(crossing).then(crossing)).max(inner)
}

/// What all but one of a thousand take; infinite where nothing bounds it.
fn tail(it: Moments) -> f64 {
    it.quantile(1.0 - CUT_OFF).unwrap_or(f64::INFINITY)
}

/// The share of attempts that fails while everything is up, where the file says so: the errors of an
/// external, or what those that a callee needs leave of its runs, as promises are held against it.
pub(super) fn errors(seen: &Seen<'_>, edge: &Edge<'_>) -> Option<(f64, String)> {
    let (errors, path) = match edge.to {
        Callee::Endpoint(number) => (1.0 - seen.structure.without_error(number), "services"),
        Callee::External(at, operation) => {
            let external = &seen.architecture.externals[at];
            let own = operation.map_or(external.errors, |at| external.operations[at].errors);
            (own, "externals")
        }
        Callee::Operation(..) => return None,
    };
    (errors > 0.0).then(|| (errors, path.to_owned()))
}

/// What the tightest promise leaves to the call: its limit without what else the callers on the way
/// do, and without their networks.
pub(super) fn limit(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let edge = edge(seen, subject);
    let promised = |number: usize| {
        let limit = seen.analysis.watch(number).and_then(|it| it.limit);
        limit.map_or(f64::INFINITY, |it| it as f64 / 1e9)
    };
    let mut runs: Vec<f64> = (0..seen.analysis.endpoints.len()).map(promised).collect();
    // Callers before callees.
    for number in seen.analysis.order().iter().rev().flatten().copied() {
        if number == edge.from {
            break;
        }
        for inner in seen.analysis.edges_of(number) {
            if let Callee::Endpoint(to) = inner.to {
                let crossing = 2.0 * inner.network.mean();
                runs[to] = runs[to].min(left(seen, inner, runs[number]) - crossing);
            }
        }
    }
    let left = left(seen, edge, runs[edge.from]);
    (left > 0.0 && left.is_finite()).then(|| Known::derived("slos", Value::Number(left * 1e3)))
}

/// What a run of the caller that may take so long leaves to one of its calls, network included.
fn left(seen: &Seen<'_>, edge: &Edge<'_>, promised: f64) -> f64 {
    promised - rest(seen, edge)
}

/// What the caller does beside one of its calls, on average, in seconds.
fn rest(seen: &Seen<'_>, edge: &Edge<'_>) -> f64 {
    let all = seen.analysis.times[edge.from].mean;
    let crossing = 2.0 * edge.network.mean();
    let callee = match edge.to {
        Callee::Endpoint(number) => seen.analysis.times[number].mean,
        Callee::External(external, operation) => seen.analysis.external(external, operation).mean,
        Callee::Operation(store, operation) => {
            seen.architecture.stores[store].operations[operation].time.mean()
        }
    };
    (all - edge.times.min(1.0) * (callee + crossing)).max(0.0)
}
