//! Whatever the file: reading it never panics, and every place that is complained about exists.

use proptest::collection::vec;
use proptest::prelude::*;
use tradeoff_diag::{Diagnostic, SourceFile, Sources, render};
use tradeoff_model::{Document, NoFiles};

const GRAMMAR: &str = include_str!("grammar.yaml");
const WHOLE: &str = include_str!("../../../fuzz/seeds/model/whole.yaml");

/// Words of the format and signs of YAML, to get past the first mistake.
const WORDS: &[&str] = &[
    "services",
    "a",
    "b",
    "endpoints",
    "steps",
    "call",
    "query",
    "work",
    "policy",
    "none",
    ": ",
    ":\n  ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "- ",
    "\n",
    "\n    ",
    "1ms",
    "99.9%",
    "10 calls",
    "1ms..40ms",
    "2..8",
    "..",
    "runtime",
    "spring-boot",
    "stores",
    "kind",
    "postgres",
    "observed",
    "&x ",
    "*x",
    "'",
    "\"",
    "|",
    "!!str ",
    "traffic",
    "mix",
    "rate",
    "100/s",
    "-1",
    "1e999",
    "µs",
    "é",
    "\u{0}",
];

fn check(text: &str) {
    let (document, parsed) = Document::parse(vec![SourceFile::new("a.yaml", text)]);
    let (architecture, lowered) = document.lower(&NoFiles);
    hold(&document.sources, &parsed);
    hold(&document.sources, &lowered);
    for service in &architecture.services {
        for step in service.endpoints.iter().flat_map(|endpoint| &endpoint.steps) {
            assert!(document.sources.contains(step.span), "{:?}", step.span);
            assert!(document.span_of(&step.pointer).is_some(), "{}", step.pointer);
        }
    }
}

fn hold(sources: &Sources, diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        for label in &diagnostic.labels {
            assert!(sources.contains(label.span), "{diagnostic:?}");
        }
        assert!(!render(sources, diagnostic, true).is_empty());
    }
}

/// A valid file with some of its bytes' worth of text replaced.
fn mutated(text: &str, cuts: &[(usize, usize, usize)]) -> String {
    let mut text = text.to_owned();
    for (at, length, word) in cuts {
        let start = text.floor_char_boundary(at % text.len());
        let end = text.ceil_char_boundary((start + length).min(text.len()));
        text.replace_range(start..end, WORDS[word % WORDS.len()]);
    }
    text
}

proptest! {
    #[test]
    fn any_text(text in ".{0,200}") {
        check(&text);
    }

    #[test]
    fn any_words(words in vec(0..WORDS.len(), 0..60)) {
        check(&words.into_iter().map(|word| WORDS[word]).collect::<String>());
    }

    #[test]
    fn a_file_with_slips(cuts in vec((0..10_000_usize, 0..12_usize, 0..WORDS.len()), 1..5)) {
        check(&mutated(GRAMMAR, &cuts));
    }

    #[test]
    fn a_whole_file_with_slips(cuts in vec((0..40_000_usize, 0..12_usize, 0..WORDS.len()), 1..5)) {
        check(&mutated(WHOLE, &cuts));
    }

    #[test]
    fn a_value_set_to_anything(value in ".{0,20}") {
        let (document, _) = Document::parse(vec![SourceFile::new("a.yaml", GRAMMAR)]);
        if let Ok(set) = document.set("services.shop.replicas", &value) {
            hold(&set.sources, &set.lower(&NoFiles).1);
        }
    }
}
