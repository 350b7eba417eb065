//! A file, or several, as parsed: what is lowered, patched and asked for places.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use tradeoff_diag::{Diagnostic, SourceFile, Sources, Span};

use crate::include::load;
use crate::lower::{Files, NoFiles, Overlay, lower, overlays};
use crate::merge::merge;
use crate::model::Architecture;
use crate::pointer::each_part;
use crate::report::Report;
use crate::tree::{Node, Value};

/// The files and the tree that they make together.
#[derive(Clone, Debug)]
pub struct Document {
    /// The files that spans point into.
    pub sources: Sources,
    pub(crate) root: Node,
    /// What `--env` changes; no part of the tree, so that a design is the same however it came
    /// to its values.
    pub(crate) overlays: Vec<Overlay>,
    /// How many of the sources are files; behind them stand values of `set`.
    pub(crate) files: usize,
    /// Whether a file, or one that is included, could not be read to its end.
    cut: bool,
    /// Where the names of each block stand in it: a hint, for an edit may move them.
    named: OnceLock<BTreeMap<String, BTreeMap<String, usize>>>,
}

impl Document {
    /// Parses files and merges them: top-level maps are joined, a name may be defined once.
    /// They include nothing.
    pub fn parse(files: Vec<SourceFile>) -> (Self, Vec<Diagnostic>) {
        Self::parse_with(files, &NoFiles)
    }

    /// Parses files of which it is known that they are all: what they include is among them.
    pub(crate) fn parse_all(files: Vec<SourceFile>) -> (Self, Vec<Diagnostic>) {
        Self::merged(files, None)
    }

    /// The same with the fragments that the files include.
    pub fn parse_with(files: Vec<SourceFile>, reader: &dyn Files) -> (Self, Vec<Diagnostic>) {
        Self::merged(files, Some(reader))
    }

    fn merged(files: Vec<SourceFile>, reader: Option<&dyn Files>) -> (Self, Vec<Diagnostic>) {
        let mut report = Report::default();
        let loaded = load(files, reader, &mut report);
        let cut = loaded.cut || loaded.trees.iter().any(Option::is_none);
        let files = loaded.trees.len();
        let mut root = merge(loaded.trees.into_iter().flatten().collect(), &mut report);
        let overlays = take_overlays(&mut root, &mut report);
        let document =
            Self { sources: loaded.sources, root, overlays, files, cut, named: OnceLock::new() };
        (document, report.into_diagnostics())
    }

    /// Reads the architecture: a usable one, and every mistake of the file.
    ///
    /// If a file is not YAML to its end, or one that is included cannot be read,
    /// [`Document::parse_with`] has said so; what is then missing is no mistake of its own, and none
    /// are reported here.
    pub fn lower(&self, files: &dyn Files) -> (Architecture, Vec<Diagnostic>) {
        let (architecture, mistakes) = lower(&self.root, files);
        (architecture, if self.cut { Vec::new() } else { mistakes })
    }

    /// The value at a JSON Pointer.
    pub fn get(&self, pointer: &str) -> Option<serde_json::Value> {
        self.node(pointer).map(Node::to_json)
    }

    /// Whether there is a value at a JSON Pointer.
    pub fn has(&self, pointer: &str) -> bool {
        self.node(pointer).is_some()
    }

    /// Whether the value at a JSON Pointer is a map.
    pub fn has_map(&self, pointer: &str) -> bool {
        self.node(pointer).is_some_and(|node| matches!(node.value, Value::Map(_)))
    }

    /// The value at a JSON Pointer, if it is neither a map nor a list.
    pub fn scalar(&self, pointer: &str) -> Option<serde_json::Value> {
        let node = self.node(pointer)?;
        (!matches!(node.value, Value::Map(_) | Value::Seq(_))).then(|| node.to_json())
    }

    /// The place of the value at a JSON Pointer.
    pub fn span_of(&self, pointer: &str) -> Option<Span> {
        self.node(pointer).map(|node| node.span)
    }

    /// The whole on one line with maps sorted: the same for every order and layout of the files.
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        self.root.canonical(&mut text);
        text
    }

    pub(crate) fn node(&self, pointer: &str) -> Option<&Node> {
        let mut node = &self.root;
        let mut block = None;
        for (depth, part) in each_part(pointer)?.enumerate() {
            let hint = block.take().and_then(|block: Cow<'_, str>| self.hint(&block, &part));
            node = match &node.value {
                Value::Map(entries) => match hint.and_then(|at| entries.get(at)) {
                    Some(entry) if entry.key == part => &entry.node,
                    _ => node.get(&part)?,
                },
                Value::Seq(items) => items.get(part.parse::<usize>().ok()?)?,
                _ => return None,
            };
            block = (depth == 0).then_some(part);
        }
        Some(node)
    }

    /// Where a name probably stands in its block: large files have a thousand of them.
    fn hint(&self, block: &str, name: &str) -> Option<usize> {
        let named = self.named.get_or_init(|| {
            let names = |node: &Node| {
                let entries = node.entries().unwrap_or_default().iter().enumerate();
                entries.map(|(at, it)| (it.key.clone(), at)).collect()
            };
            let blocks = self.root.entries().unwrap_or_default().iter();
            blocks.map(|it| (it.key.clone(), names(&it.node))).collect()
        });
        named.get(block)?.get(name).copied()
    }
}

fn take_overlays(root: &mut Node, report: &mut Report) -> Vec<Overlay> {
    let Value::Map(entries) = &mut root.value else { return Vec::new() };
    let Some(at) = entries.iter().position(|it| it.key == "overlays") else { return Vec::new() };
    overlays(&entries.remove(at), report)
}
