//! How far load may grow before a promise breaks: the baseline at multiples of today's load.

use tradeoff_analyze::{
    Analysis, Steady,
    horizon::{Growth, grown, later},
};
use tradeoff_model::Architecture;
use tradeoff_sim::{
    Bounds, Frame, Options, Plan, Title,
    results::{Interval, Run, Simulation, Verdict},
};

use super::report::Headroom;

/// Beyond this multiple nobody plans.
const MOST: f64 = 32.0;
/// At today's load two minutes of the baseline tell an overload from a load, and at multiples of it
/// as many requests: a shorter time, yet long enough for lines to grow.
const LONGEST: u64 = 120_000_000_000;
const SHORTEST: u64 = 20_000_000_000;
/// Replications at each multiple.
const REPLICATIONS: u32 = 3;
/// Between what was not seen broken and what is seen kept so many more loads are tried,
const NARROWED: usize = 3;
/// each with so many events at most.
const EVENTS: f64 = 2e6;
/// The ends of the bracket are within 5 % of each other.
const CLOSE: f64 = 1.05;
/// Beyond what saturates the first resource, enough to be seen.
const SATURATED: f64 = 1.1;

/// Searches the highest load at which every promise holds in the baseline; `None` without promises.
/// `today` says what is at today's load.
pub(super) fn headroom(
    architecture: &Architecture,
    options: &Options,
    frame: &Frame,
    today: &Simulation,
) -> Option<Headroom> {
    if architecture.slos.is_empty() || architecture.traffic.is_empty() {
        return None;
    }
    let baseline = today.runs.first()?;
    let tries = Tries::new(options, frame, today)?;
    let broken_at = |factor: f64| tries.broken(multiplied(architecture, factor), factor);
    // A bracket: holds at `low`, does not at `high`.
    let (mut low, mut high) = (1.0, 1.0);
    let mut culprit = first_broken(baseline);
    if culprit.is_none() {
        // What the laws of queues say cannot be served, and what is well below it.
        let saturated = SATURATED * saturation(architecture).unwrap_or(2.0);
        let mut next = saturated.clamp(CLOSE, MOST);
        while culprit.is_none() && high < MOST {
            (low, high) = (high, next);
            culprit = broken_at(high);
            next = (2.0 * high).min(MOST);
        }
        if culprit.is_some() && high > 4.0 * low {
            let below = high / 2.5;
            match broken_at(below) {
                None => low = below,
                found => (high, culprit) = (below, found),
            }
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
    while high > CLOSE * low {
        let middle = libm::sqrt(low * high);
        match broken_at(middle) {
            None => low = middle,
            found => (high, culprit) = (middle, found),
        }
    }
    let seen = |factor: f64| tries.keeps(multiplied(architecture, factor), factor, today);
    let kept = if low > 1.0 { kept_up_to(low, seen) } else { low };
    let interval = Interval { value: kept, low: kept, high };
    Some(Headroom { load_factor: Some(interval), first_broken: culprit })
}

/// The highest load up to one at which nothing was seen broken that keeps what today's keeps.
fn kept_up_to(most: f64, keeps: impl Fn(f64) -> bool) -> f64 {
    if keeps(most) {
        return most;
    }
    let (mut kept, mut open) = (1.0, most);
    for _ in 0..NARROWED {
        if open <= CLOSE * kept {
            break;
        }
        let middle = libm::sqrt(kept * open);
        if keeps(middle) { kept = middle } else { open = middle }
    }
    kept
}

/// How many times today's load saturates the first resource.
fn saturation(architecture: &Architecture) -> Option<f64> {
    let analysis = Analysis::new(architecture);
    let steady = Steady::new(&analysis);
    steady.saturation(&steady.resources()).map(|it| it.factor)
}

/// A time at today's load, and at a multiple of it.
fn shorter(time: u64, factor: f64) -> u64 {
    let fewer = if factor > 1.0 { (time as f64 / factor) as u64 } else { time };
    fewer.max(time.min(SHORTEST))
}

/// All traffic at a multiple of today's.
fn multiplied(architecture: &Architecture, factor: f64) -> Architecture {
    let mut scaled = architecture.clone();
    for traffic in &mut scaled.traffic {
        traffic.kind.multiply(factor);
    }
    scaled
}

/// The first month until the horizon whose load breaks a promise, and which; `end` says whether the
/// low (0) or the high end (1) of what grows counts. `Err`: no load was tried, for want of
/// promises, or since there is more of it than a file may state.
pub(crate) fn first_broken_month(
    architecture: &Architecture,
    options: &Options,
    today: &Simulation,
    (growth, end): (&Growth, usize),
    months: u32,
) -> Result<Option<(u32, String)>, ()> {
    let plan = Plan::new(architecture);
    let frame = tradeoff_sim::frame(architecture, &plan, options);
    let tries = Tries::new(options, &frame, today).ok_or(())?;
    let rates = growth.sources.values().map(|it| it[end]);
    let fastest = rates.fold(0.0, f64::max);
    let broken_in = |month: u32| {
        let scaled = later(architecture, growth, end, month).ok_or(())?;
        Ok(tries.broken(scaled, grown(fastest, month)))
    };
    if let Some(slo) = today.runs.first().and_then(first_broken) {
        return Ok(Some((0, slo)));
    }
    let Some(mut slo) = broken_in(months)? else { return Ok(None) };
    let (mut holds, mut breaks) = (0, months);
    while breaks > holds + 1 {
        let middle = holds.midpoint(breaks);
        match broken_in(middle)? {
            None => holds = middle,
            Some(found) => (breaks, slo) = (middle, found),
        }
    }
    Ok(Some((breaks, slo)))
}

/// Baselines under other loads.
struct Tries<'a> {
    options: &'a Options,
    frame: &'a Frame,
    /// Of one replication of today's baseline.
    events: u64,
}

impl<'a> Tries<'a> {
    fn new(options: &'a Options, frame: &'a Frame, today: &Simulation) -> Option<Self> {
        let baseline = today.runs.first().filter(|it| !it.slos.is_empty())?;
        let events = baseline.events / u64::from(today.replications.max(1));
        Some(Self { options, frame, events })
    }

    /// The promise that falls shortest under a load that is so many times today's.
    fn broken(&self, scaled: Architecture, factor: f64) -> Option<String> {
        let duration = shorter(self.frame.duration.min(LONGEST), factor);
        first_broken(&self.run(scaled, factor, REPLICATIONS, duration)?)
    }

    /// Whether what today's design keeps is kept under so many times its load, beyond chance, and
    /// nothing else is seen broken. Lines are long near their end: it is looked at for longer.
    fn keeps(&self, scaled: Architecture, factor: f64, today: &Simulation) -> bool {
        let replications = self.options.replications;
        let events = self.events as f64 * factor * f64::from(replications);
        let whole = self.frame.duration;
        let affordable = whole as f64 * (EVENTS / events.max(1.0)).min(1.0);
        let duration = (affordable as u64).max(shorter(whole.min(LONGEST), factor));
        let Some(run) = self.run(scaled, factor, replications, duration) else { return false };
        let kept = |name: &String| {
            let slo = today.runs.first().and_then(|it| it.slos.get(name));
            slo.is_some_and(|it| it.verdict == Verdict::Kept)
        };
        let holds = run.slos.iter().all(|(name, it)| it.verdict == Verdict::Kept || !kept(name));
        holds && first_broken(&run).is_none()
    }

    /// The baseline of a design.
    fn run(
        &self,
        mut scaled: Architecture,
        factor: f64,
        replications: u32,
        duration: u64,
    ) -> Option<Run> {
        scaled.warmup = Some(shorter(self.frame.warmup, factor));
        // Growing lines need no end to be told: what takes so much more than its load has broken
        // down.
        let most = (4.0 * factor * self.events as f64) as u64 + 200_000;
        let bounds = self.options.bounds;
        let options = Options {
            bounds: Bounds { events: bounds.events.min(most), ..bounds },
            replications: replications.min(self.options.replications),
            scenarios: Some(Vec::new()),
            series: false,
            duration: Some(duration),
            ..self.options.clone()
        };
        let plan = Plan::new(&scaled);
        let frame = tradeoff_sim::frame(&scaled, &plan, &options);
        let trial = tradeoff_sim::trial(&scaled, &plan, &options, &frame, &[], &|| ());
        let title = Title { digest: String::new() };
        let simulation =
            tradeoff_sim::summarize(&scaled, &plan, &options, &frame, title, &trial, &trial);
        simulation.runs.into_iter().next()
    }
}

/// The promise of a baseline that falls shortest; `None` if each is met. What was measured decides,
/// not its interval: a short run of little traffic can prove no promise kept.
fn first_broken(baseline: &Run) -> Option<String> {
    let shortfalls = baseline.slos.iter().flat_map(|(name, slo)| {
        let available = slo.target.zip(slo.good_ratio).map(|(target, it)| (target, it.value));
        let latency = slo.latency.as_ref();
        let within = latency.and_then(|it| it.within.map(|found| (it.quantile, found.value)));
        [available, within].into_iter().flatten().map(move |(target, found)| (name, target, found))
    });
    let worst = shortfalls
        .filter(|(_, target, found)| found < target)
        .map(|(name, target, found)| (name, (target - found) / (1.0 - target)))
        .max_by(|one, other| one.1.total_cmp(&other.1))
        .map(|(name, _)| name.clone());
    // What was cut off has broken down, whatever was seen of it until then.
    worst.or_else(|| baseline.bounded_by.and_then(|_| baseline.slos.keys().next().cloned()))
}
