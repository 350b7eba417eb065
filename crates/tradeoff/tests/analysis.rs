//! The analysis held against the simulation of the same design.
#![expect(clippy::disallowed_methods, reason = "this test reads the examples")]

use std::fs;
use std::path::Path;

use tradeoff::{Bounds, Design, NoFiles, Progress, SimulateOptions, SourceFile};

struct Silent;

impl Progress for Silent {
    fn total(&self, _: u64) {}
    fn step(&self, _: &str) {}
}

fn example(name: &str) -> Design {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let path = root.join(name).join(format!("{name}.yaml"));
    let text = fs::read_to_string(path).expect("an example");
    let file = SourceFile::new(format!("{name}.yaml"), text);
    Design::load(vec![file], &NoFiles).expect("an example without mistakes")
}

/// Without its scenarios: the baseline alone.
fn baseline(name: &str, seconds: u64) -> (tradeoff::AnalysisReport, tradeoff::results::Run) {
    let design = example(name);
    let edits = design.architecture().scenarios.iter().map(|it| tradeoff::Edit {
        op: tradeoff_model::Op::Remove,
        path: format!("/scenarios/{}", it.name.value),
        value: None,
    });
    let design = design.with(&edits.collect::<Vec<_>>()).expect("a design without scenarios");
    let options = SimulateOptions {
        seed: 1,
        replications: 5,
        adaptive: false,
        effort: 1,
        scenarios: Vec::new(),
        duration: Some(seconds * 1_000_000_000),
        bounds: Bounds::default(),
    };
    let analysis = tradeoff::analyze(&design);
    let mut simulation = tradeoff::simulate(&design, &options, &Silent).expect("a simulation");
    (analysis, simulation.runs.remove(0))
}

#[test]
fn utilization_is_what_the_simulation_measures() {
    for name in ["order-platform", "pool-exhaustion"] {
        let (analysis, run) = baseline(name, 120);
        let mut compared = 0;
        for (resource, analyzed) in &analysis.resources {
            let Some(measured) = run.resources.get(resource) else { continue };
            let Some(mean) = measured.utilization else { continue };
            // Of a store the analysis speaks of the copy that takes the writes.
            let busiest = measured.utilization_per_replica.iter().copied().fold(0.0, f64::max);
            let busiest = if resource.ends_with("/cores") { busiest } else { mean.value };
            let off = (analyzed.utilization - busiest).abs();
            let allowed = (mean.high - mean.low) + 0.05 * busiest + 0.000_5;
            assert!(
                off <= allowed,
                "{name}, {resource}: {} analyzed, {busiest} simulated",
                analyzed.utilization
            );
            compared += 1;
        }
        assert!(compared >= 5, "{name}: {compared} resources compared");
    }
}

#[test]
fn latency_is_about_what_the_simulation_measures() {
    let (analysis, run) = baseline("order-platform", 120);
    for (flow, phases) in &run.requests {
        let endpoint = flow.split_once('/').expect("a source and an endpoint").1;
        let latency = &phases["all"].latency;
        let mean = latency.mean.expect("a mean").value;
        let found = analysis.endpoints[endpoint].approximate.expect("nothing is overloaded");
        assert!((found.mean / mean - 1.0).abs() < 0.05, "{flow}: {} and {mean}", found.mean);
        let p95 = latency.p95.expect("enough requests for a p95").value;
        assert!(p95 < found.p99, "{flow}: {} and {p95}", found.p99);
        if let Some(p99) = latency.p99.map(|it| it.value) {
            assert!((found.p99 / p99 - 1.0).abs() < 0.2, "{flow}: {} and {p99}", found.p99);
        }
        assert!(analysis.endpoints[endpoint].bound <= found.mean);
    }
}
