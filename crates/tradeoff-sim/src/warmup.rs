//! How long a run must run in before it is measured: MSER-5 on a pilot.
//!
//! White, Cobb and Spratt, "A comparison of five steady-state truncation heuristics for
//! simulation" (Winter Simulation Conference 2000): of all truncation points take the one that
//! leaves the smallest standard error of what remains, over means of batches of five.

use tradeoff_des::stats;
use tradeoff_model::model::Architecture;

use crate::{
    engine::{Engine, Setup, script::Script},
    plan::Plan,
    trial::{Frame, Options, scenario_duration},
};

const SECOND: u64 = 1_000_000_000;
/// Pilots are averaged bin by bin, so that one bad minute of one of them is not taken for a trend.
const PILOTS: u64 = 5;
/// Bins of a pilot; batches of five of them give 100 points.
const BINS: u64 = 500;

/// Fixes what all compared designs share, from today's design.
pub fn frame(architecture: &Architecture, plan: &Plan, options: &Options) -> Frame {
    let duration = options.duration.unwrap_or(architecture.duration);
    let scenarios =
        options.scenarios.clone().unwrap_or_else(|| (0..architecture.scenarios.len()).collect());
    let mut frame = Frame { warmup: 0, stationary: true, duration, scenarios, cohort: 0 };
    match architecture.warmup {
        Some(stated) => frame.warmup = stated,
        None => find_warmup(plan, options, &mut frame),
    }
    frame.cohort =
        if frame.scenarios.is_empty() { 0 } else { cohort(architecture, options, &frame) };
    frame
}

/// Doubles the warm-up until the pilots have settled, up to a quarter of the run.
fn find_warmup(plan: &Plan, options: &Options, frame: &mut Frame) {
    let mut warmup = (30 * SECOND).max(20 * plan.longest_timeout);
    let most = (frame.duration / 4).max(warmup);
    let settled = settling_time(plan, options, warmup + frame.duration);
    loop {
        frame.warmup = warmup;
        if settled.is_some_and(|it| it <= warmup) {
            return;
        }
        if 2 * warmup > most {
            frame.stationary = false;
            return;
        }
        warmup *= 2;
    }
}

/// When the pilots' latencies settle, from the start of the run; `None` if they do not.
fn settling_time(plan: &Plan, options: &Options, length: u64) -> Option<u64> {
    let width = length.div_ceil(BINS).max(1);
    let mut means = vec![(0.0, 0_u64); BINS as usize];
    for pilot in 0..PILOTS {
        let setup = Setup {
            seed: options.seed,
            // Apart from the replications that are measured.
            replication: u64::from(u32::MAX) + pilot,
            warmup: 0,
            duration: length,
            cohort: 0,
            series: width,
            mute: None,
            bounds: options.bounds,
        };
        let mut engine = Engine::new(plan, setup, Script::default());
        engine.run_until(length);
        for flow in &engine.record.flows {
            for (bin, latency) in &flow.series.latencies {
                if let Some(mean) = means.get_mut(usize::from(*bin)) {
                    mean.0 += f64::from(*latency);
                    mean.1 += 1;
                }
            }
        }
    }
    let seen: Vec<f64> = means.iter().filter(|it| it.1 > 0).map(|it| it.0 / it.1 as f64).collect();
    let batches: Vec<f64> = seen.chunks_exact(5).filter_map(stats::mean).collect();
    let cut = mser(&batches)?;
    Some(cut as u64 * 5 * width)
}

/// The best truncation point, the earliest of about equals, or `None` if it lies in the second half: not settled.
fn mser(batches: &[f64]) -> Option<usize> {
    if batches.len() < 10 {
        return Some(0);
    }
    let score = |cut: usize| stats::standard_error(&batches[cut..]);
    let half = batches.len() / 2;
    let scores: Vec<f64> = (0..=half).map(score).collect();
    let best = scores.iter().copied().fold(f64::INFINITY, f64::min);
    // A cut that is as good as the best one to within noise is as good: earlier ones keep more.
    let enough = best * 1.05 + stats::mean(batches)?.abs() * 1e-6;
    let cut = scores.iter().position(|it| *it <= enough)?;
    (cut < half).then_some(cut)
}

/// The widest bins, up to a second, that every event begins and ends with.
fn cohort(architecture: &Architecture, options: &Options, frame: &Frame) -> u64 {
    let mut edges = Vec::new();
    for index in &frame.scenarios {
        let scenario = &architecture.scenarios[*index];
        edges.push(frame.warmup + scenario_duration(scenario, options));
        for event in &scenario.events {
            edges.extend([frame.warmup + event.at, frame.warmup + event.at + event.lasts]);
        }
    }
    let widths = [1000, 500, 250, 200, 100, 50, 20, 10].map(|it| it * SECOND / 1000);
    let fits = |width: &u64| edges.iter().all(|it| it % width == 0);
    widths.into_iter().find(fits).unwrap_or(SECOND / 100)
}
