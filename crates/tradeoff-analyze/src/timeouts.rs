//! Timeouts along a path: how long a callee may keep trying after its caller has given up.

use std::collections::BTreeMap;

use serde::Serialize;
use tradeoff_model::model::{Backoff, EdgePolicy, Retry, Step, StepKind, Target};

use crate::latency::{sum, sum_terms};
use crate::words::{duration, seconds};
use crate::{Analysis, Callee, attempts, patience};

/// A caller's patience held against what its callee may take to give up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Patience {
    /// Seconds that the caller waits for one attempt; null if for ever.
    pub patience: Option<f64>,
    /// Seconds that the calls of the callee may take if all of them run into their timeouts, with
    /// retries and the longest backoff; null if nothing bounds them.
    pub nested: Option<f64>,
    /// Whether the callee may go on when its caller has gone.
    pub inverted: bool,
    /// The sum: `3 x 1s + 2 x 10ms payment.charge = 3.02s > 1s`.
    pub arithmetic: String,
}

impl Analysis<'_> {
    /// Every edge to an endpoint that makes calls of its own, and every source of traffic, by name;
    /// of steps that share a name, the one with the least patience.
    pub fn timeouts(&self) -> BTreeMap<String, Patience> {
        let inside = self.longest();
        let mut all = BTreeMap::new();
        for edge in self.edges.iter().filter(|edge| !edge.inside) {
            let Callee::Endpoint(to) = edge.to else { continue };
            if self.edges_of(to).iter().any(|it| !it.inside) {
                let found = self.patience_of(edge.policy, None, to, &inside);
                keep_least(&mut all, self.edge_name(edge), found);
            }
        }
        for traffic in &self.architecture.traffic {
            for mix in &traffic.mix {
                let to = self.number(mix.service, mix.endpoint);
                if self.edges_of(to).iter().any(|it| !it.inside) {
                    let users = traffic.patience.map(seconds);
                    let name = format!("{}->{}", traffic.name.value, self.name(to));
                    keep_least(
                        &mut all,
                        name,
                        self.patience_of(&traffic.policy, users, to, &inside),
                    );
                }
            }
        }
        all
    }

    fn patience_of(
        &self,
        policy: &EdgePolicy,
        users: Option<f64>,
        to: usize,
        inside: &[f64],
    ) -> Patience {
        let limit = patience(policy).min(users.unwrap_or(f64::INFINITY));
        let nested = self.longest_of(to, self.steps(to), inside);
        let mut terms = Vec::new();
        self.terms(to, self.steps(to), inside, &mut terms);
        // Where the deadline is passed on, the callee stops with its caller.
        let inverted = nested > limit && !policy.pass_deadline;
        let sign = if nested > limit { ">" } else { "<=" };
        let limit_text = if limit.is_finite() { duration(limit) } else { "no timeout".to_owned() };
        let arithmetic = if nested.is_finite() {
            format!("{} {sign} {limit_text}", sum(&terms, nested))
        } else {
            format!("{} {sign} {limit_text}", sum_terms(&terms, " + "))
        };
        let finite = |it: f64| it.is_finite().then_some(it);
        Patience { patience: finite(limit), nested: finite(nested), inverted, arithmetic }
    }

    /// How long the calls of each endpoint may take until it gives up, in seconds: what a call
    /// inside one process takes, which nothing but its own calls bounds.
    fn longest(&self) -> Vec<f64> {
        let mut inside = vec![0.0; self.endpoints.len()];
        for number in self.order().iter().flatten().copied() {
            inside[number] = self.longest_of(number, self.steps(number), &inside);
        }
        inside
    }

    fn longest_of(&self, from: usize, steps: &[Step], inside: &[f64]) -> f64 {
        steps.iter().map(|step| self.longest_step(from, step, inside)).sum()
    }

    fn longest_step(&self, from: usize, step: &Step, inside: &[f64]) -> f64 {
        let list = |steps: &[Step]| self.longest_of(from, steps, inside);
        match &step.kind {
            StepKind::Call { target, policy, .. } => match self.module(from, *target) {
                Some(module) if patience(policy).is_infinite() => inside[module],
                _ => call(policy),
            },
            StepKind::Query { policy, .. } => call(policy),
            StepKind::All { branches, .. } => {
                branches.iter().map(|it| list(it)).fold(0.0, f64::max)
            }
            StepKind::Chance { then, otherwise, .. } => list(then).max(list(otherwise)),
            StepKind::Repeat { times, steps } => match (times.mean(), list(steps)) {
                (_, 0.0) => 0.0,
                (times, once) => times * once,
            },
            StepKind::Optional(steps) | StepKind::Transaction { steps, .. } => list(steps),
            StepKind::Fallback { steps, otherwise } => list(steps) + list(otherwise),
            _ => 0.0,
        }
    }

    /// The endpoint that a call of another leads to, if it is one of the same process.
    fn module(&self, from: usize, target: Target) -> Option<usize> {
        let Target::Endpoint(service, endpoint) = target else { return None };
        let to = self.number(service, endpoint);
        (self.process(from) == self.process(to)).then_some(to)
    }

    /// The calls of a list of steps as terms of a sum.
    fn terms(&self, from: usize, steps: &[Step], inside: &[f64], terms: &mut Vec<String>) {
        for step in steps {
            let longest = self.longest_step(from, step, inside);
            match &step.kind {
                StepKind::Call { policy, .. } | StepKind::Query { policy, .. } => {
                    terms.push(format!("{} {}", tries(policy, longest), self.step_name(step)));
                }
                StepKind::Optional(steps) | StepKind::Transaction { steps, .. } => {
                    self.terms(from, steps, inside, terms);
                }
                _ if longest > 0.0 => {
                    terms.push(format!(
                        "{} {}",
                        tries(&EdgePolicy::default(), longest),
                        self.step_name(step)
                    ));
                }
                _ => {}
            }
        }
    }
}

fn keep_least(all: &mut BTreeMap<String, Patience>, name: String, new: Patience) {
    let least = |it: &Patience| it.patience.unwrap_or(f64::INFINITY);
    match all.get(&name) {
        Some(old) if least(old) <= least(&new) => {}
        _ => {
            all.insert(name, new);
        }
    }
}

/// How long a call may take: whatever it reaches may stall for as long as the caller lets it.
fn call(policy: &EdgePolicy) -> f64 {
    let timeout = policy.timeout.as_ref().map_or(f64::INFINITY, |it| seconds(it.value));
    let deadline = policy.deadline.as_ref().map_or(f64::INFINITY, |it| seconds(it.value));
    let retry = policy.retry.as_ref().map(|it| it.value);
    let pauses = retry.map_or(0.0, |it| pauses(&it));
    (f64::from(attempts(policy)) * timeout + pauses).min(deadline)
}

/// The longest that a call may wait between its attempts, in seconds.
fn pauses(retry: &Retry) -> f64 {
    let (base, cap) = (seconds(retry.base), seconds(retry.cap));
    let mut total = 0.0;
    for nth in 1..retry.attempts {
        let wait = match retry.backoff {
            Backoff::None => 0.0,
            Backoff::Constant => base,
            Backoff::Linear => base * f64::from(nth),
            Backoff::Exponential => base * libm::pow(2.0, f64::from((nth - 1).min(1_000))),
        };
        if wait >= cap || nth > 1_000 {
            // All that follow are as long.
            return total + f64::from(retry.attempts - nth) * wait.min(cap);
        }
        total += wait;
    }
    total
}

/// `(3 x 1s + 20ms backoff)`.
fn tries(policy: &EdgePolicy, longest: f64) -> String {
    if longest.is_infinite() {
        return "no timeout for".to_owned();
    }
    let timeout = policy.timeout.as_ref().map(|it| seconds(it.value));
    let all = attempts(policy);
    let pauses = policy.retry.as_ref().map_or(0.0, |it| pauses(&it.value));
    let Some(timeout) =
        timeout.filter(|it| (f64::from(all) * it + pauses - longest).abs() <= 1e-9 * longest)
    else {
        return duration(longest);
    };
    match (all, pauses > 0.0) {
        (1, _) => duration(timeout),
        (_, false) => format!("{all} x {}", duration(timeout)),
        (_, true) => format!("({all} x {} + {} backoff)", duration(timeout), duration(pauses)),
    }
}
