//! Code in a line of text, between backticks: whoever copies it wants it in one piece.

use std::collections::BTreeSet;

use unicode_width::UnicodeWidthStr;

/// The places of the spaces at which a line is not broken: those in code that fits into `room`
/// columns with what clings to it, and in longer code those that follow no comma.
pub(super) fn spaces(text: &str, room: usize) -> BTreeSet<usize> {
    let mut kept = BTreeSet::new();
    let marks: Vec<usize> = text.match_indices('`').map(|it| it.0).collect();
    for pair in marks.chunks_exact(2) {
        let (start, end) = (pair[0], pair[1]);
        if !text[start..end].contains(' ') {
            continue;
        }
        let first = text[..start].rfind(' ').map_or(0, |it| it + 1);
        let last = text[end..].find(' ').map_or(text.len(), |it| end + it);
        let inside = text[start..end].match_indices(' ').map(|it| start + it.0);
        let fits = |part: &str| part.trim_start().width() <= room;
        if fits(&text[first..last]) {
            kept.extend(inside);
        } else if text[first..last].split_inclusive(", ").all(|it| fits(it.trim_end())) {
            kept.extend(inside.filter(|at| !text[..*at].ends_with(',')));
        }
    }
    kept
}
