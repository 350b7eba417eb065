//! What the first screen of a review rests on.

use tradeoff::{
    results::{Run, Verdict},
    review::report::{Mend, Review},
};

use super::mends::{addition, change, effect_row, is_told, moves, outcome, price};
use crate::text::check::{accepted, by_rule, head, places, summary};
use crate::text::page::{Line, Page};
use crate::text::simulate::{assumptions, plural};
use crate::text::slos::{self, run_name, verdict, worst};
use crate::text::table::Table;
use crate::text::{Look, series, tables};

/// Findings by rule, mends one by one, runs, and every default.
pub(super) fn details(page: &mut Page, review: &Review, look: Look) {
    findings(page, review);
    mends(page, review);
    for run in &review.today.runs {
        one(page, run, review.today.replications, look);
    }
    page.rule("defaults", Line::new());
    assumptions(page, &review.today.assumptions);
}

fn findings(page: &mut Page, review: &Review) {
    page.rule("findings", Line::new());
    let name = &review.today.name;
    page.hang(2, summary(name, &review.check));
    for group in by_rule(&review.check) {
        page.blank();
        let first = group[0];
        let title = tradeoff::explain::summary(&first.rule).unwrap_or(&first.message);
        page.hang(4, Line::new().plain("  ").append(head(first)).plain(format!(": {title}")));
        page.table(places(&group, 4));
    }
    accepted(page, &review.check);
    if !review.check.unknown.is_empty() {
        let checks = plural(review.check.unknown.len(), "check");
        let text = format!("  {checks} could not tell: `tradeoff check` lists what is missing");
        page.blank();
        page.line(Line::new().dim(text));
    }
}

/// What each mend moves; of those that the first screen did not tell also what they are.
fn mends(page: &mut Page, review: &Review) {
    if review.mends.is_empty() {
        return;
    }
    page.rule("what each mend moves, alone", Line::new().dim("today → mended"));
    for mend in &review.mends {
        let moved = mend.effects.iter().filter(|it| moves(it));
        let rows: Vec<Vec<Line>> = moved.map(effect_row).collect();
        let finding = Line::new().dim(&mend.finding);
        if !is_told(review, mend) {
            page.hang(5, change(mend));
            let line =
                Line::new().plain("     ").append(outcome(mend, " bad requests per 30 days"));
            let line = line.append(price(mend)).dim("; ").append(finding);
            page.hang(7, line.append(replications(mend)));
            if let Some(further) = review.further.iter().find(|it| it.finding == mend.finding) {
                let beside = Line::new().plain("     beside the smallest set: ");
                page.hang(7, beside.append(addition(review, further)));
            }
        } else if !rows.is_empty() {
            let line = Line::new().dim(format!("{:>3}  ", mend.rank)).append(finding).dim(": ");
            let line = line.append(outcome(mend, " bad requests per 30 days"));
            page.hang(5, line.append(replications(mend)));
        }
        let mut table = Table::new(5, &["", "", "", ">", ">", ">"]);
        for row in rows {
            table.row(row);
        }
        page.table(table);
    }
}

/// How many replications its figures rest on.
pub(crate) fn replications(mend: &Mend) -> Line {
    match mend.replications {
        0 => Line::new(),
        runs => Line::new().dim(format!("; {}", plural(runs as usize, "replication"))),
    }
}

fn one(page: &mut Page, run: &Run, replications: u32, look: Look) {
    let word = worst(run).map_or_else(Line::new, verdict);
    page.rule(&format!("today: {}", run_name(run.scenario.as_deref())), word);
    slos::promises(page, run, replications);
    if let Some(recovery) = &run.recovery {
        slos::recovery(page, "  recovery  ", recovery);
    }
    tables::spent(page, run);
    tables::resources(page, run);
    if let Some(flow) = worst_flow(run) {
        page.blank();
        series::one(page, run, flow, replications, look);
    }
}

/// Of a run that keeps not all its promises, the flow of which most requests went badly.
fn worst_flow(run: &Run) -> Option<&str> {
    let bad = |flow: &str| {
        let all = run.requests.get(flow)?.get("all")?;
        Some(all.offered.saturating_sub(all.ok))
    };
    let troubled = run.scenario.is_some() && worst(run).is_some_and(|it| it != Verdict::Kept);
    let flows = run.series.requests.keys().map(String::as_str).filter(|_| troubled);
    flows.max_by(|one, other| bad(one).cmp(&bad(other)).then(other.cmp(one)))
}
