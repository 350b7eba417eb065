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

/// The availability of what needs so many of some alike parts, which fail independently.
pub fn at_least(needed: u32, parts: u32, each: f64) -> f64 {
    let mut chosen = 1.0;
    let mut sum = 0.0;
    for up in 0..=parts {
        if up >= needed {
            let down = f64::from(parts - up);
            sum += chosen * libm::pow(each, f64::from(up)) * libm::pow(1.0 - each, down);
        }
        chosen *= f64::from(parts - up) / f64::from(up + 1);
    }
    sum
}

/// The availability of what is up so long between failures, and away so long at each.
pub fn renewal(up: f64, away: f64) -> f64 {
    up / (up + away)
}

/// How many nines an availability has: 3 of 99.9%, 3.3 of 99.95%; endless where nothing ever fails.
pub fn nines(availability: f64) -> f64 {
    libm::log10(1.0 / (1.0 - availability))
}

/// What users see of parts that each serve a share of them, where nobody is sent to another one:
/// shares and availabilities.
pub fn apart(parts: &[(f64, f64)]) -> f64 {
    parts.iter().map(|(share, up)| share * up).sum()
}

/// What each of so many alike parts has to carry, as a share of the load, so that the others carry
/// all of it while one is away; endless for one alone.
pub fn carries(parts: u32) -> f64 {
    1.0 / f64::from(parts.saturating_sub(1))
}
