//! Tables without rules: columns two spaces apart, numbers to the right.

use super::page::Line;

/// Least columns that a shrunk cell keeps.
const LEAST: usize = 8;

/// How a column is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
    /// To the left, and cut there: the end of a path tells more than its beginning.
    Path,
    /// To the left, and what does not fit goes on below; the last column does so by itself.
    Wrap,
}

/// A table whose widest texts give way if it does not fit.
#[derive(Debug)]
pub(crate) struct Table {
    indent: usize,
    aligns: Vec<Align>,
    rows: Vec<Vec<Line>>,
}

impl Table {
    /// A table with these columns; a name that starts with `>` is that of a column of numbers,
    /// one that starts with `<` of a column of paths, and with `~` one of texts that are not cut.
    pub(crate) fn new(indent: usize, columns: &[&str]) -> Self {
        let align = |it: &&str| match it.chars().next() {
            Some('>') => Align::Right,
            Some('<') => Align::Path,
            Some('~') => Align::Wrap,
            _ => Align::Left,
        };
        let mut aligns: Vec<Align> = columns.iter().map(align).collect();
        if let Some(last) = aligns.last_mut().filter(|it| **it == Align::Left) {
            *last = Align::Wrap;
        }
        let columns: Vec<&str> =
            columns.iter().map(|it| it.trim_matches(['<', '>', '~'])).collect();
        let mut table = Self { indent, aligns, rows: Vec::new() };
        if columns.iter().any(|it| !it.is_empty()) {
            let head = columns.iter().map(|it| Line::new().dim(it));
            table.rows.push(head.collect());
        }
        table
    }

    pub(crate) fn row(&mut self, cells: Vec<Line>) {
        self.rows.push(cells);
    }

    /// Its rows as lines of at most `width` columns.
    pub(crate) fn lines(self, width: usize) -> Vec<Line> {
        let widths = self.widths(width);
        self.rows
            .into_iter()
            .flat_map(|row| laid_out(row, self.indent, &widths, &self.aligns))
            .collect()
    }

    /// Widths of the columns: what their cells take, the widest cut until the table fits.
    fn widths(&self, width: usize) -> Vec<usize> {
        let widest = |column| {
            let cells = self.rows.iter().filter_map(move |row| row.get(column));
            cells.map(Line::width).max().unwrap_or(0)
        };
        let mut widths: Vec<usize> = (0..self.aligns.len()).map(widest).collect();
        let gaps = 2 * widths.len().saturating_sub(1) + self.indent;
        let mut excess = (widths.iter().sum::<usize>() + gaps).saturating_sub(width);
        while excess > 0 {
            // The widest text gives way first, numbers only when no text is left to cut.
            let texts = (0..widths.len()).filter(|at| self.aligns[*at] != Align::Right);
            let widest_text = texts.max_by_key(|at| widths[*at]).filter(|at| widths[*at] > LEAST);
            let widest = (0..widths.len()).max_by_key(|at| widths[*at]);
            let Some(column) = widest_text.or(widest).filter(|at| widths[*at] > 1) else { break };
            widths[column] -= 1;
            excess -= 1;
        }
        widths
    }
}

/// A row as lines: cells that are too wide are cut, or go on below.
fn laid_out(row: Vec<Line>, indent: usize, widths: &[usize], aligns: &[Align]) -> Vec<Line> {
    let mut lines = vec![Line::new().plain(" ".repeat(indent))];
    let mut column = indent;
    for (nth, cell) in row.into_iter().enumerate() {
        let width = widths[nth];
        let parts = match aligns[nth] {
            Align::Wrap => cell.wrap(width, 0),
            Align::Path => vec![cell.clip_left(width)],
            Align::Left | Align::Right => vec![cell.clip(width)],
        };
        for (at, part) in parts.into_iter().enumerate() {
            if at == lines.len() {
                lines.push(Line::new());
            }
            let missing = if aligns[nth] == Align::Right { width - part.width() } else { 0 };
            lines[at] = std::mem::take(&mut lines[at]).to(column + missing).append(part);
        }
        column += width + 2;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{Line, Table};
    use crate::text::page::{Page, WIDTH};

    #[test]
    fn a_text_that_is_not_cut_goes_on_in_its_column() {
        let mut table = Table::new(2, &["", "~", ""]);
        table.row(vec!["first".into(), "word ".repeat(40).trim().into(), "last".into()]);
        let lines: Vec<String> = table.lines(60).into_iter().map(text).collect();
        assert!(lines.len() > 3 && lines[0].ends_with("last"), "{lines:?}");
        assert!(lines[1..].iter().all(|it| it.starts_with("         word")), "{lines:?}");
        assert!(lines.iter().all(|it| !it.contains('…') && it.len() <= 60), "{lines:?}");
    }

    fn text(line: Line) -> String {
        line.pieces().map(|it| it.0).collect()
    }

    #[test]
    fn a_table_that_is_too_wide_gives_way_in_its_names() {
        let mut table = Table::new(2, &["name", ">calls"]);
        table.row(vec!["n".repeat(200).into(), "12".into()]);
        table.row(vec!["short".into(), "1,200".into()]);
        let mut page = Page::new(false);
        page.table(table);
        let text = page.finish();
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.lines().all(|line| !line.ends_with(' ')), "{text}");
        assert!(text.contains('…'), "{text}");
    }
}
