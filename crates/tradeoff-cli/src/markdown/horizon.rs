//! What breaks first as the load grows, in Markdown.

use tradeoff::review::report::Review;

use super::escape::{code, line, prose};
use super::sheet::Sheet;
use crate::text::figure::NOTHING;
use crate::text::horizon::{HEAD, because, cells, courses, headline, is, notes, range, rows_of};

/// What is too much in which month, and what is asked of people.
pub(super) fn horizon(sheet: &mut Sheet, review: &Review) {
    let Some(it) = &review.horizon else { return };
    sheet.block("### As the load grows");
    sheet.block(&format!("{}.", line(&headline(it))));
    let rows = it.breaks.iter().map(|it| {
        vec![
            range(it),
            it.date.as_deref().unwrap_or(NOTHING).to_owned(),
            format!("{} **{}**", code(&it.name), is(it)),
            prose(&because(it)),
        ]
    });
    sheet.table(&["Month:", "When", "What", "Because"], rows);
    sheet.list(courses(it).iter().map(|it| format!("- {}\n", line(it))));
    let head: Vec<String> = HEAD.iter().map(|it| heading(it)).collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let rows = rows_of(it).map(|it| {
        let mut cells = cells(it);
        for (nth, cell) in cells.iter_mut().enumerate() {
            *cell = if HEAD[nth].starts_with('>') || cell == NOTHING {
                prose(cell)
            } else {
                code(cell)
            };
        }
        cells
    });
    sheet.details("What it asks of people", &head, rows);
    sheet.list(notes(it).iter().map(|it| format!("- {}\n", line(it))));
}

/// `>services` as a column of numbers is called here.
fn heading(name: &str) -> String {
    let number = if name.starts_with('>') { ":" } else { "" };
    let name = name.trim_start_matches('>');
    let (first, rest) = name.split_at(1);
    format!("{}{rest}{number}", first.to_uppercase())
}
