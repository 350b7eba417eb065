//! What a run of the rules found.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tradeoff_diag::{Diagnostic, Severity, Span};
use tradeoff_model::Edit;

use crate::Rule;
use crate::acceptance::{Accepted, Use};

/// What a run of the rules found.
#[derive(Debug, Default)]
pub struct Report {
    /// What is wrong, sorted by severity (the worst first), rule and subject.
    pub findings: Vec<Finding>,
    /// What the file does not say, sorted by rule and subject.
    pub unknown: Vec<Unknown>,
    /// How many subjects passed each rule.
    pub passed: BTreeMap<&'static str, usize>,
    /// What each acceptance of the file comes to, once the rules have been held.
    pub(crate) uses: Vec<Use>,
}

/// A rule that cannot tell, because the file does not say enough.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unknown {
    /// The rule's id.
    pub rule: &'static str,
    /// What it is about: `orders`.
    pub subject: String,
    /// Dotted path of what would tell: `stores.orders.connections`.
    pub missing: String,
}

/// A rule's complaint.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about: `order.place->payment.charge`, `orders`, `order`. A rule says one thing
    /// about a subject.
    pub subject: String,
    /// Its primary place.
    pub span: Span,
    /// What is to be seen at the primary place.
    pub label: String,
    /// What is wrong.
    pub message: String,
    /// What to do: what the patch does, if there is one.
    pub help: String,
    /// What else would do; no patch does it.
    pub instead: Option<String>,
    /// The sum behind it.
    pub arithmetic: Option<Arithmetic>,
    /// The mend; empty if there is no mechanical one. It applies by itself; to apply those of
    /// several findings, join them with [`together`](crate::together).
    pub patch: Vec<Edit>,
    /// Why the file accepts it, if it does.
    pub accepted: Option<Accepted>,
    /// Other places that explain it, each with a few words.
    pub path: Vec<(Span, String)>,
}

/// The sum behind a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Arithmetic {
    /// As people read it: `4 x 50 = 200 > 100`.
    pub text: String,
    /// What it comes to; infinite if nothing bounds it.
    pub value: f64,
    /// What it is held against; infinite if nothing bounds it.
    pub limit: f64,
    /// The unit of both: `s`, `connections`, or `1` for a ratio.
    pub unit: &'static str,
}

impl Finding {
    /// What tells this finding from all others, however the file is laid out: `rule:subject`.
    pub fn fingerprint(&self) -> String {
        format!("{}:{}", self.rule.id, self.subject)
    }

    /// The finding as it is printed.
    pub fn diagnostic(&self) -> Diagnostic {
        let message = match &self.arithmetic {
            // A sum behind the mend is no reason for the finding.
            Some(it) if it.text.starts_with("proposed: ") => {
                format!("{}; {}", self.message, it.text)
            }
            Some(it) => format!("{}: {}", self.message, it.text),
            None => self.message.clone(),
        };
        let mut diagnostic = Diagnostic::new(self.rule.id, self.severity, message)
            .label(self.span, self.label.as_str());
        for (span, text) in &self.path {
            diagnostic = diagnostic.secondary(*span, text.as_str());
        }
        diagnostic.help(self.advice())
    }

    /// What to do, and what else would do.
    pub fn advice(&self) -> String {
        match &self.instead {
            Some(instead) => format!("{}, or {instead}", self.help),
            None => self.help.clone(),
        }
    }

    /// Replaces the rule's severity.
    pub(crate) fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Says what to do.
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Says what else would do, which its patch does not.
    pub(crate) fn instead(mut self, instead: impl Into<String>) -> Self {
        self.instead = Some(instead.into());
        self
    }

    /// Shows the sum behind it.
    pub(crate) fn because(
        mut self,
        text: impl Into<String>,
        value: f64,
        limit: f64,
        unit: &'static str,
    ) -> Self {
        self.arithmetic = Some(Arithmetic { text: text.into(), value, limit, unit });
        self
    }

    /// Mends it.
    pub(crate) fn patch(mut self, patch: Vec<Edit>) -> Self {
        self.patch = patch;
        self
    }

    /// Points at another place that explains it.
    pub(crate) fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.path.push((span, text.into()));
        self
    }
}

impl Report {
    /// Adds what another rule found.
    pub(crate) fn join(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.unknown.extend(other.unknown);
        for (rule, count) in other.passed {
            *self.passed.entry(rule).or_default() += count;
        }
    }

    /// Adds a finding.
    pub(crate) fn fire(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Counts a subject that passed.
    pub(crate) fn pass(&mut self, rule: &'static Rule) {
        *self.passed.entry(rule.id).or_insert(0) += 1;
    }

    /// Notes that a rule cannot tell.
    pub(crate) fn unknown(
        &mut self,
        rule: &'static Rule,
        subject: impl Into<String>,
        missing: impl Into<String>,
    ) {
        let (subject, missing) = (subject.into(), missing.into());
        self.unknown.push(Unknown { rule: rule.id, subject, missing });
    }

    /// Puts everything into the order that is promised.
    pub(crate) fn sort(&mut self) {
        self.findings.sort_by(|a, b| {
            let key = |it: &Finding| (Reverse(it.severity), it.rule.id);
            key(a).cmp(&key(b)).then_with(|| a.subject.cmp(&b.subject))
        });
        self.unknown.sort();
    }
}
