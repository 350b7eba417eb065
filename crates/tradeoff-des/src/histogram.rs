//! Latencies in bounded memory, to within 0.4 % (half of a bucket 1/128 wide).

use hdrhistogram::Histogram;

/// A histogram of nanoseconds.
#[derive(Clone, Debug)]
pub struct Latencies {
    histogram: Histogram<u32>,
    sum: u128,
}

impl Default for Latencies {
    fn default() -> Self {
        Self::new()
    }
}

impl Latencies {
    /// An empty histogram; it grows with the largest value recorded.
    ///
    /// # Panics
    /// Never: its bounds are constants.
    pub fn new() -> Self {
        let mut histogram =
            Histogram::new_with_bounds(1, 1 << 20, 2).expect("constant bounds are valid");
        histogram.auto(true);
        Self { histogram, sum: 0 }
    }

    /// Counts one value.
    ///
    /// # Panics
    /// Never: it grows to hold any value.
    #[inline]
    pub fn record(&mut self, nanos: u64) {
        self.histogram.record(nanos).expect("the histogram grows by itself");
        self.sum += u128::from(nanos);
    }

    /// Adds all that another histogram counted.
    ///
    /// # Panics
    /// Never: it grows to hold any value.
    pub fn add(&mut self, other: &Self) {
        self.histogram.add(&other.histogram).expect("the histogram grows by itself");
        self.sum += other.sum;
    }

    /// How many values were counted.
    pub fn count(&self) -> u64 {
        self.histogram.len()
    }

    /// Their exact sum in nanoseconds.
    pub fn sum(&self) -> u128 {
        self.sum
    }

    /// Their exact mean in seconds, if there are any.
    pub fn mean(&self) -> Option<f64> {
        (self.count() > 0).then(|| self.sum as f64 / self.count() as f64 * 1e-9)
    }

    /// The largest value in nanoseconds, to within a bucket.
    pub fn max(&self) -> u64 {
        self.histogram.max()
    }

    /// The value, in seconds, below which a share of a sample of `total` lies, where the values
    /// beyond those counted here are infinite. `None` if the rank falls among those.
    pub fn quantile_of(&self, quantile: f64, total: u64) -> Option<f64> {
        let rank = libm::ceil(quantile * total as f64).max(1.0) as u64;
        let counted = self.count();
        if counted == 0 || rank > counted {
            return None;
        }
        // Half a rank down, so that rounding inside the library cannot step over it.
        let share = (rank as f64 - 0.5) / counted as f64;
        let nanos = self.histogram.value_at_quantile(share);
        Some(self.histogram.median_equivalent(nanos) as f64 * 1e-9)
    }

    /// How many values lie beyond a quantile of a sample of `total`.
    pub fn beyond(quantile: f64, total: u64) -> f64 {
        (1.0 - quantile) * total as f64
    }
}
