//! Visit ratios: how often everything is used per second.
//!
//! Chance steps count by their share, repeats by their mean, every branch of `all` counts, and
//! what only runs after a failure (`else` of a fallback, retries) does not. Endpoints that call
//! each other in a circle are iterated; 64 rounds bound what does not die out.

use tradeoff_model::model::{StepKind, Traffic, TrafficKind};

use crate::{Analysis, Callee, each};

/// Rounds through endpoints that call each other in a circle.
const ROUNDS: usize = 64;

/// How often everything is used, per second.
#[derive(Debug, Default)]
pub struct Load {
    /// Runs of each endpoint per source of traffic.
    pub flows: Vec<Vec<f64>>,
    /// Runs of each endpoint.
    pub endpoints: Vec<f64>,
    /// Of these, those that come from outside the process.
    pub doors: Vec<f64>,
    /// Queries of each operation of each store.
    pub operations: Vec<Vec<f64>>,
}

/// Requests per second of a source: stated, or of closed traffic the bound that no queue can lift.
pub(crate) fn offered(analysis: &Analysis<'_>, traffic: &Traffic) -> f64 {
    match &traffic.kind {
        TrafficKind::Open { rate } => *rate,
        TrafficKind::Closed { users, think } => {
            let time = |service, endpoint| analysis.times[analysis.number(service, endpoint)].mean;
            let mix = traffic.mix.iter();
            let answer: f64 = mix.map(|it| it.share * time(it.service, it.endpoint)).sum();
            let round = think.mean() + answer;
            // Users who neither think nor wait ask as fast as they are answered: no bound is known.
            if round > 0.0 { f64::from(*users) / round } else { 0.0 }
        }
    }
}

/// The load that the traffic brings.
pub(crate) fn load(analysis: &Analysis<'_>) -> Load {
    let count = analysis.endpoints.len();
    let mut load = Load {
        flows: Vec::new(),
        endpoints: vec![0.0; count],
        doors: vec![0.0; count],
        operations: Vec::new(),
    };
    for traffic in &analysis.architecture.traffic {
        let rate = offered(analysis, traffic);
        let mut entering = vec![0.0; count];
        for mix in &traffic.mix {
            entering[analysis.number(mix.service, mix.endpoint)] += rate * mix.share;
        }
        let flow = spread(analysis, &entering);
        for number in 0..count {
            load.endpoints[number] += flow[number];
            load.doors[number] += entering[number];
        }
        load.flows.push(flow);
    }
    let stores = analysis.architecture.stores.iter();
    load.operations = stores.map(|store| vec![0.0; store.operations.len()]).collect();
    for edge in &analysis.edges {
        let rate = load.endpoints[edge.from] * edge.times;
        match edge.to {
            Callee::Endpoint(to) if !edge.inside => load.doors[to] += rate,
            Callee::Operation(store, operation) => load.operations[store][operation] += rate,
            Callee::Endpoint(_) | Callee::External(..) => {}
        }
    }
    load
}

/// Runs of each endpoint, given those that enter from outside.
fn spread(analysis: &Analysis<'_>, entering: &[f64]) -> Vec<f64> {
    let mut runs = vec![0.0; entering.len()];
    let mut inbound = entering.to_vec();
    // Callers before callees: what comes into a group is known when its turn comes.
    for group in analysis.order().iter().rev() {
        let inner = |number: usize| {
            analysis.edges_of(number).iter().filter_map(|edge| match edge.to {
                Callee::Endpoint(to) if group.binary_search(&to).is_ok() => Some((to, edge.times)),
                _ => None,
            })
        };
        let circle = group.iter().any(|number| inner(*number).next().is_some());
        for number in group {
            runs[*number] = inbound[*number];
        }
        for _ in 0..if circle { ROUNDS } else { 0 } {
            let mut next: Vec<f64> = group.iter().map(|number| inbound[*number]).collect();
            for number in group {
                for (to, times) in inner(*number) {
                    if let Ok(at) = group.binary_search(&to) {
                        next[at] += runs[*number] * times;
                    }
                }
            }
            for (number, value) in group.iter().zip(next) {
                runs[*number] = value;
            }
        }
        for number in group {
            for edge in analysis.edges_of(*number) {
                if let Callee::Endpoint(to) = edge.to
                    && group.binary_search(&to).is_err()
                {
                    inbound[to] += runs[*number] * edge.times;
                }
            }
        }
    }
    runs
}

impl Analysis<'_> {
    /// Connections to a store that are busy on average (Little's law): the time of queries, or of
    /// the whole transaction around them.
    pub fn busy_connections(&self, store: usize) -> f64 {
        let mut busy = 0.0;
        for &number in &self.users[store] {
            let mut held = 0.0;
            let mut inside = 0.0;
            each(self.steps(number), 1.0, &mut |step, times| match &step.kind {
                StepKind::Query { store: queried, operation, .. } if *queried == store => {
                    let operation = &self.architecture.stores[store].operations[*operation];
                    held += times * operation.time.mean();
                }
                StepKind::Transaction { store: kept, steps } if *kept == store => {
                    held += times * self.sequence(number, steps).mean;
                    each(steps, times, &mut |step, times| match &step.kind {
                        StepKind::Query { store: queried, operation, .. } if *queried == store => {
                            let operation = &self.architecture.stores[store].operations[*operation];
                            inside += times * operation.time.mean();
                        }
                        _ => {}
                    });
                }
                _ => {}
            });
            busy += self.load.endpoints[number] * (held - inside).max(0.0);
        }
        busy
    }
}
