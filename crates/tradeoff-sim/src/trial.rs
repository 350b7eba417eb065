//! A trial: one design under all its scripts, replication by replication.

use std::{collections::BTreeMap, sync::Arc};

use rayon::prelude::*;
use tradeoff_model::model::{Architecture, Component, EventKind, Scenario};

use crate::{
    alike::Alike,
    engine::{
        Bounds, Engine, Setup,
        reach::Reach,
        record::Record,
        script::{Act, Interval, Script},
    },
    plan::Plan,
    recovery::{self, Course},
};

/// How a design is simulated.
#[derive(Clone, Debug)]
pub struct Options {
    /// One number for all chance.
    pub seed: u64,
    /// Independent replications, at least one.
    pub replications: u32,
    /// Of every interval: 0.95.
    pub confidence: f64,
    /// How often a decision may be looked at: each interval is made so wide that all looks
    /// together hold the confidence (Bonferroni's correction).
    pub looks: u32,
    /// Where runs that would never end are cut off.
    pub bounds: Bounds,
    /// Replaces the duration of the baseline and of every scenario, in nanoseconds.
    pub duration: Option<u64>,
    /// Which scenarios to run, by index; `None`: all.
    pub scenarios: Option<Vec<usize>>,
    /// Whether the course of the runs is kept for plots.
    pub series: bool,
    /// Whether runs that a change provably cannot touch are taken over from a known design, and
    /// scenarios go on from where their twin was when their first event begins.
    pub reuse: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            replications: 10,
            confidence: 0.95,
            looks: 1,
            bounds: Bounds::default(),
            duration: None,
            scenarios: None,
            series: true,
            reuse: true,
        }
    }
}

impl Options {
    /// The confidence of each single look.
    pub fn level(&self) -> f64 {
        1.0 - (1.0 - self.confidence) / f64::from(self.looks.max(1))
    }
}

/// What is the same for all designs that are compared: fixed from today's.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Run-in in nanoseconds.
    pub warmup: u64,
    /// Whether the pilot had settled by the end of the warm-up.
    pub stationary: bool,
    /// Length of the baseline's measurement in nanoseconds.
    pub duration: u64,
    /// The scenarios that run, by index into the architecture.
    pub(crate) scenarios: Vec<usize>,
    /// Width of the bins of cohorts, in nanoseconds.
    pub(crate) cohort: u64,
}

/// All replications of one design.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    pub(crate) replications: Vec<Replication>,
}

/// One replication of one design: the baseline and every scenario that runs. What was shown to be
/// exactly as in another trial is that trial's own record.
#[derive(Clone, Debug)]
pub(crate) struct Replication {
    pub(crate) baseline: Arc<Record>,
    pub(crate) scenarios: Vec<Arc<ScenarioRecord>>,
    /// How far the twin went until the last scenario was decided.
    twin: Arc<Reach>,
    /// Events that were simulated for it.
    events: u64,
}

impl Frame {
    /// The same frame for some of the scenarios, by index into the architecture.
    #[must_use]
    pub fn only(&self, scenarios: &[usize]) -> Self {
        Self { scenarios: scenarios.to_vec(), ..self.clone() }
    }

    /// The scenarios that run, by index into the architecture.
    pub fn scenarios(&self) -> &[usize] {
        &self.scenarios
    }
}

impl Trial {
    /// How many replications it has.
    pub fn replications(&self) -> u32 {
        self.replications.len() as u32
    }

    /// Each replication as a trial of its own, for statistics that compare them.
    pub fn each(self) -> impl Iterator<Item = Self> {
        self.replications.into_iter().map(|it| Self { replications: vec![it] })
    }

    /// Events that were simulated for it: a measure of its cost that no machine changes.
    pub fn events(&self) -> u64 {
        self.replications.iter().map(|it| it.events).sum()
    }

    /// The first replications alone.
    #[must_use]
    pub fn first(&self, count: u32) -> Self {
        Self { replications: self.replications.iter().take(count as usize).cloned().collect() }
    }

    /// Events of all its runs, also of those that were taken from another trial.
    pub fn simulated_events(&self) -> u64 {
        let of = |it: &Replication| {
            it.baseline.events + it.scenarios.iter().map(|it| it.own_events()).sum::<u64>()
        };
        self.replications.iter().map(of).sum()
    }

    /// Some of the scenarios alone, by their place among those that ran.
    #[must_use]
    pub fn only(&self, scenarios: &[usize]) -> Self {
        let mut trial = self.clone();
        for it in &mut trial.replications {
            it.scenarios = scenarios.iter().map(|nth| Arc::clone(&it.scenarios[*nth])).collect();
        }
        trial
    }

    /// Of the baseline and then of each scenario: whether any replication of it had to be
    /// simulated, instead of being shown to be that of `other`.
    pub fn simulated_beside(&self, other: &Self) -> Vec<bool> {
        let pairs = || self.replications.iter().zip(&other.replications);
        let scenarios = self.replications.first().map_or(0, |it| it.scenarios.len());
        let baseline = pairs().any(|(it, other)| !Arc::ptr_eq(&it.baseline, &other.baseline));
        let scenario = |nth: usize| {
            pairs().any(|(it, other)| !Arc::ptr_eq(&it.scenarios[nth], &other.scenarios[nth]))
        };
        std::iter::once(baseline).chain((0..scenarios).map(scenario)).collect()
    }
}

/// A design whose trial is known: runs that a change provably cannot touch are taken from it.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The design.
    pub architecture: &'a Architecture,
    /// Its plan.
    pub plan: &'a Plan,
    /// Its replications.
    pub trial: &'a Trial,
}

/// One replication of one scenario.
#[derive(Debug)]
pub(crate) struct ScenarioRecord {
    pub(crate) record: Record,
    /// Events until its own began, which its twin had run already.
    shared: u64,
    /// First start and last end of the events, from the start of the run.
    pub(crate) span: Option<(u64, u64)>,
    /// How it went on after the events; none without events.
    pub(crate) course: Option<Course>,
}

impl ScenarioRecord {
    /// Events since it parted from its twin.
    fn own_events(&self) -> u64 {
        self.record.events - self.shared
    }
}

/// How long a scenario is measured.
pub(crate) fn scenario_duration(scenario: &Scenario, options: &Options) -> u64 {
    options.duration.unwrap_or(scenario.duration)
}

/// A scenario's events in the plan's indices and the run's time.
pub(crate) fn script(
    architecture: &Architecture,
    plan: &Plan,
    scenario: &Scenario,
    frame: &Frame,
) -> Script {
    let process = |component: &Component| plan.process_of(architecture, *component);
    let count = |process: u32, stated: Option<u32>| {
        let all = plan.processes[process as usize].replicas;
        stated.map_or(all, |it| it.min(all))
    };
    let intervals = scenario.events.iter().map(|event| {
        let from = frame.warmup + event.at;
        let act = match &event.kind {
            EventKind::Surge { traffic, by } => Act::Surge { traffic: *traffic as u32, by: *by },
            EventKind::Slow { component, by, replicas } => {
                let process = process(component);
                Act::Slow { process, replicas: count(process, *replicas), by: *by }
            }
            EventKind::Crash { component, replicas, drain } => {
                let process = process(component);
                Act::Crash { process, replicas: count(process, *replicas), drain: *drain }
            }
            EventKind::Stall { component, replicas } => {
                let process = process(component);
                Act::Stall { process, replicas: count(process, *replicas) }
            }
            EventKind::Errors { component, share } => {
                Act::Errors { process: process(component), share: *share }
            }
        };
        Interval { from, to: from + event.lasts, act }
    });
    Script::new(intervals.collect())
}

/// Width of the series' bins: at most 2,048 of them, one second if they fit.
pub(crate) fn series_width(frame: &Frame, duration: u64) -> u64 {
    const SECOND: u64 = 1_000_000_000;
    let total = frame.warmup + duration;
    let least = total.div_ceil(2047).max(1);
    if total >= 30 * SECOND {
        return least.div_ceil(SECOND) * SECOND;
    }
    let mut width = 1_u64;
    while width < least {
        width *= 10;
    }
    width
}

impl<'a> Known<'a> {
    /// Whether a scenario is the same in another design.
    fn same_script(&self, architecture: &Architecture, scenario: usize) -> bool {
        let [one, other] = [self.architecture, architecture].map(|it| &it.scenarios[scenario]);
        let pairs = || one.events.iter().zip(&other.events);
        one.duration == other.duration
            && one.events.len() == other.events.len()
            && pairs().all(|it| (it.0.at, it.0.lasts) == (it.1.at, it.1.lasts))
            && pairs().all(|it| it.0.kind == it.1.kind)
    }

    fn at(&self, replication: u32) -> Option<&'a Replication> {
        self.trial.replications.get(replication as usize)
    }
}

/// Runs a design beside those that are known. The first of them is today's design: it makes every
/// scenario run at least as long as it did there, so that both can be compared over one interval.
/// `step` is told of every replication that is done.
pub fn trial(
    architecture: &Architecture,
    plan: &Plan,
    options: &Options,
    frame: &Frame,
    known: &[Known<'_>],
    step: &(dyn Fn() + Sync),
) -> Trial {
    let mut trial = Trial::default();
    extend(&mut trial, architecture, plan, options, frame, known, step);
    trial
}

/// Runs the replications that a trial does not have yet.
pub fn extend(
    trial: &mut Trial,
    architecture: &Architecture,
    plan: &Plan,
    options: &Options,
    frame: &Frame,
    known: &[Known<'_>],
    step: &(dyn Fn() + Sync),
) {
    let job = Job { architecture, plan, options, frame };
    let alike = known.iter().map(|it| Alike::new(it.plan, plan).filter(|_| options.reuse));
    let alike: Vec<Option<Alike<'_>>> = alike.collect();
    let replicate = |replication: u32| {
        let today = known.first().and_then(|it| it.at(replication));
        let pairs = alike.iter().zip(known);
        let pairs = pairs.filter_map(|(alike, it)| {
            Some(Like { alike: alike.as_ref()?, known: it, replication: it.at(replication)? })
        });
        let done = job.run(replication, today, &pairs.collect::<Vec<_>>());
        step();
        done
    };
    let more = (trial.replications()..options.replications).into_par_iter().map(replicate);
    trial.replications.extend(more.collect::<Vec<_>>());
}

/// What every run of a replication shares.
#[derive(Clone, Copy)]
pub(crate) struct Job<'a> {
    pub(crate) architecture: &'a Architecture,
    pub(crate) plan: &'a Plan,
    pub(crate) options: &'a Options,
    pub(crate) frame: &'a Frame,
}

impl<'a> Job<'a> {
    fn setup(&self, replication: u32, duration: u64) -> Setup {
        let series = if self.options.series { series_width(self.frame, duration) } else { 0 };
        Setup {
            seed: self.options.seed,
            replication: u64::from(replication),
            warmup: self.frame.warmup,
            duration,
            cohort: self.frame.cohort,
            series,
            mute: None,
            bounds: self.options.bounds,
        }
    }

    fn run(
        &self,
        replication: u32,
        today: Option<&Replication>,
        alike: &[Like<'_>],
    ) -> Replication {
        let scenarios = self.frame.scenarios.iter().enumerate();
        let take = |(nth, index): (usize, &usize)| {
            alike.iter().find_map(|it| it.scenario(self.architecture, nth, *index))
        };
        let taken: Vec<Option<Taken>> = scenarios.map(take).collect();
        let same = alike.iter().find_map(Like::baseline);
        // What was shown of a scenario was shown of the twin too, as far as it was needed.
        let mut reach: Option<Reach> = None;
        for (_, twin) in taken.iter().flatten() {
            reach.get_or_insert_with(|| (**twin).clone()).widen(twin);
        }
        if let Some(same) = same.filter(|_| taken.iter().all(Option::is_some)) {
            return Replication {
                baseline: Arc::clone(&same.baseline),
                scenarios: taken.into_iter().flatten().map(|it| it.0).collect(),
                twin: reach.map_or_else(|| Arc::clone(&same.twin), Arc::new),
                events: 0,
            };
        }
        let mut twin =
            Engine::new(self.plan, self.setup(replication, self.frame.duration), Script::default());
        let places = taken.iter().zip(&self.frame.scenarios);
        let places = places.filter(|it| it.0.is_none()).map(|it| *it.1).collect();
        let mut branches = self.branches(replication, places, &mut twin, None);
        let growth = recovery::growth_of_baseline(&mut twin);
        twin.run_measurement();
        twin.assert_conservation();
        twin.record.reach = twin.reached();
        let baseline = match same {
            Some(same) => Arc::clone(&same.baseline),
            None => Arc::new(twin.record.clone()),
        };
        let mut events = 0;
        let scenario = |(nth, taken): (usize, Option<Taken>)| {
            if let Some((record, _)) = taken {
                return record;
            }
            let floor = today.and_then(|it| it.scenarios[nth].course.as_ref()).map(|it| it.until);
            let index = self.frame.scenarios[nth];
            let parted = branches.remove(&index);
            let branch = parted.unwrap_or_else(|| self.branch(replication, index, None));
            let done = self.scenario(branch, &mut twin, growth, floor);
            events += done.own_events();
            Arc::new(done)
        };
        let scenarios = taken.into_iter().enumerate().map(scenario).collect();
        let mut reached = twin.reached();
        if let Some(reach) = &reach {
            reached.widen(reach);
        }
        events += twin.record.events;
        Replication { baseline, scenarios, twin: Arc::new(reached), events }
    }

    /// How a scenario is set up; the retries of one edge may be off from the last event on.
    fn branch_setup(
        &self,
        replication: u32,
        scenario: usize,
        mute: Option<u32>,
    ) -> (Setup, Script) {
        let scenario = &self.architecture.scenarios[scenario];
        let script = script(self.architecture, self.plan, scenario, self.frame);
        let mut setup = self.setup(replication, scenario_duration(scenario, self.options));
        setup.mute = mute.zip(script.span().map(|it| it.1));
        (setup, script)
    }

    /// A scenario from its start.
    fn branch(&self, replication: u32, scenario: usize, mute: Option<u32>) -> Branch<'a> {
        let (setup, script) = self.branch_setup(replication, scenario, mute);
        Branch { engine: Engine::new(self.plan, setup, script), shared: 0 }
    }

    /// Scenarios that part from a fresh twin at their first events; those are left out that do not
    /// begin as the twin does, or only when the last third of its measurement has begun, which is
    /// looked at in batches.
    fn branches(
        &self,
        replication: u32,
        scenarios: Vec<usize>,
        twin: &mut Engine<'a>,
        mute: Option<u32>,
    ) -> BTreeMap<usize, Branch<'a>> {
        let mut branches = BTreeMap::new();
        if !self.options.reuse {
            return branches;
        }
        let latest = twin.measure_end() - twin.duration() / 3;
        let setups = scenarios.into_iter().map(|it| (it, self.branch_setup(replication, it, mute)));
        let first = |it: &(usize, (Setup, Script))| it.1.1.span().map_or(u64::MAX, |it| it.0);
        let mut setups: Vec<_> = setups.filter(|it| first(it) <= latest).collect();
        setups.sort_by_key(first);
        for (scenario, (setup, script)) in setups {
            if let Some(engine) = twin.diverge(&setup, &script) {
                let shared = engine.record.events;
                branches.insert(scenario, Branch { engine, shared });
            }
        }
        branches
    }

    /// Whether a scenario comes back without the retries of an edge, from the last event on.
    pub(crate) fn recovers_without(&self, replication: u32, scenario: usize, edge: u32) -> bool {
        let mut twin = self.twin(replication);
        let parted =
            self.branches(replication, vec![scenario], &mut twin, Some(edge)).remove(&scenario);
        let branch = parted.unwrap_or_else(|| self.branch(replication, scenario, Some(edge)));
        let grows = recovery::growth_of_baseline(&mut twin);
        let record = self.scenario(branch, &mut twin, grows, None);
        record.course.is_some_and(|it| matches!(it.fate, recovery::Fate::Recovered(_)))
    }

    /// One replication of one scenario, held against its twin without events.
    fn scenario(
        &self,
        branch: Branch<'a>,
        twin: &mut Engine<'a>,
        twin_grows: bool,
        floor: Option<u64>,
    ) -> ScenarioRecord {
        let Branch { mut engine, shared } = branch;
        let span = engine.record.event_span;
        let course = span.map(|span| {
            let watch = recovery::Watch {
                span,
                twin_grows,
                floor,
                target: recovery::target(self.architecture),
                warmup: self.frame.warmup,
                cohort: self.frame.cohort,
            };
            watch.follow(self.plan, &mut engine, twin)
        });
        engine.run_measurement();
        engine.assert_conservation();
        engine.record.reach = engine.reached();
        ScenarioRecord { record: engine.record, shared, span, course }
    }

    /// A fresh twin of a replication.
    fn twin(&self, replication: u32) -> Engine<'a> {
        Engine::new(self.plan, self.setup(replication, self.frame.duration), Script::default())
    }
}

/// A scenario that runs.
struct Branch<'a> {
    engine: Engine<'a>,
    /// Events that its twin had run when it parted from it.
    shared: u64,
}

/// A scenario of a known design, and how far its twin went.
type Taken = (Arc<ScenarioRecord>, Arc<Reach>);

/// A replication of a known design, and how this design differs from it.
struct Like<'a> {
    alike: &'a Alike<'a>,
    known: &'a Known<'a>,
    replication: &'a Replication,
}

impl<'a> Like<'a> {
    /// The replication, if this design's baseline provably goes as its does.
    fn baseline(&self) -> Option<&'a Replication> {
        let record = &self.replication.baseline;
        let same = record.bounded.is_none() && self.alike.untouched(&record.reach);
        same.then_some(self.replication)
    }

    /// A scenario that this design provably goes through in the same way.
    fn scenario(&self, architecture: &Architecture, nth: usize, index: usize) -> Option<Taken> {
        let it = self.replication;
        let scenario = &it.scenarios[nth];
        let same = scenario.record.bounded.is_none()
            && it.baseline.bounded.is_none()
            && self.alike.same_watch()
            && self.known.same_script(architecture, index)
            && self.alike.untouched(&scenario.record.reach)
            && self.alike.untouched(&it.twin);
        same.then(|| (Arc::clone(scenario), Arc::clone(&it.twin)))
    }
}

/// Of the baseline and then of each scenario: whether a design has to be simulated to know how it
/// differs from a known one in any replication.
pub fn touched(
    known: &Known<'_>,
    architecture: &Architecture,
    plan: &Plan,
    frame: &Frame,
) -> Vec<bool> {
    let Some(alike) = Alike::new(known.plan, plan) else {
        return vec![true; 1 + frame.scenarios.len()];
    };
    let all = known.trial.replications.iter();
    let all: Vec<Like<'_>> = all.map(|it| Like { alike: &alike, known, replication: it }).collect();
    let baseline = all.iter().any(|it| it.baseline().is_none());
    let scenarios = frame.scenarios.iter().enumerate();
    let scenarios = scenarios
        .map(|(nth, index)| all.iter().any(|it| it.scenario(architecture, nth, *index).is_none()));
    std::iter::once(baseline).chain(scenarios).collect()
}
