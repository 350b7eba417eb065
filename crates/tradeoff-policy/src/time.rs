//! The only notion of time that policies have.

use core::{ops::Add, time::Duration};

/// Nanoseconds since an origin that the driver chose; 584 years of them.
///
/// Unlike an operating system's instant it can be built, compared and stored in eight bytes.
///
/// ```
/// use core::time::Duration;
/// use tradeoff_policy::Time;
///
/// let noon = Time::ZERO + Duration::from_secs(3);
/// assert_eq!(noon.plus(5).since(noon), 5);
/// assert_eq!(noon.since(noon.plus(5)), 0);
/// assert_eq!(noon + Duration::MAX, Time::MAX);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(pub u64);

impl Time {
    /// The driver's origin.
    pub const ZERO: Self = Self(0);
    /// The end of time, which is never reached.
    pub const MAX: Self = Self(u64::MAX);

    /// That many nanoseconds later, at most [`Time::MAX`].
    #[must_use]
    pub const fn plus(self, nanos: u64) -> Self {
        Self(self.0.saturating_add(nanos))
    }

    /// Nanoseconds passed since `earlier`; none if it lies ahead.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Time {
    type Output = Self;

    /// Saturates: a deadline past the end of time is never reached, and never wraps.
    fn add(self, span: Duration) -> Self {
        self.plus(nanos(span))
    }
}

/// A span in nanoseconds, at most all of time.
pub(crate) const fn nanos(span: Duration) -> u64 {
    span.as_secs().saturating_mul(1_000_000_000).saturating_add(span.subsec_nanos() as u64)
}
