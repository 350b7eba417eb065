//! The arithmetic of timeouts, attempts and breakers.

/// Attempts, the first included, until no more than a share of the calls has failed, where each
/// attempt fails on its own; infinite if attempts do not help.
pub fn attempts(failing: f64, allowed: f64) -> f64 {
    if failing <= allowed {
        return 1.0;
    }
    if failing >= 1.0 || allowed <= 0.0 {
        return f64::INFINITY;
    }
    let exact = libm::log(allowed) / libm::log(failing);
    // 1% twice is 0.01%, whatever the last bit says.
    libm::ceil(exact - 1e-9)
}

/// The share of calls that no attempt has answered, where each attempt fails on its own and retries
/// are no more than a share of the calls: then each of those that are made answers as many as any
/// other attempt.
pub fn unanswered(failing: f64, attempts: u32, budget: f64) -> f64 {
    let wanted: f64 = (1..attempts).map(|it| libm::pow(failing, f64::from(it))).sum();
    if wanted <= budget {
        return libm::pow(failing, f64::from(attempts));
    }
    1.0 - (1.0 - failing) * (1.0 + budget)
}

/// Attempts that fit into a time: each may take its whole timeout, and before the second there is
/// a wait that doubles from then on.
pub fn fitting(limit: f64, timeout: f64, wait: f64, most: u32) -> u32 {
    let (mut spent, mut pause) = (timeout, wait);
    let mut attempts = 0;
    while attempts < most && spent <= limit * (1.0 + 1e-9) {
        attempts += 1;
        spent += pause + timeout;
        pause *= 2.0;
    }
    attempts
}

/// The chance that at least a share of a window of calls fails, each on its own.
pub fn opens(window: u32, share: f64, failing: f64) -> f64 {
    if failing <= 0.0 {
        return 0.0;
    }
    if failing >= 1.0 {
        return 1.0;
    }
    let least = libm::ceil(share * f64::from(window) - 1e-9) as u32;
    let odds = failing / (1.0 - failing);
    let mut term = libm::pow(1.0 - failing, f64::from(window));
    let mut sum = 0.0;
    for failures in 0..=window {
        if failures >= least {
            sum += term;
        }
        term *= odds * f64::from(window - failures) / f64::from(failures + 1);
    }
    sum
}

/// The smallest window, in steps of ten calls up to `most`, that the normal failures open less
/// than once a year; `None` if none is large enough.
pub fn window(rate: f64, share: f64, failing: f64, most: u32) -> Option<u32> {
    const YEAR: f64 = 31_536_000.0;
    let quiet = |it: &u32| opens(*it, share, failing) * rate * YEAR / f64::from(*it) <= 1.0;
    (1..=most / 10).map(|it| it * 10).find(quiet)
}
