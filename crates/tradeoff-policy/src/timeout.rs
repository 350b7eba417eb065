//! Timeouts and deadlines: when to stop waiting.
//!
//! A timeout is a span and bounds one attempt; a deadline is an instant, bounds the whole call and
//! can be passed on, so that nobody works on what nobody waits for any more. Section 12 of the
//! guide; "Timeouts, retries, and backoff with jitter" (AWS Builders' Library).

use core::time::Duration;

use crate::Time;

/// The instant from which on nobody wants the answer, if there is one.
///
/// Deadlines are ordered, none is the last: [`min`](Ord::min) of two holds both.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use tradeoff_policy::{Time, timeout::Deadline};
///
/// let deadline = Deadline::at(Time(700)).min(Deadline::NONE);
/// assert_eq!(deadline.bound(Time(0), Some(Duration::from_nanos(500))), Some(Time(500)));
/// assert_eq!(deadline.bound(Time(300), Some(Duration::from_nanos(500))), Some(Time(700)));
/// assert!(deadline.passed(Time(700)));
/// assert_eq!(Deadline::NONE.bound(Time(0), None), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deadline(Time);

impl Deadline {
    /// The answer is always welcome.
    pub const NONE: Self = Self(Time::MAX);

    /// A deadline at `time`; none at the end of time.
    pub const fn at(time: Time) -> Self {
        Self(time)
    }

    /// When it is, if ever.
    pub const fn time(self) -> Option<Time> {
        if self.0.0 == Time::MAX.0 { None } else { Some(self.0) }
    }

    /// When an attempt that starts now is given up: at its timeout or the deadline, if ever.
    #[inline]
    pub fn bound(self, now: Time, timeout: Option<Duration>) -> Option<Time> {
        timeout.map_or(self, |span| self.min(Self(now + span))).time()
    }

    /// Whether it is too late to start anything: none of its time is left.
    #[inline]
    pub fn passed(self, now: Time) -> bool {
        self.time().is_some_and(|time| time <= now)
    }
}

impl Default for Deadline {
    fn default() -> Self {
        Self::NONE
    }
}
