//! Holding figures against what theory says of them.

use std::cell::RefCell;

use tradeoff_sim::results::{Figure, Interval};

use crate::{
    bench::{Seen, View},
    beside::Figures,
    control::{Adjusted, Control, Controls},
};

/// The largest standard error of a mean, as a share of it.
const MEAN: f64 = 0.0025;
/// The same of what a design puts in, where few requests tell enough of what comes out.
const INPUT: f64 = 0.01;
/// A figure may lie so many standard errors from the truth.
const STANDARD_ERRORS: f64 = 4.0;
/// What the buckets of the histograms add to a percentile, as a share of it.
const BUCKET: f64 = 0.004;
/// How close a figure in one unit of time is to the same in another: times are whole nanoseconds.
const SCALED: f64 = 1e-5;
/// How exact truths are written down, as a share of them.
const DIGITS: f64 = 1e-6;

/// What theory says of a figure.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    what: String,
    found: Figure,
    least: f64,
    most: f64,
    /// The largest standard error with which it counts as held, as a share of the truth.
    error: f64,
    is_mean: bool,
    /// Standard error of the truth itself, where it was simulated, as a share of it.
    own_error: f64,
    /// How far off the figure may be beyond its noise, as a share of the truth.
    slack: f64,
    /// Whether the luck of the controls is taken out of it.
    adjusted: bool,
}

/// A mean: its standard error is at most 0.25 %.
pub(crate) fn mean(what: impl Into<String>, found: Figure, truth: f64) -> Claim {
    Claim {
        what: what.into(),
        found,
        least: truth,
        most: truth,
        error: MEAN,
        is_mean: true,
        own_error: 0.0,
        slack: 0.0,
        adjusted: true,
    }
}

/// A percentile: its standard error is at most 1 %.
pub(crate) fn percentile(what: impl Into<String>, found: Figure, truth: f64) -> Claim {
    Claim { error: 0.01, is_mean: false, slack: BUCKET, ..mean(what, found, truth) }
}

/// Somewhere between two bounds.
pub(crate) fn between(what: impl Into<String>, found: Figure, least: f64, most: f64) -> Claim {
    Claim { least, most, ..mean(what, found, f64::midpoint(least, most)) }
}

impl Control {
    fn claim(&self, view: &View) -> Claim {
        let value = self.seen(view);
        let found = Some(Interval { value, low: value, high: value });
        // What goes in is no result: that it is drawn rightly is all that is asked of it.
        Claim { is_mean: false, ..mean(self.name(), found, self.mean()) }.error(INPUT)
    }
}

impl Figures {
    /// What all replications together saw, held to its mean however noisy, and what each saw.
    fn claim(&self) -> (Claim, Vec<f64>) {
        let (sum, count) =
            self.sums.iter().fold((0.0, 0.0), |all, it| (all.0 + it.0, all.1 + it.1));
        let value = sum / count;
        let found = Some(Interval { value, low: value, high: value });
        let claim = Claim { is_mean: false, ..mean(&self.name, found, self.mean) };
        (claim.error(f64::INFINITY), self.sums.iter().map(|it| it.0 / it.1).collect())
    }
}

impl Claim {
    pub(crate) fn error(self, error: f64) -> Self {
        Self { error, ..self }
    }

    pub(crate) fn own_error(self, own_error: f64) -> Self {
        Self { own_error, ..self }
    }

    pub(crate) fn unadjusted(self) -> Self {
        Self { adjusted: false, ..self }
    }

    pub(crate) fn slack(self, slack: f64) -> Self {
        Self { slack: self.slack + slack, ..self }
    }

    fn value(&self) -> Option<f64> {
        self.found.map(|it| it.value)
    }

    fn truth(&self) -> f64 {
        f64::midpoint(self.least, self.most)
    }

    /// How many standard errors an estimate lies from the truth, with that much leeway.
    fn distance(&self, it: Adjusted, leeway: f64) -> f64 {
        let leeway = leeway * self.truth();
        let away = it.value - it.value.clamp(self.least - leeway, self.most + leeway);
        let noise = libm::hypot(it.error, self.own_error * self.truth());
        if away == 0.0 { 0.0 } else { away / noise }
    }

    /// What is wrong with another figure that should be to its truth as this one is to its own, but
    /// for rounding and the buckets of histograms.
    pub(crate) fn differs(&self, name: &str, other: &Self) -> Option<String> {
        let [one, two] = [self, other].map(|it| it.value().map(|found| found / it.truth()));
        let apart = one.zip(two).map(|(one, two)| (two / one - 1.0).abs());
        let close = apart.is_some_and(|it| it <= SCALED + 2.0 * self.slack);
        (!close).then(|| format!("{name}, {}: {one:?} and {two:?} of the truths", self.what))
    }

    /// Prints the figure; says what is wrong with it.
    #[expect(clippy::print_stdout, reason = "tests print what they saw")]
    fn check(&self, name: &str, samples: &[f64], controls: &Controls) -> Option<String> {
        let truth = self.truth();
        let Some(found) = self.value() else {
            return Some(format!(
                "{name}, {}: expected {truth}, but there is no figure",
                self.what
            ));
        };
        let raw = Controls::none(samples.len()).adjust(found, samples);
        let adjusted = if self.adjusted { controls.adjust(found, samples) } else { raw };
        let share = adjusted.error / truth;
        let expected = if self.least < self.most {
            format!("{:.5}..{:.5}", self.least, self.most)
        } else {
            format!("{truth:.6}")
        };
        let line = format!(
            "{name:<40} {:<22} expected {expected:<12} found {:<10.6} se {:.3} % ({:.2} %) z {:+.2}, \
             not adjusted {:<10.6} se {:.3} % z {:+.2}",
            self.what,
            adjusted.value,
            share * 100.0,
            self.error * 100.0,
            self.distance(adjusted, 0.0),
            raw.value,
            raw.error / truth * 100.0,
            self.distance(raw, 0.0),
        );
        println!("{line}");
        if self.is_mean {
            LOOSEST.with_borrow_mut(|it| it.see(share, self.error, &line));
        }
        if share > self.error {
            return Some(format!("too noisy: {line}"));
        }
        let z = [adjusted, raw].map(|it| self.distance(it, self.slack + DIGITS));
        let held = z.iter().all(|it| it.abs() <= STANDARD_ERRORS);
        (!held).then(|| format!("off by {z:.2?} beyond the slack: {line}"))
    }
}

/// What is wrong about what was seen: the claims that do not hold. `claims` says what is claimed
/// of the figures of all replications together, and is asked for those of each.
#[must_use]
pub(crate) fn hold<T>(name: &str, seen: &Seen, claims: impl Fn(&View) -> T) -> Vec<String>
where
    T: IntoIterator<Item = Claim>,
{
    let count = seen.each.len();
    let inputs = inputs(seen);
    let (none, controls) = (Controls::none(count), controls(&inputs, count));
    let claims = sampled(seen, claims);
    let inputs = inputs.iter().map(|it| (it, &none));
    let all = inputs.chain(claims.iter().map(|it| (it, &controls)));
    all.filter_map(|((it, samples), controls)| it.check(name, samples, controls)).collect()
}

/// An estimate as it is, and with the luck of the controls taken out of it.
pub(crate) fn estimates(seen: &Seen, claim: impl Fn(&View) -> Claim) -> [Adjusted; 2] {
    let inputs = inputs(seen);
    let claims = sampled(seen, |view| [claim(view)]);
    let (claim, samples) = &claims[0];
    let found = claim.value().expect("there is a figure");
    [Controls::none(seen.each.len()), controls(&inputs, seen.each.len())]
        .map(|it| it.adjust(found, samples))
}

/// The controls as claims: each has its stated mean, like any other figure.
fn inputs(seen: &Seen) -> Vec<(Claim, Vec<f64>)> {
    let stated =
        |view: &View| -> Vec<Claim> { seen.controls.iter().map(|it| it.claim(view)).collect() };
    let mut inputs = sampled(seen, stated);
    inputs.extend(seen.beside.iter().map(Figures::claim));
    inputs
}

fn controls(inputs: &[(Claim, Vec<f64>)], replications: usize) -> Controls {
    let off = |claim: &Claim, found: f64| found / claim.truth() - 1.0;
    let all = inputs.iter().filter_map(|(it, _)| Some(off(it, it.value()?))).collect();
    let each: Vec<Vec<f64>> = inputs
        .iter()
        .map(|(it, samples)| samples.iter().map(|found| off(it, *found)).collect())
        .collect();
    Controls::new(all, &each, replications)
}

/// What is claimed, with what each replication saw of it.
fn sampled<T>(seen: &Seen, claims: impl Fn(&View) -> T) -> Vec<(Claim, Vec<f64>)>
where
    T: IntoIterator<Item = Claim>,
{
    let mut all: Vec<(Claim, Vec<f64>)> =
        claims(&seen.all).into_iter().map(|it| (it, Vec::new())).collect();
    for view in &seen.each {
        for ((_, samples), claim) in all.iter_mut().zip(claims(view)) {
            samples.extend(claim.value());
        }
    }
    all
}

/// Runs all cases of a table, prints its loosest mean, then tells of all that is wrong.
#[expect(clippy::print_stdout, reason = "tests print what they saw")]
pub(crate) fn hold_all<T>(cases: impl IntoIterator<Item = T>, hold: impl Fn(T) -> Vec<String>) {
    let wrong: Vec<String> = cases.into_iter().flat_map(hold).collect();
    let thread = std::thread::current();
    let Loosest { means, held, stated } = LOOSEST.take();
    if means > 0 {
        println!(
            "summary of {}: {means} means, the loosest with a standard error of {:.3} %: {}",
            thread.name().unwrap_or("a test"),
            held.0 * 100.0,
            held.1,
        );
    }
    if stated.0 > 0.0 {
        println!(
            "...and of those that state a larger one: {:.3} %: {}",
            stated.0 * 100.0,
            stated.1
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

thread_local! {
    static LOOSEST: RefCell<Loosest> = RefCell::default();
}

/// The means of a test, which has a thread of its own, with the largest standard errors.
#[derive(Debug, Default)]
struct Loosest {
    means: u32,
    /// Among those held to a quarter of a percent.
    held: (f64, String),
    /// Among those whose rows state a larger error.
    stated: (f64, String),
}

impl Loosest {
    fn see(&mut self, share: f64, most: f64, line: &str) {
        self.means += 1;
        let loosest = if most > MEAN { &mut self.stated } else { &mut self.held };
        if share > loosest.0 {
            let row = line.split(" expected").next().unwrap_or_default();
            *loosest = (share, row.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
}

/// What is left of a share.
pub(crate) fn complement(figure: Figure) -> Figure {
    figure.map(|it| Interval { value: 1.0 - it.value, low: 1.0 - it.high, high: 1.0 - it.low })
}
