//! Trees from and to JSON values.

use std::fmt::Write as _;

use serde_json::Value as Json;
use tradeoff_diag::Span;

use super::{Entry, Node, Value};

impl Node {
    /// A JSON value as a tree whose every node has this place.
    pub(crate) fn from_json(json: &Json, span: Span) -> Self {
        let value = match json {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Scalar { text: value.to_string(), plain: true },
            Json::Number(value) => Value::Scalar { text: value.to_string(), plain: true },
            Json::String(text) => Value::Scalar { text: text.clone(), plain: false },
            Json::Array(items) => {
                Value::Seq(items.iter().map(|item| Self::from_json(item, span)).collect())
            }
            Json::Object(map) => {
                let entry = |(key, value): (&String, &Json)| Entry {
                    key: key.clone(),
                    key_span: span,
                    node: Self::from_json(value, span),
                };
                Value::Map(map.iter().map(entry).collect())
            }
        };
        Self { span, value }
    }

    /// The tree as a JSON value; plain numbers and truth values are such.
    pub(crate) fn to_json(&self) -> Json {
        match &self.value {
            Value::Null => Json::Null,
            Value::Scalar { text, plain } => {
                let read = plain.then(|| serde_json::from_str::<Json>(text).ok()).flatten();
                match read {
                    Some(json @ (Json::Bool(_) | Json::Number(_))) => json,
                    _ => Json::String(text.clone()),
                }
            }
            Value::Seq(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Value::Map(entries) => {
                let pair = |entry: &Entry| (entry.key.clone(), entry.node.to_json());
                Json::Object(entries.iter().map(pair).collect())
            }
        }
    }

    /// Appends the tree on one line: maps sorted by key, every scalar as a JSON string.
    pub(crate) fn canonical(&self, out: &mut String) {
        match &self.value {
            Value::Null => out.push_str("null"),
            Value::Scalar { text, .. } => quote(text, out),
            Value::Seq(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    item.canonical(out);
                }
                out.push(']');
            }
            Value::Map(entries) => {
                let mut entries: Vec<&Entry> = entries.iter().collect();
                entries.sort_by(|a, b| a.key.cmp(&b.key));
                out.push('{');
                for (at, entry) in entries.into_iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    quote(&entry.key, out);
                    out.push(':');
                    entry.node.canonical(out);
                }
                out.push('}');
            }
        }
    }
}

fn quote(text: &str, out: &mut String) {
    write!(out, "{}", Json::String(text.into())).expect("a String never refuses a write");
}
