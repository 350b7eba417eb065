//! A file, or several, as parsed: what is lowered, patched and asked for places.

use tradeoff_diag::{Diagnostic, SourceFile, Sources, Span};

use crate::lower::{Files, lower};
use crate::merge::merge;
use crate::model::Architecture;
use crate::pointer::parts;
use crate::report::Report;
use crate::tree::{self, Node, Value};

/// The files and the tree that they make together.
#[derive(Clone, Debug)]
pub struct Document {
    /// The files that spans point into.
    pub sources: Sources,
    pub(crate) root: Node,
    /// Whether a file could not be read to its end.
    cut: bool,
}

impl Document {
    /// Parses files and merges them: top-level maps are joined, a name may be defined once.
    pub fn parse(files: Vec<SourceFile>) -> (Self, Vec<Diagnostic>) {
        let mut report = Report::default();
        let sources = Sources::new(files);
        let mut trees = Vec::new();
        let mut cut = false;
        for (number, file) in sources.files().enumerate() {
            let parsed = tree::parse(number as u32, &file.text, &mut report);
            cut |= parsed.is_none();
            trees.extend(parsed);
        }
        let root = merge(trees, &mut report);
        (Self { sources, root, cut }, report.into_diagnostics())
    }

    /// Reads the architecture: a usable one, and every mistake of the file.
    ///
    /// If a file is not YAML to its end, [`Document::parse`] has said so; what is then missing is
    /// no mistake of its own, and none are reported here.
    pub fn lower(&self, files: &dyn Files) -> (Architecture, Vec<Diagnostic>) {
        let (architecture, mistakes) = lower(&self.root, files);
        (architecture, if self.cut { Vec::new() } else { mistakes })
    }

    /// The value at a JSON Pointer.
    pub fn get(&self, pointer: &str) -> Option<serde_json::Value> {
        self.node(pointer).map(Node::to_json)
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
        for part in parts(pointer)? {
            node = match &node.value {
                Value::Map(_) => node.get(&part)?,
                Value::Seq(items) => items.get(part.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(node)
    }
}
