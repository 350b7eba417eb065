//! Facts: what the simulator does not move, read from the table alone.
//!
//! A key that the table marks as a fact is read with all that is below it; the other keys are
//! read by their own modules, and are only walked through here.

use std::collections::BTreeMap;

use tradeoff_diag::{Diagnostic, Span, Spanned};

use super::Cx;
use super::dist::{Unit, dist};
use super::fields::{Fields, with_nearest, wrong_type, wrong_value};
use super::known::Known;
use super::names::{check_name, unknown};
use crate::facts::{Fact, Facts, Value};
use crate::model::Dist;
use crate::pointer::{child, dotted};
use crate::quantity::{self, Wrong};
use crate::table::{Block, DIST, Kind, ROOT, one_of, ordered};
use crate::tree::{Entry, Node, shorten};

/// Reads the facts of a file.
pub(super) fn facts<'t>(cx: &mut Cx<'t>, root: &'t Node) -> Facts {
    let mut reader = Reader { known: Known::new(root), not_moved: Vec::new() };
    let root = reader.seek(cx, root, &ROOT, &mut Vec::new());
    reader.not_moved.sort_unstable();
    Facts { root, not_moved: reader.not_moved }
}

struct Reader<'t> {
    known: Known<'t>,
    not_moved: Vec<String>,
}

impl<'t> Reader<'t> {
    /// The facts in a map that another module reads.
    fn seek(
        &mut self,
        cx: &mut Cx<'t>,
        node: &'t Node,
        block: &'static Block,
        path: &mut Vec<&'t str>,
    ) -> BTreeMap<String, Fact> {
        let mut found = BTreeMap::new();
        for entry in node.entries().unwrap_or_default() {
            let Some(field) = block.field(&entry.key) else { continue };
            path.push(&entry.key);
            let fact = if field.fact {
                let pointer = path.iter().fold(String::new(), |it, part| child(&it, part));
                if path.len() == 1 || entry.node.text().is_none() {
                    self.not_moved.push(dotted(&pointer));
                }
                self.entry(cx, entry, field.kind, &pointer)
            } else {
                self.seek_in(cx, entry, field.kind, path)
            };
            path.pop();
            found.extend(fact.map(|fact| (entry.key.clone(), fact)));
        }
        found
    }

    /// The facts below a key that another module reads; `None` if there are none.
    fn seek_in(
        &mut self,
        cx: &mut Cx<'t>,
        entry: &'t Entry,
        kind: Kind,
        path: &mut Vec<&'t str>,
    ) -> Option<Fact> {
        let found = match kind {
            Kind::Block(block) => self.seek(cx, &entry.node, block, path),
            Kind::Map(Kind::Block(block)) => {
                let mut found = BTreeMap::new();
                for inner in entry.node.entries().unwrap_or_default() {
                    path.push(&inner.key);
                    let below = self.seek(cx, &inner.node, block, path);
                    path.pop();
                    if !below.is_empty() {
                        found.insert(inner.key.clone(), fact(inner, Value::Map(below)));
                    }
                }
                found
            }
            _ => return None,
        };
        (!found.is_empty()).then(|| fact(entry, Value::Map(found)))
    }

    /// The value of a key.
    fn entry(
        &mut self,
        cx: &mut Cx<'t>,
        entry: &'t Entry,
        kind: Kind,
        pointer: &str,
    ) -> Option<Fact> {
        let value = if is_time(kind) {
            Value::Time(dist(cx, entry, pointer, Unit::Time)?)
        } else {
            self.value(cx, &entry.node, entry.key_span, kind, pointer)?
        };
        Some(fact(entry, value))
    }

    fn value(
        &mut self,
        cx: &mut Cx<'t>,
        node: &'t Node,
        place: Span,
        kind: Kind,
        pointer: &str,
    ) -> Option<Value> {
        if let Some(text) = node.text() {
            return self.scalar(cx, text, node.span, kind);
        }
        match shaped(kind, node) {
            Some(Kind::Block(block)) => self.block(cx, node, place, block, pointer),
            Some(Kind::Map(inner)) => self.map(cx, node, *inner, None, pointer),
            Some(Kind::Keyed(what, inner)) => self.map(cx, node, *inner, Some(what), pointer),
            Some(Kind::List(inner)) => {
                let mut items = Vec::new();
                for (at, item) in node.items()?.iter().enumerate() {
                    let value = self.value(cx, item, item.span, *inner, &format!("{pointer}/{at}"));
                    let span = item.span;
                    items.extend(value.map(|value| Fact { span, stated: true, value }));
                }
                Some(Value::List(items))
            }
            // Steps are read where consumers are.
            Some(_) => None,
            None => {
                wrong_type(cx, node, place, kind);
                None
            }
        }
    }

    fn block(
        &mut self,
        cx: &mut Cx<'t>,
        node: &'t Node,
        place: Span,
        block: &'static Block,
        pointer: &str,
    ) -> Option<Value> {
        Fields::open(cx, node, place, block, pointer)?;
        let mut found = BTreeMap::new();
        for entry in node.entries()? {
            let Some(field) = block.field(&entry.key) else { continue };
            let pointer = child(pointer, &entry.key);
            let fact = self.entry(cx, entry, field.kind, &pointer);
            found.extend(fact.map(|fact| (entry.key.clone(), fact)));
        }
        for field in block.fields.iter().filter(|field| node.get(field.key).is_none()) {
            let value = field.default.and_then(|text| default(field.kind, text));
            let fact = value.map(|value| Fact { span: place, stated: false, value });
            found.extend(fact.map(|fact| (field.key.to_owned(), fact)));
        }
        for (low, high) in ordered(block) {
            check_order(cx, (low, found.get(low)), (high, found.get(high)));
        }
        Some(Value::Map(found))
    }

    fn map(
        &mut self,
        cx: &mut Cx<'t>,
        node: &'t Node,
        inner: Kind,
        what: Option<&'static str>,
        pointer: &str,
    ) -> Option<Value> {
        let mut found = BTreeMap::new();
        for entry in node.entries()? {
            if let Some(what) = what {
                self.reference(cx, &entry.key, entry.key_span, what);
            } else {
                check_name(cx, entry);
            }
            let fact = self.entry(cx, entry, inner, &child(pointer, &entry.key));
            found.extend(fact.map(|fact| (entry.key.clone(), fact)));
        }
        Some(Value::Map(found))
    }

    fn scalar(&mut self, cx: &mut Cx<'_>, text: &str, span: Span, kind: Kind) -> Option<Value> {
        let mut wrong = None;
        let mut name = None;
        let mut words: &[&str] = &[];
        for kind in alternatives(&kind) {
            match *kind {
                Kind::Choice(choices) if !choices.contains(&text) => words = choices,
                Kind::Reference(what) if !text.is_empty() && self.known.has(what, text) => {
                    return Some(Value::Reference(text.into()));
                }
                Kind::Reference(what) => name = Some(what),
                kind => match scalar(kind, text) {
                    Some(Ok(value)) => return Some(value),
                    Some(Err(found)) => wrong = wrong.or(Some(found)),
                    None => {}
                },
            }
        }
        match (wrong, name) {
            _ if !words.is_empty() => {
                let message = format!("`{}` is not one of the words that fit here", shorten(text));
                let diagnostic = Diagnostic::error("wrong-value", message)
                    .label(span, "this word")
                    .expected(if kind.choices().len() == words.len() {
                        one_of(words)
                    } else {
                        kind.expected()
                    });
                let near = cx.nearest(text, words.iter().copied());
                cx.error(with_nearest(diagnostic, near));
            }
            (_, Some(what)) => self.reference(cx, text, span, what),
            (Some(wrong), None) => cx.error(wrong_value(text, span, &wrong, &kind.expected())),
            (None, None) => cx.error(
                Diagnostic::error("wrong-type", format!("`{}` does not fit here", shorten(text)))
                    .label(span, "this value")
                    .expected(kind.expected()),
            ),
        }
        None
    }

    /// Complains if nothing is called so.
    fn reference(&mut self, cx: &mut Cx<'_>, text: &str, span: Span, what: &'static str) {
        if !self.known.has(what, text) {
            // A list of all names for each of many mistakes would cost their product.
            let all = if cx.report.is_full() { Vec::new() } else { self.known.all(what) };
            let near = cx.nearest(text, all).map(ToOwned::to_owned);
            let name = Spanned::new(text.to_owned(), span);
            cx.error(unknown(what, &name, near.as_deref()));
        }
    }
}

fn fact(entry: &Entry, value: Value) -> Fact {
    Fact { span: entry.place(), stated: true, value }
}

/// Whether it is a duration or a distribution of durations.
fn is_time(kind: Kind) -> bool {
    let is_dist =
        |it: &Kind| matches!(it, Kind::Block(block) if std::ptr::eq(*block, &raw const DIST));
    alternatives(&kind).iter().any(is_dist)
}

fn alternatives(kind: &Kind) -> &[Kind] {
    match kind {
        Kind::Any(kinds) => kinds,
        kind => std::slice::from_ref(kind),
    }
}

/// The alternative that a map or a list may be.
fn shaped(kind: Kind, node: &Node) -> Option<Kind> {
    let fits = |kind: &&Kind| match kind {
        Kind::Block(_) | Kind::Map(_) | Kind::Keyed(..) => node.entries().is_some(),
        Kind::List(_) | Kind::Steps => node.items().is_some(),
        _ => false,
    };
    // Nothing at all is an empty map or list, but no value.
    alternatives(&kind).iter().find(fits).copied()
}

/// The default of a key, if its kind has values of one text.
fn default(kind: Kind, text: &str) -> Option<Value> {
    if is_time(kind) {
        return quantity::seconds(text).ok().map(|it| Value::Time(Dist::Constant(it)));
    }
    alternatives(&kind).iter().find_map(|kind| scalar(*kind, text)?.ok())
}

/// The value of a text; `None` if the kind has none of one text.
fn scalar(kind: Kind, text: &str) -> Option<Result<Value, Wrong>> {
    Some(match kind {
        Kind::Text if text.trim().is_empty() => Err(Wrong::Range("not empty".into())),
        Kind::Text => Ok(Value::Text(text.into())),
        Kind::Bool => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(Wrong::Unit { write: None }),
        },
        Kind::Duration => quantity::duration(text).map(Value::Duration),
        Kind::Period => quantity::period(text).map(Value::Duration),
        Kind::Rate => quantity::rate(text).map(Value::Rate),
        Kind::Share => quantity::share(text).map(Value::Share),
        Kind::Cost => quantity::cost(text).map(Value::Money),
        Kind::Money(per) => quantity::money(text, per).map(Value::Money),
        Kind::Bytes => quantity::bytes(text).map(Value::Bytes),
        Kind::Date => quantity::date(text).map(Value::Date),
        Kind::Growth => quantity::growth(text).map(|[low, high]| Value::Growth { low, high }),
        Kind::Effort => quantity::effort(text).map(Value::Effort),
        Kind::Factor => quantity::factor(text).map(Value::Number),
        Kind::Number { most } => quantity::number(text, most).map(Value::Number),
        Kind::Count { word, least, most } => {
            quantity::count(text, word, least, most).map(Value::Count)
        }
        Kind::Choice(words) if words.contains(&text) => Ok(Value::Text(text.into())),
        Kind::Word(word) if word == text => Ok(Value::Text(text.into())),
        _ => return None,
    })
}

/// Complains if the first of two keys is more than the second.
fn check_order(cx: &mut Cx<'_>, low: (&str, Option<&Fact>), high: (&str, Option<&Fact>)) {
    let number = |fact: &Fact| fact.number().or(fact.duration().map(|it| it as f64));
    let (Some(least), Some(most)) = (low.1, high.1) else { return };
    if let (Some(a), Some(b)) = (number(least), number(most))
        && a > b
    {
        let message = format!("`{}` is more than `{}`", low.0, high.0);
        cx.error(
            Diagnostic::error("range-order", message)
                .label(least.span, format!("`{}`", low.0))
                .secondary(most.span, format!("`{}` is less", high.0))
                .expected(format!("`{}` of at most `{}`", low.0, high.0)),
        );
    }
}
