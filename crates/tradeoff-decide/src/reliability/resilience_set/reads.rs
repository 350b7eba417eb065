//! What an architecture says of a call.

use tradeoff_analyze::{Callee, Edge, Moments};

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

/// What all but one of a thousand calls take, in seconds.
pub(super) fn slowest(seen: &Seen<'_>, edge: &Edge<'_>) -> Option<f64> {
    let it = seen.architecture;
    let callee = match edge.to {
        Callee::Endpoint(number) => seen.steady.times[number],
        Callee::External(external, operation) => {
            let external = &it.externals[external];
            Moments::of(operation.map_or(&external.time, |at| &external.operations[at].time))
        }
        Callee::Operation(store, operation) => {
            Moments::of(&it.stores[store].operations[operation].time)
        }
    };
    let crossing = Moments::of(edge.network);
    callee.then(crossing).then(crossing).quantile(0.999).filter(|it| *it > 0.0)
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

/// What the tightest promise leaves to the call: its limit without what else the caller does.
pub(super) fn limit(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let edge = edge(seen, subject);
    let watch = seen.analysis.watch(edge.from)?;
    let promised = watch.limit? as f64 / 1e9;
    let all = seen.analysis.times[edge.from].mean;
    let crossing = 2.0 * edge.network.mean();
    let callee = match edge.to {
        Callee::Endpoint(number) => seen.analysis.times[number].mean,
        Callee::External(external, operation) => seen.analysis.external(external, operation).mean,
        Callee::Operation(store, operation) => {
            seen.architecture.stores[store].operations[operation].time.mean()
        }
    };
    let left = promised - (all - edge.times.min(1.0) * (callee + crossing)).max(0.0);
    (left > 0.0).then(|| Known::derived("slos", Value::Number(left * 1e3)))
}
