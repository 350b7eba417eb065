//! How far load may grow before a promise breaks: the baseline at multiples of today's load.

use tradeoff_model::{Architecture, model::TrafficKind};
use tradeoff_sim::{Frame, Options, Plan, Title, results::Interval};

use super::report::Headroom;

/// Beyond this multiple nobody plans.
const MOST: f64 = 32.0;
/// Two minutes of the baseline at each multiple tell an overload from a load.
const LONGEST: u64 = 120_000_000_000;
/// Halvings of the bracket, in the logarithm: the ends are within 5 % of each other.
const HALVINGS: u32 = 4;

/// Searches the highest load at which every promise holds in the baseline; `None` without promises.
pub(super) fn headroom(
    architecture: &Architecture,
    options: &Options,
    frame: &Frame,
) -> Option<Headroom> {
    if architecture.slos.is_empty() || architecture.traffic.is_empty() {
        return None;
    }
    let options = Options {
        scenarios: Some(Vec::new()),
        series: false,
        duration: Some(frame.duration.min(LONGEST)),
        ..options.clone()
    };
    // The run-in of today's design serves for all of them.
    let architecture = &Architecture { warmup: Some(frame.warmup), ..architecture.clone() };
    let broken_at = |factor: f64| first_broken(architecture, &options, factor);
    // A bracket: holds at `low`, does not at `high`.
    let (mut low, mut high) = (1.0, 1.0);
    let mut culprit = broken_at(1.0);
    if culprit.is_none() {
        while culprit.is_none() && high < MOST {
            low = high;
            high *= 2.0;
            culprit = broken_at(high);
        }
        if culprit.is_none() {
            let interval = Interval { value: high, low: high, high: f64::INFINITY };
            return Some(Headroom { load_factor: Some(interval), first_broken: None });
        }
    } else {
        while low > 1.0 / MOST {
            high = low;
            low /= 2.0;
            match broken_at(low) {
                None => break,
                still => culprit = still,
            }
        }
    }
    for _ in 0..HALVINGS {
        let middle = libm::sqrt(low * high);
        match broken_at(middle) {
            None => low = middle,
            found => (high, culprit) = (middle, found),
        }
    }
    let interval = Interval { value: low, low, high };
    Some(Headroom { load_factor: Some(interval), first_broken: culprit })
}

/// The promise that falls shortest at a multiple of today's load; `None` if each is met. What was
/// measured decides, not its interval: a short run of little traffic can prove no promise kept.
fn first_broken(architecture: &Architecture, options: &Options, factor: f64) -> Option<String> {
    let mut scaled = architecture.clone();
    for traffic in &mut scaled.traffic {
        match &mut traffic.kind {
            TrafficKind::Open { rate } => *rate *= factor,
            TrafficKind::Closed { users, .. } => {
                *users = libm::round(f64::from(*users) * factor).max(1.0) as u32;
            }
        }
    }
    let plan = Plan::new(&scaled);
    let frame = tradeoff_sim::frame(&scaled, &plan, options);
    let trial = tradeoff_sim::trial(&scaled, &plan, options, &frame, &[], &|| ());
    let title = Title { digest: String::new() };
    let simulation =
        tradeoff_sim::summarize(&scaled, &plan, options, &frame, title, &trial, &trial);
    let baseline = simulation.runs.first()?;
    let shortfalls = baseline.slos.iter().flat_map(|(name, slo)| {
        let available = slo.target.zip(slo.good_ratio).map(|(target, it)| (target, it.value));
        let latency = slo.latency.as_ref();
        let within = latency.and_then(|it| it.within.map(|found| (it.quantile, found.value)));
        [available, within].into_iter().flatten().map(move |(target, found)| (name, target, found))
    });
    shortfalls
        .filter(|(_, target, found)| found < target)
        .map(|(name, target, found)| (name, (target - found) / (1.0 - target)))
        .max_by(|one, other| one.1.total_cmp(&other.1))
        .map(|(name, _)| name.clone())
}
