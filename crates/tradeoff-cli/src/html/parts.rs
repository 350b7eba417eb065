//! The architecture as a graph with its load: what is drawn, and what its table says.

use std::collections::BTreeMap;

use tradeoff::model::{Architecture, Step, StepKind, Target, TrafficKind};
use tradeoff::results::{Figure, Run};
use tradeoff::review::report::Review;

use crate::text::figure::{Unit, amount, count};
use crate::text::simulate::plural;
use crate::text::slos::run_name;

/// A source of traffic or a component.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) name: String,
    /// `traffic`, `service`, `store` or `external`.
    pub(super) kind: &'static str,
    /// `30/s`, `2 replicas`.
    pub(super) size: String,
    /// Its busiest resource.
    pub(super) load: Option<Load>,
    /// Findings about it or about its calls.
    pub(super) findings: usize,
}

/// How busy a component is.
#[derive(Clone, Debug)]
pub(super) struct Load {
    /// What is busiest in the baseline: `cores`.
    pub(super) resource: String,
    pub(super) baseline: Figure,
    /// The highest use in any run, of what, and in which run.
    pub(super) worst: f64,
    pub(super) worst_of: String,
    pub(super) worst_in: String,
}

/// All calls of one part to another.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) from: usize,
    pub(super) to: usize,
    /// `order.place->payment.charge`.
    pub(super) edges: Vec<String>,
    /// Attempts per second in the baseline; `None` inside one process.
    pub(super) rate: Option<f64>,
    /// Whether a loop was found that it sustains.
    pub(super) sustains: bool,
}

/// Parts and links of a design.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    pub(super) parts: Vec<Part>,
    pub(super) links: Vec<Link>,
}

impl Parts {
    pub(super) fn new(architecture: &Architecture, review: &Review) -> Self {
        let mut it = Self::default();
        let (sources, services, stores) =
            (architecture.traffic.len(), architecture.services.len(), architecture.stores.len());
        for traffic in &architecture.traffic {
            let size = match &traffic.kind {
                TrafficKind::Open { rate } => amount(*rate, Unit::PerSecond),
                TrafficKind::Closed { users, .. } => plural(*users as usize, "user"),
            };
            it.push(review, &traffic.name.value, "traffic", size, None);
        }
        for service in &architecture.services {
            let process = service.deploy.as_ref().unwrap_or(&service.name);
            let mut size = plural(service.replicas.value as usize, "replica");
            if service.deploy.is_some() {
                size = format!("{size} of {}", process.value);
            }
            it.push(review, &service.name.value, "service", size, Some(&process.value));
        }
        for store in &architecture.stores {
            let size = plural(store.replicas.value as usize, "replica");
            it.push(review, &store.name.value, "store", size, Some(&store.name.value));
        }
        for external in &architecture.externals {
            let name = &external.name.value;
            it.push(review, name, "external", String::new(), Some(name));
        }
        let mut links: BTreeMap<(usize, usize), Vec<String>> = BTreeMap::new();
        for (nth, traffic) in architecture.traffic.iter().enumerate() {
            for mix in &traffic.mix {
                let endpoint = architecture.endpoint_name(mix.service, mix.endpoint);
                let edge = format!("{}->{endpoint}", traffic.name.value);
                links.entry((nth, sources + mix.service)).or_default().push(edge);
            }
        }
        for (nth, service) in architecture.services.iter().enumerate() {
            for (endpoint, it) in service.endpoints.iter().enumerate() {
                let caller = architecture.endpoint_name(nth, endpoint);
                each(&it.steps, &mut |step| {
                    let (to, name) = match &step.kind {
                        StepKind::Call { target, .. } => {
                            let to = match target {
                                Target::Endpoint(service, _) => sources + service,
                                Target::External(external, _) => {
                                    sources + services + stores + external
                                }
                            };
                            (to, architecture.target_name(*target))
                        }
                        StepKind::Query { store, operation, .. } => {
                            let it = &architecture.stores[*store];
                            let operation = &it.operations[*operation].name.value;
                            (sources + services + store, format!("{}.{operation}", it.name.value))
                        }
                        _ => return,
                    };
                    let edges = links.entry((sources + nth, to)).or_default();
                    let edge = format!("{caller}->{name}");
                    if !edges.contains(&edge) {
                        edges.push(edge);
                    }
                });
            }
        }
        it.links = links
            .into_iter()
            .map(|((from, to), edges)| Link {
                from,
                to,
                rate: rate(review, &edges),
                sustains: edges.iter().any(|it| sustains(review, it)),
                edges,
            })
            .collect();
        it
    }

    fn push(
        &mut self,
        review: &Review,
        name: &str,
        kind: &'static str,
        size: String,
        process: Option<&str>,
    ) {
        let about = |subject: &str| {
            let subject = subject.split_once("->").map_or(subject, |(caller, _)| caller);
            subject == name || subject.strip_prefix(name).is_some_and(|it| it.starts_with('.'))
        };
        let open = review.check.findings.iter().filter(|it| it.suppressed.is_none());
        let findings = open.filter(|it| about(&it.subject)).count();
        let load = process.and_then(|it| load(review, it));
        self.parts.push(Part { name: name.into(), kind, size, load, findings });
    }

    /// The calls per second that reach a part.
    pub(super) fn arriving(&self, part: usize) -> Option<f64> {
        let rates = self.links.iter().filter(|it| it.to == part).filter_map(|it| it.rate);
        rates.reduce(|one, other| one + other)
    }
}

/// Each step, those within others too.
fn each<'a>(steps: &'a [Step], found: &mut impl FnMut(&'a Step)) {
    let mut open: Vec<&Step> = steps.iter().rev().collect();
    while let Some(step) = open.pop() {
        found(step);
        let inner: Vec<&Vec<Step>> = match &step.kind {
            StepKind::All { branches, .. } => branches.iter().collect(),
            StepKind::Chance { then, otherwise, .. } => vec![then, otherwise],
            StepKind::Fallback { steps, otherwise } => vec![steps, otherwise],
            StepKind::Repeat { steps, .. }
            | StepKind::Optional(steps)
            | StepKind::Transaction { steps, .. } => vec![steps],
            _ => Vec::new(),
        };
        open.extend(inner.into_iter().rev().flat_map(|it| it.iter().rev()));
    }
}

/// Attempts per second on some edges in the baseline.
fn rate(review: &Review, edges: &[String]) -> Option<f64> {
    let run = review.today.runs.first()?;
    let found: Vec<u64> =
        edges.iter().filter_map(|it| run.edges.get(it)).map(|it| it.attempts).collect();
    let seconds = run.end * f64::from(review.today.replications.max(1));
    (!found.is_empty() && seconds > 0.0).then(|| found.iter().sum::<u64>() as f64 / seconds)
}

fn sustains(review: &Review, edge: &str) -> bool {
    let loops = review.today.runs.iter().filter_map(|it| it.recovery.as_ref()?.r#loop.as_ref());
    loops.into_iter().any(|it| it.edge == edge)
}

/// The busiest resource of a process, its pools among them.
fn load(review: &Review, process: &str) -> Option<Load> {
    let own = |run: &Run| -> Vec<(String, Figure)> {
        let rest = |name: &str| {
            let rest = name.strip_prefix(process)?;
            match (rest.strip_prefix('/'), rest.strip_prefix('>')) {
                (Some(it), _) => Some(it.to_owned()),
                (_, Some(it)) => Some(format!("pool of {}", it.trim_end_matches("/pool"))),
                _ => None,
            }
        };
        let resources = run.resources.iter();
        resources.filter_map(|(name, it)| Some((rest(name)?, it.utilization))).collect()
    };
    let used = |it: &(String, Figure)| it.1.map_or(-1.0, |it| it.value);
    let busiest = |run: &Run| own(run).into_iter().max_by(|a, b| used(a).total_cmp(&used(b)));
    let baseline = busiest(review.today.runs.first()?).filter(|it| it.1.is_some())?;
    let runs = review.today.runs.iter().filter_map(|run| Some((busiest(run)?, run)));
    let worst = runs.max_by(|a, b| used(&a.0).total_cmp(&used(&b.0)))?;
    Some(Load {
        worst: used(&worst.0),
        worst_of: worst.0.0,
        worst_in: run_name(worst.1.scenario.as_deref()).to_owned(),
        resource: baseline.0,
        baseline: baseline.1,
    })
}

/// A rate with the digits that a reader needs: `3.6/s`, `120/s`.
pub(super) fn per_second(rate: f64) -> String {
    if rate >= 100.0 { format!("{}/s", count(rate.round() as u64)) } else { amount2(rate) }
}

fn amount2(rate: f64) -> String {
    let text = format!("{rate:.1e}");
    amount(text.parse().unwrap_or(rate), Unit::PerSecond)
}

/// How hot a use is: the words and colors change at the same places as in the tables.
pub(super) const fn heat(used: f64) -> &'static str {
    if used >= 0.9 {
        "hot"
    } else if used >= 0.7 {
        "busy"
    } else {
        "calm"
    }
}
