//! Whether two samples come from one distribution: population stability index and
//! Kolmogorov-Smirnov.

/// The least share that a bin is taken to have, so that an empty one does not make the index
/// endless.
pub const LEAST: f64 = 1e-4;

/// The population stability index of two lists of shares: the sum of `(a - e) ln(a / e)`. It is the
/// same in both directions, and 0 only if they are equal. Lists are compared as far as both go.
pub fn psi(expected: &[f64], actual: &[f64]) -> f64 {
    let terms = expected.iter().zip(actual).map(|(expected, actual)| {
        let (expected, actual) = (expected.max(LEAST), actual.max(LEAST));
        (actual - expected) * libm::log(actual / expected)
    });
    terms.sum()
}

/// A part of the values of two samples, and what each has there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Its values are larger than this; `None`: it has no lower end.
    pub over: Option<f64>,
    /// Its largest value; `None`: it has no upper end.
    pub to: Option<f64>,
    /// The share of the reference.
    pub reference: f64,
    /// The share of the current sample.
    pub current: f64,
}

impl Bin {
    /// What it adds to the index.
    pub fn adds(&self) -> f64 {
        psi(&[self.reference], &[self.current])
    }
}

/// Bins that hold equal shares of the reference. Where values repeat there are fewer: all that is
/// equal is in one bin. A reference of a single value has three: below it, the value, and above it.
/// What is no number is left out. `None` if either has no value.
///
/// ```
/// use tradeoff_decide::drift::bins;
///
/// let bins = bins(&[1.0, 2.0, 3.0, 4.0], &[2.0, 9.0], 2).unwrap();
/// assert_eq!((bins[0].to, bins[0].reference, bins[0].current), (Some(2.0), 0.5, 0.5));
/// assert_eq!((bins[1].over, bins[1].to), (Some(2.0), None));
/// ```
pub fn bins(reference: &[f64], current: &[f64], bins: u32) -> Option<Vec<Bin>> {
    let (reference, current) = (sorted(reference), sorted(current));
    if reference.is_empty() || current.is_empty() {
        return None;
    }
    let edges = edges(&reference, bins);
    let shares = shares(&reference, &edges).into_iter().zip(shares(&current, &edges));
    let below = std::iter::once(None).chain(edges.iter().copied().map(Some));
    let to = edges.iter().copied().map(Some).chain([None]);
    let all = shares.zip(below.zip(to));
    let bin = |((reference, current), (over, to))| Bin { over, to, reference, current };
    Some(all.map(bin).collect())
}

/// The index of two samples, over the [`bins`] of the reference.
///
/// ```
/// use tradeoff_decide::drift::psi_of;
///
/// let reference: Vec<f64> = (0..1000).map(f64::from).collect();
/// let moved: Vec<f64> = reference.iter().map(|it| it + 300.0).collect();
/// assert!(psi_of(&reference, &reference, 10).unwrap() < 1e-12);
/// assert!(psi_of(&reference, &moved, 10).unwrap() > 0.25);
/// ```
pub fn psi_of(reference: &[f64], current: &[f64], bins: u32) -> Option<f64> {
    let bins = self::bins(reference, current, bins)?;
    Some(bins.iter().map(Bin::adds).sum())
}

/// The mean index of two samples of one distribution: `(bins - 1)(1/n + 1/m)`.
pub fn noise(bins: f64, reference: f64, current: f64) -> f64 {
    (bins - 1.0) * (1.0 / reference + 1.0 / current)
}

/// The index that two samples of one distribution exceed once in twenty: the index over
/// `1/n + 1/m` is chi-squared with `bins - 1` degrees of freedom (Yurdakul and Naranjo, 2020), here
/// by the approximation of Wilson and Hilferty.
pub fn noise_bound(bins: f64, reference: f64, current: f64) -> f64 {
    let degrees = bins - 1.0;
    let part = 2.0 / (9.0 * degrees);
    let cube = 1.0 - part + UPPER * libm::sqrt(part);
    degrees * cube * cube * cube * (1.0 / reference + 1.0 / current)
}

/// 95% of a standard normal distribution.
const UPPER: f64 = 1.644_853_626_951_472_2;

/// What the test of Kolmogorov and Smirnov says of two samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KolmogorovSmirnov {
    /// The largest difference between the shares of both that are at most one value.
    pub statistic: f64,
    /// That value, the least of them.
    pub at: f64,
    /// How often samples of one distribution differ at least as much, for samples of some dozens
    /// and more.
    pub chance: f64,
}

/// The two-sample test of Kolmogorov and Smirnov. What is no number is left out. `None` if either
/// has no value.
///
/// ```
/// use tradeoff_decide::drift::kolmogorov_smirnov;
///
/// let test = kolmogorov_smirnov(&[1.0, 2.0, 3.0, 4.0], &[3.0, 4.0, 5.0, 6.0]).unwrap();
/// assert_eq!(test.statistic, 0.5);
/// ```
pub fn kolmogorov_smirnov(reference: &[f64], current: &[f64]) -> Option<KolmogorovSmirnov> {
    let (a, b) = (sorted(reference), sorted(current));
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let (mut at, mut bt) = (0, 0);
    let (mut statistic, mut largest): (f64, f64) = (0.0, a[0].min(b[0]));
    while at < a.len() && bt < b.len() {
        // All that is equal is passed at once: in between there is no difference to see.
        let value = a[at].min(b[bt]);
        at += a[at..].iter().take_while(|it| **it <= value).count();
        bt += b[bt..].iter().take_while(|it| **it <= value).count();
        let difference = at as f64 / a.len() as f64 - bt as f64 / b.len() as f64;
        let difference = libm::fabs(difference);
        if difference > statistic {
            (statistic, largest) = (difference, value);
        }
    }
    let chance = chance(statistic, a.len() as f64, b.len() as f64);
    Some(KolmogorovSmirnov { statistic, at: largest, chance })
}

/// How often samples of these sizes from one distribution have such a statistic or a larger one: the
/// limit for large samples, `2 sum (-1)^(j-1) exp(-2 j^2 z^2)`.
pub fn chance(statistic: f64, reference: f64, current: f64) -> f64 {
    let z = statistic * libm::sqrt(reference * current / (reference + current));
    // Below this the sum converges slowly, and is 1 to ten digits.
    if z < 0.2 {
        return 1.0;
    }
    let mut sum = 0.0;
    let mut sign = 1.0;
    for j in 1..=100 {
        let term = libm::exp(-2.0 * f64::from(j * j) * z * z);
        sum += sign * term;
        sign = -sign;
        if term < 1e-16 {
            break;
        }
    }
    (2.0 * sum).clamp(0.0, 1.0)
}

fn sorted(sample: &[f64]) -> Vec<f64> {
    let mut sample: Vec<f64> = sample.iter().copied().filter(|it| !it.is_nan()).collect();
    sample.sort_by(f64::total_cmp);
    sample
}

/// Values at which a bin ends, ascending; the last bin has no end.
fn edges(reference: &[f64], bins: u32) -> Vec<f64> {
    let count = reference.len() as f64;
    let ends = (1..bins).map(|it| {
        let rank = libm::ceil(count * f64::from(it) / f64::from(bins)) as usize;
        reference[rank.clamp(1, reference.len()) - 1]
    });
    let mut edges: Vec<f64> = ends.collect();
    edges.dedup();
    // What is not below the largest value leaves nothing for the last bin.
    edges.retain(|it| reference.last().is_some_and(|last| it < last));
    match reference.first() {
        Some(only) if reference.last() == Some(only) => vec![only.next_down(), *only],
        _ => edges,
    }
}

fn shares(sample: &[f64], edges: &[f64]) -> Vec<f64> {
    let mut shares = Vec::with_capacity(edges.len() + 1);
    let mut before = 0;
    for edge in edges.iter().copied().chain([f64::INFINITY]) {
        let until = sample.partition_point(|it| *it <= edge);
        shares.push((until - before) as f64 / sample.len() as f64);
        before = until;
    }
    shares
}
