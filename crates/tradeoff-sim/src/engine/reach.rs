//! How far a run went in every line, server and edge: what a bound must exceed never to act.

use super::Engine;

/// How far one edge was used, over all caller replicas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct EdgeReach {
    /// Attempts begun, own rejections included.
    pub(crate) used: u64,
    /// Those that the caller's own breaker or bulkhead turned away.
    pub(crate) rejected: u64,
    /// Those that failed or were not answered in time.
    pub(crate) failures: u64,
    /// The longest attempt in nanoseconds, also of those that have not ended.
    pub(crate) longest: u64,
    /// Most attempts at once of one caller replica.
    pub(crate) in_flight: u32,
}

impl EdgeReach {
    fn widen(&mut self, other: &Self) {
        self.used = self.used.max(other.used);
        self.rejected = self.rejected.max(other.rejected);
        self.failures = self.failures.max(other.failures);
        self.longest = self.longest.max(other.longest);
        self.in_flight = self.in_flight.max(other.in_flight);
    }
}

/// How far one resource was used, the most of its replicas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PlaceReach {
    /// The longest line.
    pub(crate) line: u32,
    /// Most servers at work.
    pub(crate) busy: u32,
    /// How many were turned away.
    pub(crate) refused: u64,
}

/// How far a whole run went, from its start to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    /// By resource.
    pub(crate) places: Vec<PlaceReach>,
    /// By edge.
    pub(crate) edges: Vec<EdgeReach>,
}

impl Reach {
    /// The further of two runs, everywhere.
    pub(crate) fn widen(&mut self, other: &Self) {
        for (one, other) in self.places.iter_mut().zip(&other.places) {
            one.line = one.line.max(other.line);
            one.busy = one.busy.max(other.busy);
            one.refused = one.refused.max(other.refused);
        }
        for (one, other) in self.edges.iter_mut().zip(&other.edges) {
            one.widen(other);
        }
    }
}

impl Engine<'_> {
    /// How far the run has gone until now.
    pub(crate) fn reached(&self) -> Reach {
        let mut places = vec![PlaceReach::default(); self.record.resources.len()];
        for station in &self.stations {
            let place = &mut places[station.resource as usize];
            let [line, busy] = station.totals.peak;
            place.line = place.line.max(line);
            place.busy = place.busy.max(busy);
            place.refused += station.totals.refused;
        }
        let mut edges: Vec<EdgeReach> = self.record.edges.iter().map(|it| it.reach).collect();
        for index in 0..self.calls.len() {
            let call = &self.calls[index];
            if call.in_flight {
                let edge = &mut edges[call.edge as usize];
                edge.longest = edge.longest.max(self.now - call.attempted);
            }
        }
        Reach { places, edges }
    }
}
