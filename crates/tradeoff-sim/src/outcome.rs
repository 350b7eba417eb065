//! How a request, a call or an attempt ends.

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum Outcome {
    /// As wished.
    #[default]
    Ok,
    /// Turned away at the door: a full queue, a dead replica, no connection.
    Refused,
    /// Not answered in time.
    Timeout,
    /// A step of the endpoint failed.
    Dependency,
    /// The caller's own breaker was open.
    BreakerOpen,
    /// The caller's own bulkhead was full.
    BulkheadFull,
    /// No pool connection in time.
    PoolFull,
    /// The caller's own limiter said no.
    RateLimited,
    /// Given up by load shedding.
    Shed,
    /// The replica died under it.
    Crashed,
    /// An error was the answer.
    Error,
}

impl Outcome {
    /// How many there are.
    pub const COUNT: usize = 11;

    /// Those that are failures, in the order of the results.
    pub const FAILURES: [Self; Self::COUNT - 1] = [
        Self::Refused,
        Self::Timeout,
        Self::Dependency,
        Self::BreakerOpen,
        Self::BulkheadFull,
        Self::PoolFull,
        Self::RateLimited,
        Self::Shed,
        Self::Crashed,
        Self::Error,
    ];

    /// Its name in the results.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::Dependency => "dependency",
            Self::BreakerOpen => "breaker_open",
            Self::BulkheadFull => "bulkhead_full",
            Self::PoolFull => "pool_full",
            Self::RateLimited => "rate_limited",
            Self::Shed => "shed",
            Self::Crashed => "crashed",
            Self::Error => "error",
        }
    }

    /// Whether the call was sent and failed: what breakers count and retries repeat. Own
    /// rejections (breaker, limiter, bulkhead) are neither.
    pub(crate) const fn is_sent_failure(self) -> bool {
        matches!(
            self,
            Self::Timeout
                | Self::Refused
                | Self::Crashed
                | Self::Error
                | Self::PoolFull
                | Self::Dependency
        )
    }
}
