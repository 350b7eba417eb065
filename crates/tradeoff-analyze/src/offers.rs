//! What every station is offered: how often it is visited, and for how long.

use std::collections::BTreeMap;

use tradeoff_model::model::{Step, StepKind, Target};

use crate::{Analysis, Moments};

/// Visits per second, and the time that each takes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Offer {
    /// Visits per second.
    pub rate: f64,
    /// Busy seconds per second: the mean number in service (Little's law).
    pub busy: f64,
    square: f64,
}

impl Offer {
    pub(crate) fn add(&mut self, rate: f64, time: Moments) {
        if rate > 0.0 {
            self.rate += rate;
            self.busy += rate * time.mean;
            self.square += rate * time.square();
        }
    }

    /// This and a part of another.
    #[must_use]
    pub(crate) fn with(self, other: Self, part: f64) -> Self {
        Self {
            rate: self.rate + part * other.rate,
            busy: self.busy + part * other.busy,
            square: self.square + part * other.square,
        }
    }

    /// One of so many equal parts.
    #[must_use]
    pub(crate) fn part(self, of: f64) -> Self {
        Self::default().with(self, 1.0 / of)
    }

    /// Mean and variance of a visit's time.
    pub fn time(self) -> Moments {
        if self.rate <= 0.0 {
            return Moments::default();
        }
        let mean = self.busy / self.rate;
        Moments::new(mean, self.square / self.rate - mean * mean)
    }
}

/// What cores and externals are offered: it depends on no queue.
#[derive(Clone, Debug, Default)]
pub(crate) struct Offers {
    /// The cores of each process.
    pub(crate) work: Vec<Offer>,
    /// Of each store what only the copy that takes the writes may do: writes, and all that runs in
    /// a transaction.
    pub(crate) writes: Vec<Offer>,
    /// Of each store what all copies share.
    pub(crate) reads: Vec<Offer>,
    /// The externals.
    pub(crate) externals: Vec<Offer>,
}

/// Who uses a pool: a process, and the store that the pool leads to.
pub(crate) type PoolKey = (usize, usize);

/// What slots, pools and poolers are offered: they are kept while others are waited for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holds {
    /// The slots of each process.
    pub(crate) slots: Vec<Offer>,
    /// The pools.
    pub(crate) pools: BTreeMap<PoolKey, Offer>,
    /// Of the pooler of each store, as for its cores.
    pub(crate) pooled_writes: Vec<Offer>,
    pub(crate) pooled_reads: Vec<Offer>,
}

/// Visits every step with how often it runs on average and the stores whose connection a
/// transaction around it keeps; what only runs after a failure is not visited.
pub(crate) fn each_held<'a>(
    steps: &'a [Step],
    times: f64,
    held: &mut Vec<usize>,
    visit: &mut dyn FnMut(&'a Step, f64, &[usize]),
) {
    for step in steps {
        visit(step, times, held);
        match &step.kind {
            StepKind::All { branches, .. } => {
                for branch in branches {
                    each_held(branch, times, held, visit);
                }
            }
            StepKind::Chance { share, then, otherwise } => {
                each_held(then, times * share, held, visit);
                each_held(otherwise, times * (1.0 - share), held, visit);
            }
            StepKind::Repeat { times: count, steps } => {
                each_held(steps, times * count.mean(), held, visit);
            }
            StepKind::Optional(steps) | StepKind::Fallback { steps, .. } => {
                each_held(steps, times, held, visit);
            }
            StepKind::Transaction { store, steps } => {
                held.push(*store);
                each_held(steps, times, held, visit);
                held.pop();
            }
            _ => {}
        }
    }
}

/// What cores and externals are offered when each endpoint runs so often per second.
pub(crate) fn offers(analysis: &Analysis<'_>, runs: &[f64]) -> Offers {
    let architecture = analysis.architecture;
    let mut offers = Offers {
        work: vec![Offer::default(); analysis.processes.len()],
        writes: vec![Offer::default(); architecture.stores.len()],
        reads: vec![Offer::default(); architecture.stores.len()],
        externals: vec![Offer::default(); architecture.externals.len()],
    };
    for (number, runs) in runs.iter().enumerate().filter(|(_, runs)| **runs > 0.0) {
        let process = analysis.process(number);
        let pace = analysis.pace(process);
        each_held(analysis.steps(number), *runs, &mut Vec::new(), &mut |step, rate, held| {
            match &step.kind {
                StepKind::Work(time) => {
                    offers.work[process].add(rate, Moments::of(time).scaled(1.0 / pace));
                }
                StepKind::Query { store, operation, .. } => {
                    let operation = &architecture.stores[*store].operations[*operation];
                    let first = operation.writes || held.contains(store);
                    let to = if first { &mut offers.writes } else { &mut offers.reads };
                    to[*store].add(rate, Moments::of(&operation.time));
                }
                StepKind::Call { target: Target::External(at, operation), .. } => {
                    let external = &architecture.externals[*at];
                    let time = operation.map_or(&external.time, |it| &external.operations[it].time);
                    offers.externals[*at].add(rate, Moments::of(time));
                }
                _ => {}
            }
        });
    }
    offers
}
