//! How long endpoints take: a bound that no queue lifts, and an approximation with all waiting.
//!
//! The bound is the mean time when nothing waits: service times and crossings of the network along
//! the critical path. The approximation adds the waits of [`Steady`].

use serde::Serialize;
use tradeoff_model::model::{Dist, Step, StepKind, Target};

use crate::moments::median;
use crate::words::duration;
use crate::{Analysis, Moments, Steady, attempts};

/// Terms of a sum that are printed one by one.
const TERMS: usize = 6;

/// A share of the bound below which waiting is not worth a term.
const NOTABLE: f64 = 1e-3;

/// How long an endpoint takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Latency {
    /// Runs per second.
    pub arrivals: f64,
    /// Mean seconds when nothing waits.
    pub bound: f64,
    /// With waiting, approximately; null if a line on its path grows without end.
    pub approximate: Option<Approximate>,
    /// Endpoints run at once on average (Little's law); null if a line grows without end.
    pub concurrent: Option<f64>,
    /// The bound and the wait as a sum.
    pub arithmetic: String,
}

/// A time with waiting, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Approximate {
    /// Mean.
    pub mean: f64,
    /// Median.
    pub p50: f64,
    /// 99th percentile.
    pub p99: f64,
    /// Of the mean, what is spent in lines.
    pub wait: f64,
}

impl Steady<'_, '_> {
    /// How long an endpoint takes.
    pub fn latency(&self, endpoint: usize) -> Latency {
        let bound = self.analysis.times[endpoint].mean;
        let time = self.times[endpoint];
        let quantiles = time.quantile(0.5).zip(time.quantile(0.99));
        let approximate = quantiles.map(|(p50, p99)| {
            let wait = (time.mean - bound).max(0.0);
            Approximate { mean: time.mean, p50, p99, wait }
        });
        let mut arithmetic = self.analysis.sum_of(endpoint, bound);
        match approximate {
            Some(it) if it.wait > NOTABLE * bound => {
                let (wait, mean) = (duration(it.wait), duration(it.mean));
                arithmetic = format!("{arithmetic}; + {wait} of waiting = {mean}");
            }
            Some(_) => {}
            None => arithmetic += "; a line on its path grows without end",
        }
        Latency {
            arrivals: self.runs[endpoint],
            bound,
            approximate,
            concurrent: approximate.map(|it| it.mean * self.runs[endpoint]),
            arithmetic,
        }
    }

    /// A quantile of an endpoint's time with waiting, in seconds; `None` if a line grows without end.
    pub fn quantile(&self, endpoint: usize, quantile: f64) -> Option<f64> {
        Moments::quantile(self.times[endpoint], quantile)
    }
}

/// The least that the median of an endpoint can be, and its parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Median {
    /// Seconds.
    pub seconds: f64,
    /// The sum: `3ms + 62ms = 65ms`.
    pub arithmetic: String,
}

impl Analysis<'_> {
    /// Means of the steps of an endpoint as a sum.
    fn sum_of(&self, endpoint: usize, bound: f64) -> String {
        let steps = self.steps(endpoint);
        let terms: Vec<String> = steps
            .iter()
            .map(|step| {
                let time = self.sequence(endpoint, std::slice::from_ref(step)).mean;
                format!("{} {}", duration(time), self.step_name(step))
            })
            .collect();
        sum(&terms, bound)
    }

    /// What a step is, in a word.
    pub(crate) fn step_name(&self, step: &Step) -> String {
        match &step.kind {
            StepKind::Work(_) => "work".to_owned(),
            StepKind::Wait(_) => "wait".to_owned(),
            StepKind::Call { target, .. } => self.architecture.target_name(*target),
            StepKind::Query { store, operation, .. } => {
                let store = &self.architecture.stores[*store];
                format!("{}.{}", store.name.value, store.operations[*operation].name.value)
            }
            StepKind::All { .. } => "all".to_owned(),
            StepKind::Chance { .. } => "chance".to_owned(),
            StepKind::Repeat { .. } => "repeat".to_owned(),
            StepKind::Optional(_) => "optional".to_owned(),
            StepKind::Fallback { .. } => "fallback".to_owned(),
            StepKind::Transaction { store, .. } => {
                format!("transaction on {}", self.architecture.stores[*store].name.value)
            }
            StepKind::Fail(_) => "fail".to_owned(),
        }
    }

    /// The medians along an endpoint's critical path, of every endpoint: what no queue lifts, and
    /// no luck either. Of two ways the likelier counts; of branches the one that completes the
    /// number that is needed; a call takes no longer than its timeouts let it.
    pub fn medians(&self) -> Vec<f64> {
        let mut medians = vec![0.0; self.endpoints.len()];
        for group in self.order() {
            for &number in group {
                medians[number] = self.medians_of(number, self.steps(number), &medians);
            }
        }
        medians
    }

    /// The median of one endpoint as a sum of those of its steps.
    pub fn median(&self, endpoint: usize, medians: &[f64]) -> Median {
        let steps = self.steps(endpoint);
        let times: Vec<f64> = steps
            .iter()
            .map(|it| self.medians_of(endpoint, std::slice::from_ref(it), medians))
            .collect();
        let terms: Vec<String> = steps
            .iter()
            .zip(&times)
            .filter(|(_, time)| **time > 0.0)
            .map(|(step, time)| format!("{} {}", duration(*time), self.step_name(step)))
            .collect();
        let seconds = times.iter().sum();
        Median { seconds, arithmetic: sum(&terms, seconds) }
    }

    fn medians_of(&self, number: usize, steps: &[Step], medians: &[f64]) -> f64 {
        let list = |steps: &[Step]| self.medians_of(number, steps, medians);
        let mut total = 0.0;
        for step in steps {
            total += match &step.kind {
                StepKind::Work(time) => median(time) / self.pace(self.process(number)),
                StepKind::Wait(time) => median(time),
                StepKind::Call { target, policy, network } => {
                    let callee = match *target {
                        Target::Endpoint(service, endpoint) => {
                            medians[self.number(service, endpoint)]
                        }
                        Target::External(at, operation) => {
                            let external = &self.architecture.externals[at];
                            let own = &external.time;
                            median(operation.map_or(own, |it| &external.operations[it].time))
                        }
                    };
                    bounded(callee + crossings(network), policy)
                }
                StepKind::Query { store, operation, policy, network } => {
                    let time = &self.architecture.stores[*store].operations[*operation].time;
                    bounded(median(time) + crossings(network), policy)
                }
                StepKind::All { need, branches } => {
                    let mut times: Vec<f64> = branches.iter().map(|it| list(it)).collect();
                    times.sort_by(f64::total_cmp);
                    let need = need.map_or(times.len(), |it| it as usize);
                    times.get(need.saturating_sub(1)).copied().unwrap_or(0.0)
                }
                StepKind::Chance { share, then, otherwise } => {
                    list(if *share >= 0.5 { then } else { otherwise })
                }
                StepKind::Repeat { times, steps } => libm::round(median(times)) * list(steps),
                StepKind::Optional(steps)
                | StepKind::Fallback { steps, .. }
                | StepKind::Transaction { steps, .. } => list(steps),
                StepKind::Fail(_) => 0.0,
            };
        }
        total
    }
}

fn crossings(network: &Dist) -> f64 {
    2.0 * median(network)
}

/// A call takes no longer than its attempts, or its deadline.
fn bounded(time: f64, policy: &tradeoff_model::model::EdgePolicy) -> f64 {
    let seconds = |it: u64| crate::words::seconds(it);
    let attempts = f64::from(attempts(policy));
    let by_timeout =
        policy.timeout.as_ref().map_or(f64::INFINITY, |it| attempts * seconds(it.value));
    let by_deadline = policy.deadline.as_ref().map_or(f64::INFINITY, |it| seconds(it.value));
    time.min(by_timeout).min(by_deadline)
}

/// Terms and what they come to; the later ones of a long sum are only counted.
pub(crate) fn sum(terms: &[String], total: f64) -> String {
    let total = duration(total);
    match terms {
        [] => total,
        [one] => one.clone(),
        _ => format!("{} = {total}", sum_terms(terms, " + ")),
    }
}

/// Terms with a sign between them; the later ones of many are only counted.
pub(crate) fn sum_terms(terms: &[String], sign: &str) -> String {
    let shown = terms.iter().take(TERMS).cloned().collect::<Vec<_>>().join(sign);
    match terms.len() {
        all if all > TERMS => format!("{shown}{sign}{} more", all - TERMS),
        _ => shown,
    }
}
