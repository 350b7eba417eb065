//! Retry with backoff: try again what may have been bad luck, and not all at the same time.
//!
//! Full, equal and decorrelated jitter are those of Brooker, "Exponential Backoff and Jitter"
//! (AWS Architecture Blog, 2015); why to cap and to jitter at all is in "Timeouts, retries, and
//! backoff with jitter" (AWS Builders' Library) and section 12 of the guide.

use core::time::Duration;

use crate::time::nanos;

/// How often to try, and how long to wait in between.
///
/// It decides from its arguments alone, so there is no state: the driver counts attempts and, for
/// decorrelated jitter, keeps the previous delay.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use tradeoff_policy::retry::{Config, Jitter};
///
/// let retry = Config { jitter: Jitter::None, ..Config::default() };
/// assert!(retry.may_retry(2) && !retry.may_retry(3));
///
/// let millis = |n| retry.delay(n, 0, 0.0) / 1_000_000;
/// assert_eq!([1, 2, 3, 7].map(millis), [25, 50, 100, 1_000]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// How often a call is tried, the first time included.
    pub attempts: u32,
    /// How the wait grows.
    pub backoff: Backoff,
    /// The wait before the first retry, before jitter.
    pub base: Duration,
    /// The longest wait.
    pub cap: Duration,
    /// How waits are spread.
    pub jitter: Jitter,
}

/// How the wait grows with the number of the retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backoff {
    /// Not at all.
    Constant,
    /// By `base` each time.
    Linear,
    /// Twofold each time.
    Exponential,
}

/// How waits are spread, so that callers that failed together do not come back together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Jitter {
    /// Not at all.
    None,
    /// Between nothing and the whole wait.
    Full,
    /// Between half of the wait and the whole.
    Equal,
    /// Between `base` and three times the previous wait, whatever the backoff.
    Decorrelated,
}

impl Config {
    /// Whether a call that was made so often may be made once more.
    pub const fn may_retry(&self, attempts_made: u32) -> bool {
        attempts_made < self.attempts
    }

    /// Nanoseconds to wait before retry number `retry`, which counts from 1.
    ///
    /// `previous` is the delay before the last retry, 0 at first; `uniform` is drawn from [0, 1).
    #[inline]
    pub fn delay(&self, retry: u32, previous: u64, uniform: f64) -> u64 {
        let (base, cap) = (nanos(self.base), nanos(self.cap));
        let wait = match self.backoff {
            Backoff::Constant => base,
            Backoff::Linear => base.saturating_mul(retry.max(1).into()),
            Backoff::Exponential => doubled(base, retry.saturating_sub(1)),
        };
        let wait = wait.min(cap);
        match self.jitter {
            Jitter::None => wait,
            Jitter::Full => between(0, wait, uniform),
            Jitter::Equal => between(wait / 2, wait, uniform),
            Jitter::Decorrelated => {
                let previous = if previous == 0 { base } else { previous };
                between(base, previous.saturating_mul(3).max(base), uniform).min(cap)
            }
        }
    }
}

impl Default for Config {
    /// Three attempts, 25 ms doubling up to 1 s, full jitter.
    fn default() -> Self {
        Self {
            attempts: 3,
            backoff: Backoff::Exponential,
            base: Duration::from_millis(25),
            cap: Duration::from_secs(1),
            jitter: Jitter::Full,
        }
    }
}

fn doubled(base: u64, times: u32) -> u64 {
    base.saturating_mul(1_u64.checked_shl(times).unwrap_or(u64::MAX))
}

/// The point that lies `uniform` of the way from `low` to `high`, to the nearest nanosecond.
fn between(low: u64, high: u64, uniform: f64) -> u64 {
    let span = high - low;
    low + ((span as f64 * uniform + 0.5) as u64).min(span)
}
