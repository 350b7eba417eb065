//! YAML as a tree whose every node knows its place; what a file says before we ask what it means.

mod parse;
mod value;
mod write;

pub use parse::{MAX_BYTES, MAX_DEPTH, MAX_NODES};
pub(crate) use parse::{duplicate, parse, parse_value};
pub(crate) use write::scalar;

use tradeoff_diag::Span;

/// A value and its place.
///
/// The place is where a complaint about the value points: all of a scalar or of `{ .. }` and
/// `[ .. ]`; of a block without brackets the key that it belongs to, or its first key in a list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// Its place.
    pub(crate) span: Span,
    /// What it is.
    pub(crate) value: Value,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Nothing: an empty value, `~` or `null`.
    Null,
    /// A text.
    Scalar {
        /// The text, unquoted.
        text: String,
        /// Whether it is written without quotes.
        plain: bool,
    },
    /// A list.
    Seq(Vec<Node>),
    /// A map in the order of the file; keys are unique.
    Map(Vec<Entry>),
}

/// A key of a map and what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// The key.
    pub(crate) key: String,
    /// The key's place.
    pub(crate) key_span: Span,
    /// Its value.
    pub(crate) node: Node,
}

impl Node {
    /// A map without entries.
    pub(crate) const fn empty(span: Span) -> Self {
        Self { span, value: Value::Map(Vec::new()) }
    }

    /// The entries, if it is a map; nothing counts as an empty one.
    pub(crate) fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            Value::Null => Some(&[]),
            _ => None,
        }
    }

    /// The items, if it is a list; nothing counts as an empty one.
    pub(crate) fn items(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Seq(items) => Some(items),
            Value::Null => Some(&[]),
            _ => None,
        }
    }

    /// The text, if it is a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The entry of a map.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries()?.iter().find(|entry| entry.key == key)
    }

    /// The value of a map's entry.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// What it is, in words for a message.
    pub(crate) fn describe(&self) -> String {
        match &self.value {
            Value::Null => "nothing".into(),
            Value::Scalar { text, .. } => format!("`{}`", shorten(text)),
            Value::Seq(_) => "a list".into(),
            Value::Map(_) => "a map".into(),
        }
    }
}

impl Entry {
    /// Where a complaint about the whole entry points.
    pub(crate) fn place(&self) -> Span {
        match self.node.value {
            Value::Null => self.key_span,
            _ => self.node.span,
        }
    }
}

/// The start of a text that is too long for a message.
pub(crate) fn shorten(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}..", &text[..at]),
        None => text.into(),
    }
}
