//! Processor sharing: every job in service runs at the same rate, `min(1, cores / jobs)`.
//!
//! Kept in virtual time, which runs at the rate of a job: a job that comes at virtual time v with
//! d nanoseconds of work ends at v + d. Virtual time is fixed point, so that replays are exact. What
//! is rounded off at every change of the rate stays far below [`NOUGHT`], so that a job ends in the
//! first nanosecond in which its work is done.

/// Fractional bits of virtual time.
const FRACTION: u32 = 48;
/// Work that counts as done: 2^-24 of a nanosecond.
const NOUGHT: u128 = 1 << (FRACTION - 24);

#[derive(Clone, Debug)]
pub(crate) struct Share {
    cores: u32,
    /// Virtual time at `last`.
    virtual_time: u128,
    last: u64,
    /// Ends in virtual time, with an order for ties, and the strand.
    jobs: Vec<(u128, u64, u32)>,
    order: u64,
    /// Counts plans of the next end, so that older ones are known as stale.
    pub(crate) stamp: u32,
}

impl Share {
    pub(crate) const fn new(cores: u32) -> Self {
        Self { cores, virtual_time: 0, last: 0, jobs: Vec::new(), order: 0, stamp: 0 }
    }

    /// Brings virtual time up to `now`, of which `passed` nanoseconds were not frozen.
    pub(crate) fn advance(&mut self, now: u64, passed: u64) {
        let jobs = self.jobs.len() as u128;
        if jobs > 0 {
            let rate = jobs.min(u128::from(self.cores));
            self.virtual_time += (u128::from(passed) << FRACTION) * rate / jobs;
        }
        self.last = now;
    }

    /// When it was last brought up to date.
    pub(crate) const fn last(&self) -> u64 {
        self.last
    }

    /// A job comes.
    pub(crate) fn enter(&mut self, strand: u32, work: u64) {
        self.order += 1;
        let end = self.virtual_time + (u128::from(work) << FRACTION);
        self.jobs.push((end, self.order, strand));
    }

    /// A job goes before its end.
    pub(crate) fn remove(&mut self, strand: u32) {
        self.jobs.retain(|it| it.2 != strand);
    }

    /// Nanoseconds of unfrozen time until the next end; `None` when idle.
    pub(crate) fn next(&self) -> Option<u64> {
        let (end, ..) = self.jobs.iter().min()?;
        let jobs = self.jobs.len() as u128;
        let rate = jobs.min(u128::from(self.cores)) << FRACTION;
        // Half of it is aimed at, so that nothing is left but what rounding leaves.
        let left = end.saturating_sub(self.virtual_time + NOUGHT / 2).saturating_mul(jobs);
        Some(u64::try_from(left.div_ceil(rate)).unwrap_or(u64::MAX))
    }

    /// Takes the next job that has ended.
    pub(crate) fn ended(&mut self) -> Option<u32> {
        let (index, (end, _, strand)) =
            self.jobs.iter().copied().enumerate().min_by_key(|(_, it)| *it)?;
        if end > self.virtual_time + NOUGHT {
            return None;
        }
        self.jobs.swap_remove(index);
        Some(strand)
    }
}
