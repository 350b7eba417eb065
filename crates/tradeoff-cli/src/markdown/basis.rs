//! What the answer rests on, in Markdown: the numbers that carry it, what was observed, and what was
//! assumed.

use tradeoff::review::report::Review;

use super::escape::{code, line, prose};
use super::sheet::Sheet;
use crate::text::assumed::kinds;
use crate::text::figure::UNTOLD;
use crate::text::observed::{differs, measured, predicted, verdict};
use crate::text::push;
use crate::text::review::flips::{CHOSEN, is, turn, whose};
use crate::text::review::tried;
use crate::text::simulate::{NOT_MOVED, idle, plural};

/// Places at which one value was assumed.
const PLACES: usize = 8;

/// Each number that was tried, with the value at which the verdict is another.
pub(super) fn flips(sheet: &mut Sheet, review: &Review) {
    let Some(of) = whose(review) else { return };
    sheet.block("### Where the verdict flips");
    sheet.block(&format!("The verdict {of}: {CHOSEN}."));
    let rows = review.flips.iter().map(|it| vec![code(&it.path), prose(&is(it)), line(&turn(it))]);
    sheet.table(&["Number", "Now", "Verdict"], rows);
}

/// What was measured beside what is simulated, and what no run moved.
pub(super) fn observed(sheet: &mut Sheet, review: &Review) {
    let today = &review.today;
    let idle = idle(&today.not_moved);
    if today.observed.is_empty() && idle.is_none() {
        return;
    }
    sheet.block("### Observed and simulated");
    let rows = today.observed.iter().map(|it| {
        let what = format!("{} {}", code(&it.endpoint), prose(it.quantile));
        let simulated = predicted(it).unwrap_or_else(|| UNTOLD.into());
        vec![what, prose(&measured(it)), prose(&simulated), line(&verdict(it))]
    });
    sheet.table(&["Endpoint", "Observed:", "Simulated:", "Is it as it runs?"], rows);
    if let Some(text) = differs(today) {
        sheet.block(&format!("_{}_", prose(text)));
    }
    if let Some(idle) = idle {
        sheet.block(&format!("Blocks {NOT_MOVED}: {}.", code(&idle)));
    }
}

/// What the file does not state, with where it is from and where the verdict flips.
pub(super) fn assumptions(sheet: &mut Sheet, review: &Review) {
    let all = review.today.assumptions.len();
    if all == 0 {
        return;
    }
    sheet.block("### Assumptions");
    let count = plural(all, "value");
    let tried = tried(review, "“Where the verdict flips”");
    sheet.block(&format!("{count} that the file does not state; {tried}."));
    let rows = kinds(review).into_iter().map(|it| {
        let shown = it.places.iter().filter(|it| !it.is_empty()).take(PLACES).map(|it| code(it));
        let mut shown = shown.collect::<Vec<_>>().join(", ");
        if it.places.len() > PLACES {
            push(&mut shown, format_args!(" and {} more", it.places.len() - PLACES));
        }
        vec![code(it.key), code(it.value), prose(it.source()), line(&it.flip()), shown]
    });
    sheet.details(
        &format!("Every value that was assumed ({all})"),
        &["Key", "Assumed", "Source", "Where the verdict flips", "Where"],
        rows,
    );
}
