//! A scenario begins as its twin did: until its first event both are one run.
//!
//! The other run is exactly the run that would have been had the script been known from the start: what
//! a script changes ahead of its first event is only when things that are pending are due.

use super::{Engine, Event, Setup, What, script::Script};

/// Phases of a record (`record::PHASES`): the whole, and what began before the first event.
const WHOLE: usize = 0;
const BEFORE: usize = 1;

impl Engine<'_> {
    /// Whether a script's run goes until its first event as this one, which has no script, did.
    fn may_diverge(&self, setup: &Setup, script: &Script) -> bool {
        let Some((first, _)) = script.span() else { return false };
        // The next bin of the series is pending, in both.
        let end = self.measure_end().min(setup.warmup + setup.duration);
        self.record.bounded.is_none()
            && first > 0
            && self.now <= first
            && self.setup.series == setup.series
            && first + setup.series <= end
    }

    /// Runs this one up to the first event of a script, and from there goes on as another run
    /// with that script; `None` if their beginnings are not the same.
    pub(crate) fn diverge(&mut self, setup: &Setup, script: &Script) -> Option<Self> {
        let (first, _) = script.span()?;
        if !self.may_diverge(setup, script) {
            return None;
        }
        self.run_until(first);
        if self.record.bounded.is_some() {
            return None;
        }
        let mut other = self.clone();
        other.setup = setup.clone();
        other.script = script.clone();
        other.record.diverge(setup.duration, script.span());
        other.set_up_script();
        other.reschedule(first);
        Some(other)
    }

    /// Gives what is pending the times that it has under the script.
    fn reschedule(&mut self, first: u64) {
        let mut arrivals = Vec::with_capacity(self.sources.len());
        for (index, plan) in self.plan.traffic.iter().enumerate() {
            let pieces = self.script.rate_pieces(index as u32, plan.rate);
            arrivals.push(self.sources[index].restart(pieces));
        }
        let mut calendar = std::mem::take(&mut self.calendar);
        calendar.reschedule(|time, event: Event| match event.what() {
            What::Arrive => arrivals[event.index() as usize],
            What::Mark if event.index() == 1 => Some(self.measure_end()),
            // Work that is under way when its replica freezes.
            What::WorkDone => {
                let replica = self.strands[event.index()].replica;
                Some(self.thawed(replica, first - 1, time + 1 - first))
            }
            What::ShareDone => Some(self.thawed(event.index(), first - 1, time + 1 - first)),
            _ => None,
        });
        self.calendar = calendar;
    }
}

impl super::Record {
    /// All that has begun so far began before the first event.
    fn diverge(&mut self, duration: u64, span: Option<(u64, u64)>) {
        self.set_course(duration, span);
        for flow in &mut self.flows {
            flow.phases[BEFORE] = flow.phases[WHOLE].clone();
        }
    }
}
