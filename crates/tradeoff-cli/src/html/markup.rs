//! Writes markup that is always well-formed: what is opened is closed, and text is escaped.

use std::fmt::Write as _;

use crate::text::page::{Line, Tone, printable};

/// Names and values of a tag.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// Longest text of one piece, and longest name: one from a hostile file may be as long as the file.
const LONGEST: usize = 800;
const LONGEST_NAME: usize = 160;

/// What has no joint for so long may be broken anywhere.
const UNBROKEN: usize = 24;
/// Words that are not longer stay whole.
const SHORT: usize = 12;

/// A piece of a page. It is well-formed XML too, so that a strict parser can hold it.
#[derive(Debug, Default)]
pub(super) struct Markup {
    text: String,
}

impl Markup {
    /// Writes a tag and what is in it.
    pub(super) fn within(
        &mut self,
        tag: &'static str,
        attributes: Attributes<'_>,
        content: impl FnOnce(&mut Self),
    ) {
        self.start(tag, attributes);
        self.text.push('>');
        content(self);
        self.text.push_str("</");
        self.text.push_str(tag);
        self.text.push('>');
    }

    /// Writes a tag that holds only text.
    pub(super) fn leaf(&mut self, tag: &'static str, attributes: Attributes<'_>, text: &str) {
        self.within(tag, attributes, |it| it.text(text));
    }

    /// Writes a tag that holds nothing: `<meta/>`, or a shape.
    pub(super) fn empty(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.start(tag, attributes);
        self.text.push_str("/>");
    }

    fn start(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        if !matches!(tag, "span" | "code" | "bdi" | "strong" | "a" | "tspan") {
            self.text.push('\n');
        }
        self.text.push('<');
        self.text.push_str(tag);
        for (name, value) in attributes {
            // An attribute that is there without a value is left out.
            if !value.is_empty() || *name == "alt" {
                write!(self.text, " {name}=\"").expect("a String takes every write");
                // A shape is as long as it is; its points are ours.
                if *name == "d" {
                    self.escaped(value);
                } else {
                    self.text(value);
                }
                self.text.push('"');
            }
        }
    }

    /// Writes text, escaped; of a very long one the beginning.
    pub(super) fn text(&mut self, text: &str) {
        self.at_most(LONGEST, text);
    }

    fn at_most(&mut self, longest: usize, text: &str) {
        self.shortened(longest, text, Self::escaped);
    }

    fn shortened(&mut self, longest: usize, text: &str, write: fn(&mut Self, &str)) {
        match text.char_indices().nth(longest) {
            None => write(self, text),
            Some((end, _)) => {
                write(self, &text[..end]);
                self.text.push('…');
            }
        }
    }

    /// Writes text whose long words are broken at their joints before anywhere else: names are made
    /// of names.
    fn jointed(&mut self, text: &str) {
        for (nth, word) in text.split(' ').enumerate() {
            if nth > 0 {
                self.text.push(' ');
            }
            if word.chars().nth(SHORT).is_some() || word.contains("->") {
                self.joints(word);
            } else {
                self.escaped(word);
            }
        }
    }

    fn joints(&mut self, word: &str) {
        let mut start = 0;
        let mut before = '\0';
        let mut rest = word.char_indices().peekable();
        let mut since = 0;
        while let Some((at, it)) = rest.next() {
            let end = at + it.len_utf8();
            let next = rest.peek().map(|it| it.1);
            since += 1;
            if it == '-' {
                // A browser breaks there by itself, but never between the ends of an arrow.
                since = 0;
            }
            let arrow = it == '>' && before == '-';
            if arrow {
                self.escaped(&word[start..at - 1]);
                self.leaf("span", &[("class", "whole")], "->");
                start = end;
            }
            if next.is_some_and(|next| arrow || joint(before, it, next) || since == UNBROKEN) {
                self.escaped(&word[start..end]);
                self.text.push_str("<wbr/>");
                (start, since) = (end, 0);
            }
            before = it;
        }
        self.escaped(&word[start..]);
    }

    fn escaped(&mut self, text: &str) {
        for it in text.chars() {
            match it {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\'' => self.text.push_str("&#39;"),
                it => self.text.push(printable(it)),
            }
        }
    }

    /// Writes text whose lines are kept.
    pub(super) fn lines(&mut self, text: &str) {
        for (nth, line) in text.lines().enumerate() {
            if nth > 0 {
                self.text.push('\n');
            }
            self.text(line);
        }
    }

    /// Writes a message: what stands between backticks is code.
    pub(super) fn prose(&mut self, text: &str) {
        for (nth, part) in text.split('`').enumerate() {
            match nth % 2 {
                _ if part.is_empty() => {}
                0 => self.shortened(LONGEST, part, Self::jointed),
                _ => self.within("code", &[], |it| it.shortened(LONGEST, part, Self::jointed)),
            }
        }
    }

    /// Writes a line of the text page: its tones become tags.
    pub(super) fn line(&mut self, line: &Line) {
        for (text, tone) in line.pieces() {
            match tone {
                Tone::Plain => self.prose(text),
                Tone::Bold => self.within("strong", &[], |it| it.prose(text)),
                Tone::Dim => self.within("span", &[("class", "dim")], |it| it.prose(text)),
                Tone::Good => self.leaf("span", &[("class", "good")], text),
                Tone::Bad => self.leaf("span", &[("class", "bad")], text),
                Tone::Unsure => self.leaf("span", &[("class", "unsure")], text),
                Tone::Name => self.name(text),
            }
        }
    }

    /// Writes a name of the architecture, whose direction is its own.
    pub(super) fn name(&mut self, text: &str) {
        self.within("bdi", &[("class", "name")], |it| {
            it.shortened(LONGEST_NAME, text, Self::jointed);
        });
    }

    /// Writes what this program holds and no input reaches: the style sheet.
    pub(super) fn constant(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Whether it holds a text.
    pub(super) fn says(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// Whether a name may be broken behind a character: not within a number, nor within `..`.
fn joint(before: char, it: char, next: char) -> bool {
    let number = before.is_ascii_digit() && next.is_ascii_digit();
    matches!(it, '.' | '/' | '>' | '_') && !number && next.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::{Markup, UNBROKEN};

    #[test]
    fn nothing_from_outside_becomes_markup() {
        let mut page = Markup::default();
        page.within("p", &[("title", "\"'><b>&")], |it| {
            it.text("</p><script>alert(1)</script>\u{202e}\0\u{ffff}");
            it.prose("a `b<c` d` e");
        });
        let text = page.finish();
        assert_eq!(
            text.trim(),
            "<p title=\"&quot;&#39;&gt;&lt;b&gt;&amp;\">&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;\
             \u{fffd}\u{fffd}\u{fffd}a <code>b&lt;c</code> d<code> e</code></p>"
        );
        assert!(roxmltree::Document::parse(text.trim()).is_ok());
    }

    #[test]
    fn a_very_long_name_is_cut() {
        let mut page = Markup::default();
        page.name(&"x".repeat(1_000_000));
        assert!(page.finish().len() < 2_000);
    }

    #[test]
    fn long_names_are_broken_at_their_joints() {
        let broken = |text: &str| {
            let mut page = Markup::default();
            page.name(text);
            let text = page.finish().replace("<span class=\"whole\">-&gt;</span>", "->");
            let inside = text.split_once('>').unwrap().1.strip_suffix("</bdi>").unwrap();
            inside.replace("<wbr/>", "|")
        };
        assert_eq!(broken("order.place->payment.charge"), "order.|place->|payment.|charge");
        assert_eq!(
            broken("services.mail-relay.steps.0.work"),
            "services.|mail-relay.|steps.|0.|work"
        );
        assert_eq!(broken("orders>orders-db/pool"), "orders&gt;|orders-db/|pool");
        assert_eq!(broken("(1.255..1.304x)"), "(1.255..|1.304x)");
        assert_eq!(broken("order.place"), "order.place");
        let long = "x".repeat(2 * UNBROKEN);
        assert_eq!(broken(&long), format!("{0}|{0}", "x".repeat(UNBROKEN)));
    }
}
