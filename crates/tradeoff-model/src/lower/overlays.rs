//! Reads `overlays`: edits by the name of an environment, with the places at which they stand.

use tradeoff_diag::{Diagnostic, Span, Spanned};

use super::Cx;
use super::fields::{Fields, wrong_type};
use super::names::check_name;
use crate::lower::NoFiles;
use crate::patch::Op;
use crate::pointer::{child, parts, split_dotted};
use crate::report::Report;
use crate::table::{Kind, OVERLAY_EDIT};
use crate::tree::{Entry, MAX_DEPTH, Node, shorten};

/// Most overlays of an architecture: each is lowered to see whether it fits.
const MOST: usize = 32;

const EDITS: Kind = Kind::List(&Kind::Block(&OVERLAY_EDIT));
const BY_NAME: Kind = Kind::Map(&EDITS);

/// The edits of one environment.
#[derive(Clone, Debug)]
pub(crate) struct Overlay {
    /// What `--env` calls it, at its key.
    pub(crate) name: Spanned<String>,
    /// What it changes, in order.
    pub(crate) changes: Vec<Change>,
}

/// One edit of an overlay.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) op: Op,
    /// Its JSON Pointer, as written.
    pub(crate) path: Spanned<String>,
    pub(crate) parts: Vec<String>,
    /// The new value; nothing for `remove`.
    pub(crate) value: Option<Node>,
}

/// The overlays under `overlays`, and what is wrong with them by themselves.
pub(crate) fn overlays(entry: &Entry, report: &mut Report) -> Vec<Overlay> {
    let mut cx = Cx::new(&NoFiles);
    let mut found = Vec::new();
    match entry.node.entries() {
        None => {
            wrong_type(&mut cx, &entry.node, entry.key_span, BY_NAME);
        }
        Some(entries) => {
            if let Some(beyond) = entries.get(MOST) {
                let message = format!("there are {} overlays", entries.len());
                cx.error(
                    Diagnostic::error("out-of-range", message)
                        .label(beyond.key_span, "one too many")
                        .expected(format!("at most {MOST} overlays")),
                );
            }
            found.extend(entries.iter().take(MOST).map(|it| overlay(&mut cx, it)));
        }
    }
    cx.report.into_diagnostics().into_iter().for_each(|it| report.push(it));
    found
}

fn overlay(cx: &mut Cx<'_>, entry: &Entry) -> Overlay {
    check_name(cx, entry);
    let pointer = child("/overlays", &entry.key);
    let mut changes = Vec::new();
    match entry.node.items() {
        Some(items) => {
            for (at, item) in items.iter().enumerate() {
                let pointer = child(&pointer, &at.to_string());
                changes.extend(change(cx, item, &pointer));
            }
        }
        None => {
            wrong_type(cx, &entry.node, entry.key_span, EDITS);
        }
    }
    Overlay { name: Spanned::new(entry.key.clone(), entry.key_span), changes }
}

fn change(cx: &mut Cx<'_>, item: &Node, pointer: &str) -> Option<Change> {
    let fields = Fields::open(cx, item, item.span, &OVERLAY_EDIT, pointer)?;
    let op = match fields.choice(cx, "op") {
        Some("add") => Some(Op::Add),
        Some("replace") => Some(Op::Replace),
        Some("remove") => Some(Op::Remove),
        _ => None,
    };
    let path = fields.text(cx, "path");
    let parts = path.as_ref().and_then(|path| pointed(cx, path));
    let value = fields.get("value");
    let (op, path) = (op?, path?);
    match (op, value) {
        (Op::Remove, Some(value)) => cx.error(
            Diagnostic::error("unknown-key", "`remove` takes no `value`")
                .label(value.key_span, "not used")
                .help("leave it out, or write `op: replace`"),
        ),
        (Op::Add | Op::Replace, None) => cx.error(
            Diagnostic::error("missing-key", "the edit needs a `value`")
                .label(path.span, "what shall stand there?")
                .expected("what would stand at the path in the file"),
        ),
        _ => {}
    }
    let value = value.map(|it| it.node.clone());
    (op == Op::Remove || value.is_some()).then_some(Change { op, path, parts: parts?, value })
}

/// The parts of a path, if it leads to something that an overlay may change.
fn pointed(cx: &mut Cx<'_>, path: &Spanned<String>) -> Option<Vec<String>> {
    let text = &path.value;
    let refused = |span: Span, message: String| {
        Diagnostic::error("bad-path", message)
            .label(span, "this path")
            .expected("a path such as `/services/order/replicas`")
    };
    let found = parts(text).filter(|it| it.iter().all(|part| !part.is_empty()));
    let Some(found) = found.filter(|it| !it.is_empty() && it.len() <= MAX_DEPTH) else {
        let diagnostic = refused(path.span, format!("`{}` is not a path", shorten(text)));
        let better = split_dotted(text).filter(|_| !text.starts_with('/'));
        let better = better.map(|it| it.iter().fold(String::new(), |all, it| child(&all, it)));
        cx.error(match better {
            Some(better) => diagnostic.nearest(better),
            None => diagnostic,
        });
        return None;
    };
    if let "include" | "overlays" = found[0].as_str() {
        let message = format!("an overlay cannot change `{}`", found[0]);
        cx.error(refused(path.span, message).help("change the files"));
        return None;
    }
    Some(found)
}
