//! `--set services.order.replicas=6`: one value by its dotted path, checked against the format.
//!
//! A part of the path that holds a dot stands in double quotes:
//! `edges."order.place->payment.charge".network=5ms`. Items of lists are numbered from 0.

use tradeoff_diag::{Diagnostic, SourceFile, Span};

use crate::document::Document;
use crate::nearest::nearest;
use crate::pointer::{quoted, split_dotted};
use crate::table::{Kind, ROOT, STEPS, one_of};
use crate::tree::{Node, Value, parse_value, shorten};

impl Document {
    /// The document with the value at a dotted path set; `value` is YAML: `6`, `{ mean: 5ms }`.
    ///
    /// The path must lead to a value that is there or to a key that the format knows; maps that
    /// are missing on the way are made. Diagnostics have no place: the path is not in a file.
    pub fn set(&self, dotted: &str, value: &str) -> Result<Self, Box<Diagnostic>> {
        let Some(parts) = split_dotted(dotted) else {
            return Err(Box::new(
                Diagnostic::error("bad-path", format!("`{}` is not a path", shorten(dotted)))
                    .expected("a path such as `services.order.replicas`")
                    .help("put a part that holds a dot into double quotes"),
            ));
        };
        if value.trim().is_empty() {
            let message = format!("`{}` is set to nothing", shorten(dotted));
            return Err(Box::new(
                Diagnostic::error("missing-value", message)
                    .expected(format!("a value behind the `=`, such as in `{dotted}=6`"))
                    .help("write `=null` for no value, `='\"\"'` for an empty text"),
            ));
        }
        if let "include" | "overlays" = parts[0].as_str() {
            let message = format!("`{}` cannot be set", parts[0]);
            let help = "it says which values there are: change the files, or set the values";
            return Err(Box::new(Diagnostic::error("bad-path", message).help(help)));
        }
        check(&self.root, &parts)?;
        let mut document = self.clone();
        let name = format!("--set {dotted}");
        let number = document.sources.add(SourceFile::new(name, value));
        let node = parse_value(number, value).map_err(|mut diagnostic| {
            diagnostic.message = format!("the value of `{dotted}`: {}", diagnostic.message);
            diagnostic.labels.clear();
            diagnostic
        })?;
        let span = Span::new(number, 0, value.len() as u32);
        let there = self.root.find(&parts).is_some();
        let done = if there {
            document.root.replace(&parts, node)
        } else {
            document.root.put(&parts, node, span)
        };
        match done {
            Ok(()) => Ok(document),
            Err(_) => Err(Box::new(
                Diagnostic::error("bad-path", format!("`{dotted}` goes through a value"))
                    .help("set the whole map above it"),
            )),
        }
    }
}

impl Node {
    fn find(&self, parts: &[String]) -> Option<&Self> {
        parts.iter().try_fold(self, |node, part| node.below(part))
    }

    /// The value of a key, or the item of an index.
    pub(crate) fn below(&self, part: &str) -> Option<&Self> {
        match &self.value {
            Value::Seq(items) => items.get(part.parse::<usize>().ok()?),
            _ => self.get(part),
        }
    }
}

/// Whether the format knows the path; what is named by the author must be there.
fn check(root: &Node, parts: &[String]) -> Result<(), Box<Diagnostic>> {
    let mut kinds = vec![Kind::Block(&ROOT)];
    let mut node = Some(root);
    for (at, part) in parts.iter().enumerate() {
        if let Some(Value::Scalar { text, .. }) = node.map(|node| &node.value) {
            let above = path(&parts[..at]);
            return Err(Box::new(
                Diagnostic::error(
                    "bad-path",
                    format!("`{above}` is `{}`, not a map", shorten(text)),
                )
                .help(format!("set `{above}` to a map")),
            ));
        }
        let mut next = Vec::new();
        let mut known: Vec<String> = Vec::new();
        for kind in kinds {
            below(kind, node, part, &mut next, &mut known);
        }
        if next.is_empty() {
            return Err(Box::new(unknown(parts, at, &known)));
        }
        kinds = next;
        node = node.and_then(|node| node.below(part));
    }
    Ok(())
}

/// What may stand under a kind at a part of a path, and the parts that are known.
fn below(
    kind: Kind,
    node: Option<&Node>,
    part: &str,
    next: &mut Vec<Kind>,
    known: &mut Vec<String>,
) {
    match kind {
        Kind::Block(block) => {
            next.extend(block.field(part).map(|field| field.kind));
            known.extend(block.fields.iter().map(|field| field.key.to_owned()));
        }
        Kind::Map(inner) | Kind::Keyed(_, inner) => {
            let entries = node.and_then(Node::entries).unwrap_or_default();
            known.extend(entries.iter().map(|entry| entry.key.clone()));
            next.extend(entries.iter().find(|entry| entry.key == part).map(|_| *inner));
        }
        Kind::List(inner) => {
            let item = node.and_then(|node| node.below(part));
            next.extend(item.map(|_| *inner));
            known.extend(indices(node));
        }
        Kind::Steps => {
            let item = node.and_then(|node| node.below(part));
            let is_kind = |block: &&crate::table::Block| {
                item.is_some_and(|item| item.get(block.fields[0].key).is_some())
            };
            next.extend(STEPS.iter().find(is_kind).map(Kind::Block));
            known.extend(indices(node));
        }
        Kind::Any(kinds) => {
            for kind in kinds {
                below(*kind, node, part, next, known);
            }
        }
        _ => {}
    }
}

fn indices(node: Option<&Node>) -> impl Iterator<Item = String> {
    let count = node.and_then(Node::items).map_or(0, <[Node]>::len);
    (0..count.min(10)).map(|at| at.to_string())
}

fn path(parts: &[String]) -> String {
    parts.iter().map(|part| quoted(part)).collect::<Vec<_>>().join(".")
}

fn unknown(parts: &[String], at: usize, known: &[String]) -> Diagnostic {
    let message = if at == 0 {
        format!("there is no `{}`", shorten(&parts[0]))
    } else {
        format!("`{}` has no `{}`", path(&parts[..at]), shorten(&parts[at]))
    };
    let diagnostic = Diagnostic::error("unknown-path", message);
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    let diagnostic = match names.len() {
        0 => diagnostic,
        _ => diagnostic.expected(one_of(&names[..names.len().min(20)])),
    };
    match nearest(&parts[at], names) {
        Some(near) => {
            let mut better = parts.to_vec();
            near.clone_into(&mut better[at]);
            diagnostic.nearest(path(&better))
        }
        None => diagnostic,
    }
}
