//! Trees as YAML text: on one line, as in `{ p50: 1ms, p99: 8ms }`.

use serde_json::Value as Json;

use super::{Node, Value};

impl Node {
    /// The tree as it may stand behind a key, on one line.
    pub(crate) fn inline(&self) -> String {
        let mut text = String::new();
        self.write_inline(&mut text);
        text
    }

    fn write_inline(&self, out: &mut String) {
        match &self.value {
            Value::Null => out.push_str("null"),
            Value::Scalar { text, plain } => out.push_str(&scalar(text, *plain)),
            Value::Seq(items) if items.is_empty() => out.push_str("[]"),
            Value::Map(entries) if entries.is_empty() => out.push_str("{}"),
            Value::Seq(items) => {
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at > 0 { ", " } else { "[" });
                    item.write_inline(out);
                }
                out.push(']');
            }
            Value::Map(entries) => {
                for (at, entry) in entries.iter().enumerate() {
                    out.push_str(if at > 0 { ", " } else { "{ " });
                    out.push_str(&scalar(&entry.key, false));
                    out.push_str(": ");
                    entry.node.write_inline(out);
                }
                out.push_str(" }");
            }
        }
    }
}

/// A scalar as it may stand anywhere: quoted unless it needs no quotes.
///
/// `plain` says that it was read or made without quotes: what looks like a number is then one.
pub(crate) fn scalar(text: &str, plain: bool) -> String {
    if fits_plain(text) && (plain || !looks_typed(text)) {
        text.into()
    } else {
        Json::String(text.into()).to_string()
    }
}

/// Whether a text stands for itself without quotes, also between braces.
fn fits_plain(text: &str) -> bool {
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return false };
    let starts = first.is_alphanumeric()
        || matches!(first, '$' | '_' | '.' | '/')
        || (first == '-' && characters.next().is_some_and(char::is_alphanumeric));
    let inside =
        |it: char| it == ' ' || it.is_alphanumeric() || "$_./-+%<>=()µ~;|@*?&!:".contains(it);
    starts
        && text != "null"
        && text.chars().all(inside)
        && !text.contains(": ")
        && !text.ends_with([':', ' '])
        && !text.starts_with("...")
}

/// Whether YAML readers take it for something other than a text.
fn looks_typed(text: &str) -> bool {
    let words = ["true", "false", "yes", "no", "on", "off", "y", "n"];
    let number = text.parse::<f64>().is_ok();
    number || words.iter().any(|it| it.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use tradeoff_diag::Span;

    use super::scalar;
    use crate::tree::{Node, parse_value};

    #[test]
    fn quotes_stand_where_they_are_needed() {
        let plain = |text: &str| assert_eq!(scalar(text, false), text);
        let all = ["order.place->payment.charge", "99.9%", "$0.10/h", "two words", "10 calls", "é"];
        all.into_iter().for_each(plain);
        for text in ["", "8", "true", "No", "null", "~", "a: b", "- a", "a #b", "{", "a,b", "\n"] {
            assert!(scalar(text, false).starts_with('"'), "{text}");
        }
        assert_eq!(scalar("8", true), "8");
    }

    #[test]
    fn what_is_written_reads_as_it_was() {
        let json = serde_json::json!({
            "a": [1, "1", null, true, "true", {}, [], { "x y": "p: q" }],
            "-": "\u{1}\t\"'", "#": " padded ", "k:": "- :", "...": "---",
        });
        let node = Node::from_json(&json, Span::default());
        let again = parse_value(0, &node.inline()).unwrap();
        assert_eq!(again.to_json(), json, "{}", node.inline());
    }
}
