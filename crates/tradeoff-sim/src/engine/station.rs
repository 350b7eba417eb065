//! A station: servers and a line in front of them, first in first out.
//!
//! Slots, cores, connection pools, poolers and connections are all stations; what differs is what
//! happens when a strand gets its server.

use crate::slab::NONE;

/// What a server is busy with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[repr(u8)]
pub(crate) enum Class {
    /// A first attempt, all the way up.
    #[default]
    First,
    /// A retry, here or at a caller.
    Retry,
    /// Work whose caller has stopped waiting.
    Wasted,
}

/// What became of a strand that came to a station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Started,
    Queued,
    Refused,
}

/// One station of one replica.
#[derive(Clone, Debug)]
pub(crate) struct Station {
    /// Servers; [`NONE`]: unlimited.
    pub(crate) capacity: u32,
    /// Longest line; [`NONE`]: unlimited.
    pub(crate) queue: u32,
    /// Its resource, for statistics of all replicas together.
    pub(crate) resource: u32,
    pub(crate) busy: [u32; 3],
    pub(crate) waiting: u32,
    /// Ends of the line: strands, linked through their own records.
    pub(crate) head: u32,
    pub(crate) tail: u32,
    last: u64,
    pub(crate) totals: Totals,
}

/// What a station has seen; all sums are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) arrivals: u64,
    pub(crate) served: u64,
    pub(crate) refused: u64,
    pub(crate) left: u64,
    /// Integral of busy servers over time by class, in server-nanoseconds.
    pub(crate) busy: [u128; 3],
    /// Integral of the line over time, in strand-nanoseconds.
    pub(crate) line: u128,
    /// Time between coming and going of all who went, in nanoseconds.
    pub(crate) times: u128,
    pub(crate) longest: u32,
    /// The longest line and the most servers at work since the run began, run-in included.
    pub(crate) peak: [u32; 2],
}

impl Totals {
    /// What was seen since an earlier look; `longest` is that of the whole.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        Self {
            arrivals: self.arrivals - earlier.arrivals,
            served: self.served - earlier.served,
            refused: self.refused - earlier.refused,
            left: self.left - earlier.left,
            busy: std::array::from_fn(|it| self.busy[it] - earlier.busy[it]),
            line: self.line - earlier.line,
            times: self.times - earlier.times,
            longest: self.longest,
            peak: self.peak,
        }
    }

    /// Integral of busy servers, in server-nanoseconds.
    pub(crate) fn busy_time(&self) -> u128 {
        self.busy.iter().sum()
    }
}

impl Station {
    pub(crate) fn new(capacity: u32, queue: u32, resource: u32) -> Self {
        Self {
            capacity,
            queue,
            resource,
            busy: [0; 3],
            waiting: 0,
            head: NONE,
            tail: NONE,
            last: 0,
            totals: Totals::default(),
        }
    }

    /// Servers at work.
    pub(crate) fn in_service(&self) -> u32 {
        self.busy.iter().sum()
    }

    /// Brings the integrals up to now.
    pub(crate) fn touch(&mut self, now: u64) {
        let passed = now - self.last;
        if passed == 0 {
            return;
        }
        self.last = now;
        for (sum, busy) in self.totals.busy.iter_mut().zip(self.busy) {
            *sum += u128::from(passed) * u128::from(busy);
        }
        self.totals.line += u128::from(passed) * u128::from(self.waiting);
    }

    /// Decides about one that comes; the caller links it into the line if it is queued.
    pub(crate) fn enter(&mut self, now: u64, class: Class) -> Entry {
        self.touch(now);
        self.totals.arrivals += 1;
        if self.waiting == 0 && self.in_service() < self.capacity {
            self.busy[class as usize] += 1;
            self.totals.peak[1] = self.totals.peak[1].max(self.in_service());
            return Entry::Started;
        }
        if self.waiting >= self.queue {
            self.totals.refused += 1;
            return Entry::Refused;
        }
        self.waiting += 1;
        self.totals.longest = self.totals.longest.max(self.waiting);
        self.totals.peak[0] = self.totals.peak[0].max(self.waiting);
        Entry::Queued
    }

    /// One that comes is turned away.
    pub(crate) fn turn_away(&mut self) {
        self.totals.arrivals += 1;
        self.totals.refused += 1;
    }

    /// One goes from a server after `stayed` nanoseconds in all.
    pub(crate) fn go(&mut self, now: u64, class: Class, stayed: u64, served: bool) {
        self.touch(now);
        self.busy[class as usize] -= 1;
        self.totals.times += u128::from(stayed);
        if served {
            self.totals.served += 1;
        } else {
            self.totals.left += 1;
        }
    }

    /// Moves one from the line to a server.
    pub(crate) fn promote(&mut self, now: u64, class: Class) {
        self.touch(now);
        self.waiting -= 1;
        self.busy[class as usize] += 1;
    }

    /// One leaves the line after `stayed` nanoseconds.
    pub(crate) fn abandon(&mut self, now: u64, stayed: u64) {
        self.touch(now);
        self.waiting -= 1;
        self.totals.left += 1;
        self.totals.times += u128::from(stayed);
    }

    /// Whether a server is free for the next in line.
    pub(crate) fn has_room(&self) -> bool {
        self.waiting > 0 && self.in_service() < self.capacity
    }

    /// The work in service changes its class.
    pub(crate) fn reclassify(&mut self, now: u64, from: Class, to: Class) {
        self.touch(now);
        self.busy[from as usize] -= 1;
        self.busy[to as usize] += 1;
    }
}
