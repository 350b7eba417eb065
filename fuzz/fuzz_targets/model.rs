//! Any bytes: reading them never panics, and every place that is complained about exists.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tradeoff_diag::{Diagnostic, SourceFile, Sources, render};
use tradeoff_model::{Document, Files};

/// Every file of samples holds what the fuzzer wrote.
struct Same<'a>(&'a str);

impl Files for Same<'_> {
    fn read(&self, _: &str) -> Result<String, String> {
        Ok(self.0.to_owned())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let file = match SourceFile::from_bytes("fuzz.yaml", bytes.to_vec()) {
        Ok(file) => file,
        Err(unreadable) => {
            let sources = Sources::new([unreadable.file]);
            hold(&sources, &[unreadable.diagnostic]);
            return;
        }
    };
    let text = file.text.clone();
    let (document, parsed) = Document::parse(vec![file]);
    hold(&document.sources, &parsed);
    let (architecture, lowered) = document.lower(&Same(&text));
    hold(&document.sources, &lowered);
    for service in &architecture.services {
        assert!(document.sources.contains(service.name.span));
        for endpoint in &service.endpoints {
            for step in &endpoint.steps {
                assert!(document.sources.contains(step.span));
                assert!(document.span_of(&step.pointer).is_some(), "{}", step.pointer);
            }
        }
    }
    let _ = document.canonical();
});

fn hold(sources: &Sources, diagnostics: &[Diagnostic]) {
    for (at, diagnostic) in diagnostics.iter().enumerate() {
        for label in &diagnostic.labels {
            assert!(sources.contains(label.span), "{diagnostic:?}");
            let place = sources.line_column(label.span);
            assert!(place.line <= place.end_line);
        }
        if at < 4 {
            assert!(!render(sources, diagnostic, false).is_empty());
        }
    }
}
