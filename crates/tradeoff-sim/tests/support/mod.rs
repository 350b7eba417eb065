//! From text to figures, for every test of the engine.

use tradeoff_diag::{Severity, SourceFile};
use tradeoff_model::{Architecture, Document, NoFiles};
use tradeoff_sim::{
    Options, Plan, Title, frame, prove_loops,
    results::{Run, Simulation},
    summarize, trial,
};

/// Reads an architecture that must be free of errors.
pub(crate) fn architecture(yaml: &str) -> Architecture {
    let file = SourceFile { name: "test.yaml".to_owned(), text: yaml.to_owned() };
    let (document, mut problems) = Document::parse(vec![file]);
    let (architecture, more) = document.lower(&NoFiles);
    problems.extend(more);
    problems.retain(|it| it.severity == Severity::Error);
    assert!(problems.is_empty(), "the architecture has errors: {problems:#?}\n{yaml}");
    architecture
}

/// Simulates an architecture.
pub(crate) fn simulate(yaml: &str, options: &Options) -> Simulation {
    let architecture = architecture(yaml);
    let plan = Plan::new(&architecture);
    let frame = frame(&architecture, &plan, options);
    let trial = trial(&architecture, &plan, options, &frame, &[], &|| ());
    let title = Title { digest: String::new() };
    let mut simulation = summarize(&architecture, &plan, options, &frame, title, &trial, &trial);
    prove_loops(&architecture, &plan, options, &frame, &trial, &mut simulation);
    simulation
}

/// The baseline of an architecture.
pub(crate) fn baseline(yaml: &str, options: &Options) -> Run {
    simulate(yaml, options).runs.swap_remove(0)
}
