//! Circuit breaker: stop calling what keeps failing, and find out when it works again.
//!
//! The states are those of the guide's section 12; windows, slow calls and the fixed number of
//! probes follow Resilience4j's `CircuitBreaker`.

mod window;

use core::time::Duration;

use self::window::{Counts, Tally};
use crate::{Time, time::nanos};

/// Sheds calls to a failing dependency and probes it until it recovers.
///
/// ```text
///            rate reached             first call after `open_for`
///   Closed ────────────────▶ Open ───────────────────────────────▶ HalfOpen
///     ▲                       ▲           a probe failed              │
///     │                       └───────────────────────────────────────┤
///     └───────────────────────────────────── `probes` succeeded ──────┘
/// ```
///
/// Calls admitted before the last transition say nothing about the present: their outcomes are
/// ignored.
///
/// # Examples
///
/// ```
/// use tradeoff_policy::{Time, breaker::{Breaker, Config, Outcome, State, Verdict}};
///
/// let config = Config::default();
/// let reopens = Time::ZERO + config.open_for;
/// let mut breaker = Breaker::new(config);
/// for call in 0..10 {
///     let Verdict::Admit(permit) = breaker.admit(Time::ZERO) else { unreachable!() };
///     let outcome = if call % 2 == 0 { Outcome::Success } else { Outcome::Failure };
///     breaker.settle(Time::ZERO, permit, outcome, 1_000);
/// }
///
/// assert_eq!(breaker.state(), State::Open);
/// assert_eq!(breaker.admit(Time::ZERO), Verdict::Reject { until: Some(reopens) });
/// assert!(matches!(breaker.admit(reopens), Verdict::Admit(_)));
/// assert_eq!(breaker.state(), State::HalfOpen);
/// ```
#[derive(Clone, Debug)]
pub struct Breaker {
    limits: Limits,
    phase: Phase,
    /// What ended since it last closed.
    tally: Tally,
    /// Counts transitions, so that an answer from before the last one is recognized and ignored.
    epoch: u32,
}

/// When to open, and how to close again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// The share of failed calls, 0 to 1, that opens it; reaching it is enough.
    pub failure_rate: f64,
    /// The share of slow calls, 0 to 1, that opens it; without it slowness is not looked at.
    pub slow_rate: Option<f64>,
    /// A call that took at least this long is slow, whatever its outcome.
    pub slow_after: Duration,
    /// The calls it judges by.
    pub window: Window,
    /// Calls the window must hold before it is judged: by default all of [`Window::Calls`], and
    /// 10 in [`Window::Time`].
    pub min_calls: Option<u32>,
    /// How long it stays open at least.
    pub open_for: Duration,
    /// Probes that must succeed before it closes; at least 1.
    pub probes: u32,
    /// Probes admitted at once; 0 is as many as `probes`.
    pub concurrent_probes: u32,
}

/// The calls that a breaker judges by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The last so many calls; at least 1.
    Calls(u32),
    /// The calls of the last so long, to a tenth: it moves in ten steps.
    Time(Duration),
}

/// How an admitted call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It answered, and the answer counts as healthy.
    Success,
    /// It failed, or did not answer in time.
    Failure,
    /// It told us nothing: the caller's own rejection, or abandoned.
    Ignored,
}

/// What a breaker does with calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It lets them pass and counts how they end.
    Closed,
    /// It rejects them.
    Open,
    /// It lets a few pass to see how they end.
    HalfOpen,
}

/// What to do with one call.
#[derive(Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// Make it, then [`settle`](Breaker::settle) the permit.
    Admit(Permit),
    /// Fail it now.
    Reject {
        /// Until when the answer will not change; `None` while probes are in flight.
        until: Option<Time>,
    },
}

/// The right to make one call. It is not `Clone`, so it settles at most once.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a permit that is never settled leaks a probe"]
pub struct Permit {
    epoch: u32,
}

impl Permit {
    /// The permit as plain data, for drivers whose events must be.
    pub const fn into_raw(self) -> u32 {
        self.epoch
    }

    /// The permit that became `raw`; whoever copies the number must still settle it only once.
    pub const fn from_raw(raw: u32) -> Self {
        Self { epoch: raw }
    }
}

/// The configuration, brought to the form that decisions need.
#[derive(Clone, Copy, Debug)]
struct Limits {
    failed: f64,
    slow: f64,
    /// Nanoseconds, if slowness matters at all.
    slow_after: Option<u64>,
    min_calls: u32,
    /// Nanoseconds.
    open_for: u64,
    probes: u32,
    concurrent: u32,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Closed,
    Open { until: Time },
    HalfOpen { flying: u32, succeeded: u32 },
}

impl Breaker {
    /// A closed breaker.
    pub fn new(config: Config) -> Self {
        let limits = Limits::new(&config);
        Self { limits, phase: Phase::Closed, tally: Tally::new(config.window), epoch: 0 }
    }

    /// Decides one call.
    #[inline]
    pub fn admit(&mut self, now: Time) -> Verdict {
        match &mut self.phase {
            Phase::Closed => (),
            Phase::Open { until } if now < *until => {
                return Verdict::Reject { until: Some(*until) };
            }
            Phase::Open { .. } => self.enter(Phase::HalfOpen { flying: 1, succeeded: 0 }),
            Phase::HalfOpen { flying, succeeded } => {
                if !self.limits.room(*flying, *succeeded) {
                    return Verdict::Reject { until: None };
                }
                *flying += 1;
            }
        }
        Verdict::Admit(Permit { epoch: self.epoch })
    }

    /// Learns how an admitted call ended after `took_nanos`; the new state if that changed it.
    #[inline]
    pub fn settle(
        &mut self,
        now: Time,
        permit: Permit,
        outcome: Outcome,
        took_nanos: u64,
    ) -> Option<State> {
        if permit.epoch != self.epoch {
            return None;
        }
        let failed = outcome == Outcome::Failure;
        let slow = self.limits.slow_after.is_some_and(|after| took_nanos >= after);
        match (&mut self.phase, outcome) {
            (Phase::Closed, Outcome::Ignored) | (Phase::Open { .. }, _) => return None,
            (Phase::Closed, Outcome::Success | Outcome::Failure) => {
                self.tally.push(now, failed, slow);
                if !self.limits.reached(self.tally.counts()) {
                    return None;
                }
                self.open(now);
            }
            // The probe told us nothing: give its place to another.
            (Phase::HalfOpen { flying, .. }, Outcome::Ignored) => {
                *flying = flying.saturating_sub(1);
                return None;
            }
            (Phase::HalfOpen { .. }, _) if failed || slow => self.open(now),
            (Phase::HalfOpen { flying, succeeded }, _) => {
                *flying = flying.saturating_sub(1);
                *succeeded += 1;
                if *succeeded < self.limits.probes {
                    return None;
                }
                self.tally.clear();
                self.enter(Phase::Closed);
            }
        }
        Some(self.state())
    }

    /// What it does with calls now.
    ///
    /// It becomes half-open in [`admit`](Self::admit), which only the driver sees: ask before and
    /// after.
    pub const fn state(&self) -> State {
        match self.phase {
            Phase::Closed => State::Closed,
            Phase::Open { .. } => State::Open,
            Phase::HalfOpen { .. } => State::HalfOpen,
        }
    }

    /// From when on, while open, a call will be let through.
    pub const fn deadline(&self) -> Option<Time> {
        match self.phase {
            Phase::Open { until } => Some(until),
            Phase::Closed | Phase::HalfOpen { .. } => None,
        }
    }

    fn open(&mut self, now: Time) {
        self.enter(Phase::Open { until: now.plus(self.limits.open_for) });
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        self.epoch = self.epoch.wrapping_add(1);
    }
}

impl Limits {
    /// Forgives what rounding does to a rate on its way here: 7 of 100 reach 7%.
    const FORGIVEN: f64 = 1e-9;

    fn new(config: &Config) -> Self {
        let probes = config.probes.max(1);
        let min_calls = match config.window {
            Window::Calls(calls) => config.min_calls.unwrap_or(calls).min(calls),
            Window::Time(_) => config.min_calls.unwrap_or(10),
        };
        Self {
            failed: config.failure_rate - Self::FORGIVEN,
            slow: config.slow_rate.map_or(f64::INFINITY, |rate| rate - Self::FORGIVEN),
            slow_after: config.slow_rate.map(|_| nanos(config.slow_after)),
            min_calls: min_calls.max(1),
            open_for: nanos(config.open_for),
            probes,
            concurrent: if config.concurrent_probes == 0 {
                probes
            } else {
                config.concurrent_probes
            },
        }
    }

    /// Whether one more probe may start: places are free, and it could still be needed.
    fn room(&self, flying: u32, succeeded: u32) -> bool {
        let useful = self.probes.max(self.concurrent);
        flying < self.concurrent && flying.saturating_add(succeeded) < useful
    }

    fn reached(&self, counts: Counts) -> bool {
        let calls = f64::from(counts.calls);
        counts.calls >= self.min_calls
            && (f64::from(counts.failed) >= self.failed * calls
                || f64::from(counts.slow) >= self.slow * calls)
    }
}

impl Default for Config {
    /// The guide's: half of 10 calls failed, 30 s, 3 probes.
    fn default() -> Self {
        Self {
            failure_rate: 0.5,
            slow_rate: None,
            slow_after: Duration::from_mins(1),
            window: Window::Calls(10),
            min_calls: None,
            open_for: Duration::from_secs(30),
            probes: 3,
            concurrent_probes: 3,
        }
    }
}
