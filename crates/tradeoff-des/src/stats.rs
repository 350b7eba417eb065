//! Intervals over replications: Student's t for means, Wilson's for shares.

use crate::draw::normal_quantile;

/// A value with the interval that holds it at the stated confidence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Estimate {
    /// A value known exactly.
    pub const fn exact(value: f64) -> Self {
        Self { value, low: value, high: value }
    }

    /// The mean of independent samples with Student's t interval; `None` without samples.
    ///
    /// One sample, or samples that do not differ, give an interval of no width: callers that need
    /// at least two replications check that themselves.
    pub fn of_mean(samples: &[f64], confidence: f64) -> Option<Self> {
        let mean = mean(samples)?;
        Some(Self::around(mean, samples, confidence))
    }

    /// A pooled value with the half width of the interval that its per-replication values give.
    pub fn around(value: f64, samples: &[f64], confidence: f64) -> Self {
        let half = half_width(samples, confidence);
        Self { value, low: value - half, high: value + half }
    }

    /// A share `hits / of` with Wilson's interval; `None` if `of` is zero.
    pub fn of_share(hits: u64, of: u64, confidence: f64) -> Option<Self> {
        if of == 0 {
            return None;
        }
        let (n, p) = (of as f64, hits as f64 / of as f64);
        let z = normal_quantile(f64::midpoint(1.0, confidence));
        let (z2, scale) = (z * z, 1.0 + z * z / n);
        let center = (p + z2 / (2.0 * n)) / scale;
        let half = z * libm::sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n)) / scale;
        // At the ends the formula gives them exactly; rounding would leave a hair.
        let low = if hits == 0 { 0.0 } else { (center - half).max(0.0) };
        let high = if hits == of { 1.0 } else { (center + half).min(1.0) };
        Some(Self { value: p, low, high })
    }

    /// The same with its ends held within bounds.
    #[must_use]
    pub fn clamped(self, least: f64, most: f64) -> Self {
        Self { value: self.value, low: self.low.max(least), high: self.high.min(most) }
    }
}

/// The mean; `None` without samples.
pub fn mean(samples: &[f64]) -> Option<f64> {
    (!samples.is_empty()).then(|| samples.iter().sum::<f64>() / samples.len() as f64)
}

/// The standard error of the mean; zero for fewer than two samples.
pub fn standard_error(samples: &[f64]) -> f64 {
    let n = samples.len() as f64;
    let Some(mean) = mean(samples) else { return 0.0 };
    if samples.len() < 2 {
        return 0.0;
    }
    let squares: f64 = samples.iter().map(|it| (it - mean) * (it - mean)).sum();
    libm::sqrt(squares / (n - 1.0) / n)
}

/// Half the width of Student's t interval of the mean.
pub fn half_width(samples: &[f64], confidence: f64) -> f64 {
    let error = standard_error(samples);
    if error == 0.0 {
        return 0.0;
    }
    error * t_quantile(f64::midpoint(1.0, confidence), (samples.len() - 1) as f64)
}

/// Student's t quantile at `p` above one half: Newton's steps on the distribution function, held
/// within a bracket that halves where a step would leave it.
pub fn t_quantile(p: f64, degrees: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while t_cdf(high, degrees) < p && high < 1e9 {
        low = high;
        high *= 2.0;
    }
    // The density at zero, which the others are shares of.
    let log_scale = libm::lgamma(f64::midpoint(degrees, 1.0)) - libm::lgamma(degrees / 2.0);
    let scale = libm::exp(log_scale) / libm::sqrt(degrees * std::f64::consts::PI);
    let mut at = f64::midpoint(low, high);
    for _ in 0..100 {
        let off = t_cdf(at, degrees) - p;
        if off < 0.0 {
            low = at;
        } else {
            high = at;
        }
        let decay = f64::midpoint(degrees, 1.0) * libm::log1p(at * at / degrees);
        let step = off / (scale * libm::exp(-decay));
        let next = at - step;
        let next = if low < next && next < high { next } else { f64::midpoint(low, high) };
        if (next - at).abs() <= 1e-14 * high {
            return next;
        }
        at = next;
    }
    at
}

fn t_cdf(t: f64, degrees: f64) -> f64 {
    1.0 - 0.5 * incomplete_beta(degrees / 2.0, 0.5, degrees / (degrees + t * t))
}

/// The regularized incomplete beta function by Lentz's continued fraction
/// (Press et al., Numerical Recipes, 6.4).
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let log_front = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b)
        + a * libm::log(x)
        + b * libm::log1p(-x);
    if x < (a + 1.0) / (a + b + 2.0) {
        libm::exp(log_front) * beta_fraction(a, b, x) / a
    } else {
        1.0 - libm::exp(log_front) * beta_fraction(b, a, 1.0 - x) / b
    }
}

#[expect(clippy::many_single_char_names, reason = "the names of the source's formula")]
fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guard = |it: f64| if it.abs() < TINY { TINY } else { it };
    let mut c = 1.0;
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut sum = d;
    for m in 1..300 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guard(1.0 + even * d);
        c = guard(1.0 + even / c);
        sum *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guard(1.0 + odd * d);
        c = guard(1.0 + odd / c);
        let step = d * c;
        sum *= step;
        if (step - 1.0).abs() < 1e-15 {
            break;
        }
    }
    sum
}
