//! Proofs that a changed design runs exactly as another one did.
//!
//! Draws are functions of identity, so that a bound, a timeout or a policy that never acts changes
//! nothing. What each run reached is written down ([`Reach`]); if every change between two plans
//! lies beyond that, the second plan's run is the first one's, to the nanosecond.

use tradeoff_model::model::{Breaker, BreakerWindow};

use crate::{
    engine::{
        reach::{EdgeReach, PlaceReach, Reach},
        record::ResourceKind,
    },
    plan::{Edge, Plan, Process},
    slab::NONE,
};

/// Two plans that differ only in what can be shown not to act.
#[derive(Debug)]
pub(crate) struct Alike<'a> {
    one: &'a Plan,
    other: &'a Plan,
    processes: Vec<usize>,
    edges: Vec<usize>,
}

impl<'a> Alike<'a> {
    /// `None` if the plans differ in anything else.
    pub(crate) fn new(one: &'a Plan, other: &'a Plan) -> Option<Self> {
        let same = one.replicas == other.replicas
            && one.endpoints == other.endpoints
            && one.ops == other.ops
            && one.handlers == other.handlers
            && one.branches == other.branches
            && one.samplers == other.samplers
            && one.balancers == other.balancers
            && one.pools == other.pools
            && one.traffic == other.traffic
            && one.flows == other.flows
            && one.slos == other.slos
            && one.hashes == other.hashes
            && one.processes.len() == other.processes.len()
            && one.edges.len() == other.edges.len();
        if !same {
            return None;
        }
        let processes = one.processes.iter().zip(&other.processes);
        let edges = one.edges.iter().zip(&other.edges);
        if !processes.clone().all(|it| bounds_apart(it.0, it.1))
            || !edges.clone().all(|it| policies_apart(it.0, it.1))
        {
            return None;
        }
        let processes = processes.enumerate().filter(|(_, it)| it.0 != it.1).map(|it| it.0);
        let edges = edges.enumerate().filter(|(_, it)| it.0 != it.1).map(|it| it.0);
        Some(Self { one, other, processes: processes.collect(), edges: edges.collect() })
    }

    /// Whether recoveries are watched for as long in both.
    pub(crate) fn same_watch(&self) -> bool {
        self.one.longest_timeout == self.other.longest_timeout
    }

    /// Whether the other plan's run is that of the first, given how far the first one's went.
    pub(crate) fn untouched(&self, reach: &Reach) -> bool {
        let count = self.one.processes.len();
        let place =
            |kind: ResourceKind, process: usize| reach.places[kind as usize * count + process];
        let processes = self.processes.iter().all(|it| {
            let (slots, cores) = (place(ResourceKind::Slots, *it), place(ResourceKind::Cores, *it));
            bounds_idle(&self.one.processes[*it], &self.other.processes[*it], slots, cores)
        });
        processes
            && self.edges.iter().all(|it| {
                policies_idle(&self.one.edges[*it], &self.other.edges[*it], reach.edges[*it])
            })
    }
}

/// Whether two processes differ in nothing but bounds.
fn bounds_apart(one: &Process, other: &Process) -> bool {
    let (slots, queue, cores) = (one.slots, one.queue, one.cores);
    let bounded = Process { cores, slots, queue, ..other.clone() };
    // Shared cores set the pace of all that is in service.
    bounded == *one && (one.cores == other.cores || !one.share)
}

/// Whether the bounds in which two processes differ never act.
fn bounds_idle(one: &Process, other: &Process, slots: PlaceReach, cores: PlaceReach) -> bool {
    let line = if one.store.is_some() { cores } else { slots };
    let queue = one.queue == other.queue || (line.refused == 0 && line.line <= other.queue);
    let servers = |before: u32, after: u32, reach: PlaceReach| {
        before == after || (reach.line == 0 && reach.refused == 0 && reach.busy <= after)
    };
    queue && servers(one.slots, other.slots, slots) && servers(one.cores, other.cores, cores)
}

/// Whether two edges differ in nothing but policies that can be idle.
fn policies_apart(one: &Edge, other: &Edge) -> bool {
    let (timeout, retry, breaker, bulkhead) = (one.timeout, one.retry, one.breaker, one.bulkhead);
    Edge { timeout, retry, breaker, bulkhead, ..other.clone() } == *one
}

/// Whether the policies in which two edges differ never act.
fn policies_idle(one: &Edge, other: &Edge, reach: EdgeReach) -> bool {
    if reach.used == 0 {
        return true;
    }
    let timeout = one.timeout == other.timeout
        || other.timeout.is_some_and(|it| {
            // At equal times the order of scheduling decides: only what is shorter is safe.
            reach.longest < it && one.timeout.is_none_or(|it| reach.longest < it)
        });
    let retry = one.retry == other.retry || reach.failures == 0;
    let guards = one.breaker == other.breaker && one.bulkhead == other.bulkhead;
    let calm = |it: &Edge| {
        let closed = it.breaker.as_ref().is_none_or(|it| stays_closed(it, reach.failures));
        closed && it.bulkhead.is_none_or(|it| reach.in_flight <= it)
    };
    timeout && retry && (guards || (reach.rejected == 0 && calm(one) && calm(other)))
}

/// Whether a breaker cannot open on so few failures, wherever in the run they lie.
fn stays_closed(breaker: &Breaker, failures: u64) -> bool {
    let least = match breaker.window {
        BreakerWindow::Calls(calls) => breaker.min_calls.unwrap_or(calls).min(calls),
        BreakerWindow::Time(_) => breaker.min_calls.unwrap_or(10),
    };
    breaker.slow_rate.is_none()
        && (failures as f64) < breaker.failure_rate * f64::from(least.max(1))
}

// An unlimited bound is the greatest number, so that comparisons hold for it too.
const _: () = assert!(NONE == u32::MAX);
