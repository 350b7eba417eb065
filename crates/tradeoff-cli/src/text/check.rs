//! Findings as people read them: by rule, the first with its place in the file, the rest a line
//! each.

use std::collections::BTreeMap;

use tradeoff::check::{Check, FindingReport, Place, Suppressed, UnknownReport};

use super::page::{Line, Page, Tone, WIDTH};
use super::simulate::plural;
use super::table::Table;

/// Places of one rule that are listed.
const PLACES: usize = 10;

/// Columns of an excerpt; what stands left of the marked place is cut where it would push that
/// off the page.
const ROOM: usize = 84;
/// Missing facts of one rule that are listed.
const MISSING: usize = 3;

/// How arithmetic begins that is behind the mend, not behind the finding.
const PROPOSED: &str = "proposed: ";

/// Gives a line of a file.
pub(crate) type Lines<'a> = &'a dyn Fn(&str, u32) -> Option<String>;

/// The page of a check; `lines` gives the text that findings point at.
pub(crate) fn check(name: &str, check: &Check, lines: Lines<'_>, color: bool) -> String {
    let mut page = Page::new(color);
    page.line(summary(name, check));
    for findings in by_rule(check) {
        group(&mut page, &findings, lines);
    }
    accepted(&mut page, check);
    unknown(&mut page, &check.unknown);
    if !check.findings.is_empty() {
        page.blank();
        page.line(Line::new().dim(
            "`tradeoff explain RULE` says why, `tradeoff review PATH` measures what each mend buys",
        ));
    }
    page.finish()
}

/// `shop: 1 error, 2 warnings; 14 subjects pass`.
pub(crate) fn summary(name: &str, check: &Check) -> Line {
    let name = if name.is_empty() { "this design" } else { name };
    let mut line = Line::new().bold(name).plain(": ");
    let counts = [
        (check.summary.error, "error", Tone::Bad),
        (check.summary.warning, "warning", Tone::Unsure),
    ];
    let mut some = false;
    for (number, word, tone) in counts {
        if number > 0 {
            let comma = if some { ", " } else { "" };
            line = line.plain(comma).add(plural(number, word), tone);
            some = true;
        }
    }
    if check.summary.advice > 0 {
        let comma = if some { ", " } else { "" };
        line = line.plain(format!("{comma}{} of advice", plural(check.summary.advice, "piece")));
        some = true;
    }
    if !some {
        line = line.add("no findings", Tone::Good);
    }
    let passed: usize = check.passed.values().sum();
    let rules = check.passed.len();
    line = line.plain(format!("; {} passed by {}", plural(passed, "check"), plural(rules, "rule")));
    if check.summary.suppressed > 0 {
        line = line.plain(format!("; {} accepted", check.summary.suppressed));
    }
    line
}

/// Findings that nobody accepted, by rule, in the order in which the rules first appear.
pub(crate) fn by_rule(check: &Check) -> Vec<Vec<&FindingReport>> {
    let mut groups: Vec<Vec<&FindingReport>> = Vec::new();
    for finding in check.findings.iter().filter(|it| it.suppressed.is_none()) {
        let same = |group: &&mut Vec<&FindingReport>| {
            group[0].rule == finding.rule && group[0].severity == finding.severity
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

fn group(page: &mut Page, findings: &[&FindingReport], lines: Lines<'_>) {
    let first = findings[0];
    page.blank();
    page.hang(2, head(first).plain(format!(": {}", first.message)));
    excerpt(page, &first.at, lines);
    let arithmetic = first.arithmetic.as_ref().map(|it| it.text.as_str()).unwrap_or_default();
    let proposed = arithmetic.strip_prefix(PROPOSED);
    if !arithmetic.is_empty() && proposed.is_none() {
        page.hang(10, Line::new().dim("  because ").bold(arithmetic));
    }
    if !first.help.is_empty() {
        page.hang(10, Line::new().dim("  mend    ").plain(&first.help));
    }
    if let Some(sum) = proposed {
        page.hang(12, Line::new().dim(format!("  {PROPOSED}")).bold(sum));
    }
    if let Some(source) = source(first) {
        page.hang(10, Line::new().dim("  source  ").plain(source));
    }
    if findings.len() > 1 {
        let more = findings.len() - 1;
        page.line(Line::new().dim(format!("  and {}:", plural(more, "more place"))));
        page.table(places(&findings[1..], 4));
    }
}

/// `error[rel-no-timeout]`.
pub(crate) fn head(finding: &FindingReport) -> Line {
    let tone = severity_tone(finding.severity);
    Line::new().add(finding.severity, tone).bold(format!("[{}]", finding.rule))
}

fn severity_tone(severity: &str) -> Tone {
    match severity {
        "error" => Tone::Bad,
        "warning" => Tone::Unsure,
        _ => Tone::Name,
    }
}

/// One line each: where, what, and the numbers.
pub(crate) fn places(findings: &[&FindingReport], indent: usize) -> Table {
    let mut table = Table::new(indent, &["<", "", ""]);
    for finding in findings.iter().take(PLACES) {
        let because = finding.arithmetic.as_ref().map(|it| it.text.as_str()).unwrap_or_default();
        table.row(vec![
            Line::new().dim(place(&finding.at)),
            Line::new().name(&finding.subject),
            because.into(),
        ]);
    }
    if findings.len() > PLACES {
        let more = findings.len() - PLACES;
        table.row(vec![
            Line::new().dim(format!("and {more} more")),
            Line::new().dim("all of them: --format json"),
            Line::new(),
        ]);
    }
    table
}

/// `order.yaml:31:13`.
pub(crate) fn place(at: &Place) -> String {
    format!("{}:{}:{}", at.file, at.line, at.column)
}

/// The line that a finding points at, with the place marked.
fn excerpt(page: &mut Page, at: &Place, lines: Lines<'_>) {
    let number = at.line.to_string();
    let margin = " ".repeat(number.len());
    let whole = Line::from(place(at)).clip_left(WIDTH - number.len() - 4);
    page.line(Line::new().plain(format!(" {margin}")).dim("╭▸ ").append(whole));
    let Some(text) = lines(&at.file, at.line) else { return };
    let text = text.replace('\t', " ");
    let column = at.column.saturating_sub(1) as usize;
    let cut = if column > ROOM / 2 && text.chars().count() > ROOM { column - ROOM / 2 } else { 0 };
    let shown: String = text.chars().skip(cut).collect();
    let length = if at.end_line == at.line {
        at.end_column.saturating_sub(at.column).max(1) as usize
    } else {
        text.trim_end().chars().count().saturating_sub(column).max(1)
    };
    let length = length.min(ROOM.saturating_sub(column - cut)).max(1);
    let bar = |number: &str| Line::new().dim(format!(" {number} │ "));
    page.line(bar(&number).append(Line::from(shown.as_str()).clip(ROOM)));
    let marks = Line::new().plain(" ".repeat(column - cut)).add("━".repeat(length), Tone::Bad);
    page.line(bar(&margin).append(marks));
}

fn source(finding: &FindingReport) -> Option<String> {
    let guide =
        finding.source.guide.as_ref().map(|section| format!("section {section} of the guide"));
    let both: Vec<String> = guide.into_iter().chain(finding.source.other.clone()).collect();
    (!both.is_empty()).then(|| both.join("; "))
}

/// What the file accepts, a line each: what, who answers for it until when, and why.
pub(crate) fn accepted(page: &mut Page, check: &Check) {
    let accepted = of_file(check);
    if accepted.is_empty() {
        return;
    }
    page.blank();
    page.line(Line::new().bold("accepted").plain(" by the file:"));
    let mut table = Table::new(2, &["", "", "", ""]);
    for (finding, why) in accepted.iter().take(PLACES) {
        table.row(vec![
            finding.rule.as_str().into(),
            Line::new().name(&finding.subject),
            until(why).into(),
            Line::new().dim(why.reason.as_str()),
        ]);
    }
    if accepted.len() > PLACES {
        let more = accepted.len() - PLACES;
        let all = Line::new().dim("all of them: --format json");
        table.row(vec![Line::new().dim(format!("and {more} more")), all, Line::new(), Line::new()]);
    }
    page.table(table);
}

/// The findings that the file accepts, each with why.
pub(crate) fn of_file(check: &Check) -> Vec<(&FindingReport, &Suppressed)> {
    let findings = check.findings.iter();
    findings.filter_map(|it| it.suppressed.as_ref().map(|why| (it, why))).collect()
}

/// Who answers for an accepted finding, and until when.
pub(crate) fn until(why: &Suppressed) -> String {
    format!("{}, until {}", why.owner, why.expires)
}

/// What the rules could not tell, by what would tell.
fn unknown(page: &mut Page, unknown: &[UnknownReport]) {
    if unknown.is_empty() {
        return;
    }
    let mut rules: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for it in unknown {
        rules.entry(&it.rule).or_default().push(&it.missing);
    }
    page.blank();
    page.line(Line::new().bold("could not tell").plain(", because the file does not say:"));
    let mut table = Table::new(2, &["", ""]);
    for (rule, missing) in rules {
        let first = missing.iter().take(MISSING).copied().collect::<Vec<_>>().join(", ");
        let more = match missing.len().saturating_sub(MISSING) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        table.row(vec![rule.into(), (first + &more).into()]);
    }
    page.table(table);
}
