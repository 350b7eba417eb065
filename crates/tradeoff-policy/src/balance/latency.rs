//! Averages of each replica's latency that decay with time, compared without an exponential.
//!
//! An answer that took x after a gap d turns the average a into a e^(-d/T) + x (1 - e^(-d/T)), and
//! between answers it decays as e^(-d/T). All averages decay alike, so kept in units of
//! g = e^(now/T) they stand still: an answer adds x (g - g'), where g' is g at the one before, and
//! the first, with g' = 0, adds x g. Only answers cost an exponential.

use alloc::{boxed::Box, vec};

use crate::Time;

/// The time constant T, in nanoseconds.
const OVER: f64 = 10e9;

/// Nanoseconds after which the unit is changed, before it overflows: e^300 is 1e130.
const ERA: u64 = 3_000_000_000_000;

/// Ranks replicas that never answered behind all that did, whatever these need: 584 years in the
/// largest unit are 1e150.
const UNANSWERED: f64 = 1e200;

#[derive(Clone, Debug)]
pub(super) struct Latencies {
    each: Box<[Latency]>,
    /// When the unit was 1.
    origin: Time,
}

#[derive(Clone, Copy, Debug, Default)]
struct Latency {
    /// The average, in nanoseconds x the unit.
    average: f64,
    /// The unit at the last answer; 0 if there was none, or none to remember.
    unit: f64,
}

impl Latencies {
    pub(super) fn new(replicas: usize) -> Self {
        Self { each: vec![Latency::default(); replicas].into(), origin: Time::ZERO }
    }

    pub(super) fn answered(&mut self, now: Time, replica: u32, took: u64) {
        self.refresh(now);
        let unit = libm::exp(now.since(self.origin) as f64 / OVER);
        let latency = &mut self.each[replica as usize];
        let unit = unit.max(latency.unit);
        latency.average += took as f64 * (unit - latency.unit);
        latency.unit = unit;
    }

    /// What it costs to send one more to a replica with that load, this one included; `idle` if
    /// that is all of it.
    #[inline]
    pub(super) fn cost(&self, replica: u32, load: f64, idle: bool) -> f64 {
        let Latency { average, unit } = self.each[replica as usize];
        match (unit > 0.0, idle) {
            (true, _) => average * load,
            (false, true) => 0.0,
            (false, false) => UNANSWERED * load,
        }
    }

    /// Changes the unit once in a long while.
    fn refresh(&mut self, now: Time) {
        let age = now.since(self.origin);
        if age < ERA {
            return;
        }
        let faded = libm::exp(-(age as f64) / OVER);
        for Latency { average, unit } in &mut self.each {
            *average *= faded;
            *unit *= faded;
        }
        self.origin = now;
    }
}
