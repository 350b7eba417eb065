//! What was measured of an endpoint that runs.

use tradeoff_diag::Diagnostic;

use super::Cx;
use super::fields::Fields;
use crate::model::{Observed, Statistic};
use crate::range;
use crate::table::OBSERVED;

/// The percentiles of `observed`, each not below the one before.
const PERCENTILES: [(&str, f64); 5] =
    [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999)];

/// The block `observed` of an endpoint: what it states, in the order of the format.
pub(super) fn observed(cx: &mut Cx<'_>, endpoint: &Fields<'_>) -> Vec<Observed> {
    let Some(entry) = endpoint.get("observed") else { return Vec::new() };
    let pointer = endpoint.path("observed");
    let fields = Fields::open(cx, &entry.node, entry.key_span, &OBSERVED, &pointer);
    let Some(fields) = fields else { return Vec::new() };
    let mut all: Vec<Observed> = Vec::new();
    for key in ["mean", "p50", "p90", "p95", "p99", "p999", "rate"] {
        let Some(entry) = fields.get(key) else { continue };
        if entry.node.text().is_some_and(|it| range::ends(it).is_some()) {
            cx.error(
                Diagnostic::error("wrong-value", "what was measured is no range")
                    .label(entry.node.span, "this range")
                    .expected("one value: a range is for what nobody knows"),
            );
            continue;
        }
        let percentile = PERCENTILES.into_iter().find(|it| it.0 == key);
        let (statistic, value) = match (key, percentile) {
            ("rate", _) => (Statistic::Rate, fields.rate(cx, key).map(|it| it.value)),
            (_, percentile) => {
                let value = fields.positive_or_none(cx, key).map(|it| it.value as f64 / 1e9);
                (percentile.map_or(Statistic::Mean, |it| Statistic::Percentile(it.1)), value)
            }
        };
        let span = entry.node.span;
        all.extend(value.map(|value| Observed { key: entry_key(key), statistic, value, span }));
    }
    if all.is_empty() && entry.node.entries().is_some_and(<[_]>::is_empty) {
        cx.error(
            Diagnostic::error("missing-key", "`observed` says nothing")
                .label(entry.key_span, "no value here")
                .expected("what was measured, such as `observed: { p50: 4ms, p99: 30ms }`"),
        );
    }
    in_order(cx, &all);
    all
}

/// The key as the table of the format has it.
fn entry_key(key: &str) -> &'static str {
    OBSERVED.field(key).map_or("", |field| field.key)
}

/// Complains about a percentile that is less than a lower one.
fn in_order(cx: &mut Cx<'_>, all: &[Observed]) {
    let percentiles = all.iter().filter(|it| matches!(it.statistic, Statistic::Percentile(_)));
    let percentiles: Vec<&Observed> = percentiles.collect();
    for pair in percentiles.windows(2) {
        let [low, high] = pair else { continue };
        if high.value < low.value {
            cx.error(
                Diagnostic::error(
                    "percentile-order",
                    format!("`{}` is less than `{}`", high.key, low.key),
                )
                .label(high.span, format!("`{}`", high.key))
                .secondary(low.span, format!("`{}` is more", low.key))
                .expected(format!("`{}` at least as large as `{}`", high.key, low.key)),
            );
        }
    }
}
