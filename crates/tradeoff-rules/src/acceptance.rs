//! Findings that the file accepts: for a reason, by a team, until a day.

use std::collections::{BTreeMap, BTreeSet};

use tradeoff_diag::Diagnostic;
use tradeoff_model::model::Acceptance;
use tradeoff_model::{Architecture, Date, Start, nearest, split_dotted};

use crate::{Context, Finding, Report, catalogue};

/// Why a finding is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The reason that the file gives.
    pub reason: String,
    /// The team that answers for it.
    pub owner: String,
    /// The last day on which it is accepted.
    pub expires: Date,
}

/// Mistakes in what a file says to the rules: acceptances of rules that there are not.
pub fn mistakes(architecture: &Architecture) -> Vec<Diagnostic> {
    let known = || catalogue().iter().map(|rule| rule.id);
    let unknown = |it: &&Acceptance| !known().any(|id| id == it.rule.value);
    let wrong = architecture.acceptances.iter().filter(unknown);
    // A file with hundreds of them has been told enough.
    wrong
        .take(100)
        .map(|it| {
            let text: String = it.rule.value.chars().take(60).collect();
            let diagnostic =
                Diagnostic::error("unknown-rule", format!("no rule is called `{text}`"))
                    .label(it.rule.span, "unknown rule")
                    .expected("the id of a rule such as `rel-no-timeout`")
                    .help("run `tradeoff explain` for a list");
            match nearest(&it.rule.value, known()) {
                Some(near) => diagnostic.nearest(near),
                None => diagnostic,
            }
        })
        .collect()
}

/// What the acceptances of a file come to, in the order of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Use {
    /// Findings that it matches.
    pub(crate) matches: usize,
    /// Whether its last day has passed.
    pub(crate) expired: bool,
    /// Whether an earlier one says the same.
    pub(crate) again: bool,
}

/// Marks what is accepted, and notes what each acceptance comes to.
pub(crate) fn apply(cx: &Context<'_>, report: &mut Report) {
    let list = &cx.architecture.acceptances;
    let mut by_rule: BTreeMap<&str, Vec<(usize, Vec<String>)>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut uses = Vec::with_capacity(list.len());
    for (nth, it) in list.iter().enumerate() {
        let path = split_dotted(&it.at.value).unwrap_or_default();
        by_rule.entry(&it.rule.value).or_default().push((nth, path));
        uses.push(Use {
            matches: 0,
            expired: cx.today.is_some_and(|today| today > it.expires.value),
            again: !seen.insert((&it.rule.value, &it.at.value)),
        });
    }
    let start = |it: &Finding| -> Start { (it.span.file, it.span.start) };
    let asked = report.findings.iter().filter(|it| by_rule.contains_key(it.rule.id));
    let paths = cx.document.paths_at(&asked.map(start).collect());
    for finding in &mut report.findings {
        let Some(candidates) = by_rule.get(finding.rule.id) else { continue };
        let path = paths.get(&start(finding));
        for (nth, at) in candidates {
            let it = &list[*nth];
            let within = !at.is_empty() && path.is_some_and(|path| path.starts_with(at));
            if it.at.value != finding.subject && !within {
                continue;
            }
            uses[*nth].matches += 1;
            if !uses[*nth].expired && finding.accepted.is_none() {
                finding.accepted = Some(Accepted {
                    reason: it.reason.clone(),
                    owner: cx.architecture.teams[it.owner].name.value.clone(),
                    expires: it.expires.value,
                });
            }
        }
    }
    report.uses = uses;
}

/// What a finding about an acceptance is about: `rel-no-breaker@services.order`.
pub(crate) fn subject(it: &Acceptance) -> String {
    format!("{}@{}", it.rule.value, it.at.value)
}
