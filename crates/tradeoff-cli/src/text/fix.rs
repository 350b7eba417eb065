//! What `review --fix` wrote: the lines that changed, as patches are read.

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};
use tradeoff::fix::{Fix, FixedFile};

const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";
const PLAIN: &str = "\u{1b}[0m";
const ROOM: &str = "a String takes every write";

/// The mends, and per file the lines that went and came.
pub(crate) fn fix(fix: &Fix, color: bool) -> String {
    let mut page = String::from("\nWRITTEN\n");
    for mend in &fix.mends {
        writeln!(page, "  {}", printable(mend)).expect(ROOM);
    }
    for file in &fix.files {
        lines(file, color, &mut page);
    }
    page
}

fn lines(file: &FixedFile, color: bool, page: &mut String) {
    let name = printable(&file.name);
    writeln!(page, "\n--- {name}\n+++ {name}").expect(ROOM);
    let difference = TextDiff::from_lines(&file.before, &file.after);
    for group in difference.grouped_ops(1) {
        let first = group.first().map_or(0, |it| it.new_range().start);
        writeln!(page, "@@ line {} @@", first + 1).expect(ROOM);
        for change in group.iter().flat_map(|it| difference.iter_changes(it)) {
            let (sign, tone) = match change.tag() {
                ChangeTag::Equal => (' ', ""),
                ChangeTag::Delete => ('-', RED),
                ChangeTag::Insert => ('+', GREEN),
            };
            let line = format!("{sign}{}", printable(change.value().trim_end()));
            let line = line.trim_end();
            if color && !tone.is_empty() {
                writeln!(page, "{tone}{line}{PLAIN}").expect(ROOM);
            } else {
                writeln!(page, "{line}").expect(ROOM);
            }
        }
    }
}

/// A file may hold signs that move a terminal's cursor.
fn printable(text: &str) -> String {
    text.chars().map(|it| if it.is_control() && it != '\t' { '\u{fffd}' } else { it }).collect()
}
