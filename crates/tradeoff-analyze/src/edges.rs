//! Who calls whom.

use tradeoff_model::model::{Dist, EdgePolicy, Step, StepKind};

use crate::words::seconds;

/// One call or query.
#[derive(Clone, Copy, Debug)]
pub struct Edge<'a> {
    /// The caller's number.
    pub from: usize,
    /// Whom it reaches.
    pub to: Callee,
    /// The step.
    pub step: &'a Step,
    /// What guards it.
    pub policy: &'a EdgePolicy,
    /// One crossing of the network.
    pub network: &'a Dist,
    /// How often a run of the caller takes it, on average.
    pub times: f64,
    /// Whether it stays inside one process.
    pub inside: bool,
}

/// Whom an edge reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callee {
    /// An endpoint, by number.
    Endpoint(usize),
    /// An external and its operation.
    External(usize, Option<usize>),
    /// A store and its operation.
    Operation(usize, usize),
}

impl Edge<'_> {
    /// What bounds the caller's wait, in seconds; infinite if nothing does.
    pub fn patience(&self) -> f64 {
        patience(self.policy)
    }

    /// Attempts, the first included.
    pub fn attempts(&self) -> u32 {
        attempts(self.policy)
    }
}

/// The tighter of a policy's timeout and deadline, in seconds; infinite without either.
pub fn patience(policy: &EdgePolicy) -> f64 {
    let bounds = [&policy.timeout, &policy.deadline];
    let bounds = bounds.into_iter().flatten().map(|it| seconds(it.value));
    bounds.fold(f64::INFINITY, f64::min)
}

/// A policy's attempts, the first included.
pub fn attempts(policy: &EdgePolicy) -> u32 {
    policy.retry.as_ref().map_or(1, |retry| retry.value.attempts.max(1))
}

/// Visits every step with how often it runs on average; what only runs after a failure counts 0.
pub fn each<'a>(steps: &'a [Step], times: f64, visit: &mut impl FnMut(&'a Step, f64)) {
    for step in steps {
        visit(step, times);
        match &step.kind {
            StepKind::All { branches, .. } => {
                for branch in branches {
                    each(branch, times, &mut *visit);
                }
            }
            StepKind::Chance { share, then, otherwise } => {
                each(then, times * share, &mut *visit);
                each(otherwise, times * (1.0 - share), &mut *visit);
            }
            StepKind::Repeat { times: count, steps } => {
                each(steps, times * count.mean(), &mut *visit);
            }
            StepKind::Optional(steps) | StepKind::Transaction { steps, .. } => {
                each(steps, times, &mut *visit);
            }
            StepKind::Fallback { steps, otherwise } => {
                each(steps, times, &mut *visit);
                each(otherwise, 0.0, &mut *visit);
            }
            _ => {}
        }
    }
}
