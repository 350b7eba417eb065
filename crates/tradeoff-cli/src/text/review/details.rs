//! What the first screen of a review rests on.

use tradeoff::{results::Run, review::report::Review};

use super::mends::{change, effect_row, outcome, price};
use crate::text::check::{accepted, by_rule, head, places, summary};
use crate::text::page::{Line, Page};
use crate::text::simulate::{assumptions, plural};
use crate::text::slos::{self, run_name, verdict, worst};
use crate::text::table::Table;
use crate::text::tables;

/// Findings by rule, mends one by one, runs, and every default.
pub(super) fn details(page: &mut Page, review: &Review) {
    findings(page, review);
    mends(page, review);
    for run in &review.today.runs {
        one(page, run, review.today.replications);
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

/// Every mend with its effects.
fn mends(page: &mut Page, review: &Review) {
    if review.mends.is_empty() {
        return;
    }
    page.rule("mends, each alone beside today", Line::new().dim("in bad requests per 30 days"));
    for mend in &review.mends {
        page.hang(5, change(mend));
        let line = Line::new().plain("     ").append(outcome(mend, "")).append(price(mend));
        page.hang(7, line.dim(format!("; {}", mend.finding)));
        let moved = mend.effects.iter().filter(|it| {
            it.today != it.mended || it.bad.difference.is_some_and(|it| it.value != 0.0)
        });
        let mut table = Table::new(5, &["", "", "", ">", ">", ">"]);
        for effect in moved {
            table.row(effect_row(effect));
        }
        page.table(table);
    }
}

fn one(page: &mut Page, run: &Run, replications: u32) {
    let word = worst(run).map_or_else(Line::new, verdict);
    page.rule(&format!("today: {}", run_name(run.scenario.as_deref())), word);
    slos::promises(page, run, replications);
    if let Some(recovery) = &run.recovery {
        slos::recovery(page, "  recovery  ", recovery);
    }
    tables::spent(page, run);
    tables::resources(page, run);
}
