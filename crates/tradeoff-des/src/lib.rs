//! The event kernel: a calendar, draws by identity, and the statistics of replications.
//!
//! It knows no architecture. Time is an integer of nanoseconds; nothing here reads a clock.

pub mod calendar;
pub mod draw;
pub mod histogram;
pub mod stats;

pub use calendar::Calendar;
pub use draw::Key;
pub use histogram::Latencies;
pub use stats::Estimate;
