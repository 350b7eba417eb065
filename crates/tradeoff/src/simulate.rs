//! Runs a design: the baseline and its scenarios.

use tradeoff_diag::Diagnostic;
use tradeoff_sim::{Bounds, Frame, Options, Plan, Title, Trial, results::Simulation};

use crate::error::Problems;
use crate::load::Design;

/// What a simulation is told beside the design.
#[derive(Clone, Debug)]
pub struct SimulateOptions {
    /// Of every draw.
    pub seed: u64,
    /// Independent replications, at least 5: of a review the first look.
    pub replications: u32,
    /// Whether a review looks again, at twice and four times as many replications, where the first
    /// ones do not settle a verdict or the sign of a mend.
    pub adaptive: bool,
    /// How many times the events that a review takes by itself it may take: the more, the more
    /// mends are measured, and the longer the smallest set is looked for.
    pub effort: u32,
    /// Which scenarios; empty: all.
    pub scenarios: Vec<String>,
    /// Of the baseline and every scenario, in nanoseconds; `None`: as the architecture states.
    pub duration: Option<u64>,
    /// Where a run that would never end is cut off.
    pub bounds: Bounds,
}

/// Hears how far long work has come.
pub trait Progress: Sync {
    /// There will be so many steps; may be called again with a better number.
    fn total(&self, steps: u64);
    /// One step is done, and this is what it was.
    fn step(&self, what: &str);
}

/// A design, compiled and run.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) plan: Plan,
    pub(crate) trial: Trial,
    pub(crate) simulation: Simulation,
}

/// Simulates a design.
///
/// # Errors
/// If a scenario that is asked for does not exist, or an event does not fit the duration.
pub fn simulate(
    design: &Design,
    options: &SimulateOptions,
    progress: &dyn Progress,
) -> Result<Simulation, Problems> {
    let options = engine_options(design, options)?;
    progress.total(u64::from(options.replications));
    let (_, measured) = today(design, &options, progress);
    Ok(measured.simulation)
}

/// Simulates today's design: it sets the frame in which all others are compared with it.
pub(crate) fn today(
    design: &Design,
    options: &Options,
    progress: &dyn Progress,
) -> (Frame, Measured) {
    let architecture = design.architecture();
    let plan = Plan::new(architecture);
    let frame = tradeoff_sim::frame(architecture, &plan, options);
    let step = || progress.step("today");
    let trial = tradeoff_sim::trial(architecture, &plan, options, &frame, &[], &step);
    let simulation = figures(design, &plan, options, &frame, &trial);
    (frame, Measured { plan, trial, simulation })
}

/// Today's figures, loops proved.
pub(crate) fn figures(
    design: &Design,
    plan: &Plan,
    options: &Options,
    frame: &Frame,
    trial: &Trial,
) -> Simulation {
    let architecture = design.architecture();
    let title = Title { digest: design.digest() };
    let mut simulation =
        tradeoff_sim::summarize(architecture, plan, options, frame, title, trial, trial);
    tradeoff_sim::prove_loops(architecture, plan, options, frame, trial, &mut simulation);
    simulation
}

/// Turns the options into the engine's, names resolved.
pub(crate) fn engine_options(
    design: &Design,
    options: &SimulateOptions,
) -> Result<Options, Problems> {
    let known = &design.architecture().scenarios;
    let mut chosen = Vec::new();
    for name in &options.scenarios {
        match known.iter().position(|it| it.name.value == *name) {
            Some(index) => chosen.push(index),
            None => return Err(unknown_scenario(design, name)),
        }
    }
    chosen.sort_unstable();
    chosen.dedup();
    let scenarios = (!options.scenarios.is_empty()).then_some(chosen);
    if let Some(duration) = options.duration {
        let running = scenarios.clone().unwrap_or_else(|| (0..known.len()).collect());
        for index in running {
            events_fit(design, index, duration)?;
        }
    }
    Ok(Options {
        seed: options.seed,
        replications: options.replications,
        bounds: options.bounds,
        duration: options.duration,
        scenarios,
        ..Options::default()
    })
}

fn unknown_scenario(design: &Design, name: &str) -> Problems {
    let known: Vec<&str> =
        design.architecture().scenarios.iter().map(|it| it.name.value.as_str()).collect();
    let mut diagnostic =
        Diagnostic::error("unknown-scenario", format!("no scenario is called `{name}`"));
    if known.is_empty() {
        diagnostic = diagnostic.expected("no `--scenario`: the architecture has none");
    } else {
        let listed: Vec<String> = known.iter().map(|it| format!("`{it}`")).collect();
        diagnostic = diagnostic.expected(format!("one of {}", listed.join(", ")));
    }
    if let Some(nearest) = tradeoff_model::nearest(name, known.iter().copied()) {
        diagnostic = diagnostic.nearest(nearest);
    }
    Problems::one(diagnostic)
}

fn events_fit(design: &Design, index: usize, duration: u64) -> Result<(), Problems> {
    let scenario = &design.architecture().scenarios[index];
    let Some(event) = scenario.events.iter().find(|it| it.at + it.lasts > duration) else {
        return Ok(());
    };
    let end = (event.at + event.lasts) as f64 / 1e9;
    let message = format!("scenario `{}` has an event that ends at {end} s", scenario.name.value);
    let diagnostic = Diagnostic::error("event-outside", message)
        .label(event.span, "this event")
        .expected(format!("a `--duration` of at least {end}s"))
        .help(
            "`--duration` replaces the duration of the baseline and of every scenario; without it \
             each runs as long as the file states",
        );
    Err(Problems { sources: design.sources().clone(), diagnostics: vec![diagnostic] })
}
