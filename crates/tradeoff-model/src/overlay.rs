//! Overlays: the architecture as it is in one environment (`--env prod`).

use tradeoff_diag::Diagnostic;

use crate::document::Document;
use crate::lower::{Change, Files, Overlay};
use crate::nearest::nearest;
use crate::patch::{Op, Refused};
use crate::pointer::child;
use crate::table::one_of;
use crate::tree::{Node, Value, shorten};

impl Document {
    /// The names of the overlays, sorted.
    pub fn environments(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.overlays.iter().map(|it| it.name.value.as_str()).collect();
        names.sort_unstable();
        names
    }

    /// The document with the edits of an overlay made.
    ///
    /// # Errors
    /// There is no such overlay, or edits of it lead nowhere: all of these, each at its place.
    pub fn overlaid(&self, name: &str) -> Result<Self, Vec<Diagnostic>> {
        let Some(overlay) = self.overlays.iter().find(|it| it.name.value == name) else {
            return Err(vec![self.unknown_environment(name)]);
        };
        let mut document = self.clone();
        let changes = overlay.changes.iter();
        let refused: Vec<Diagnostic> =
            changes.filter_map(|it| document.change(overlay, it).err()).map(|it| *it).collect();
        if refused.is_empty() { Ok(document) } else { Err(refused) }
    }

    /// What is wrong with the overlays, those that are not chosen included: paths that lead
    /// nowhere, and mistakes that an architecture has only with an overlay.
    pub fn check_overlays(&self, files: &dyn Files) -> Vec<Diagnostic> {
        let mut all = Vec::new();
        for overlay in &self.overlays {
            let name = &overlay.name.value;
            match self.overlaid(name) {
                Err(refused) => all.extend(refused),
                Ok(document) => {
                    let mistakes = document.lower(files).1.into_iter().filter(Diagnostic::is_error);
                    all.extend(mistakes.map(|mut it| {
                        it.message = format!("in overlay `{name}`: {}", it.message);
                        it.secondary(overlay.name.span, "this overlay")
                    }));
                }
            }
        }
        all
    }

    fn unknown_environment(&self, name: &str) -> Diagnostic {
        let names = self.environments();
        let message = format!("there is no overlay `{}`", shorten(name));
        let diagnostic = Diagnostic::error("unknown-name", message);
        if names.is_empty() {
            let help = "add `overlays` to the architecture, or leave `--env` out";
            return diagnostic.expected("no `--env`: the architecture has no overlays").help(help);
        }
        let diagnostic = diagnostic.expected(one_of(&names));
        match nearest(name, names) {
            Some(near) => diagnostic.nearest(near),
            None => diagnostic,
        }
    }

    fn change(&mut self, overlay: &Overlay, change: &Change) -> Result<(), Box<Diagnostic>> {
        let span = change.path.span;
        let node = || change.value.clone().unwrap_or(Node { span, value: Value::Null });
        let done = match change.op {
            Op::Add => self.root.put(&change.parts, node(), span),
            Op::Replace => self.root.replace(&change.parts, node()),
            Op::Remove => self.root.remove(&change.parts),
        };
        done.map_err(|refused| {
            let diagnostic = self.leads_nowhere(change, &refused);
            let message = format!("in overlay `{}`: {}", overlay.name.value, diagnostic.message);
            Box::new(Diagnostic { message, ..diagnostic })
        })
    }

    /// The complaint about a path that cannot be followed: up to where, and what was meant.
    fn leads_nowhere(&self, change: &Change, refused: &Refused) -> Diagnostic {
        let (mut node, mut above) = (&self.root, String::new());
        for (at, part) in change.parts.iter().enumerate() {
            if let Some(next) = node.below(part) {
                (node, above) = (next, child(&above, part));
                continue;
            }
            let label = |message: String| {
                Diagnostic::error("unknown-path", message).label(change.path.span, "this path")
            };
            let keys: Vec<&str> = match &node.value {
                Value::Map(entries) => entries.iter().map(|it| it.key.as_str()).collect(),
                Value::Seq(items) => {
                    return label(format!(
                        "`{above}` is a list without an item `{}`",
                        shorten(part)
                    ))
                    .expected(match items.len() {
                        0 => "`-`: the list is empty".into(),
                        count => format!("an item from 0 to {}", count - 1),
                    });
                }
                Value::Null => Vec::new(),
                Value::Scalar { .. } => {
                    return label(format!("`{above}` is {}, not a map", node.describe()))
                        .expected("a path through maps and lists");
                }
            };
            let place = if above.is_empty() { "the file" } else { &format!("`{above}`") };
            let mut diagnostic = label(format!("{place} has no `{}`", shorten(part)));
            if !keys.is_empty() {
                diagnostic = diagnostic.expected(one_of(&keys[..keys.len().min(20)]));
            }
            let rest = &change.parts[at + 1..];
            return match nearest(part, keys) {
                Some(near) => diagnostic
                    .nearest(rest.iter().fold(child(&above, near), |all, it| child(&all, it))),
                None if change.op == Op::Replace => {
                    diagnostic.help("write `op: add` to set what is not there")
                }
                None => diagnostic,
            };
        }
        let why = match refused {
            Refused::Index => "has an index that its list does not have",
            _ => "leads nowhere",
        };
        let message = format!("`{}` {why}", shorten(&change.path.value));
        Diagnostic::error("unknown-path", message).label(change.path.span, "this path")
    }
}
