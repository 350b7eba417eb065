//! What breaks first as the load grows, and what the system asks of people.

use tradeoff::model::Architecture;
use tradeoff::review::report::Review;

use super::markup::Markup;
use super::table::{Column, table};
use crate::text::figure::NOTHING;
use crate::text::horizon::{
    HEAD, because, cells, courses, headline, is, notes, range, rows_of, tone,
};
use crate::text::page::Line;

/// Whether it was asked for.
pub(super) const fn is_asked(review: &Review) -> bool {
    review.horizon.is_some()
}

/// What is too much in which month, what the load and the cost come to, and the teams.
pub(super) fn horizon(page: &mut Markup, review: &Review, _: &Architecture) {
    let Some(it) = &review.horizon else { return };
    page.within("p", &[], |page| page.line(&headline(it)));
    if !it.breaks.is_empty() {
        let rows: Vec<Vec<Line>> = it
            .breaks
            .iter()
            .map(|it| {
                vec![
                    Line::new().name(&it.name).plain(" ").add(is(it), tone(it)),
                    Line::new().plain(range(it)),
                    Line::new().plain(it.date.as_deref().unwrap_or(NOTHING)),
                    Line::new().plain(because(it)),
                ]
            })
            .collect();
        let columns = [
            Column::text("What"),
            Column::number("Month"),
            Column::text("When"),
            Column::wide("Because"),
        ];
        table(page, "What is too much, by month", &columns, &rows);
    }
    list(page, &courses(it));
    let rows: Vec<Vec<Line>> =
        rows_of(it).map(|it| cells(it).into_iter().map(Line::from).collect()).collect();
    let columns = HEAD.map(|it| match it.strip_prefix('>') {
        Some(name) => Column::number(name),
        None => Column::text(it),
    });
    table(page, "What it asks of people", &columns, &rows);
    list(page, &notes(it));
}

fn list(page: &mut Markup, lines: &[Line]) {
    if lines.is_empty() {
        return;
    }
    page.within("ul", &[], |page| {
        for line in lines {
            page.within("li", &[], |page| page.line(line));
        }
    });
}
