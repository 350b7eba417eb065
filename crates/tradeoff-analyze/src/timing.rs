//! How long things take when nothing waits: a mean and an estimate of the 99th percentile.
//!
//! Means add. Of a sum, the distance from the mean to the 99th percentile is estimated as the
//! root of the summed squares of the parts' distances: exact for sums of normal values, and near
//! enough to choose a timeout.

use tradeoff_model::model::{Dist, Step, StepKind, Target};

use crate::Analysis;

/// Rounds through endpoints that call each other in a circle.
const ROUNDS: usize = 64;
/// The standard normal's 99th percentile.
const Z99: f64 = 2.326_347_874_040_841;
/// What happens less often than this does not reach the 99th percentile.
const RARE: f64 = 0.01;
/// A time that stands for "too long": a circle whose calls do not die out.
const MOST: f64 = 1e9;

/// How long something takes when nothing waits, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// Mean.
    pub mean: f64,
    /// From the mean to the 99th percentile.
    tail: f64,
}

impl Estimate {
    /// Of a distribution.
    pub fn of(dist: &Dist) -> Self {
        Self::new(dist.mean(), p99(dist))
    }

    fn new(mean: f64, p99: f64) -> Self {
        Self { mean: mean.min(MOST), tail: (p99 - mean).clamp(0.0, MOST) }
    }

    /// The 99th percentile.
    pub fn p99(self) -> f64 {
        self.mean + self.tail
    }

    /// One after the other.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        let tail = libm::hypot(self.tail, next.tail);
        Self { mean: (self.mean + next.mean).min(MOST), tail: tail.min(MOST) }
    }

    fn times(self, count: &Dist) -> Self {
        let (mean, most) = (count.mean(), p99(count));
        let p99 = most * self.mean + libm::sqrt(most) * self.tail;
        Self::new(mean * self.mean, p99)
    }

    fn scaled(self, factor: f64) -> Self {
        Self { mean: self.mean * factor, tail: self.tail * factor }
    }
}

/// The 99th percentile of a distribution.
pub(crate) fn p99(dist: &Dist) -> f64 {
    match dist {
        Dist::Constant(value) => *value,
        Dist::Exponential { mean } => mean * libm::log(100.0),
        Dist::Lognormal { mu, sigma } => libm::exp(mu + sigma * Z99),
        Dist::Uniform { min, max } => min + 0.99 * (max - min),
        Dist::Empirical(samples) => {
            let at = libm::ceil(0.99 * samples.len() as f64) as usize;
            samples.get(at.saturating_sub(1)).copied().unwrap_or(0.0)
        }
    }
}

/// The time of every endpoint.
pub(crate) fn estimate(analysis: &Analysis<'_>) -> Vec<Estimate> {
    let mut times = vec![Estimate::default(); analysis.endpoints.len()];
    let calls = analysis.calls();
    for group in analysis.order() {
        let circle = group.len() > 1 || calls[group[0]].contains(&group[0]);
        for _ in 0..if circle { ROUNDS } else { 1 } {
            for &number in group {
                let process = analysis.process(number);
                times[number] = analysis.sequence_with(process, analysis.steps(number), &times);
            }
        }
    }
    times
}

impl Analysis<'_> {
    /// The time of a list of steps of an endpoint.
    pub fn sequence(&self, number: usize, steps: &[Step]) -> Estimate {
        self.sequence_in(self.process(number), steps)
    }

    /// The time of a list of steps in a process.
    pub fn sequence_in(&self, process: usize, steps: &[Step]) -> Estimate {
        self.sequence_with(process, steps, &self.times)
    }

    fn sequence_with(&self, process: usize, steps: &[Step], times: &[Estimate]) -> Estimate {
        let each = steps.iter().map(|step| self.step(process, step, times));
        each.fold(Estimate::default(), Estimate::then)
    }

    fn step(&self, process: usize, step: &Step, times: &[Estimate]) -> Estimate {
        let list = |steps: &[Step]| self.sequence_with(process, steps, times);
        match &step.kind {
            StepKind::Work(time) => Estimate::of(time).scaled(1.0 / self.pace(process)),
            StepKind::Wait(time) => Estimate::of(time),
            StepKind::Call { target, network, .. } => {
                let callee = match *target {
                    Target::Endpoint(service, endpoint) => times[self.number(service, endpoint)],
                    Target::External(external, operation) => self.external(external, operation),
                };
                there_and_back(callee, network)
            }
            StepKind::Query { store, operation, network, .. } => {
                let time = &self.architecture.stores[*store].operations[*operation].time;
                there_and_back(Estimate::of(time), network)
            }
            StepKind::All { need, branches } => {
                let mut means = Vec::with_capacity(branches.len());
                let mut tops = Vec::with_capacity(branches.len());
                for branch in branches {
                    let branch = list(branch);
                    means.push(branch.mean);
                    tops.push(branch.p99());
                }
                let need = need.map_or(branches.len(), |need| need as usize);
                Estimate::new(nth(means, need), nth(tops, need))
            }
            StepKind::Chance { share, then, otherwise } => {
                let (then, otherwise) = (list(then), list(otherwise));
                let mean = share * then.mean + (1.0 - share) * otherwise.mean;
                let reached = |share: f64, it: Estimate| if share > RARE { it.p99() } else { 0.0 };
                let top = reached(*share, then).max(reached(1.0 - share, otherwise));
                Estimate::new(mean, top)
            }
            StepKind::Repeat { times: count, steps } => list(steps).times(count),
            StepKind::Optional(steps)
            | StepKind::Fallback { steps, .. }
            | StepKind::Transaction { steps, .. } => list(steps),
            StepKind::Fail(_) => Estimate::default(),
        }
    }

    /// The time of an external's operation.
    pub fn external(&self, external: usize, operation: Option<usize>) -> Estimate {
        let external = &self.architecture.externals[external];
        let time = operation.map_or(&external.time, |at| &external.operations[at].time);
        Estimate::of(time)
    }
}

/// The callee's time and both crossings of the network.
fn there_and_back(callee: Estimate, network: &Dist) -> Estimate {
    let crossing = Estimate::of(network);
    callee.then(crossing).then(crossing)
}

/// The value that `need` of the branches have come to.
fn nth(mut values: Vec<f64>, need: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(need.saturating_sub(1)).copied().unwrap_or(0.0)
}
