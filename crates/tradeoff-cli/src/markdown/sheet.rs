//! A sheet of Markdown that ends before the place that it is pasted into does.

/// GitHub takes 65,536 characters in a comment; bytes are never fewer.
const MOST: usize = 65_536;

const CUT: &str = "_Cut here, because GitHub takes 65,536 characters in a comment; `--format html` and \
                   `--format json` have the rest._\n";

/// Blocks, one below the other, until the room ends.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    text: String,
    cut: bool,
}

impl Sheet {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Whether a text stands on it.
    pub(super) fn says(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// Adds a paragraph or a heading.
    pub(super) fn block(&mut self, text: &str) {
        self.whole(&format!("{text}\n\n"), 0);
    }

    /// Adds items, each ending its line.
    pub(super) fn list(&mut self, items: impl Iterator<Item = String>) {
        let mut some = false;
        for item in items {
            some |= self.whole(&item, 1);
        }
        if some {
            self.text.push('\n');
        }
    }

    /// Adds a table; a column whose name ends with a colon is one of numbers. Nothing without rows.
    pub(super) fn table(&mut self, columns: &[&str], rows: impl Iterator<Item = Vec<String>>) {
        self.rows(columns, rows, "");
    }

    /// Adds a folded table.
    pub(super) fn details(
        &mut self,
        summary: &str,
        columns: &[&str],
        rows: impl Iterator<Item = Vec<String>>,
    ) {
        let mut rows = rows.peekable();
        if rows.peek().is_some() {
            let open = format!("<details><summary>{summary}</summary>\n\n");
            let close = "</details>\n\n";
            // Room for the head of the table and one row at least.
            if self.whole(&open, close.len() + 2_000) {
                self.rows(columns, rows, close);
                self.text.push_str(close);
            }
        }
    }

    fn rows(
        &mut self,
        columns: &[&str],
        rows: impl Iterator<Item = Vec<String>>,
        close: &'static str,
    ) {
        let mut rows = rows.peekable();
        if rows.peek().is_none() {
            return;
        }
        let names: Vec<&str> = columns.iter().map(|it| it.trim_end_matches(':')).collect();
        let aligns: Vec<&str> =
            columns.iter().map(|it| if it.ends_with(':') { "---:" } else { "---" }).collect();
        let head = format!("| {} |\n| {} |\n", names.join(" | "), aligns.join(" | "));
        let mut open = self.whole(&head, close.len() + 1);
        for mut row in rows {
            // A cell ends at a bar, in code too.
            for cell in &mut row {
                *cell = cell.replace('|', "\\|");
            }
            if open {
                open = self.whole(&format!("| {} |\n", row.join(" | ")), close.len() + 1);
            }
        }
        self.text.push('\n');
    }

    /// Adds a text whole if it leaves so much room; after the first that does not, nothing more.
    fn whole(&mut self, text: &str, room: usize) -> bool {
        self.cut |= self.text.len() + text.len() + room + CUT.len() > MOST;
        if !self.cut {
            self.text.push_str(text);
        }
        !self.cut
    }

    pub(super) fn finish(self) -> String {
        let mut text = self.text.trim_end().to_owned();
        text.push('\n');
        if self.cut {
            text.push('\n');
            text.push_str(CUT);
        }
        text
    }
}
