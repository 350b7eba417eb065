//! Reads the keys of one block: checked against the table, defaults taken from it.

use tradeoff_diag::{Diagnostic, Span, Spanned};

use super::Cx;
use super::ranges::{self, Reading};
use crate::date::Date;
use crate::model::Nanos;
use crate::nearest::nearest;
use crate::pointer::child;
use crate::quantity::{self, Wrong};
use crate::range::Measure;
use crate::table::{Block, Field, Kind, article, one_of};
use crate::tree::{Entry, Node, shorten};

/// A block as it is written.
pub(super) struct Fields<'t> {
    block: &'static Block,
    entries: &'t [Entry],
    /// Its JSON Pointer.
    pub(super) pointer: String,
    /// Where a complaint about all of it points.
    pub(super) place: Span,
}

impl<'t> Fields<'t> {
    /// Opens a map, and complains about keys that are unknown or missing.
    pub(super) fn open(
        cx: &mut Cx<'_>,
        node: &'t Node,
        place: Span,
        block: &'static Block,
        pointer: &str,
    ) -> Option<Self> {
        let Some(entries) = node.entries() else {
            wrong_type(cx, node, place, Kind::Block(block));
            return None;
        };
        for entry in entries {
            if block.field(&entry.key).is_none() && !cx.report.is_full() {
                cx.error(unknown_key(entry, block));
            }
        }
        let speaks_ahead = entries.iter().any(|it| block.later.contains(&it.key.as_str()));
        for field in block.fields.iter().filter(|field| field.required && !speaks_ahead) {
            if !entries.iter().any(|entry| entry.key == field.key) {
                cx.error(missing(place, block, field));
            }
        }
        Some(Self { block, entries, pointer: pointer.into(), place })
    }

    /// The entry of a key of the block.
    pub(super) fn get(&self, key: &str) -> Option<&'t Entry> {
        debug_assert!(self.block.field(key).is_some(), "no `{key}` in {}", self.block.name);
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Whether a key of a later version is there: what is missing may then be said by it.
    pub(super) fn speaks_ahead(&self) -> bool {
        self.entries.iter().any(|it| self.block.later.contains(&it.key.as_str()))
    }

    /// Whether it is a block of this kind.
    pub(super) fn is(&self, block: &'static Block) -> bool {
        std::ptr::eq(self.block, block)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    fn field(&self, key: &str) -> &'static Field {
        self.block.field(key).expect("callers name keys of their block")
    }

    /// The pointer of a key.
    pub(super) fn path(&self, key: &str) -> String {
        child(&self.pointer, key)
    }

    /// The pointer of a name under a key.
    pub(super) fn path_of(&self, key: &str, name: &str) -> String {
        child(&self.path(key), name)
    }

    /// Lists the default of a key as an assumption, if the key is left out.
    pub(super) fn assume(&self, cx: &mut Cx<'_>, key: &str) {
        if let (None, Some(default)) = (self.get(key), self.field(key).default) {
            cx.assume(&self.path(key), default);
        }
    }

    /// The entries of a map of names, sorted by name.
    pub(super) fn sorted(&self, cx: &mut Cx<'_>, key: &str) -> Vec<&'t Entry> {
        let Some(entry) = self.get(key) else { return Vec::new() };
        let Some(entries) = entry.node.entries() else {
            wrong_type(cx, &entry.node, entry.key_span, self.field(key).kind);
            return Vec::new();
        };
        let mut entries: Vec<&Entry> = entries.iter().collect();
        entries.sort_by(|a, b| a.key.cmp(&b.key));
        entries
    }

    /// A value; `None` if it is left out without a default, or one of the words that its kind
    /// allows beside values, or wrong. A range of what `measure` says is read as its middle.
    fn read<T: Clone>(
        &self,
        cx: &mut Cx<'_>,
        key: &str,
        measure: Option<Measure>,
        parse: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Option<Spanned<T>> {
        let field = self.field(key);
        let default = || {
            let text = field.default.filter(|text| !field.kind.has_word(text))?;
            parse(text).ok().map(|value| Spanned::new(value, self.place))
        };
        let Some(entry) = self.get(key) else { return default() };
        let Some(text) = entry.node.text() else {
            wrong_type(cx, &entry.node, entry.key_span, field.kind);
            return default();
        };
        if field.kind.has_word(text) {
            return None;
        }
        let (span, pointer, expected) = (entry.node.span, self.path(key), field.kind.expected());
        let reading = Reading { text, span, pointer: &pointer, measure, expected: &expected };
        let taken = ranges::read(cx, &reading, &parse);
        taken.map(|it| Spanned::new(it.used, span)).or_else(default)
    }

    pub(super) fn date(&self, cx: &mut Cx<'_>, key: &str) -> Option<Spanned<Date>> {
        self.read(cx, key, None, quantity::date)
    }

    pub(super) fn duration(&self, cx: &mut Cx<'_>, key: &str) -> Option<Spanned<Nanos>> {
        self.read(cx, key, Some(Measure::Duration), quantity::duration)
    }

    /// A duration that must be more than zero, of a key that has a default.
    pub(super) fn positive(&self, cx: &mut Cx<'_>, key: &str) -> Nanos {
        self.positive_or_none(cx, key).map_or(0, |it| it.value)
    }

    /// A duration that must be more than zero.
    pub(super) fn positive_or_none(&self, cx: &mut Cx<'_>, key: &str) -> Option<Spanned<Nanos>> {
        self.read(cx, key, Some(Measure::Duration), |text| match quantity::duration(text) {
            Ok(0) => Err(Wrong::Range("more than 0".into())),
            other => other,
        })
    }

    pub(super) fn rate(&self, cx: &mut Cx<'_>, key: &str) -> Option<Spanned<f64>> {
        self.read(cx, key, Some(Measure::Rate), |text| match quantity::rate(text) {
            Ok(0.0) => Err(Wrong::Range("more than 0".into())),
            other => other,
        })
    }

    pub(super) fn share(&self, cx: &mut Cx<'_>, key: &str) -> Option<Spanned<f64>> {
        self.read(cx, key, Some(Measure::Share), quantity::share)
    }

    pub(super) fn cost(&self, cx: &mut Cx<'_>, key: &str) -> Option<f64> {
        self.read(cx, key, Some(Measure::Cost), quantity::cost).map(|it| it.value)
    }

    pub(super) fn factor(&self, cx: &mut Cx<'_>, key: &str) -> Option<f64> {
        self.read(cx, key, Some(Measure::Factor), quantity::factor).map(|it| it.value)
    }

    pub(super) fn number(&self, cx: &mut Cx<'_>, key: &str) -> Option<Spanned<f64>> {
        let Kind::Number { most } = self.field(key).kind else { return None };
        self.read(cx, key, Some(Measure::Number), |text| quantity::number(text, most))
    }

    pub(super) fn count(&self, cx: &mut Cx<'_>, key: &str) -> Option<Spanned<u64>> {
        let (word, least, most) = self.field(key).kind.count()?;
        self.read(cx, key, Some(Measure::Count), |text| quantity::count(text, word, least, most))
    }

    pub(super) fn count32(&self, cx: &mut Cx<'_>, key: &str) -> Option<Spanned<u32>> {
        self.count(cx, key).map(|it| Spanned::new(it.value as u32, it.span))
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, cx: &mut Cx<'_>, key: &str) -> Option<Spanned<bool>> {
        self.read(cx, key, None, |text| match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Wrong::Unit { write: None }),
        })
    }

    /// A text that is not empty.
    pub(super) fn text(&self, cx: &mut Cx<'_>, key: &str) -> Option<Spanned<String>> {
        self.read(cx, key, None, |text| {
            if text.trim().is_empty() {
                return Err(Wrong::Range("not empty".into()));
            }
            Ok(text.to_owned())
        })
    }

    /// The index of one of the words of a choice.
    pub(super) fn choice(&self, cx: &mut Cx<'_>, key: &str) -> Option<&'static str> {
        let field = self.field(key);
        let words = field.kind.choices();
        let entry = self.get(key);
        let Some(entry) = entry else { return field.default };
        let Some(text) = entry.node.text() else {
            wrong_type(cx, &entry.node, entry.key_span, field.kind);
            return field.default;
        };
        let found = words.iter().copied().find(|word| *word == text);
        if found.is_none() {
            let message = format!("`{}` is not a value of `{key}`", shorten(text));
            let diagnostic = Diagnostic::error("wrong-value", message)
                .label(entry.node.span, "this word")
                .expected(one_of(words));
            cx.error(with_nearest(diagnostic, cx.nearest(text, words.iter().copied())));
        }
        found.or(field.default)
    }

    /// The complaint that a value has another shape than its kind.
    pub(super) fn wrong_type(&self, cx: &mut Cx<'_>, key: &str) {
        if let Some(entry) = self.get(key) {
            wrong_type(cx, &entry.node, entry.key_span, self.field(key).kind);
        }
    }
}

/// Complains that a node is a list where a map should be, and so on.
pub(super) fn wrong_type(cx: &mut Cx<'_>, node: &Node, key: Span, kind: Kind) {
    let place = if node.text().is_some() { node.span } else { key };
    let expected = kind.expected();
    cx.error(
        Diagnostic::error("wrong-type", format!("{} does not fit here", node.describe()))
            .label(place, "this value")
            .expected(expected),
    );
}

/// The complaint about a text that is no quantity of its kind.
pub(super) fn wrong_value(text: &str, span: Span, wrong: &Wrong, expected: &str) -> Diagnostic {
    let text = shorten(text);
    // Without its example: that is told beside it.
    let kind = expected.split(" such as ").next().unwrap_or(expected);
    match wrong {
        Wrong::Unit { write } => {
            let has_number = text
                .trim_start_matches(['-', '+', '$', '.'])
                .starts_with(|it: char| it.is_ascii_digit());
            let code = if has_number { "wrong-unit" } else { "wrong-value" };
            let diagnostic = Diagnostic::error(code, format!("`{text}` is not {kind}"))
                .label(span, "this value")
                .expected(expected);
            match write {
                Some(write) => diagnostic.help(format!("write `{write}`")),
                None => diagnostic,
            }
        }
        Wrong::Range(bound) => {
            let message = match text.trim() {
                "" => "a text is empty".into(),
                _ => format!("`{text}` is not {bound}"),
            };
            Diagnostic::error("out-of-range", message).label(span, "out of range").expected(
                if expected.contains(bound) {
                    expected.into()
                } else {
                    format!("{expected}, {bound}")
                },
            )
        }
    }
}

pub(super) fn with_nearest(diagnostic: Diagnostic, name: Option<impl Into<String>>) -> Diagnostic {
    match name {
        Some(name) => diagnostic.nearest(name),
        None => diagnostic,
    }
}

fn unknown_key(entry: &Entry, block: &Block) -> Diagnostic {
    let key = shorten(&entry.key);
    if block.later.contains(&entry.key.as_str()) {
        return not_yet(&key, entry.key_span);
    }
    let keys = || block.fields.iter().map(|field| field.key);
    let message = format!("`{key}` is not a key of {} {}", article(block.name), block.name);
    let expected = one_of(&keys().collect::<Vec<_>>());
    let diagnostic = Diagnostic::error("unknown-key", message)
        .label(entry.key_span, "unknown key")
        .expected(expected);
    with_nearest(diagnostic, nearest(&entry.key, keys()))
}

/// The complaint about a word of the format that this version does not read.
pub(super) fn not_yet(key: &str, span: Span) -> Diagnostic {
    Diagnostic::error("unknown-key", format!("`{key}` is not part of this version"))
        .label(span, "not read yet")
        .help("leave it out for now: a later version will read it")
}

fn missing(place: Span, block: &Block, field: &Field) -> Diagnostic {
    let name = block.name;
    let message = format!("{} {name} needs `{}`", article(name), field.key);
    Diagnostic::error("missing-key", message)
        .label(place, format!("no `{}` here", field.key))
        .expected(field.kind.expected())
        .help(format!("add `{}`: {}", field.key, lower_first(field.doc)))
}

fn lower_first(doc: &str) -> String {
    let doc = doc.trim_end_matches('.');
    let mut characters = doc.chars();
    let first = characters.next().map(|it| it.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}
