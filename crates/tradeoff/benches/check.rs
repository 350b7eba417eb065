//! What `check` of a thousand services costs, part by part, beside a bare pass of the YAML parser.
//!
//! `cargo bench -p tradeoff --bench check`; with `-- DIR` it also writes the files there, so that
//! the whole command can be timed. A part's figure is the median of its rounds. The rules share
//! what is derived once; what a rule derives for itself is the rule's.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock and writes its files")]
#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

#[path = "../../tradeoff-model/benches/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use granit_parser::Parser;
use tradeoff::{Design, NoFiles, SourceFile, check};
use tradeoff_model::Document;
use tradeoff_rules::{Context, Decided, Report, catalogue};

const SERVICES: usize = 1_000;
const ROUNDS: usize = 5;

fn main() {
    let folder = std::env::args().skip(1).find(|it| !it.starts_with("--"));
    for (name, text) in [("plain", support::plain(SERVICES)), ("chain", support::chain(SERVICES))] {
        if let Some(folder) = &folder {
            let path = Path::new(folder).join(format!("{name}.yaml"));
            std::fs::write(path, &text).expect("the folder takes files");
        }
        parts(name, &text);
    }
}

/// Prints what each part of a check of a file costs.
fn parts(name: &str, text: &str) {
    let file = || SourceFile::new(name, text);
    let yaml = median(|| Parser::new_from_str(black_box(text)).count());
    println!("{name}: {SERVICES} services, {} kB", text.len() / 1_000);
    let line = |part: &str, took: Duration| {
        let ratio = took.as_secs_f64() / yaml.as_secs_f64();
        println!("  {part:<32} {:>9.2} ms {ratio:>7.2} x", took.as_secs_f64() * 1e3);
    };
    line("bare YAML events (reference)", yaml);
    line("parse", median(|| Document::parse(vec![file()])));
    let (document, mistakes) = Document::parse(vec![file()]);
    assert!(mistakes.is_empty(), "the generated file is YAML");
    line("lower", median(|| document.lower(&NoFiles)));
    let (architecture, mistakes) = document.lower(&NoFiles);
    assert!(mistakes.is_empty(), "the generated file has no mistakes: {mistakes:?}");
    let decided = Decided::default();
    line(
        "derive what rules share",
        median(|| Context::new(&architecture, &document, None, &decided)),
    );
    let cx = Context::new(&architecture, &document, None, &decided);
    let mut rules: Vec<(&str, Duration)> = Vec::new();
    for rule in catalogue() {
        let took = median(|| {
            let mut report = Report::default();
            (rule.check)(&cx, &mut report);
            report
        });
        rules.push((rule.id, took));
    }
    rules.sort_by_key(|it| std::cmp::Reverse(it.1));
    for (rule, took) in rules {
        line(rule, took);
    }
    let load = || Design::load(vec![file()], &NoFiles).expect("it loads");
    let design = load();
    let report = check(&design);
    line("check of a loaded design", median(|| check(&design)));
    line("findings as JSON", median(|| serde_json::to_string_pretty(&report)));
    line("load, check and JSON: all of it", median(|| serde_json::to_string(&check(&load()))));
    println!("  {} findings, {} unknown\n", report.findings.len(), report.unknown.len());
}

/// The median of what a few rounds take.
fn median<T>(mut round: impl FnMut() -> T) -> Duration {
    let mut took: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            black_box(round());
            start.elapsed()
        })
        .collect();
    took.sort_unstable();
    took[ROUNDS / 2]
}
