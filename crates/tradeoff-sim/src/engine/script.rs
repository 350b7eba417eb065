//! The events of a scenario, as they act on replicas and traffic.

use super::{
    Engine, Event, What,
    calls::edge_state,
    strand::{Kind, Parent, State},
};
use crate::{outcome::Outcome, slab::NONE};

/// What a script does in one interval, in the plan's indices.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Surge { traffic: u32, by: f64 },
    Slow { process: u32, replicas: u32, by: f64 },
    Crash { process: u32, replicas: u32, drain: bool },
    Stall { process: u32, replicas: u32 },
    Errors { process: u32, share: f64 },
}

/// An interval of a script, in nanoseconds from the start of the run.
#[derive(Clone, Debug)]
pub(crate) struct Interval {
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) act: Act,
}

/// All intervals of a scenario; none for the baseline.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    pub(crate) intervals: Vec<Interval>,
    active: Vec<bool>,
}

impl Script {
    pub(crate) fn new(intervals: Vec<Interval>) -> Self {
        let active = vec![false; intervals.len()];
        Self { intervals, active }
    }

    /// First start and last end of all intervals.
    pub(crate) fn span(&self) -> Option<(u64, u64)> {
        let from = self.intervals.iter().map(|it| it.from).min()?;
        let to = self.intervals.iter().map(|it| it.to).max()?;
        Some((from, to))
    }

    /// The rate of a traffic from each time on.
    pub(crate) fn rate_pieces(&self, of: u32, rate: f64) -> Vec<(u64, f64)> {
        let surges: Vec<(u64, u64, f64)> = self
            .intervals
            .iter()
            .filter_map(|it| match it.act {
                Act::Surge { traffic, by } if traffic == of => Some((it.from, it.to, by)),
                _ => None,
            })
            .collect();
        let mut times: Vec<u64> = surges.iter().flat_map(|it| [it.0, it.1]).collect();
        times.push(0);
        times.sort_unstable();
        times.dedup();
        let factor = |at: u64| -> f64 {
            surges.iter().filter(|it| it.0 <= at && at < it.1).map(|it| it.2).product()
        };
        times.iter().map(|at| (*at, rate * factor(*at))).collect()
    }
}

/// What a script has done to a replica.
#[derive(Clone, Debug)]
pub(crate) struct ReplicaState {
    /// Takes no calls.
    pub(crate) down: bool,
    /// Known to be dead.
    pub(crate) avoided: bool,
    /// Factor on times drawn now.
    pub(crate) slow: f64,
    /// Share of answers that are errors.
    pub(crate) errors: f64,
    /// When it is frozen: known ahead, in order, apart.
    pub(crate) frozen: Vec<(u64, u64)>,
    /// Counts crashes, so that a health check of an earlier one is known as stale.
    pub(crate) crashes: u32,
    /// When the next call is within the limit (externals).
    pub(crate) limit_due: u64,
}

impl Default for ReplicaState {
    fn default() -> Self {
        Self {
            down: false,
            avoided: false,
            slow: 1.0,
            errors: 0.0,
            frozen: Vec::new(),
            crashes: 0,
            limit_due: 0,
        }
    }
}

impl Engine<'_> {
    pub(super) fn set_up_script(&mut self) {
        for index in 0..self.script.intervals.len() {
            let interval = self.script.intervals[index].clone();
            if let Act::Stall { process, replicas } = interval.act {
                let first = self.plan.processes[process as usize].first;
                for replica in first..first + replicas {
                    let frozen = &mut self.replicas[replica as usize].frozen;
                    frozen.push((interval.from, interval.to));
                    join(frozen);
                }
            }
            let place = 2 * index as u64;
            let [start, end] =
                [What::ScriptStart, What::ScriptEnd].map(|it| Event::new(it, index as u32, 0));
            self.calendar.push_first(place, interval.from, start);
            self.calendar.push_first(place + 1, interval.to, end);
        }
    }

    /// When a replica that is frozen now thaws.
    pub(super) fn frozen_until(&self, replica: u32) -> Option<u64> {
        if replica == NONE {
            return None;
        }
        let frozen = &self.replicas[replica as usize].frozen;
        frozen.iter().find(|it| it.0 <= self.now && self.now < it.1).map(|it| it.1)
    }

    /// When work of so many nanoseconds ends that starts at a time, freezes included.
    pub(super) fn thawed(&self, replica: u32, from: u64, work: u64) -> u64 {
        let mut end = from.saturating_add(work);
        for (start, stop) in &self.replicas[replica as usize].frozen {
            if *stop > from && *start < end {
                end = end.saturating_add(stop - start.max(&from));
            }
        }
        end
    }

    /// Nanoseconds of an interval during which a replica was not frozen.
    pub(super) fn unfrozen(&self, replica: u32, from: u64, to: u64) -> u64 {
        let frozen = &self.replicas[replica as usize].frozen;
        let lost = frozen.iter().map(|it| it.1.min(to).saturating_sub(it.0.max(from)));
        (to - from) - lost.sum::<u64>()
    }

    /// The share of an endpoint's answers at a replica that are errors.
    pub(super) fn error_share(&self, endpoint: u32, replica: u32) -> f64 {
        let own = self.plan.endpoints[endpoint as usize].errors;
        let event = self.replicas[replica as usize].errors;
        1.0 - (1.0 - own) * (1.0 - event)
    }

    pub(super) fn script_start(&mut self, index: u32) {
        self.script.active[index as usize] = true;
        let interval = self.script.intervals[index as usize].clone();
        match interval.act {
            Act::Surge { traffic, by } => self.surge_users(traffic, by, index, interval.to),
            Act::Crash { process, replicas, drain } => {
                let first = self.plan.processes[process as usize].first;
                for replica in first..first + replicas {
                    self.crash(replica, drain);
                }
            }
            Act::Slow { .. } | Act::Errors { .. } => self.refresh_factors(),
            Act::Stall { .. } => (),
        }
    }

    pub(super) fn script_end(&mut self, index: u32) {
        self.script.active[index as usize] = false;
        match self.script.intervals[index as usize].act {
            Act::Crash { process, replicas, .. } => {
                let first = self.plan.processes[process as usize].first;
                for replica in first..first + replicas {
                    let again =
                        self.script.intervals.iter().zip(&self.script.active).any(|(it, on)| {
                            *on && matches!(it.act, Act::Crash { process: other, replicas, .. }
                            if other == process && replica < first + replicas)
                        });
                    let state = &mut self.replicas[replica as usize];
                    state.down = again;
                    state.avoided &= again;
                }
            }
            Act::Slow { .. } | Act::Errors { .. } => self.refresh_factors(),
            Act::Surge { .. } | Act::Stall { .. } => (),
        }
    }

    fn refresh_factors(&mut self) {
        for state in &mut self.replicas {
            (state.slow, state.errors) = (1.0, 0.0);
        }
        for (interval, active) in self.script.intervals.iter().zip(&self.script.active) {
            if !active {
                continue;
            }
            match interval.act {
                Act::Slow { process, replicas, by } => {
                    let first = self.plan.processes[process as usize].first;
                    for replica in first..first + replicas {
                        self.replicas[replica as usize].slow *= by;
                    }
                }
                Act::Errors { process, share } => {
                    for replica in self.plan.replica_range(process) {
                        let errors = &mut self.replicas[replica as usize].errors;
                        *errors = 1.0 - (1.0 - *errors) * (1.0 - share);
                    }
                }
                _ => (),
            }
        }
    }

    /// More users come to closed traffic, and go when the surge ends.
    fn surge_users(&mut self, traffic: u32, by: f64, index: u32, until: u64) {
        let users = self.plan.traffic[traffic as usize].users;
        let more = libm::round(f64::from(users) * (by - 1.0)).max(0.0) as u32;
        let (now, first) = (self.now, users + index * 10_000_000);
        for nth in 0..more {
            self.add_user(traffic, first + nth, now, until);
        }
    }

    fn crash(&mut self, replica: u32, drain: bool) {
        let state = &mut self.replicas[replica as usize];
        let process = self.plan.replicas[replica as usize].process;
        // A second crash of a dead replica does not make health checks start anew.
        if !std::mem::replace(&mut state.down, true) {
            state.crashes += 1;
            let crashes = state.crashes;
            if let Some(health) = self.plan.processes[process as usize].health {
                self.at(self.now.saturating_add(health), Event::new(What::Avoid, replica, crashes));
            }
        }
        if drain {
            return;
        }
        // Those who came first fail first, whatever places of the arena they have.
        let mut here: Vec<(u64, u64, u32)> = (0..self.strands.len())
            .map(|index| (self.strands[index].arrived, self.strands[index].salt.0, index))
            .collect();
        here.sort_unstable();
        for (_, _, index) in here {
            let strand = &self.strands[index];
            let at_caller = matches!(strand.state, State::PoolLine | State::Connecting);
            let here = if at_caller && strand.kind == Kind::Activation {
                strand.from == replica
            } else {
                strand.replica == replica
            };
            let on_the_wire = matches!(strand.state, State::Outbound | State::Returning);
            if strand.state == State::Gone || !here || on_the_wire {
                continue;
            }
            match (strand.kind, strand.parent) {
                (Kind::Activation, _) => self.crash_strand(index, at_caller),
                (_, Parent::Nobody) => {
                    self.uproot(index);
                    self.drop_strand(index);
                }
                // A block goes with the strand that it is a block of.
                _ => (),
            }
        }
        self.forget_policies(process, self.plan.replicas[replica as usize].local);
        self.break_connections(replica);
    }

    fn crash_strand(&mut self, index: u32, at_caller: bool) {
        self.uproot(index);
        let strand = &mut self.strands[index];
        strand.outcome = Outcome::Crashed;
        strand.state = State::Returning;
        let (endpoint, time) = (strand.endpoint, self.now - strand.arrived);
        let wasted = strand.class == super::station::Class::Wasted;
        if strand.measured && !at_caller {
            self.record.endpoints[endpoint as usize].ended(Outcome::Crashed, time, wasted);
        }
        let delay = if at_caller { 0 } else { self.crossing(index, "back") };
        self.strand_in(delay, What::Return, index);
    }

    /// A replica comes back empty: what its policies had learned is gone.
    fn forget_policies(&mut self, process: u32, local: u32) {
        for (index, edge) in self.plan.edges.iter().enumerate() {
            if self.plan.caller_process(edge) == process {
                let state = (self.edge_base[index] + local) as usize;
                self.edges[state] = edge_state(edge);
            }
        }
    }

    /// Health checks have found out that a replica is dead.
    pub(super) fn avoid(&mut self, replica: u32, crash: u32) {
        let state = &mut self.replicas[replica as usize];
        if state.down && state.crashes == crash {
            state.avoided = true;
        }
    }
}

/// Sorts intervals and joins those that overlap.
fn join(intervals: &mut Vec<(u64, u64)>) {
    intervals.sort_unstable();
    let mut joined: Vec<(u64, u64)> = Vec::with_capacity(intervals.len());
    for (from, to) in intervals.drain(..) {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    *intervals = joined;
}
