//! A trial: one design under all its scripts, replication by replication.

use rayon::prelude::*;
use tradeoff_model::model::{Architecture, Component, EventKind, Scenario};

use crate::{
    engine::{
        Bounds, Engine, Setup,
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
    /// Where runs that would never end are cut off.
    pub bounds: Bounds,
    /// Replaces the duration of the baseline and of every scenario, in nanoseconds.
    pub duration: Option<u64>,
    /// Which scenarios to run, by index; `None`: all.
    pub scenarios: Option<Vec<usize>>,
    /// Whether the course of the runs is kept for plots.
    pub series: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            seed: 1,
            replications: 10,
            confidence: 0.95,
            bounds: Bounds::default(),
            duration: None,
            scenarios: None,
            series: true,
        }
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
#[derive(Debug)]
pub struct Trial {
    pub(crate) replications: Vec<Replication>,
}

impl Trial {
    /// Each replication as a trial of its own, for statistics that compare them.
    pub fn each(self) -> impl Iterator<Item = Self> {
        self.replications.into_iter().map(|it| Self { replications: vec![it] })
    }
}

/// One replication of one design: the baseline and every scenario that runs.
#[derive(Debug)]
pub(crate) struct Replication {
    pub(crate) baseline: Record,
    pub(crate) scenarios: Vec<ScenarioRecord>,
}

/// One replication of one scenario.
#[derive(Debug)]
pub(crate) struct ScenarioRecord {
    pub(crate) record: Record,
    /// First start and last end of the events, from the start of the run.
    pub(crate) span: Option<(u64, u64)>,
    /// How it went on after the events; none without events.
    pub(crate) course: Option<Course>,
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

/// Runs a design. `floors`, the trial of today's design, makes every scenario run at least as
/// long as it did there, so that both can be compared over one interval. `step` is told of every
/// replication that is done.
pub fn trial(
    architecture: &Architecture,
    plan: &Plan,
    options: &Options,
    frame: &Frame,
    floors: Option<&Trial>,
    step: &(dyn Fn() + Sync),
) -> Trial {
    let replicate = |replication: u32| {
        let floors = floors.map(|it| &it.replications[replication as usize]);
        let done = Job { architecture, plan, options, frame }.run(replication, floors);
        step();
        done
    };
    Trial { replications: (0..options.replications).into_par_iter().map(replicate).collect() }
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

    fn run(&self, replication: u32, floors: Option<&Replication>) -> Replication {
        let mut twin =
            Engine::new(self.plan, self.setup(replication, self.frame.duration), Script::default());
        let growth = recovery::growth_of_baseline(&mut twin);
        twin.run_measurement();
        twin.assert_conservation();
        if self.frame.scenarios.is_empty() {
            return Replication { baseline: twin.record, scenarios: Vec::new() };
        }
        let baseline = twin.record.clone();
        let scenarios = self.frame.scenarios.iter().enumerate().map(|(nth, scenario)| {
            let floor = floors.and_then(|it| it.scenarios[nth].course.as_ref()).map(|it| it.until);
            self.scenario(replication, *scenario, &mut twin, growth, floor, None)
        });
        let scenarios = scenarios.collect();
        Replication { baseline, scenarios }
    }

    /// One replication of one scenario, held against its twin without events.
    pub(crate) fn scenario(
        &self,
        replication: u32,
        scenario: usize,
        twin: &mut Engine<'a>,
        twin_grows: bool,
        floor: Option<u64>,
        mute: Option<u32>,
    ) -> ScenarioRecord {
        let scenario = &self.architecture.scenarios[scenario];
        let script = script(self.architecture, self.plan, scenario, self.frame);
        let span = script.span();
        let mut setup = self.setup(replication, scenario_duration(scenario, self.options));
        setup.mute = mute.zip(span.map(|it| it.1));
        let mut engine = Engine::new(self.plan, setup, script);
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
        ScenarioRecord { record: engine.record, span, course }
    }

    /// A fresh twin of a replication.
    pub(crate) fn twin(&self, replication: u32) -> Engine<'a> {
        Engine::new(self.plan, self.setup(replication, self.frame.duration), Script::default())
    }
}
