//! Distributions, ready to draw whole nanoseconds from an identity.

use std::sync::Arc;

use tradeoff_des::Key;
use tradeoff_model::model::Dist;

/// A [`Dist`] in nanoseconds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sampler {
    Constant(f64),
    Exponential(f64),
    Lognormal { mu: f64, sigma: f64 },
    Uniform { min: f64, width: f64 },
    Empirical { samples: Arc<[f64]>, scale: f64 },
}

impl Sampler {
    /// Times: seconds in, nanoseconds out.
    pub(crate) fn time(dist: &Dist) -> Self {
        Self::scaled(dist, 1e9)
    }

    /// Counts: out as they come in.
    pub(crate) fn count(dist: &Dist) -> Self {
        Self::scaled(dist, 1.0)
    }

    fn scaled(dist: &Dist, scale: f64) -> Self {
        match dist {
            Dist::Constant(value) => Self::Constant(value * scale),
            Dist::Exponential { mean } => Self::Exponential(mean * scale),
            Dist::Lognormal { mu, sigma } => {
                Self::Lognormal { mu: mu + libm::log(scale), sigma: *sigma }
            }
            Dist::Uniform { min, max } => {
                Self::Uniform { min: min * scale, width: (max - min) * scale }
            }
            Dist::Empirical(samples) => Self::Empirical { samples: Arc::clone(samples), scale },
        }
    }

    /// Draws by inversion, so that the draw moves with its identity's uniform alone.
    pub(crate) fn draw(&self, key: Key) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Exponential(mean) => mean * key.exponential(),
            Self::Lognormal { mu, sigma } => libm::exp(mu + sigma * key.normal()),
            Self::Uniform { min, width } => min + width * key.uniform(),
            Self::Empirical { samples, scale } => {
                let index = (key.uniform() * samples.len() as f64) as usize;
                samples[index.min(samples.len() - 1)] * scale
            }
        }
    }

    /// Draws a whole number, rounded to the nearest.
    pub(crate) fn whole(&self, key: Key) -> u64 {
        round(self.draw(key))
    }

    /// Whether every draw is zero.
    pub(crate) fn is_zero(&self) -> bool {
        matches!(self, Self::Constant(value) if *value == 0.0)
    }
}

/// To the nearest whole number, never below zero.
pub(crate) fn round(value: f64) -> u64 {
    (value + 0.5) as u64
}
