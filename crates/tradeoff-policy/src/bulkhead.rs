//! Bulkhead: a callee that hangs may hold so many of its caller's places, not all of them.
//!
//! Section 12 of the guide: without it one slow dependency exhausts all threads and takes
//! unrelated features down. As Resilience4j's `Bulkhead` with a wait of zero, it rejects at once.

/// Counts the calls in flight, and stops at a limit.
///
/// # Examples
///
/// ```
/// use tradeoff_policy::bulkhead::Bulkhead;
///
/// let mut bulkhead = Bulkhead::new(1);
/// assert!(bulkhead.try_enter());
/// assert!(!bulkhead.try_enter());
/// bulkhead.leave();
/// assert!(bulkhead.try_enter());
/// ```
#[derive(Clone, Debug)]
pub struct Bulkhead {
    concurrent: u32,
    in_flight: u32,
}

impl Bulkhead {
    /// An empty bulkhead that holds `concurrent` calls.
    pub const fn new(concurrent: u32) -> Self {
        Self { concurrent, in_flight: 0 }
    }

    /// Takes a place; whether there was one. Whoever enters must [`leave`](Self::leave) once.
    #[inline]
    #[must_use = "without a place there is no call"]
    pub fn try_enter(&mut self) -> bool {
        let free = self.in_flight < self.concurrent;
        self.in_flight += u32::from(free);
        free
    }

    /// Gives a place back.
    #[inline]
    pub fn leave(&mut self) {
        debug_assert!(self.in_flight > 0, "left more often than entered");
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// Places taken.
    pub const fn in_flight(&self) -> u32 {
        self.in_flight
    }
}
