//! What a breaker remembers of the calls that ended: sums, and enough to take old ones back.

use alloc::{boxed::Box, vec};

use super::Window;
use crate::{Time, time::nanos};

const STEPS: usize = 10;

const FAILED: u8 = 1;
const SLOW: u8 = 2;

/// Sums over the window.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) calls: u32,
    pub(super) failed: u32,
    pub(super) slow: u32,
}

#[derive(Clone, Debug)]
pub(super) struct Tally {
    counts: Counts,
    kept: Kept,
}

#[derive(Clone, Debug)]
enum Kept {
    /// Each of the last calls, as bits; once all are there, `next` is the oldest.
    Calls { ring: Box<[u8]>, next: usize },
    /// Sums of each of the last steps; calls until `ends` belong to the one at `current`.
    Time { steps: [Counts; STEPS], current: usize, ends: u64, width: u64 },
}

impl Tally {
    pub(super) fn new(window: Window) -> Self {
        let kept = match window {
            Window::Calls(calls) => {
                Kept::Calls { ring: vec![0; calls.max(1) as usize].into(), next: 0 }
            }
            Window::Time(span) => {
                let width = (nanos(span) / STEPS as u64).max(1);
                Kept::Time { steps: [Counts::default(); STEPS], current: 0, ends: width, width }
            }
        };
        Self { counts: Counts::default(), kept }
    }

    pub(super) const fn counts(&self) -> Counts {
        self.counts
    }

    #[inline]
    pub(super) fn push(&mut self, now: Time, failed: bool, slow: bool) {
        let ended = Counts::of_one(failed, slow);
        match &mut self.kept {
            Kept::Calls { ring, next } => {
                let place = ring[*next];
                if self.counts.calls as usize == ring.len() {
                    self.counts.take(Counts::of_one(place & FAILED != 0, place & SLOW != 0));
                }
                ring[*next] = (u8::from(failed) * FAILED) | (u8::from(slow) * SLOW);
                *next = if *next + 1 == ring.len() { 0 } else { *next + 1 };
            }
            Kept::Time { steps, current, ends, width } => {
                if now.0 >= *ends {
                    let passed = (now.0 - *ends) / *width + 1;
                    for _ in 0..passed.min(STEPS as u64) {
                        *current = (*current + 1) % STEPS;
                        self.counts.take(steps[*current]);
                        steps[*current] = Counts::default();
                    }
                    *ends = ends.saturating_add(passed.saturating_mul(*width));
                }
                steps[*current].add(ended);
            }
        }
        self.counts.add(ended);
    }

    pub(super) fn clear(&mut self) {
        self.counts = Counts::default();
        // A ring of calls is only read once it is full again.
        if let Kept::Time { steps, .. } = &mut self.kept {
            *steps = [Counts::default(); STEPS];
        }
    }
}

impl Counts {
    fn of_one(failed: bool, slow: bool) -> Self {
        Self { calls: 1, failed: failed.into(), slow: slow.into() }
    }

    fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.failed += other.failed;
        self.slow += other.slow;
    }

    fn take(&mut self, other: Self) {
        self.calls -= other.calls;
        self.failed -= other.failed;
        self.slow -= other.slow;
    }
}
