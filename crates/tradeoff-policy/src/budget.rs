//! Retry budget: retries may add a share to the load, never multiply it.
//!
//! A retry that fails is work for a callee that already has too much, and layers of callers
//! multiply it. A token bucket fed by the calls that succeed bounds that: see "Timeouts, retries,
//! and backoff with jitter" (AWS Builders' Library) and Brooker, "Fixing retries with token
//! buckets and circuit breakers" (2022).

/// The tokens of one caller for one callee; a retry takes one.
///
/// # Examples
///
/// ```
/// use tradeoff_policy::budget::{Budget, Config};
///
/// let mut budget = Budget::new(Config { burst: 1, ..Config::default() });
/// assert!(budget.take());
/// assert!(!budget.take());
/// for _ in 0..10 {
///     budget.on_success();
/// }
/// assert!(budget.take());
/// ```
#[derive(Clone, Debug)]
pub struct Budget {
    /// In thousandths, as is all that follows: sums of tenths stay exact.
    tokens: u64,
    most: u64,
    share: u64,
    earn: Earn,
}

/// What a budget earns, and how much it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// What one call earns, in thousandths of a token: 100 are 10%.
    pub share_milli: u32,
    /// Tokens that it starts with and can hold.
    pub burst: u32,
    /// Which calls earn.
    pub earn: Earn,
}

/// Which calls earn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Earn {
    /// Those that succeed: in an outage retries end once the burst is spent.
    Success,
    /// Every call, when first attempted: in an outage retries go on at the share.
    Attempt,
}

impl Budget {
    const TOKEN: u64 = 1000;

    /// A full budget.
    pub const fn new(config: Config) -> Self {
        let most = config.burst as u64 * Self::TOKEN;
        Self { tokens: most, most, share: config.share_milli as u64, earn: config.earn }
    }

    /// Learns that a call is attempted for the first time.
    #[inline]
    pub fn on_first_attempt(&mut self) {
        if self.earn == Earn::Attempt {
            self.gain();
        }
    }

    /// Learns that a call succeeded.
    #[inline]
    pub fn on_success(&mut self) {
        if self.earn == Earn::Success {
            self.gain();
        }
    }

    /// Takes the token of one retry; whether there was one.
    #[inline]
    #[must_use = "without a token there is no retry"]
    pub fn take(&mut self) -> bool {
        let left = self.tokens.checked_sub(Self::TOKEN);
        self.tokens = left.unwrap_or(self.tokens);
        left.is_some()
    }

    /// What is left, in thousandths of a token.
    pub const fn tokens_milli(&self) -> u64 {
        self.tokens
    }

    fn gain(&mut self) {
        self.tokens = (self.tokens + self.share).min(self.most);
    }
}

impl Default for Config {
    /// 10% of the calls that succeed, in bursts of at most 10.
    fn default() -> Self {
        Self { share_milli: 100, burst: 10, earn: Earn::Success }
    }
}
