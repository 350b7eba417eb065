//! Distributions: one value, or one of the maps of the format.

use std::sync::Arc;

use tradeoff_diag::{Diagnostic, Span};

use super::Cx;
use super::fields::{Fields, wrong_type};
use super::ranges::{self, Reading, Taken};
use crate::model::Dist;
use crate::quantity::{self, Wrong};
use crate::range::Measure;
use crate::table::{COUNT_DIST, DIST, Kind};
use crate::tree::{Entry, MAX_BYTES, Node, shorten};

/// Most samples of a file.
const MAX_SAMPLES: usize = 1_000_000;
/// The standard normal's 99th percentile.
const Z99: f64 = 2.326_347_874_040_841;

/// What the numbers of a distribution are.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Unit {
    /// Durations, in seconds.
    Time,
    /// Plain numbers, at most so many.
    Plain(f64),
}

impl Unit {
    fn parse(self, text: &str) -> Result<f64, Wrong> {
        match self {
            Self::Time => quantity::seconds(text),
            Self::Plain(most) => quantity::number(text, most),
        }
    }

    const fn measure(self) -> Measure {
        match self {
            Self::Time => Measure::Duration,
            Self::Plain(_) => Measure::Number,
        }
    }

    fn expected(self) -> String {
        match self {
            Self::Time => Kind::Duration.expected(),
            Self::Plain(most) => Kind::Number { most }.expected(),
        }
    }

    fn most(self) -> f64 {
        match self {
            Self::Time => quantity::MAX_DURATION as f64 / 1e9,
            Self::Plain(most) => most,
        }
    }
}

const SHAPES: &str = "one value, or `{ mean }`, `{ mean, cv }`, `{ p50, p99 }`, `{ min, max }` or \
                      `{ samples: file.csv }`";

/// The distribution of an entry, or `None` after a complaint.
pub(super) fn dist<'t>(
    cx: &mut Cx<'t>,
    entry: &'t Entry,
    pointer: &str,
    unit: Unit,
) -> Option<Dist> {
    let node = &entry.node;
    if let Some(text) = node.text() {
        return number(cx, node, text, pointer, unit).map(|it| Dist::Constant(it.used));
    }
    if node.entries().is_none_or(<[Entry]>::is_empty) {
        wrong_shape(cx, node, entry.key_span);
        return None;
    }
    let block = if unit == Unit::Time { &DIST } else { &COUNT_DIST };
    let fields = Fields::open(cx, node, entry.key_span, block, pointer)?;
    let found = shape(cx, &fields, unit)?;
    if found.mean() > unit.most() {
        let message = "the mean of this distribution is beyond the bound";
        let bound = match unit {
            Unit::Time => "a mean of at most 400 d".into(),
            Unit::Plain(most) => format!("a mean of at most {most}"),
        };
        cx.error(
            Diagnostic::error("out-of-range", message)
                .label(node.span, "too large on average")
                .expected(bound),
        );
        return None;
    }
    Some(found)
}

fn wrong_shape(cx: &mut Cx<'_>, node: &Node, key: Span) {
    cx.error(
        Diagnostic::error("wrong-type", format!("{} is not a distribution", node.describe()))
            .label(key, "no distribution here")
            .expected(SHAPES),
    );
}

fn shape<'t>(cx: &mut Cx<'t>, fields: &Fields<'t>, unit: Unit) -> Option<Dist> {
    let keys = ["mean", "cv", "p50", "p99", "min", "max", "samples"];
    let present: Vec<&str> = keys.into_iter().filter(|key| fields.has(key)).collect();
    match present.as_slice() {
        ["mean"] => {
            let mean = value(cx, fields, "mean", unit)?.used;
            Some(if mean == 0.0 { Dist::Constant(0.0) } else { Dist::Exponential { mean } })
        }
        ["mean", "cv"] => {
            let mean = value(cx, fields, "mean", unit);
            let cv = fields.number(cx, "cv")?.value;
            let mean = mean?.used;
            if mean == 0.0 || cv == 0.0 {
                return Some(Dist::Constant(mean));
            }
            let variance = libm::log1p(cv * cv);
            Some(Dist::Lognormal {
                mu: libm::log(mean) - variance / 2.0,
                sigma: libm::sqrt(variance),
            })
        }
        ["p50", "p99"] => {
            let (p50, p99) = pair(cx, fields, ["p50", "p99"], "percentile-order", unit)?;
            if p50.low.to_bits() == p99.high.to_bits() {
                return Some(Dist::Constant(p50.used));
            }
            if p50.low == 0.0 {
                let place = fields.get("p50").map_or(fields.place, |entry| entry.node.span);
                cx.error(
                    Diagnostic::error("out-of-range", "a lognormal needs a `p50` of more than 0")
                        .label(place, "zero")
                        .expected("a `p50` of more than 0"),
                );
                return None;
            }
            let (p50, p99) = (p50.used, p99.used);
            if p50.to_bits() == p99.to_bits() {
                return Some(Dist::Constant(p50));
            }
            let mu = libm::log(p50);
            Some(Dist::Lognormal { mu, sigma: (libm::log(p99) - mu) / Z99 })
        }
        ["min", "max"] => {
            let (min, max) = pair(cx, fields, ["min", "max"], "range-order", unit)?;
            let (min, max) = (min.used, max.used);
            let same = min.to_bits() == max.to_bits();
            Some(if same { Dist::Constant(min) } else { Dist::Uniform { min, max } })
        }
        ["samples"] => samples(cx, fields, unit).map(Dist::Empirical),
        _ => {
            let found = if present.is_empty() {
                "no key of a distribution".into()
            } else {
                format!("`{}`", present.join("`, `"))
            };
            cx.error(
                Diagnostic::error("wrong-value", format!("{found} is not a distribution"))
                    .label(fields.place, "these keys do not go together")
                    .expected(SHAPES),
            );
            None
        }
    }
}

/// Two values, the second not below the first: also when one end of a range is tried and the
/// other value stays at its middle.
fn pair(
    cx: &mut Cx<'_>,
    fields: &Fields<'_>,
    keys: [&str; 2],
    code: &'static str,
    unit: Unit,
) -> Option<(Taken<f64>, Taken<f64>)> {
    let low = value(cx, fields, keys[0], unit);
    let high = value(cx, fields, keys[1], unit);
    let (low, high) = (low?, high?);
    if high.low < low.used || high.used < low.high {
        let place = |key| fields.get(key).map_or(fields.place, |entry| entry.node.span);
        let message = if high.high < low.low {
            format!("`{}` is less than `{}`", keys[1], keys[0])
        } else {
            format!("`{}` may be less than `{}`", keys[1], keys[0])
        };
        cx.error(
            Diagnostic::error(code, message)
                .label(place(keys[1]), format!("`{}`", keys[1]))
                .secondary(place(keys[0]), format!("`{}` is more", keys[0]))
                .expected(format!("`{}` at least as large as `{}`", keys[1], keys[0])),
        );
        return None;
    }
    Some((low, high))
}

fn value(cx: &mut Cx<'_>, fields: &Fields<'_>, key: &str, unit: Unit) -> Option<Taken<f64>> {
    let entry = fields.get(key)?;
    let Some(text) = entry.node.text() else {
        wrong_type(cx, &entry.node, entry.key_span, Kind::Duration);
        return None;
    };
    number(cx, &entry.node, text, &fields.path(key), unit)
}

fn number(
    cx: &mut Cx<'_>,
    node: &Node,
    text: &str,
    pointer: &str,
    unit: Unit,
) -> Option<Taken<f64>> {
    let (span, expected) = (node.span, unit.expected());
    let measure = Some(unit.measure());
    let reading = Reading { text, span, pointer, measure, expected: &expected };
    ranges::read(cx, &reading, |text| unit.parse(text))
}

fn samples<'t>(cx: &mut Cx<'t>, fields: &Fields<'t>, unit: Unit) -> Option<Arc<[f64]>> {
    let entry = fields.get("samples")?;
    let Some(path) = entry.node.text() else {
        wrong_type(cx, &entry.node, entry.key_span, Kind::Text);
        return None;
    };
    if let (Some(known), Unit::Time) = (cx.samples.get(path), unit) {
        return known.clone();
    }
    let read = if leaves_folder(path) {
        Err("the path must be relative and without `..`".into())
    } else {
        cx.files.read(path).and_then(|text| values(&text, unit))
    };
    let found = match read {
        Ok(found) => Some(found),
        Err(why) => {
            let message = format!("`{}` cannot be used: {}", shorten(path), shorten(&why));
            cx.error(
                Diagnostic::error("unreadable-samples", message)
                    .label(entry.node.span, "this file")
                    .expected("a file beside this one with one duration or bare seconds a line"),
            );
            None
        }
    };
    if unit == Unit::Time {
        cx.samples.insert(path, found.clone());
    }
    found
}

/// Whether a path may point outside the folder of the architecture.
fn leaves_folder(path: &str) -> bool {
    let absolute = path.starts_with(['/', '\\']) || path.contains(':');
    absolute || path.is_empty() || path.split(['/', '\\']).any(|part| part == "..")
}

fn values(text: &str, unit: Unit) -> Result<Arc<[f64]>, String> {
    if text.len() > MAX_BYTES {
        return Err("it has more than 16 MB".into());
    }
    let mut values = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if values.len() == MAX_SAMPLES {
            return Err("it has more than 1,000,000 samples".into());
        }
        let bare = quantity::number(line, unit.most());
        let value = bare.or_else(|_| unit.parse(line));
        values.push(value.map_err(|_| {
            format!("line {} is `{}`, not {}", index + 1, shorten(line), unit.expected())
        })?);
    }
    if values.is_empty() {
        return Err("it holds no sample".into());
    }
    values.sort_by(f64::total_cmp);
    Ok(values.into())
}
