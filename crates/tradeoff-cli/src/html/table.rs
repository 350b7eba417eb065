//! Tables: a caption, headers with their scope, the first cell of a row its header.

use super::markup::Markup;
use crate::text::page::Line;

/// Rows of a table; what is beyond is only counted.
const ROWS: usize = 200;

/// A column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column<'a> {
    name: &'a str,
    class: &'static str,
}

impl<'a> Column<'a> {
    pub(super) const fn text(name: &'a str) -> Self {
        Self { name, class: "" }
    }

    /// A column of sentences.
    pub(super) const fn wide(name: &'a str) -> Self {
        Self { name, class: "wide" }
    }

    pub(super) const fn number(name: &'a str) -> Self {
        Self { name, class: "number" }
    }
}

/// Writes a table that scrolls sideways by itself where it is too wide.
pub(super) fn table(page: &mut Markup, caption: &str, columns: &[Column<'_>], rows: &[Vec<Line>]) {
    cells(page, caption, columns, rows.len(), &mut |page, row, column| {
        if let Some(cell) = rows[row].get(column) {
            page.line(cell);
        }
    });
}

/// What scrolls sideways must be reachable by keyboard, and then it needs a name.
pub(super) const fn scroll(name: &str) -> [(&'static str, &str); 4] {
    [("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", name)]
}

/// Names one behind the other, the first `most` of them.
pub(super) fn names(names: &[impl AsRef<str>], most: usize) -> Line {
    let more = names.len().saturating_sub(most);
    let line = names.iter().take(most).enumerate().fold(Line::new(), |line, (nth, name)| {
        line.plain(if nth > 0 { ", " } else { "" }).name(name)
    });
    if more > 0 { line.plain(format!(" and {more} more")) } else { line }
}

/// The same with cells that are drawn.
pub(super) fn cells(
    page: &mut Markup,
    caption: &str,
    columns: &[Column<'_>],
    rows: usize,
    cell: &mut dyn FnMut(&mut Markup, usize, usize),
) {
    page.within("div", &scroll(caption), |page| {
        page.within("table", &[], |page| {
            page.leaf("caption", &[], caption);
            page.within("thead", &[], |page| {
                page.within("tr", &[], |page| {
                    for column in columns {
                        page.leaf("th", &[("scope", "col"), ("class", column.class)], column.name);
                    }
                });
            });
            page.within("tbody", &[], |page| {
                for row in 0..rows.min(ROWS) {
                    page.within("tr", &[], |page| {
                        for (nth, column) in columns.iter().enumerate() {
                            let class = [("class", column.class)];
                            match nth {
                                0 => page.within("th", &[("scope", "row"), class[0]], |it| {
                                    cell(it, row, 0);
                                }),
                                _ => page.within("td", &class, |it| cell(it, row, nth)),
                            }
                        }
                    });
                }
            });
        });
    });
    if rows > ROWS {
        let more = rows - ROWS;
        page.leaf("p", &[("class", "dim")], &format!("and {more} more: --format json has all"));
    }
}

#[cfg(test)]
mod tests {
    use super::names;
    use crate::text::page::Tone;

    #[test]
    fn a_list_of_names_ends_with_how_many_more_there_are() {
        let all: Vec<String> = (0..5).map(|nth| format!("services.s{nth}")).collect();
        let told = names(&all, 2);
        let text: String = told.pieces().map(|it| it.0).collect();
        assert_eq!(text, "services.s0, services.s1 and 3 more");
        assert_eq!(told.pieces().filter(|it| it.1 == Tone::Name).count(), 2);
        let text: String = names(&all, 5).pieces().map(|it| it.0).collect();
        assert!(text.ends_with("services.s4"), "{text}");
    }
}
