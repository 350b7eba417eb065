//! Writes markup that is always well-formed: what is opened is closed, and text is escaped.

use std::fmt::Write as _;

use crate::text::page::{Line, Tone, printable};

/// Names and values of a tag.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// Longest text of one piece, and longest name: one from a hostile file may be as long as the file.
const LONGEST: usize = 800;
const LONGEST_NAME: usize = 200;

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
        match text.char_indices().nth(longest) {
            None => self.escaped(text),
            Some((end, _)) => {
                self.escaped(&text[..end]);
                self.text.push('…');
            }
        }
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
                0 => self.text(part),
                _ => self.leaf("code", &[], part),
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
        self.within("bdi", &[("class", "name")], |it| it.at_most(LONGEST_NAME, text));
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

#[cfg(test)]
mod tests {
    use super::Markup;

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
}
