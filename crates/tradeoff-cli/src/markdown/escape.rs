//! Text from outside as Markdown that says exactly that text: no markup, no mention, no link.

use crate::text::page::{Line, Tone, printable};

/// Longest piece of text; a name from a hostile file may be as long as the file.
const LONGEST: usize = 300;

/// Stands between characters of which GitHub would make a link or a mention.
const APART: char = '\u{2060}';

/// A text as it is.
pub(super) fn plain(text: &str) -> String {
    let text = short(text);
    let mut escaped = String::new();
    let mut before = ' ';
    for it in text.chars() {
        let links = match it {
            // `@name`, `#12`, `https://` and `www.` become links behind the back of the syntax.
            '/' => before == ':',
            '.' => escaped.to_lowercase().ends_with("www"),
            _ => matches!(before, '@' | '#') && it.is_alphanumeric(),
        };
        if links {
            escaped.push(APART);
        }
        match it {
            '\u{a0}' => escaped.push(' '),
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // At the start of a line others mean something too, but nothing of ours starts so.
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '$' | '!' | '#' => {
                escaped.push('\\');
                escaped.push(it);
            }
            it => escaped.push(it),
        }
        before = it;
    }
    escaped
}

/// A text as code, which is what names are.
pub(super) fn code(text: &str) -> String {
    let text = short(text);
    let text = text.replace('\u{a0}', " ");
    let mut longest = 0;
    let mut run = 0;
    for it in text.chars() {
        run = if it == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.trim().is_empty() {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A message: what stands between backticks is code.
pub(super) fn prose(text: &str) -> String {
    let piece = |(nth, part): (usize, &str)| match nth % 2 {
        _ if part.is_empty() => String::new(),
        0 => plain(part),
        _ => code(part),
    };
    text.split('`').enumerate().map(piece).collect()
}

/// A line of the text page.
pub(super) fn line(line: &Line) -> String {
    let piece = |(text, tone): (&str, Tone)| match tone {
        Tone::Plain | Tone::Dim => prose(text),
        Tone::Name => code(text),
        Tone::Bold | Tone::Good | Tone::Bad | Tone::Unsure => {
            // Stars count only where they touch a word.
            let inner = text.trim();
            let (before, after) = text.split_once(inner).unwrap_or_default();
            if inner.is_empty() {
                text.into()
            } else {
                format!("{before}**{}**{after}", prose(inner))
            }
        }
    };
    line.pieces().map(piece).collect()
}

/// Its beginning, printable and on one line.
fn short(text: &str) -> String {
    let mut short: String = text.chars().take(LONGEST).map(printable).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::{code, plain, prose};

    #[test]
    fn nothing_from_outside_is_markup() {
        assert_eq!(plain("<b> *x* _y_ [a](b) \\"), "&lt;b&gt; \\*x\\* \\_y\\_ \\[a\\](b) \\\\");
        assert_eq!(
            plain("@you #12 https://x www.x"),
            "@\u{2060}you \\#\u{2060}12 https:\u{2060}//x www\u{2060}.x"
        );
        assert_eq!(plain("a\nb\u{202e}"), "a\u{fffd}b\u{fffd}");
    }

    #[test]
    fn code_holds_backticks() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(&"x".repeat(1_000)).chars().count(), 303);
        assert_eq!(prose("the `a<b` of *"), "the `a<b` of \\*");
    }
}
