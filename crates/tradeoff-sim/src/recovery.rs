//! Whether a system comes back after the events of a scenario, replication by replication.
//!
//! The twin is the same replication without the events. Cohorts are requests by intended start,
//! in windows aligned at the end of the last event; a window is good again when its share of good
//! requests is that of the twin, to within the noise that the twin itself shows.

use tradeoff_des::{
    Estimate,
    stats::{self, t_quantile},
};
use tradeoff_model::model::Architecture;

use crate::{
    engine::{Bounded, Engine, record::Cohort, station::Totals},
    plan::Plan,
    slab::NONE,
};

const SECOND: u64 = 1_000_000_000;
/// The longest watch: one hour of simulated time.
const LONGEST: u64 = 3_600 * SECOND;
/// Batches of the last third of a watch.
const BATCHES: u64 = 15;

/// How one replication went on after the events.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    pub(crate) fate: Fate,
    /// How long it was watched after the last event, in nanoseconds.
    pub(crate) watched: u64,
    /// When the watch ended, from the start of the run.
    pub(crate) until: u64,
    /// The resource with most backlog or refusals, if it did not recover.
    pub(crate) resource: Option<usize>,
    /// Attempts arriving there per attempt finished, in the last third of the watch.
    pub(crate) pressure: f64,
}

/// The verdict of one replication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Good again so many nanoseconds after the last event.
    Recovered(u64),
    /// Its backlog shrinks, yet not within the longest watch.
    Recovering,
    /// Even the best guess lies beyond the longest watch.
    Metastable { growing: bool },
    /// The twin does not keep up either.
    Overloaded,
    /// Nothing of that could be told.
    Undecided,
}

/// The share of good requests that is promised; the loosest of all promises, 1 without any.
pub(crate) fn target(architecture: &Architecture) -> f64 {
    let promised = architecture.slos.iter().flat_map(|it| {
        let latency = it.latency.as_ref().map(|goal| goal.quantile);
        [it.availability.as_ref().map(|it| it.value), latency]
    });
    promised.flatten().fold(1.0, f64::min)
}

/// What a scenario is watched for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch {
    /// First start and last end of the events, from the start of the run.
    pub(crate) span: (u64, u64),
    /// Whether the twin's backlog grows.
    pub(crate) twin_grows: bool,
    /// Until when to watch at the least.
    pub(crate) floor: Option<u64>,
    pub(crate) target: f64,
    pub(crate) warmup: u64,
    pub(crate) cohort: u64,
}

/// A look at a resource: all its stations together.
#[derive(Clone, Copy, Debug, Default)]
struct Look {
    arrivals: u64,
    finished: u64,
    refused: u64,
    waiting: u64,
}

impl Watch {
    /// Runs an engine and its twin until the fate of the engine is known or the watch ends.
    pub(crate) fn follow(
        &self,
        plan: &Plan,
        engine: &mut Engine<'_>,
        twin: &mut Engine<'_>,
    ) -> Course {
        let end_of_events = self.span.1;
        engine.run_until(end_of_events);
        let timeout = plan.longest_timeout;
        let window = self.window(plan, timeout);
        let drain = drain_time(plan, engine, twin);
        let least = (60 * SECOND).max(2 * drain + 30 * timeout);
        let floor = self.floor.map_or(0, |it| it.saturating_sub(end_of_events));
        // At least so many windows that a recovery can be told from a lull.
        let mut watched = least.max(floor).max(4 * window).min(LONGEST.max(floor));
        loop {
            let looks = self.look_at_last_third(engine, watched);
            let settle = (10 * SECOND).max(5 * timeout);
            let until = end_of_events + watched;
            engine.run_until(until + settle);
            twin.run_until(until + settle);
            let resource = busiest(&looks);
            let rates = rates(&looks, resource, watched);
            let course = |fate| Course {
                fate,
                watched,
                until,
                resource: (!matches!(fate, Fate::Recovered(_))).then_some(resource),
                pressure: rates.pressure,
            };
            let cut_off = cut_off(engine) || cut_off(twin);
            match self.decide(engine, twin, watched, window, &rates) {
                Some(fate) => return course(fate),
                None if cut_off => return course(Fate::Undecided),
                None if watched >= LONGEST => {
                    let shrinks = rates.slope.high < 0.0;
                    return course(if shrinks { Fate::Recovering } else { Fate::Undecided });
                }
                None => watched = (2 * watched).min(LONGEST),
            }
        }
    }

    /// Width of the windows: whole cohort bins.
    fn window(&self, plan: &Plan, timeout: u64) -> u64 {
        let rate: f64 = plan.traffic.iter().map(|it| it.rate).sum();
        let arrivals = if rate > 0.0 { (200.0 / rate) as u64 } else { 0 };
        let width = (10 * SECOND).max(5 * timeout).max(arrivals);
        width.div_ceil(self.cohort) * self.cohort
    }

    /// Runs through the last third of a watch in batches and looks at every resource after each.
    fn look_at_last_third(&self, engine: &mut Engine<'_>, watched: u64) -> Vec<Vec<Look>> {
        let from = self.span.1 + watched / 3 * 2;
        let look = |nth: u64| {
            engine.run_until(from + watched / 3 * nth / BATCHES);
            looks(engine)
        };
        (0..=BATCHES).map(look).collect()
    }

    fn decide(
        &self,
        engine: &Engine<'_>,
        twin: &Engine<'_>,
        watched: u64,
        window: u64,
        rates: &Rates,
    ) -> Option<Fate> {
        let end_of_events = self.span.1;
        let (good, twin_good) = (Shares::of(engine, self.cohort), Shares::of(twin, self.cohort));
        let tolerance = self.tolerance(&twin_good, window);
        let third = twin_good.good(end_of_events + watched / 3 * 2, end_of_events + watched);
        if self.twin_grows || third.is_some_and(|it| it < self.target - tolerance) {
            return Some(Fate::Overloaded);
        }
        let windows = watched / window;
        let gap = |nth: u64| {
            let from = end_of_events + nth * window;
            let twin = twin_good.good(from, from + window);
            let here = good.good(from, from + window);
            twin.zip(here).map_or(0.0, |(twin, here)| twin - here)
        };
        let last_bad = (0..windows).rev().find(|nth| gap(*nth) > tolerance);
        let first_good = last_bad.map_or(0, |it| it + 1);
        if windows - first_good >= 3 {
            return Some(Fate::Recovered(first_good * window));
        }
        let eta = if rates.slope.low < 0.0 {
            rates.waiting as f64 / -rates.slope.low
        } else {
            f64::INFINITY
        };
        let left = LONGEST.saturating_sub(watched) as f64 / 1e9;
        let stays = eta > left && (rates.waiting > 0 || rates.refused > 0);
        stays.then_some(Fate::Metastable { growing: rates.slope.low > 0.0 && rates.refused == 0 })
    }

    /// Four standard deviations of the twin's windows before the events, at least 1 %, at most 20 %.
    fn tolerance(&self, twin: &Shares<'_>, window: u64) -> f64 {
        let mut shares = Vec::new();
        let mut end = self.span.1;
        while end >= self.warmup + window {
            if end <= self.span.0 {
                shares.extend(twin.good(end - window, end));
            }
            end -= window;
        }
        let deviation = stats::standard_error(&shares) * libm::sqrt(shares.len() as f64);
        (4.0 * deviation).clamp(0.01, 0.2)
    }
}

/// Shares of good requests by intended start, over all flows.
struct Shares<'a> {
    flows: Vec<&'a [Cohort]>,
    width: u64,
}

impl<'a> Shares<'a> {
    fn of(engine: &'a Engine<'_>, width: u64) -> Self {
        Self { flows: engine.record.flows.iter().map(|it| it.cohorts.as_slice()).collect(), width }
    }

    /// The share among those begun in an interval; `None` if nobody came.
    fn good(&self, from: u64, to: u64) -> Option<f64> {
        let (first, last) = ((from / self.width) as usize, (to / self.width) as usize);
        let (mut offered, mut good) = (0_u64, 0_u64);
        for cohorts in &self.flows {
            for cohort in cohorts.iter().take(last).skip(first) {
                offered += u64::from(cohort.offered);
                good += u64::from(cohort.good);
            }
        }
        (offered > 0).then(|| good as f64 / offered as f64)
    }
}

/// How the backlog of a resource moved in the last third of a watch.
struct Rates {
    /// Attempts arriving less attempts finished, per second, with a 99 % interval.
    slope: Estimate,
    waiting: u64,
    refused: u64,
    pressure: f64,
}

fn rates(looks: &[Vec<Look>], resource: usize, watched: u64) -> Rates {
    let seconds = watched as f64 / 1e9 / 3.0 / BATCHES as f64;
    let slopes: Vec<f64> = looks
        .windows(2)
        .map(|pair| {
            let (before, after) = (&pair[0][resource], &pair[1][resource]);
            let arrived = (after.arrivals - before.arrivals) as f64;
            (arrived - (after.finished - before.finished) as f64) / seconds
        })
        .collect();
    let (first, last) = (&looks[0][resource], &looks[looks.len() - 1][resource]);
    let half = stats::standard_error(&slopes) * t_quantile(0.995, BATCHES as f64 - 1.0);
    let mean = stats::mean(&slopes).unwrap_or(0.0);
    let finished = (last.finished - first.finished).max(1) as f64;
    Rates {
        slope: Estimate { value: mean, low: mean - half, high: mean + half },
        waiting: last.waiting,
        refused: last.refused - first.refused,
        pressure: (last.arrivals - first.arrivals) as f64 / finished,
    }
}

/// All resources of an engine, each with all its stations.
fn looks(engine: &mut Engine<'_>) -> Vec<Look> {
    let totals = engine.totals();
    let mut looks = vec![Look::default(); engine.record.resources.len()];
    for (station, (totals, _, waiting)) in totals.iter().enumerate() {
        let look = &mut looks[engine.resource_of(station)];
        look.arrivals += totals.arrivals;
        look.finished += totals.served + totals.left;
        look.refused += totals.refused;
        look.waiting += u64::from(*waiting);
    }
    looks
}

/// The resource with most backlog and refusals.
fn busiest(looks: &[Vec<Look>]) -> usize {
    let (first, last) = (&looks[0], &looks[looks.len() - 1]);
    let load = |it: &usize| last[*it].waiting + last[*it].refused - first[*it].refused;
    // The first of equals, whatever the order of iteration.
    (0..last.len()).max_by_key(|it| (load(it), std::cmp::Reverse(*it))).unwrap_or(0)
}

/// How long the bottleneck needs to drain, in nanoseconds: its waiting work in seconds over the
/// share of its capacity that the twin leaves free.
fn drain_time(plan: &Plan, engine: &mut Engine<'_>, twin: &mut Engine<'_>) -> u64 {
    let totals = engine.totals();
    let resources = engine.record.resources.len();
    let mut sums = vec![(Totals::default(), 0_u64); resources];
    for (station, (totals, _, waiting)) in totals.iter().enumerate() {
        let (sum, line) = &mut sums[engine.resource_of(station)];
        sum.served += totals.served;
        sum.busy[0] += totals.busy_time();
        *line += u64::from(*waiting);
    }
    let mut worst = (0.0, 0);
    for (index, (sum, line)) in sums.iter().enumerate() {
        let resource = &engine.record.resources[index];
        if resource.servers == NONE || *line == 0 || sum.served == 0 {
            continue;
        }
        let mean = sum.busy[0] as f64 / sum.served as f64 / 1e9;
        let work = *line as f64 * mean / f64::from(resource.servers * resource.replicas);
        if work > worst.0 {
            worst = (work, index);
        }
    }
    if worst.0 == 0.0 {
        return 0;
    }
    let load = utilization(twin, worst.1).min(0.99);
    let _ = plan;
    let nanos = worst.0 / (1.0 - load) * 1e9;
    (nanos as u64).min(LONGEST)
}

/// How busy a resource of the twin was during its measurement.
fn utilization(twin: &Engine<'_>, resource: usize) -> f64 {
    let record = &twin.record;
    let mut busy = 0;
    for (station, (end, start)) in record.at_end.iter().zip(&record.at_start).enumerate() {
        if twin.resource_of(station) == resource {
            busy += end.0.busy_time() - start.0.busy_time();
        }
    }
    let it = &record.resources[resource];
    let capacity = f64::from(it.servers) * f64::from(it.replicas) * twin.duration() as f64;
    busy as f64 / capacity
}

fn cut_off(engine: &Engine<'_>) -> bool {
    matches!(engine.bounded(), Some(Bounded::Events | Bounded::Requests))
}

/// Runs a baseline to the end of its measurement and says whether its backlog grows: over 15
/// batches of the last third, at the resource with most backlog, more arrives than is finished.
pub(crate) fn growth_of_baseline(engine: &mut Engine<'_>) -> bool {
    let (duration, end) = (engine.duration(), engine.measure_end());
    let from = end - duration / 3;
    let look = |nth: u64| {
        engine.run_until(from + duration / 3 * nth / BATCHES);
        looks(engine)
    };
    let looks: Vec<Vec<Look>> = (0..=BATCHES).map(look).collect();
    let resource = busiest(&looks);
    let rates = rates(&looks, resource, duration);
    // A handful in line is a queue, not a growing backlog.
    rates.slope.low > 0.0 && rates.waiting as f64 > 3.0 * libm::sqrt(rates.waiting as f64) + 30.0
}
