//! A page: lines of toned pieces, wrapped, with color only where it is wanted.

mod code;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::Look;
use super::table::Table;

/// No line is wider, where it is not known how wide the terminal is, or does not matter.
pub(crate) const WIDTH: usize = 100;
/// Pages that fit their terminal are not narrower than this, and not wider than that.
const NARROWEST: usize = 60;
const WIDEST: usize = 120;

/// A space at which no line is broken: between a number and its unit. Printed as a space.
pub(crate) const GLUE: char = '\u{a0}';

/// How a piece of text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Bold,
    Dim,
    Good,
    Bad,
    Unsure,
    Name,
}

impl Tone {
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "\x1b[1m",
            Self::Dim => "\x1b[2m",
            Self::Good => "\x1b[1;32m",
            Self::Bad => "\x1b[1;31m",
            Self::Unsure => "\x1b[1;33m",
            Self::Name => "\x1b[36m",
        }
    }
}

/// One line, or one cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pieces: Vec<(String, Tone)>,
}

impl Line {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds text in a tone. Control characters, which names from files may hold, are replaced.
    pub(crate) fn add(mut self, text: impl AsRef<str>, tone: Tone) -> Self {
        let text: String = text.as_ref().chars().map(printable).collect();
        if !text.is_empty() {
            self.pieces.push((text, tone));
        }
        self
    }

    pub(crate) fn plain(self, text: impl AsRef<str>) -> Self {
        self.add(text, Tone::Plain)
    }

    pub(crate) fn bold(self, text: impl AsRef<str>) -> Self {
        self.add(text, Tone::Bold)
    }

    pub(crate) fn dim(self, text: impl AsRef<str>) -> Self {
        self.add(text, Tone::Dim)
    }

    pub(crate) fn name(self, text: impl AsRef<str>) -> Self {
        self.add(text, Tone::Name)
    }

    pub(crate) fn append(mut self, other: Self) -> Self {
        self.pieces.extend(other.pieces);
        self
    }

    /// Its pieces with their tones, for other pages than this one.
    pub(crate) fn pieces(&self) -> impl Iterator<Item = (&str, Tone)> {
        self.pieces.iter().map(|(text, tone)| (text.as_str(), *tone))
    }

    /// Without its first piece: a rank, or what joins it to the piece before.
    pub(crate) fn without_first(mut self) -> Self {
        self.pieces.drain(..self.pieces.len().min(1));
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Columns that it takes.
    pub(crate) fn width(&self) -> usize {
        self.pieces.iter().map(|(text, _)| text.width()).sum()
    }

    /// Filled with spaces up to a column.
    pub(crate) fn to(self, column: usize) -> Self {
        let missing = column.saturating_sub(self.width());
        self.plain(" ".repeat(missing))
    }

    /// Cut to a width, with `…` where something is missing.
    pub(crate) fn clip(self, width: usize) -> Self {
        if self.width() <= width {
            return self;
        }
        let mut left = width.saturating_sub(1);
        let mut line = Self::new();
        let mut last = Tone::Plain;
        for (text, tone) in self.pieces {
            last = tone;
            let kept: String = text
                .chars()
                .take_while(|it| {
                    let fits = columns(*it) <= left;
                    left = if fits { left - columns(*it) } else { 0 };
                    fits
                })
                .collect();
            let whole = kept.len() == text.len();
            line = line.add(kept, tone);
            if !whole {
                break;
            }
        }
        line.add("…", last)
    }

    /// Cut at its beginning to a width, at a folder's end if one is left: `…/order.yaml:31:13`.
    pub(crate) fn clip_left(self, width: usize) -> Self {
        if self.width() <= width {
            return self;
        }
        let text: String = self.pieces.iter().map(|(text, _)| text.as_str()).collect();
        let tone = self.pieces.first().map_or(Tone::Plain, |(_, tone)| *tone);
        let mut left = width.saturating_sub(1);
        let fits = |it: &(usize, char)| {
            let fits = columns(it.1) <= left;
            left = if fits { left - columns(it.1) } else { 0 };
            fits
        };
        let start = text.char_indices().rev().take_while(fits).last();
        let kept = &text[start.map_or(text.len(), |(at, _)| at)..];
        let kept = kept.find(['/', '\\']).map_or(kept, |at| &kept[at..]);
        Self::new().add(format!("…{kept}"), tone)
    }

    /// Broken into lines of at most `width` columns; those after the first start at `hanging`.
    pub(crate) fn wrap(self, width: usize, hanging: usize) -> Vec<Self> {
        if self.width() <= width {
            return vec![self];
        }
        let mut lines = Vec::new();
        let mut line = Self::new();
        let mut used = 0;
        for word in self.words(width.saturating_sub(hanging)) {
            let whole: usize = word.iter().map(|(text, _)| text.width()).sum();
            let fresh = used + whole > width && used > hanging;
            if fresh {
                lines.push(std::mem::take(&mut line));
                line = Self::new().plain(" ".repeat(hanging));
                used = hanging;
            }
            for (nth, (text, tone)) in word.iter().enumerate() {
                let mut rest = if fresh && nth == 0 { text.trim_start() } else { text };
                while used + rest.width() > width {
                    let at = split_at(rest, width.saturating_sub(used).max(1));
                    lines.push(line.add(&rest[..at], *tone));
                    line = Self::new().plain(" ".repeat(hanging));
                    used = hanging;
                    rest = &rest[at..];
                }
                used += rest.width();
                line = line.add(rest, *tone);
            }
        }
        lines.push(line);
        lines
    }

    /// Words, each with the spaces before it; one word may have several tones, and code is one word
    /// where it fits into `room` columns.
    fn words(self, room: usize) -> Vec<Vec<(String, Tone)>> {
        let whole: String = self.pieces.iter().map(|(text, _)| text.as_str()).collect();
        let kept = code::spaces(&whole, room);
        let mut words: Vec<Vec<(String, Tone)>> = Vec::new();
        let mut before = ' ';
        let mut piece = 0;
        for (text, tone) in self.pieces {
            let mut start = 0;
            for (at, it) in text.char_indices() {
                if it == ' ' && before != ' ' && !kept.contains(&(piece + at)) {
                    push_word(&mut words, &text[start..at], tone);
                    words.push(Vec::new());
                    start = at;
                }
                before = it;
            }
            push_word(&mut words, &text[start..], tone);
            piece += text.len();
        }
        words
    }

    fn print(&self, color: bool, width: usize, page: &mut String) {
        let end = page.len();
        let last = self.pieces.iter().rposition(|(text, _)| !text.trim_end().is_empty());
        let Some(last) = last else { return };
        for (at, (text, tone)) in self.pieces[..=last].iter().enumerate() {
            let text = if at == last { text.trim_end() } else { text };
            let text = &text.replace(GLUE, " ");
            if color && *tone != Tone::Plain {
                page.push_str(tone.code());
                page.push_str(text);
                page.push_str("\x1b[0m");
            } else {
                page.push_str(text);
            }
        }
        debug_assert!(color || page[end..].width() <= width, "too wide: {}", &page[end..]);
    }
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Self::new().plain(text)
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Self {
        Self::new().plain(text)
    }
}

fn push_word(words: &mut Vec<Vec<(String, Tone)>>, text: &str, tone: Tone) {
    if text.is_empty() {
        return;
    }
    match words.last_mut() {
        Some(word) => word.push((text.into(), tone)),
        None => words.push(vec![(text.into(), tone)]),
    }
}

/// What turns the direction of text hides what stands there as control characters do.
pub(crate) fn printable(it: char) -> char {
    let turns = matches!(it, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(it, '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    if it.is_control() || turns { '\u{fffd}' } else { it }
}

fn columns(it: char) -> usize {
    it.width().unwrap_or(0)
}

/// The byte at which `text` has filled `width` columns; at least one character.
fn split_at(text: &str, width: usize) -> usize {
    let mut used = 0;
    for (at, it) in text.char_indices() {
        used += columns(it);
        if used > width && at > 0 {
            return at;
        }
    }
    text.len()
}

/// Lines from top to bottom.
#[derive(Debug)]
pub(crate) struct Page {
    color: bool,
    /// No line of it is wider.
    width: usize,
    text: String,
}

impl Page {
    pub(crate) const fn new(color: bool) -> Self {
        Self { color, width: WIDTH, text: String::new() }
    }

    /// A page that fits where it is shown, if that is wide enough to be read and no wider than a
    /// line is followed by the eye.
    pub(crate) fn within(look: Look) -> Self {
        let width = look.columns.clamp(NARROWEST, WIDEST);
        Self { color: look.color, width, text: String::new() }
    }

    /// Adds a line; what does not fit goes on at column `hanging`.
    pub(crate) fn hang(&mut self, hanging: usize, line: impl Into<Line>) {
        for line in line.into().wrap(self.width, hanging) {
            line.print(self.color, self.width, &mut self.text);
            self.text.push('\n');
        }
    }

    pub(crate) fn line(&mut self, line: impl Into<Line>) {
        self.hang(4, line);
    }

    /// An empty line, unless there is one already.
    pub(crate) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A heading in capitals, with a few words at the right.
    pub(crate) fn heading(&mut self, title: &str, right: impl Into<Line>) {
        self.blank();
        let left = Line::new().bold(title);
        let right = right.into();
        if right.is_empty() {
            return self.line(left);
        }
        let column = self.width.saturating_sub(right.width());
        if column > left.width() + 1 {
            self.line(left.to(column).append(right));
        } else {
            self.hang(2, left.plain("  ").append(right));
        }
    }

    /// A rule across the page that starts with a title and ends with a few words.
    pub(crate) fn rule(&mut self, title: &str, right: Line) {
        self.blank();
        let right = right.clip(self.width / 2);
        let left = Line::new().dim("── ").bold(title).clip(self.width - right.width() - 8);
        if right.is_empty() {
            let filled = self.width - left.width() - 1;
            return self.line(left.dim(format!(" {}", "─".repeat(filled))));
        }
        let filled = self.width - left.width() - right.width() - 5;
        self.line(left.dim(format!(" {} ", "─".repeat(filled))).append(right).dim(" ──"));
    }

    pub(crate) fn table(&mut self, table: Table) {
        for line in table.lines(self.width) {
            self.line(line);
        }
    }

    /// Whether a text stands on the page, also if it goes over the end of a line.
    pub(crate) fn says(&self, text: &str) -> bool {
        // What stands between an escape and its end is a color.
        let mut parts = self.text.split('\u{1b}');
        let mut plain = parts.next().unwrap_or_default().to_owned();
        parts.for_each(|it| plain.push_str(it.split_once('m').map_or("", |it| it.1)));
        plain.split_whitespace().collect::<Vec<_>>().join(" ").contains(text)
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, Page, WIDTH};

    #[test]
    fn long_lines_hang_and_longer_words_break() {
        let mut page = Page::new(false);
        page.hang(6, format!("  why {} {}", "word ".repeat(30), "x".repeat(250)));
        let text = page.finish();
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.lines().skip(1).all(|line| line.starts_with("      ")), "{text}");
        assert_eq!(text.matches('x').count(), 250);
    }

    #[test]
    fn a_line_is_not_broken_before_a_comma_or_a_unit() {
        let mut page = Page::new(false);
        let line = Line::new().bold("a".repeat(50)).plain(" ").bold("b".repeat(49)).dim("; c");
        page.hang(2, line);
        page.hang(2, format!("{} 12\u{a0}ms", "d".repeat(96)));
        let lines: Vec<usize> = page.finish().lines().map(str::len).collect();
        assert_eq!(lines, [50, 54, 96, 7]);
    }

    #[test]
    fn code_is_broken_at_its_commas_and_only_where_it_does_not_fit() {
        let wrapped = |text: &str| {
            let lines = Line::from(text).wrap(40, 4);
            let text = |it: &Line| it.pieces().map(|it| it.0).collect::<String>();
            lines.iter().map(text).collect::<Vec<_>>()
        };
        let fits = wrapped("pass the deadline on with `deadline: { after: 8s }`; or not");
        assert_eq!(fits, ["pass the deadline on with", "    `deadline: { after: 8s }`; or not"]);
        let longer =
            wrapped("add `retry: { attempts: 2, backoff: none, base: 20ms, cap: 1s }` here");
        let lines =
            ["add", "    `retry: { attempts: 2, backoff:", "    none, base: 20ms, cap: 1s }` here"];
        assert_ne!(longer, lines, "not behind a colon");
        let lines =
            ["add `retry: { attempts: 2,", "    backoff: none, base: 20ms,", "    cap: 1s }` here"];
        assert_eq!(longer, lines);
        // A single backtick is no code, and what has no commas is broken as text is.
        let alone = wrapped("it`s a text of many words that goes on and on");
        assert_eq!(alone, ["it`s a text of many words that goes on", "    and on"]);
        let prose = wrapped("`a text of many words that goes on and on and on`");
        assert_eq!(prose, ["`a text of many words that goes on and", "    on and on`"]);
        let toned =
            Line::from("a word and then `").bold("no break").plain(" here at all`").wrap(30, 0);
        assert_eq!(toned.len(), 2);
    }

    #[test]
    fn what_a_name_holds_does_not_reach_the_terminal() {
        let mut page = Page::new(true);
        page.line(Line::new().plain("a\x1b[2Jb\nc"));
        assert_eq!(page.finish(), "a\u{fffd}[2Jb\u{fffd}c\n");
    }

    #[test]
    fn clipping_keeps_the_width() {
        assert_eq!(Line::from("abcdef").clip(4), Line::from("abc").plain("…"));
        assert_eq!(Line::from("日本語").clip(4).width(), 3);
        let path = Line::from("examples/shop/order.yaml:31:13");
        assert_eq!(path.clone().clip_left(22), Line::from("…/order.yaml:31:13"));
        assert_eq!(path.clone().clip_left(10), Line::from("…aml:31:13"));
        assert_eq!(path.clone().clip_left(30), path);
        assert_eq!(Line::from("日本語").clip_left(4).width(), 3);
    }
}
