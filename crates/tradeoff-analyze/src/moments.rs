//! Mean and variance of times: how they add, mix and overtake each other.
//!
//! Sums and mixtures are exact for independent times. The later of two is Clark's formula for
//! normal values (C. E. Clark, "The greatest of a finite set of random variables", Operations
//! Research 9, 1961). Percentiles are those of the lognormal with this mean and variance: an
//! approximation.

use tradeoff_model::model::Dist;

/// Halvings of the bracket in which a percentile of the normal lies.
const HALVINGS: usize = 60;

/// Mean (s) and variance (s²) of a time; both infinite where a queue grows without end.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    /// Mean, in seconds.
    pub mean: f64,
    /// Variance, in seconds squared.
    pub variance: f64,
}

impl Moments {
    /// Of what never ends.
    pub const INFINITE: Self = Self { mean: f64::INFINITY, variance: f64::INFINITY };

    /// A mean and a variance; what is no number is infinite.
    pub fn new(mean: f64, variance: f64) -> Self {
        if mean.is_finite() && variance.is_finite() {
            Self { mean, variance: variance.max(0.0) }
        } else {
            Self::INFINITE
        }
    }

    /// Of a distribution.
    pub fn of(dist: &Dist) -> Self {
        let mean = dist.mean();
        let square = match dist {
            Dist::Constant(value) => value * value,
            Dist::Exponential { mean } => 2.0 * mean * mean,
            Dist::Lognormal { mu, sigma } => libm::exp(2.0 * (mu + sigma * sigma)),
            Dist::Uniform { min, max } => (min * min + min * max + max * max) / 3.0,
            Dist::Empirical(samples) => {
                samples.iter().map(|it| it * it).sum::<f64>() / samples.len() as f64
            }
        };
        Self::new(mean, square - mean * mean)
    }

    /// Whether both are finite.
    pub fn is_finite(self) -> bool {
        self.mean.is_finite() && self.variance.is_finite()
    }

    /// The mean of the square.
    pub fn square(self) -> f64 {
        self.variance + self.mean * self.mean
    }

    /// The squared coefficient of variation: variance / mean².
    pub fn scv(self) -> f64 {
        if self.mean > 0.0 { self.variance / (self.mean * self.mean) } else { 0.0 }
    }

    /// One after the other.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Self::new(self.mean + next.mean, self.variance + next.variance)
    }

    /// So many times as long.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self::new(self.mean * factor, self.variance * factor * factor)
    }

    /// This with probability `share`, otherwise the other.
    #[must_use]
    pub fn or(self, share: f64, other: Self) -> Self {
        if share >= 1.0 {
            return self;
        }
        if share <= 0.0 {
            return other;
        }
        let mean = share * self.mean + (1.0 - share) * other.mean;
        let square = share * self.square() + (1.0 - share) * other.square();
        Self::new(mean, square - mean * mean)
    }

    /// So many of them, one after the other.
    #[must_use]
    pub fn repeated(self, count: &Dist) -> Self {
        let count = Self::of(count);
        if count.mean <= 0.0 {
            return Self::default();
        }
        let variance = count.mean * self.variance + count.variance * self.mean * self.mean;
        Self::new(count.mean * self.mean, variance)
    }

    /// The later of two that run side by side.
    #[must_use]
    pub fn later(self, other: Self) -> Self {
        if !self.is_finite() || !other.is_finite() {
            return Self::INFINITE;
        }
        let spread = libm::sqrt(self.variance + other.variance);
        if spread <= 0.0 {
            return if self.mean >= other.mean { self } else { other };
        }
        let apart = (self.mean - other.mean) / spread;
        let (first, second) = (normal(apart), normal(-apart));
        let density = libm::exp(-apart * apart / 2.0) / libm::sqrt(2.0 * std::f64::consts::PI);
        let mean = self.mean * first + other.mean * second + spread * density;
        let square = self.square() * first
            + other.square() * second
            + (self.mean + other.mean) * spread * density;
        Self::new(mean, square - mean * mean)
    }

    /// A quantile between 0 and 1 of the lognormal with this mean and variance; `None` if it is
    /// infinite.
    pub fn quantile(self, quantile: f64) -> Option<f64> {
        if !self.is_finite() {
            return None;
        }
        if self.mean <= 0.0 || self.variance <= 0.0 {
            return Some(self.mean);
        }
        let sigma = libm::sqrt(libm::log1p(self.scv()));
        let mu = libm::log(self.mean) - sigma * sigma / 2.0;
        Some(libm::exp(mu + sigma * normal_quantile(quantile)))
    }
}

/// The median of a distribution.
pub(crate) fn median(dist: &Dist) -> f64 {
    match dist {
        Dist::Constant(value) => *value,
        Dist::Exponential { mean } => mean * std::f64::consts::LN_2,
        Dist::Lognormal { mu, .. } => libm::exp(*mu),
        Dist::Uniform { min, max } => f64::midpoint(*min, *max),
        Dist::Empirical(samples) => samples.get(samples.len() / 2).copied().unwrap_or(0.0),
    }
}

/// The standard normal's distribution function.
pub(crate) fn normal(value: f64) -> f64 {
    0.5 * libm::erfc(-value * std::f64::consts::FRAC_1_SQRT_2)
}

fn normal_quantile(quantile: f64) -> f64 {
    let (mut low, mut high) = (-9.0, 9.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if normal(middle) < quantile {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tradeoff_model::model::Dist;

    use super::{Moments, median};

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-6 * expected.abs().max(1.0), "{found} {expected}");
    }

    #[test]
    fn moments_of_distributions_are_the_textbooks() {
        near(Moments::of(&Dist::Constant(3.0)).variance, 0.0);
        near(Moments::of(&Dist::Exponential { mean: 2.0 }).variance, 4.0);
        near(Moments::of(&Dist::Uniform { min: 0.0, max: 12.0 }).variance, 12.0);
        // A lognormal of mean 1 and squared coefficient of variation 4.
        let heavy = Dist::Lognormal { mu: -0.804_718_956_2, sigma: 1.268_636_241 };
        near(Moments::of(&heavy).scv(), 4.0);
        near(median(&heavy), 1.0 / 5.0_f64.sqrt());
        let samples = Dist::Empirical(Arc::from([1.0, 2.0, 3.0]));
        near(Moments::of(&samples).variance, 2.0 / 3.0);
        near(median(&samples), 2.0);
    }

    #[test]
    fn sums_mixtures_and_repeats_keep_both_moments() {
        let one = Moments::new(1.0, 1.0);
        assert_eq!(one.then(one), Moments::new(2.0, 2.0));
        // 1 or 3, each half of the time.
        assert_eq!(Moments::new(1.0, 0.0).or(0.5, Moments::new(3.0, 0.0)), Moments::new(2.0, 1.0));
        // A uniform number of 1..3 pieces of 2 s each.
        let count = Dist::Empirical(Arc::from([1.0, 2.0, 3.0]));
        near(Moments::new(2.0, 0.0).repeated(&count).variance, 4.0 * 2.0 / 3.0);
        assert_eq!(Moments::INFINITE.or(0.0, one), one);
        assert!(!one.then(Moments::INFINITE).is_finite());
    }

    #[test]
    fn the_later_of_two_is_clarks() {
        // Two standard normals: 1 / sqrt(pi), and 1 - 1 / pi.
        let later = Moments::new(0.0, 1.0).later(Moments::new(0.0, 1.0));
        near(later.mean, 1.0 / std::f64::consts::PI.sqrt());
        near(later.variance, 1.0 - 1.0 / std::f64::consts::PI);
        near(Moments::new(2.0, 0.0).later(Moments::new(3.0, 0.0)).mean, 3.0);
    }

    #[test]
    fn quantiles_are_those_of_the_lognormal() {
        let heavy = Moments::of(&Dist::Lognormal { mu: 0.5, sigma: 0.7 });
        near(heavy.quantile(0.5).unwrap(), libm::exp(0.5));
        near(heavy.quantile(0.99).unwrap(), libm::exp(0.5 + 0.7 * 2.326_347_874));
        near(Moments::new(2.0, 0.0).quantile(0.99).unwrap(), 2.0);
        assert_eq!(Moments::INFINITE.quantile(0.5), None);
    }
}
