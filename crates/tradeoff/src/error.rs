//! What is wrong with the input, for people and as `tradeoff.error/1`.

use std::fmt::{self, Write as _};

use serde::Serialize;
use tradeoff_diag::{Diagnostic, SourceFile, Sources, render};

use crate::check::Place;

/// Everything that is wrong with an input, found in one pass.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    /// The files that the diagnostics point into.
    pub sources: Sources,
    /// At least one.
    pub diagnostics: Vec<Diagnostic>,
}

impl Problems {
    /// A single problem that has no place in a file.
    pub fn one(diagnostic: Diagnostic) -> Self {
        Self { sources: Sources::default(), diagnostics: vec![diagnostic] }
    }

    /// Adds a problem without a place.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Adds a problem whose places lie in a file that is not yet known.
    pub fn push_in(&mut self, file: SourceFile, mut diagnostic: Diagnostic) {
        let number = self.sources.add(file);
        for label in &mut diagnostic.labels {
            label.span.file = number;
        }
        self.diagnostics.push(diagnostic);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// As people read them: excerpts with the places marked, then how many there are.
    pub fn text(&self, color: bool) -> String {
        let mut page = String::new();
        for diagnostic in &self.diagnostics {
            page.push_str(&render(&self.sources, diagnostic, color));
            page.push('\n');
        }
        let errors = self.diagnostics.iter().filter(|it| it.is_error()).count();
        if errors > 1 {
            writeln!(page, "{errors} mistakes; nothing was run")
                .expect("a String takes every write");
        }
        page
    }

    /// As scripts read them.
    pub fn report(&self) -> ErrorReport {
        let errors = self.diagnostics.iter().map(|it| entry(&self.sources, it)).collect();
        ErrorReport { schema: "tradeoff.error/1", exit: 2, errors }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(false))
    }
}

impl std::error::Error for Problems {}

/// `tradeoff.error/1`: why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErrorReport {
    /// `tradeoff.error/1`.
    pub schema: &'static str,
    /// The exit code: 2 if the input is wrong, 3 if we are.
    pub exit: u8,
    /// All mistakes.
    pub errors: Vec<ErrorEntry>,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErrorEntry {
    /// A stable name of its kind: `unknown-key`.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// Where; null: it has no place in a file.
    pub at: Option<Place>,
    /// What would have been right.
    pub expected: Option<String>,
    /// The known name that looks most like the wrong one.
    pub nearest: Option<String>,
}

impl ErrorReport {
    /// An error of ours, not of the input.
    pub fn internal(message: impl Into<String>) -> Self {
        let entry = ErrorEntry {
            code: "internal".into(),
            message: message.into(),
            at: None,
            expected: None,
            nearest: None,
        };
        Self { schema: "tradeoff.error/1", exit: 3, errors: vec![entry] }
    }
}

fn entry(sources: &Sources, diagnostic: &Diagnostic) -> ErrorEntry {
    ErrorEntry {
        code: diagnostic.code.into(),
        message: diagnostic.message.clone(),
        at: diagnostic.place().map(|span| sources.line_column(span).into()),
        expected: diagnostic.expected.clone(),
        nearest: diagnostic.nearest.clone(),
    }
}

impl From<tradeoff_diag::Place> for Place {
    fn from(it: tradeoff_diag::Place) -> Self {
        Self {
            file: it.file,
            line: it.line,
            column: it.column,
            end_line: it.end_line,
            end_column: it.end_column,
        }
    }
}
