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
    /// one that starts with `<` of a column of paths.
    pub(crate) fn new(indent: usize, columns: &[&str]) -> Self {
        let align = |it: &&str| match it.chars().next() {
            Some('>') => Align::Right,
            Some('<') => Align::Path,
            _ => Align::Left,
        };
        let aligns = columns.iter().map(align).collect();
        let columns: Vec<&str> = columns.iter().map(|it| it.trim_matches(['<', '>'])).collect();
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

/// A row as lines: cells that are too wide are cut, a text in the last column goes on below.
fn laid_out(row: Vec<Line>, indent: usize, widths: &[usize], aligns: &[Align]) -> Vec<Line> {
    let mut line = Line::new().plain(" ".repeat(indent));
    let mut column = indent;
    let mut below = Vec::new();
    for (nth, cell) in row.into_iter().enumerate() {
        let width = widths[nth];
        let cell = if nth + 1 == widths.len() && aligns[nth] == Align::Left {
            let mut lines = cell.wrap(width, 0).into_iter();
            let first = lines.next().unwrap_or_default();
            below.extend(lines.map(|it| Line::new().to(column).append(it)));
            first
        } else if aligns[nth] == Align::Path {
            cell.clip_left(width)
        } else {
            cell.clip(width)
        };
        let missing = if aligns[nth] == Align::Right { width - cell.width() } else { 0 };
        line = line.to(column + missing).append(cell);
        column += width + 2;
    }
    std::iter::once(line).chain(below).collect()
}

#[cfg(test)]
mod tests {
    use super::Table;
    use crate::text::page::{Page, WIDTH};

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
