//! Several files as one: their blocks are joined, a name defined twice is a mistake.

use std::collections::BTreeMap;

use tradeoff_diag::{Diagnostic, Span};

use crate::report::Report;
use crate::tree::{Entry, Node, Value, duplicate};

/// Joins the trees of several files, in their order.
pub(crate) fn merge(trees: Vec<Node>, report: &mut Report) -> Node {
    let mut merged: Vec<Entry> = Vec::new();
    let mut place = None;
    for tree in trees {
        let span = tree.span;
        match tree.value {
            Value::Map(entries) => {
                place.get_or_insert(span);
                for entry in entries {
                    add(&mut merged, entry, report);
                }
            }
            Value::Null => {}
            _ => report.push(
                Diagnostic::error(
                    "wrong-type",
                    format!("{} is not an architecture", tree.describe()),
                )
                .label(span, "no map of keys")
                .expected("a file that starts with `tradeoff: 1`"),
            ),
        }
    }
    Node { span: place.unwrap_or_default(), value: Value::Map(merged) }
}

/// Adds a top-level entry: maps are joined, anything else stands once.
fn add(merged: &mut Vec<Entry>, entry: Entry, report: &mut Report) {
    let Some(there) = merged.iter_mut().find(|it| it.key == entry.key) else {
        merged.push(entry);
        return;
    };
    match (&mut there.node.value, entry.node.value) {
        (_, Value::Null) => {}
        (Value::Map(block), Value::Map(more)) => join(block, more, report),
        (Value::Scalar { text, .. }, Value::Scalar { text: again, .. })
            if entry.key == "tradeoff" && *text == again => {}
        (_, value) => {
            let node = Node { span: entry.node.span, value };
            report.push(duplicate(&Entry { node, ..entry }, there.key_span));
        }
    }
}

fn join(block: &mut Vec<Entry>, more: Vec<Entry>, report: &mut Report) {
    let places = block.iter().enumerate();
    let known: BTreeMap<String, (usize, Span)> =
        places.map(|(at, entry)| (entry.key.clone(), (at, entry.key_span))).collect();
    for entry in more {
        let Some((at, first)) = known.get(&entry.key).copied() else {
            block.push(entry);
            continue;
        };
        match (&mut block[at].node.value, &entry.node.value) {
            // Lists such as `rules: { accept: [..] }` go on from file to file.
            (Value::Seq(items), Value::Seq(more)) => items.extend(more.iter().cloned()),
            _ => report.push(duplicate(&entry, first)),
        }
    }
}
