//! What the rules say: `tradeoff.check/1`.

use std::collections::BTreeMap;

use serde::Serialize;
use tradeoff_diag::{Severity, Sources};
use tradeoff_model::{Edit, Op};
use tradeoff_rules::{Finding, Report, Source, Unknown};

use crate::load::Design;

/// Holds a design against every rule.
pub fn check(design: &Design) -> Check {
    let Report { findings, unknown, passed, .. } = held(design);
    let open = || findings.iter().filter(|it| it.accepted.is_none());
    let of = |severity| open().filter(|it| it.severity == severity).count();
    let summary = Summary {
        error: of(Severity::Error),
        warning: of(Severity::Warning),
        advice: of(Severity::Advice),
        suppressed: findings.len() - open().count(),
        unknown: unknown.len(),
    };
    Check {
        schema: "tradeoff.check/1",
        rung: "stated",
        summary,
        findings: findings.iter().map(|it| finding(it, design.sources())).collect(),
        unknown: unknown.into_iter().map(UnknownReport::from).collect(),
        passed: passed.into_iter().map(|(rule, number)| (rule.into(), number)).collect(),
    }
}

/// What the rules say of a design on its day.
pub(crate) fn held(design: &Design) -> Report {
    let decided = crate::decide::decided(design);
    let (architecture, document) = (design.architecture(), design.document());
    tradeoff_rules::check_with(architecture, document, design.today(), &decided)
}

fn finding(it: &Finding, sources: &Sources) -> FindingReport {
    FindingReport {
        rule: it.rule.id.into(),
        severity: it.severity.name(),
        fingerprint: it.fingerprint(),
        subject: it.subject.clone(),
        at: sources.line_column(it.span).into(),
        message: it.message.clone(),
        help: it.advice(),
        source: it.rule.source.into(),
        arithmetic: it.arithmetic.as_ref().map(|it| ArithmeticReport {
            text: it.text.clone(),
            value: it.value,
            limit: it.limit,
            unit: it.unit.into(),
        }),
        patch: it.patch.iter().map(edit_report).collect(),
        suppressed: it.accepted.as_ref().map(|it| Suppressed {
            reason: it.reason.clone(),
            owner: it.owner.clone(),
            expires: it.expires.to_string(),
        }),
    }
}

/// An edit as scripts read it.
pub fn edit_report(edit: &Edit) -> PatchEdit {
    let op = match edit.op {
        Op::Add => "add",
        Op::Replace => "replace",
        Op::Remove => "remove",
    };
    PatchEdit { op, path: edit.path.clone(), value: edit.value.clone() }
}

impl Check {
    /// Whether a finding that nobody accepted is at or above a severity.
    pub fn reaches(&self, severity: Severity) -> bool {
        let summary = &self.summary;
        let at = |it| it >= severity;
        (summary.error > 0 && at(Severity::Error))
            || (summary.warning > 0 && at(Severity::Warning))
            || (summary.advice > 0 && at(Severity::Advice))
    }
}

/// The findings of all rules.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// `tradeoff.check/1`.
    pub schema: &'static str,
    /// `stated`.
    pub rung: &'static str,
    /// How many of each.
    pub summary: Summary,
    /// One by one, by severity, rule and subject.
    pub findings: Vec<FindingReport>,
    /// What rules could not tell.
    pub unknown: Vec<UnknownReport>,
    /// Subjects that passed, by rule.
    pub passed: BTreeMap<String, usize>,
}

/// Counts of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Errors.
    pub error: usize,
    /// Warnings.
    pub warning: usize,
    /// Advice.
    pub advice: usize,
    /// Accepted ones.
    pub suppressed: usize,
    /// Unknown ones.
    pub unknown: usize,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FindingReport {
    /// The rule.
    pub rule: String,
    /// `error`, `warning` or `advice`.
    pub severity: &'static str,
    /// Rule and subject: stable whatever the layout.
    pub fingerprint: String,
    /// What it is about.
    pub subject: String,
    /// Where.
    pub at: Place,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// Why that is good advice.
    pub source: SourceReport,
    /// The numbers behind it.
    pub arithmetic: Option<ArithmeticReport>,
    /// The mechanical mend; empty: none.
    pub patch: Vec<PatchEdit>,
    /// Why it is accepted; null: it is not.
    pub suppressed: Option<Suppressed>,
}

/// Why a finding is accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suppressed {
    /// The reason that the file gives.
    pub reason: String,
    /// The team that answers for it.
    pub owner: String,
    /// The last day on which it is accepted: `2027-06-30`.
    pub expires: String,
}

/// A place in a file, counted from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Its file.
    pub file: String,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// One past the last column.
    pub end_column: u32,
}

/// Where a rule comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SourceReport {
    /// Section of the guide.
    pub guide: Option<String>,
    /// Another source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
}

/// The numbers behind a finding.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArithmeticReport {
    /// As a reader checks it: `3 x 1s + 0.1s > 0.3s`.
    pub text: String,
    /// What was computed.
    pub value: f64,
    /// What it is held against.
    pub limit: f64,
    /// Of both.
    pub unit: String,
}

/// A subject about which a rule could not tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnknownReport {
    /// The rule.
    pub rule: String,
    /// The subject.
    pub subject: String,
    /// Dotted path of what would tell.
    pub missing: String,
}

/// One edit of a patch, as in JSON Patch (RFC 6902).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PatchEdit {
    /// `add`, `replace` or `remove`.
    pub op: &'static str,
    /// JSON Pointer.
    pub path: String,
    /// The new value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
}

impl From<Source> for SourceReport {
    fn from(it: Source) -> Self {
        Self { guide: it.guide.map(Into::into), other: it.other.map(Into::into) }
    }
}

impl From<Unknown> for UnknownReport {
    fn from(it: Unknown) -> Self {
        Self { rule: it.rule.into(), subject: it.subject, missing: it.missing }
    }
}
