//! The numbers that carry the verdict, each with the value at which it flips.
//!
//! Analysis ranks: what moves the utilization of a resource or the estimate of a promised latency
//! most. Simulation tries the first five, each alone, in the direction that can change the verdict.
//! What was measured decides, not its interval: a few replications tell where a verdict turns, and
//! the bracket says how exactly.

use rayon::prelude::*;
use tradeoff_analyze::{Analysis, Callee};
use tradeoff_model::{Architecture, model::EventKind};
use tradeoff_sim::{
    Known, Options, Plan, Title,
    results::{Run as Results, Slo, Verdict},
};

use super::{
    measure::{Bench, Run, Set},
    numbers::{Number, Worse, candidates},
    report::{Because, Flip, FlipsOf, Origin},
};
use crate::load::Design;

/// Numbers that are tried.
const TRIED: usize = 5;
/// Replications of a try: where a verdict turns is told by figures, not by intervals.
const REPLICATIONS: u32 = 3;
/// Numbers that analysis ranks; a larger file has the rest untried.
const RANKED: usize = 400;
/// What one number may cost before its last try, in first looks at the design.
const COST: u64 = 1;
/// Events that every number may cost: less than a second.
const EVENTS: u64 = 2_000_000;
/// Halvings of a bracket, in the logarithm: of a factor of eight its ends are within 15 %.
const HALVINGS: u32 = 4;
/// The ends of a bracket that is narrow enough, one by the other.
const NEAR: f64 = 1.05;

/// Tries the numbers that matter most: of the design with the smallest set where one holds and
/// today's does not, else of one that does without what is hurt and holds, else of today's.
pub(super) fn flips(
    bench: &mut Bench<'_>,
    smallest: Option<&Set>,
    decoupled: Option<Run>,
) -> (Option<FlipsOf>, Vec<Flip>) {
    if bench.design.architecture().slos.is_empty() {
        return (None, Vec::new());
    }
    let of = match (smallest.filter(|it| !it.is_empty()), decoupled) {
        (Some(set), _) => {
            bench.refer_to(set);
            FlipsOf::SmallestSet
        }
        (None, Some(run)) => {
            bench.refer_to_run(run);
            FlipsOf::Decoupled
        }
        (None, None) => {
            bench.refer_to(&Set::new());
            FlipsOf::Today
        }
    };
    let bench = &*bench;
    let Some(base) = bench.references.last() else { return (None, Vec::new()) };
    let trials = Trials::new(bench, base);
    let mut ranked = ranked(&base.design);
    // Of what takes very long fewer numbers are tried, the first at any rate.
    ranked.truncate(((bench.effort.flips / trials.budget.max(1)) as usize).max(1));
    let tried: Vec<Flip> =
        ranked.par_iter().filter_map(|it| Search::new(&trials, it).run()).collect();
    (Some(of), tried)
}

/// The numbers that analysis finds to matter most.
fn ranked(design: &Design) -> Vec<Number> {
    let today = metrics(design.architecture());
    let mut scored: Vec<(f64, Number)> = Vec::new();
    for number in candidates(design).into_iter().take(RANKED) {
        let moved = design.set(&number.path, &number.at(number.start * 1.25));
        let moved = moved.map_or(0.0, |it| {
            let after = metrics(it.architecture());
            today.iter().zip(&after).map(|it| (it.1 - it.0).abs()).sum()
        });
        let score = moved + bound(design.architecture(), &number);
        if score > 1e-6 {
            scored.push((score, number));
        }
    }
    scored.sort_by(|one, other| {
        other.0.total_cmp(&one.0).then_with(|| one.1.path.cmp(&other.1.path))
    });
    scored.into_iter().map(|it| it.1).take(TRIED).collect()
}

/// How full everything is and how near each promise, under the largest surge: what a number that
/// matters moves. What is beyond twice its bound counts as twice.
fn metrics(architecture: &Architecture) -> Vec<f64> {
    let analysis = Analysis::new(architecture);
    let events = || architecture.scenarios.iter().flat_map(|it| &it.events);
    let surge = events().fold(1.0, |most: f64, it| match it.kind {
        EventKind::Surge { by, .. } => most.max(by),
        _ => most,
    });
    let mut found: Vec<f64> = full(&analysis).into_iter().flat_map(|it| [it, it * surge]).collect();
    for slo in &architecture.slos {
        let time = analysis.times[analysis.number(slo.service, slo.endpoint)];
        let limit = slo.latency.map(|it| it.limit as f64 / 1e9);
        found.push(limit.map_or(0.0, |it| time.p99() / it));
    }
    for edge in &analysis.edges {
        let time = match edge.to {
            Callee::Endpoint(number) => analysis.times[number].p99(),
            Callee::External(external, operation) => analysis.external(external, operation).p99(),
            Callee::Operation(..) => 0.0,
        };
        let timeout = edge.policy.timeout.as_ref().map(|it| it.value as f64 / 1e9);
        found.push(timeout.map_or(0.0, |it| 0.5 * time / it));
    }
    found.iter().map(|it| it.min(2.0)).collect()
}

/// How full cores and slots of processes, and cores of stores are, without events.
fn full(analysis: &Analysis<'_>) -> Vec<f64> {
    let architecture = analysis.architecture;
    let mut found = Vec::new();
    for process in 0..analysis.processes.len() {
        let lead = analysis.lead(process);
        let replicas = f64::from(lead.replicas.value) * analysis.pace(process);
        let sum = |of: &dyn Fn(usize) -> f64| -> f64 {
            analysis.endpoints_of(process).map(|it| analysis.load.endpoints[it] * of(it)).sum()
        };
        let cores = lead.cores.map_or(f64::INFINITY, |it| f64::from(it.count));
        found.push(sum(&|it| analysis.work[it]) / (replicas * cores));
        let slots = lead.concurrency.as_ref().map_or(f64::INFINITY, |it| f64::from(it.value));
        let held = sum(&|it| analysis.times[it].mean);
        found.push(held / (f64::from(lead.replicas.value) * slots));
    }
    for (store, operations) in architecture.stores.iter().zip(&analysis.load.operations) {
        let busy = operations.iter().zip(&store.operations).map(|it| it.0 * it.1.time.mean());
        let cores = store.cores.map_or(f64::INFINITY, |it| f64::from(it.count));
        found.push(busy.sum::<f64>() / (f64::from(store.replicas.value) * cores));
    }
    found
}

/// What a bound that no law of queues knows matters: the more, the busier its component is.
fn bound(architecture: &Architecture, number: &Number) -> f64 {
    let mut parts = number.path.split('.');
    let (block, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let key = parts.next_back().unwrap_or(name);
    if block == "traffic" || !matches!(key, "concurrency" | "queue" | "timeout" | "attempts") {
        return 0.0;
    }
    let analysis = Analysis::new(architecture);
    let of = |process: usize| full(&analysis).get(2 * process).copied().unwrap_or(0.0).min(1.0);
    let mut processes = 0..analysis.processes.len();
    match processes.find(|it| analysis.processes[*it].name == name) {
        Some(process) => 0.15 * of(process),
        None => 0.02,
    }
}

/// What all tries share.
struct Trials<'a> {
    base: &'a Run,
    bench: &'a Bench<'a>,
    options: Options,
    /// Whether the base holds.
    broken: Option<Because>,
    /// Events of one replication of the base: of the baseline and then of each scenario.
    takes: Vec<u64>,
    budget: u64,
}

impl<'a> Trials<'a> {
    fn new(bench: &'a Bench<'a>, base: &'a Run) -> Self {
        let replications = REPLICATIONS.min(bench.looks[0]);
        let options = Options { replications, ..bench.options.clone() };
        let events = base.trial.first(replications).simulated_events();
        let results = base.results(bench);
        let each = u64::from(base.trial.replications().max(1));
        let takes = results.iter().map(|it| it.events / each).collect();
        let broken = results.iter().find_map(broken);
        Self { base, bench, options, broken, takes, budget: EVENTS.max(COST * events) }
    }

    /// Options under which a run ends that takes so much longer than the same runs of the base that
    /// it has broken down. More load takes more by itself.
    fn bounded(&self, chosen: &[usize], load: f64) -> Options {
        let takes = |nth: usize| self.takes.get(nth).copied().unwrap_or(0);
        let scenarios = chosen.iter().map(|it| takes(it + 1));
        let longest = scenarios.fold(takes(0), u64::max) as f64 * load.max(1.0);
        let mut options = self.options.clone();
        options.bounds.events = options.bounds.events.min(3 * longest as u64 + 200_000);
        options
    }
}

/// The verdict at another value.
enum Seen {
    /// Today's.
    Same,
    /// Not today's, and what breaks on the broken side.
    Other(Option<Because>),
    /// For want of events, or because the value is none that the format takes.
    Untold,
}

/// The search for the flip of one number.
struct Search<'a> {
    trials: &'a Trials<'a>,
    number: &'a Number,
    /// Events that it may still simulate.
    left: u64,
    tried: [f64; 2],
}

impl<'a> Search<'a> {
    fn new(trials: &'a Trials<'a>, number: &'a Number) -> Self {
        Self { trials, number, left: trials.budget, tried: [number.start; 2] }
    }

    /// `None` if not even one other value could be tried.
    fn run(mut self) -> Option<Flip> {
        let (start, [low, high]) = (self.number.start, self.number.ends);
        let holds = self.trials.broken.is_none();
        let ends = match (self.number.worse, holds) {
            (Worse::Up, true) | (Worse::Down, false) => vec![high],
            (Worse::Down, true) | (Worse::Up, false) => vec![low],
            (Worse::Unknown, _) => vec![low, high],
        };
        let mut found = None;
        for end in ends.into_iter().filter(|it| it.to_bits() != start.to_bits()) {
            found = self.towards(end);
            if found.is_some() {
                break;
            }
        }
        if self.tried[0].to_bits() == self.tried[1].to_bits() {
            return None;
        }
        let at = |place: f64| self.number.at(place);
        let bracket = found.as_ref().map(|(same, other, _)| [at(*same), at(*other)]);
        Some(Flip {
            path: self.number.path.clone(),
            today: self.number.text.clone(),
            assumed: self.number.assumed,
            from: self.origin(),
            verdict: if holds { Verdict::Kept } else { Verdict::Broken },
            flips_at: bracket.as_ref().map(|it| it[1].clone()),
            bracket,
            because: found.and_then(|it| it.2).or_else(|| self.trials.broken.clone()),
            tried: self.tried.map(at),
        })
    }

    fn origin(&self) -> Origin {
        let Trials { bench, base, .. } = self.trials;
        let pointer = tradeoff_model::undotted(&self.number.path).unwrap_or_default();
        let stated = |design: &Design| design.document().get(&pointer);
        if self.number.assumed {
            Origin::Default
        } else if stated(bench.design) == stated(&base.design) {
            Origin::File
        } else {
            Origin::Mend
        }
    }

    /// Goes away from today's value in steps of the axis until the verdict is the other one, then
    /// halves: the last place with today's verdict, the first with the other, and what breaks.
    fn towards(&mut self, end: f64) -> Option<(f64, f64, Option<Because>)> {
        let start = self.number.start;
        let end = self.settable(end)?;
        let mut same = start;
        // Where analysis has something full, half of the way in the logarithm, then all of it.
        let full = self.trials.broken.is_none().then(|| self.first_full(end)).flatten();
        let steps = full.into_iter().chain([libm::sqrt(start * end), end]);
        let mut found = None;
        for next in steps {
            match self.look(next, None) {
                Seen::Other(because) => {
                    found = Some((next, because));
                    break;
                }
                Seen::Same => same = next,
                Seen::Untold => break,
            }
        }
        let (mut other, mut because) = found?;
        // A bracket as wide as the first steps says little: what is left of the search may cost
        // half as much again.
        self.left = self.left.max(self.trials.budget / 2);
        for _ in 0..HALVINGS - 1 {
            if same.max(other) / same.min(other) < NEAR {
                break;
            }
            let middle = libm::sqrt(same * other);
            let [one, two, three] = [same, middle, other].map(|it| self.number.at(it));
            if one == two || two == three {
                break;
            }
            // Only the run that breaks has to be looked at again.
            match self.look(middle, because.as_ref()) {
                Seen::Untold => break,
                Seen::Other(found) => (other, because) = (middle, found),
                Seen::Same => same = middle,
            }
        }
        Some((same, other, because))
    }

    /// A place short of half of the way at which some resource is full by analysis: far cheaper to
    /// simulate than one far beyond it, and mostly the flip is next to it.
    fn first_full(&self, end: f64) -> Option<f64> {
        let base = &self.trials.base.design;
        let is_full = |place: f64| {
            let design = base.set(&self.number.path, &self.number.at(place)).ok()?;
            let analysis = Analysis::new(design.architecture());
            Some(full(&analysis).into_iter().any(|it| it >= 1.0))
        };
        let (mut idle, mut busy) = (self.number.start, libm::sqrt(self.number.start * end));
        if is_full(idle)? || !is_full(busy)? {
            return None;
        }
        for _ in 0..HALVINGS {
            let middle = libm::sqrt(idle * busy);
            if is_full(middle)? { busy = middle } else { idle = middle }
        }
        Some(busy)
    }

    /// The end, or how far towards it the format takes the number: a p50 cannot pass its p99.
    fn settable(&self, mut end: f64) -> Option<f64> {
        let takes = |place: f64| {
            self.trials.base.design.set(&self.number.path, &self.number.at(place)).is_ok()
        };
        for _ in 0..5 {
            if takes(end) {
                return Some(end);
            }
            end = libm::sqrt(self.number.start * end);
        }
        None
    }

    /// Whether the verdict at a place is today's.
    fn look(&mut self, place: f64, only: Option<&Because>) -> Seen {
        let design = self.trials.base.design.set(&self.number.path, &self.number.at(place));
        let Some(design) = design.ok().filter(|_| self.left > 0) else { return Seen::Untold };
        let start = self.number.start;
        let path = &self.number.path;
        let traffic = path.starts_with("traffic.") || path.starts_with("scenarios.");
        let load = if traffic { (place / start).max(start / place) } else { 1.0 };
        let broken = self.first_broken(&design, only, load);
        self.tried = [self.tried[0].min(place), self.tried[1].max(place)];
        match (&self.trials.broken, broken) {
            (None, Some(because)) => Seen::Other(Some(because)),
            (Some(because), None) => Seen::Other(Some(because.clone())),
            _ => Seen::Same,
        }
    }

    /// The first promise that is broken, in all runs or in one.
    fn first_broken(
        &mut self,
        design: &Design,
        only: Option<&Because>,
        load: f64,
    ) -> Option<Because> {
        let architecture = design.architecture();
        let scenarios = self.trials.bench.frame.scenarios();
        let every: Vec<usize> = (0..scenarios.len()).collect();
        let scenario_of = |because: &Because| {
            let name = |nth: &usize| &architecture.scenarios[scenarios[*nth]].name.value;
            let is = |nth: &usize| Some(name(nth)) == because.scenario.as_ref();
            every.iter().copied().filter(is).collect::<Vec<usize>>()
        };
        // Where the base holds, what breaks does so by one run.
        if let Some(because) = only.filter(|_| self.trials.broken.is_none()) {
            return self.simulate(design, &scenario_of(because), load);
        }
        // Most overloads show without events already, and what is broken in the base mostly still
        // is.
        let first = self.trials.broken.as_ref().map(scenario_of).unwrap_or_default();
        let found = self.simulate(design, &first, load);
        if found.is_some() || first.len() == every.len() {
            return found;
        }
        let rest: Vec<usize> = every.iter().copied().filter(|it| !first.contains(it)).collect();
        self.simulate(design, &rest, load)
    }

    /// The first promise that is broken in the baseline and some scenarios, by their place.
    fn simulate(&mut self, design: &Design, chosen: &[usize], load: f64) -> Option<Because> {
        let Trials { base, bench, .. } = self.trials;
        let options = &self.trials.bounded(chosen, load);
        let architecture = design.architecture();
        let plan = Plan::new(architecture);
        let indices: Vec<usize> = chosen.iter().map(|it| bench.frame.scenarios()[*it]).collect();
        let frame = bench.frame.only(&indices);
        let known = base.trial.only(chosen);
        let of = base.design.architecture();
        let known = [Known { architecture: of, plan: &base.plan, trial: &known }];
        let trial = tradeoff_sim::trial(architecture, &plan, options, &frame, &known, &|| ());
        self.left = self.left.saturating_sub(trial.events());
        let title = Title { digest: String::new() };
        let simulation =
            tradeoff_sim::summarize(architecture, &plan, options, &frame, title, &trial, &trial);
        simulation.runs.iter().find_map(broken)
    }
}

/// The first promise of a run that what was measured breaks.
fn broken(run: &Results) -> Option<Because> {
    let cut = run.bounded_by.is_some();
    let slo = run.slos.iter().find(|it| cut || breaks(run, it.1));
    slo.map(|(name, _)| Because { scenario: run.scenario.clone(), slo: name.clone() })
}

fn breaks(run: &Results, slo: &Slo) -> bool {
    if run.scenario.is_some() {
        return slo.verdict == Verdict::Broken
            || slo.budget_used.is_some_and(|it| it.value > slo.spend);
    }
    let below = |target: Option<f64>, found: Option<f64>| {
        target.zip(found).is_some_and(|(target, found)| found < target)
    };
    let latency = slo.latency.as_ref();
    below(slo.target, slo.good_ratio.map(|it| it.value))
        || below(latency.map(|it| it.quantile), latency.and_then(|it| it.within).map(|it| it.value))
}
