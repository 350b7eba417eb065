//! Retry amplification: how many attempts one request can turn into along its worst path.

use serde::Serialize;
use tradeoff_model::model::{EdgePolicy, Traffic};

use crate::words::{count, number};
use crate::{Analysis, Callee, Edge, attempts};

/// Hops of a path that are named.
const HOPS: usize = 12;

/// The worst path from an entry point.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Amplification {
    /// Attempts at the end of the path for one request, if every attempt fails: the product of the
    /// attempts of its hops.
    pub attempts: f64,
    /// The same over a long time, where budgets bind: a hop with a budget counts 1 + its share.
    pub sustained: f64,
    /// The hops that retry, from the top down.
    pub path: Vec<String>,
    /// The product: `3 x 3 = 9`.
    pub arithmetic: String,
}

/// The worst way down from each endpoint.
struct Worst {
    product: Vec<f64>,
    edge: Vec<Option<usize>>,
}

impl Analysis<'_> {
    /// The worst path from an endpoint for each of them, by number; entries only.
    pub fn amplifications(&self) -> Vec<(usize, Amplification)> {
        let worst = self.worst();
        let entries = self.entries().into_iter();
        entries.map(|entry| (entry, self.amplification(&worst, entry))).collect()
    }

    fn worst(&self) -> Worst {
        let mut group_of = vec![0; self.endpoints.len()];
        for (at, group) in self.order().iter().enumerate() {
            for it in group {
                group_of[*it] = at;
            }
        }
        let count = self.endpoints.len();
        let mut worst = Worst { product: vec![1.0; count], edge: vec![None; count] };
        for number in self.order().iter().flatten().copied() {
            for (edge, at) in self.edges_of(number).iter().zip(self.first_edge(number)..) {
                let below = match edge.to {
                    // Around a circle there is no worst path: each hop stands for itself.
                    Callee::Endpoint(to) if group_of[to] == group_of[number] => 1.0,
                    Callee::Endpoint(to) => worst.product[to],
                    _ => 1.0,
                };
                let product = f64::from(edge.attempts()) * below;
                if product > worst.product[number] {
                    worst.product[number] = product;
                    worst.edge[number] = Some(at);
                }
            }
        }
        worst
    }

    fn amplification(&self, worst: &Worst, entry: usize) -> Amplification {
        let (service, endpoint) = self.endpoints[entry];
        let asks = |it: &&Traffic| {
            it.mix.iter().any(|it| (it.service, it.endpoint) == (service, endpoint))
        };
        let sources = self.architecture.traffic.iter().filter(asks);
        let source = sources.max_by_key(|it| attempts(&it.policy));
        let mut hops: Vec<(String, f64, f64)> = Vec::new();
        if let Some(source) = source.filter(|it| attempts(&it.policy) > 1) {
            let name = format!("{}->{}", source.name.value, self.name(entry));
            hops.push((name, attempts(&source.policy).into(), sustained(&source.policy)));
        }
        let mut next = worst.edge[entry];
        let mut left = self.endpoints.len();
        while let Some(at) = next {
            let edge: &Edge<'_> = &self.edges[at];
            if edge.attempts() > 1 {
                let name = self.edge_name(edge);
                hops.push((name, edge.attempts().into(), sustained(edge.policy)));
            }
            left = left.saturating_sub(1);
            next = match edge.to {
                Callee::Endpoint(to) if left > 0 => worst.edge[to],
                _ => None,
            };
        }
        let factors: Vec<String> = hops.iter().map(|it| number(it.1)).collect();
        let attempts: f64 = hops.iter().map(|it| it.1).product();
        let sustained = hops.iter().map(|it| it.2).product();
        let product = if attempts < 1e15 { count(attempts as u64) } else { number(attempts) };
        let arithmetic = match factors.as_slice() {
            [] => "no hop retries".to_owned(),
            [one] => format!("{one} attempts"),
            _ => format!("{} = {product}", crate::latency::sum_terms(&factors, " x ")),
        };
        let path = hops.into_iter().take(HOPS).map(|it| it.0).collect();
        Amplification { attempts, sustained, path, arithmetic }
    }
}

/// Attempts per call that a policy allows for long.
fn sustained(policy: &EdgePolicy) -> f64 {
    let all = f64::from(attempts(policy));
    let budget = policy.retry.as_ref().and_then(|it| it.value.budget);
    budget.map_or(all, |it| all.min(1.0 + it.share))
}
