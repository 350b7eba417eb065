//! From a place in a file to the path of what stands there, and from a key to all of its places.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use tradeoff_diag::Span;

use crate::document::Document;
use crate::tree::{Node, Value};

/// Where something begins: the number of its file and its first byte.
pub type Start = (u32, u32);

impl Document {
    /// The paths of the values that begin, or whose keys begin, at these places, part by part; of
    /// values within each other the innermost.
    pub fn paths_at(&self, starts: &BTreeSet<Start>) -> BTreeMap<Start, Vec<String>> {
        let mut found = BTreeMap::new();
        if !starts.is_empty() {
            walk(&self.root, &mut Vec::new(), starts, &mut found);
        }
        found
    }

    /// The values of every key of this name, by the JSON Pointers of the maps that have it; those
    /// within such a value are left out.
    pub fn under(&self, key: &str) -> BTreeMap<String, serde_json::Value> {
        let mut found = BTreeMap::new();
        under(&self.root, key, &mut String::new(), &mut found);
        found
    }
}

fn under(
    node: &Node,
    key: &str,
    pointer: &mut String,
    found: &mut BTreeMap<String, serde_json::Value>,
) {
    let here = pointer.len();
    match &node.value {
        Value::Map(entries) => {
            for entry in entries {
                if entry.key == key {
                    found.insert(pointer.clone(), entry.node.to_json());
                    continue;
                }
                pointer.push('/');
                for letter in entry.key.chars() {
                    match letter {
                        '~' => pointer.push_str("~0"),
                        '/' => pointer.push_str("~1"),
                        other => pointer.push(other),
                    }
                }
                under(&entry.node, key, pointer, found);
                pointer.truncate(here);
            }
        }
        Value::Seq(items) => {
            for (at, item) in items.iter().enumerate() {
                write!(pointer, "/{at}").expect("a String takes every write");
                under(item, key, pointer, found);
                pointer.truncate(here);
            }
        }
        Value::Null | Value::Scalar { .. } => {}
    }
}

fn walk(
    node: &Node,
    path: &mut Vec<String>,
    starts: &BTreeSet<Start>,
    found: &mut BTreeMap<Start, Vec<String>>,
) {
    note(node.span, path, starts, found);
    match &node.value {
        Value::Map(entries) => {
            for entry in entries {
                path.push(entry.key.clone());
                note(entry.key_span, path, starts, found);
                walk(&entry.node, path, starts, found);
                path.pop();
            }
        }
        Value::Seq(items) => {
            for (at, item) in items.iter().enumerate() {
                path.push(at.to_string());
                walk(item, path, starts, found);
                path.pop();
            }
        }
        Value::Null | Value::Scalar { .. } => {}
    }
}

fn note(
    span: Span,
    path: &[String],
    starts: &BTreeSet<Start>,
    found: &mut BTreeMap<Start, Vec<String>>,
) {
    let start = (span.file, span.start);
    // What an anchor stands for is at several paths: the first is kept.
    let inner = || found.get(&start).is_none_or(|known| path.starts_with(known));
    if starts.contains(&start) && inner() {
        found.insert(start, path.to_vec());
    }
}

#[cfg(test)]
mod tests {
    use tradeoff_diag::SourceFile;

    use crate::document::Document;

    #[test]
    fn the_innermost_value_is_found() {
        let text = "services:\n  order:\n    replicas: 2\n    steps:\n      - call: bank\n";
        let (document, _) = Document::parse(vec![SourceFile::new("a.yaml", text)]);
        let at = |what: &str| {
            let start = (0, text.find(what).expect("it is there") as u32);
            let found = document.paths_at(&[start].into());
            found.get(&start).map(|it| it.join(" ")).unwrap_or_default()
        };
        assert_eq!(at("order"), "services order");
        assert_eq!(at("replicas"), "services order replicas");
        assert_eq!(at("2"), "services order replicas");
        assert_eq!(at("call"), "services order steps 0 call");
        assert_eq!(at("ank"), "");
    }
}
