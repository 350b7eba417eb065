//! What a review promises of its smallest set is what a second review sees: the set is written into
//! the file, the file is read again, and its figures lie within the intervals of the first.

#![expect(clippy::disallowed_methods, reason = "this test reads the examples")]

use std::fs;
use std::path::Path;

use tradeoff::{
    Bounds, Design, NoFiles, Progress, SimulateOptions, SourceFile, fix,
    results::{Figure, Simulation, Verdict},
    review, simulate,
};

struct Quiet;

impl Progress for Quiet {
    fn total(&self, _: u64) {}
    fn step(&self, _: &str) {}
}

fn load(text: String) -> Design {
    Design::load(vec![SourceFile::new("a.yaml", text)], &NoFiles).expect("an architecture")
}

fn options(replications: u32) -> SimulateOptions {
    SimulateOptions {
        seed: 1,
        replications,
        adaptive: true,
        effort: 1,
        scenarios: Vec::new(),
        duration: None,
        bounds: Bounds::default(),
    }
}

/// Bad requests of a promise in a run.
fn bad(simulation: &Simulation, scenario: Option<&String>, slo: &str) -> Figure {
    let run = simulation.runs.iter().find(|it| it.scenario.as_ref() == scenario)?;
    run.slos.get(slo)?.bad_per_occurrence
}

/// How many effects were held against what was seen.
fn promised(name: &str) -> usize {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../examples/{name}/{name}.yaml"));
    let design = load(fs::read_to_string(path).expect("an example"));
    let first = review(&design, &options(5), &Quiet).expect("a review");
    let set = first.smallest_set.expect("a set holds");
    let effect = first.smallest_effect.expect("what it does");
    assert_ne!(effect.verdict, Verdict::Broken, "{name}: {set:?}");
    let fixed = fix(&design, &set).expect("mends can be written");
    let [file] = &fixed.files[..] else { panic!("{name}: one file changes") };
    let mended = load(file.after.clone());
    let second = simulate(&mended, &options(effect.replications), &Quiet).expect("a simulation");
    assert_eq!(second.verdict, effect.verdict, "{name}: {set:?}");
    let mut held = 0;
    for it in &effect.effects {
        // The same promise in the same run, counted over the mended design's own return.
        let seen = bad(&second, it.scenario.as_ref(), &it.slo).map(|it| it.value);
        if let Some((promised, seen)) = it.bad.mended.zip(seen) {
            let within = promised.low - 1.0 <= seen && seen <= promised.high + 1.0;
            assert!(within, "{name}: {:?} {}: {seen} of {promised:?}", it.scenario, it.slo);
            held += 1;
        }
    }
    held
}

#[test]
fn the_second_review_sees_what_the_first_promised() {
    let held: usize = ["order-platform", "retry-storm", "pool-exhaustion", "online-boutique"]
        .into_iter()
        .map(promised)
        .sum();
    assert!(held >= 8, "only {held} figures were held");
}
