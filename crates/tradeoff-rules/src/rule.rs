//! What a rule is.

use tradeoff_diag::{Severity, Span};

use crate::{Context, Finding, Report};

/// An entry in the catalogue.
#[derive(Debug)]
pub struct Rule {
    /// Stable, unique, never reused, in kebab-case: `rel-no-timeout`.
    pub id: &'static str,
    /// How much a finding matters, unless the arithmetic says otherwise.
    pub severity: Severity,
    /// Where the rule comes from.
    pub source: Source,
    /// What the rule complains about, in one line.
    pub summary: &'static str,
    /// The version that introduced it.
    pub since: &'static str,
    /// Its page in the manual, a line of Markdown each; the examples in it are run as tests.
    pub docs: &'static [&'static str],
    /// Adds what it finds to the report.
    pub check: fn(&Context<'_>, &mut Report),
}

/// Where a rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The section of the guide: `12`.
    pub guide: Option<&'static str>,
    /// An outside source.
    pub other: Option<&'static str>,
}

/// A fenced example from a rule's docs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The architecture.
    pub source: String,
    /// Whether the rule should find something in it.
    pub fires: bool,
}

/// Declares the rule of a module: its doc comment is its page in the manual.
macro_rules! rule {
    ($(#[doc = $line:literal])+ pub const RULE = Rule { $($field:tt)* };) => {
        $(#[doc = $line])+
        pub(super) static RULE: $crate::Rule = $crate::Rule {
            docs: &[$($line),+],
            $($field)*
        };
    };
}

impl Rule {
    /// Begins a finding about a subject, at its primary place.
    pub(crate) fn at(
        &'static self,
        subject: impl Into<String>,
        span: Span,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> Finding {
        Finding {
            rule: self,
            severity: self.severity,
            subject: subject.into(),
            span,
            label: label.into(),
            message: message.into(),
            help: String::new(),
            instead: None,
            arithmetic: None,
            patch: Vec::new(),
            accepted: None,
            path: Vec::new(),
        }
    }

    /// The examples in its docs, in order.
    pub fn examples(&self) -> Vec<Example> {
        let mut examples = Vec::new();
        let mut lines = self.docs.iter().map(|line| line.strip_prefix(' ').unwrap_or(line));
        while let Some(line) = lines.next() {
            if let Some(claim) = line.strip_prefix("```yaml ") {
                let body = lines.by_ref().take_while(|line| *line != "```");
                let source = body.flat_map(|line| [line, "\n"]).collect();
                examples.push(Example { source, fires: claim == "fires" });
            }
        }
        examples
    }
}
