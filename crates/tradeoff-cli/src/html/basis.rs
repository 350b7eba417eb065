//! The numbers that the answer rests on: those that carry the verdict, those that were observed, and
//! those that were assumed.

use tradeoff::model::Architecture;
use tradeoff::review::report::Review;

use super::markup::Markup;
use super::table::{Column, names, table};
use crate::text::assumed::{Kind, kinds};
use crate::text::figure::UNTOLD;
use crate::text::observed::{differs, measured, predicted, verdict};
use crate::text::page::Line;
use crate::text::review::flips::{CHOSEN, is, turn, whose};
use crate::text::review::tried;
use crate::text::simulate::{NOT_MOVED, idle, plural};

/// Places at which one value was assumed.
const PLACES: usize = 12;
/// Numbers that were tried, and measurements.
const ROWS: usize = 30;

/// Each number that was tried, with the value at which the verdict is another.
pub(super) fn flips(page: &mut Markup, review: &Review, _: &Architecture) {
    let Some(of) = whose(review) else { return };
    page.leaf("p", &[], &format!("The verdict {of}: {CHOSEN}."));
    let rows: Vec<Vec<Line>> = review
        .flips
        .iter()
        .take(ROWS)
        .map(|it| {
            let [low, high] = &it.tried;
            vec![
                Line::new().name(&it.path),
                Line::new().plain(is(it)),
                turn(it),
                Line::new().plain(format!("{low} .. {high}")),
            ]
        })
        .collect();
    let columns = [
        Column::text("Number"),
        Column::wide("Now"),
        Column::wide("Verdict"),
        Column::wide("Tried over"),
    ];
    table(page, "Numbers that carry the verdict", &columns, &rows);
    more(page, review.flips.len());
}

/// Says how many rows of a table are left out.
fn more(page: &mut Markup, all: usize) {
    if all > ROWS {
        let text = format!("And {} more: --format json has all.", all - ROWS);
        page.leaf("p", &[("class", "dim")], &text);
    }
}

/// Whether anything was observed, or anything is not simulated.
pub(super) fn is_observed(review: &Review) -> bool {
    !review.today.observed.is_empty() || !review.today.not_moved.is_empty()
}

/// What was measured beside what is simulated, and what no run moved.
pub(super) fn observed(page: &mut Markup, review: &Review, _: &Architecture) {
    let today = &review.today;
    if !today.observed.is_empty() {
        let rows: Vec<Vec<Line>> = today
            .observed
            .iter()
            .take(ROWS)
            .map(|it| {
                vec![
                    Line::new().name(&it.endpoint),
                    Line::new().plain(it.quantile),
                    Line::new().plain(measured(it)),
                    Line::new().plain(predicted(it).unwrap_or_else(|| UNTOLD.into())),
                    verdict(it),
                ]
            })
            .collect();
        let columns = [
            Column::text("Endpoint"),
            Column::text("What"),
            Column::number("Observed"),
            Column::number("Simulated"),
            Column::text("Is it as it runs?"),
        ];
        table(page, "What runs, beside what is simulated", &columns, &rows);
        more(page, today.observed.len());
    }
    if let Some(text) = differs(today) {
        page.leaf("p", &[("class", "dim")], text);
    }
    if let Some(idle) = idle(&today.not_moved) {
        page.within("p", &[], |it| {
            it.text(&format!("Blocks {NOT_MOVED}: "));
            it.name(&idle);
            it.text(".");
        });
    }
}

/// What the file does not state, with where it is from and where the verdict flips.
pub(super) fn assumptions(page: &mut Markup, review: &Review, _: &Architecture) {
    let all = review.today.assumptions.len();
    if all == 0 {
        return page.leaf("p", &[], "Nothing: the file states everything that was used.");
    }
    let (count, tried) = (plural(all, "value"), tried(review, "“Where the verdict flips”"));
    page.leaf("p", &[], &format!("{count} that the file does not state; {tried}."));
    let rows: Vec<Vec<Line>> = kinds(review).iter().map(row).collect();
    let columns = [
        Column::text("Key"),
        Column::text("Assumed"),
        Column::text("Source"),
        Column::text("Where the verdict flips"),
        Column::wide("Where"),
    ];
    page.within("details", &[], |it| {
        it.leaf("summary", &[], "Every value that was assumed");
        table(it, "Assumed values", &columns, &rows);
    });
}

fn row(it: &Kind<'_>) -> Vec<Line> {
    vec![
        Line::new().name(it.key),
        Line::new().plain(it.value),
        Line::new().plain(it.source()),
        it.flip(),
        names(&it.places, PLACES),
    ]
}
