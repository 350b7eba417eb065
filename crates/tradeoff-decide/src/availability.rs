//! The arithmetic of promises.

/// Minutes in a day.
const DAY: f64 = 1440.0;
/// Minutes in a year of 365 days.
pub const YEAR: f64 = 365.0 * DAY;

/// Minutes that may fail in so many days under a target (a share).
pub fn budget(target: f64, days: f64) -> f64 {
    (1.0 - target) * days * DAY
}

/// The availability of what needs all of these, independently.
pub fn series(parts: &[f64]) -> f64 {
    parts.iter().product()
}

/// The availability that so many outages a year of so many minutes each leave.
pub fn after(outages: f64, minutes: f64) -> f64 {
    (1.0 - outages * minutes / YEAR).max(0.0)
}

/// What each hard dependency should keep, so that all of them together do not spend the budget: a
/// nine more (Treynor et al., "The Calculus of Service Availability", 2017).
pub fn extra_nine(target: f64) -> f64 {
    1.0 - (1.0 - target) / 10.0
}
