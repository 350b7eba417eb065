//! Sources of requests, and promises about them.

use tradeoff_diag::{Diagnostic, Spanned};

use super::dist::{Unit, dist};
use super::fields::{Fields, wrong_type, wrong_value};
use super::names::Names;
use super::policy::Policies;
use super::{Cx, named};
use crate::model::{Dist, LatencyGoal, Mix, Slo, Traffic, TrafficKind};
use crate::quantity;
use crate::range;
use crate::table::{Kind, LATENCY, SLO, TRAFFIC};

/// How far the shares of a mix may be from 100 %.
const TOLERANCE: f64 = 1e-6;

/// The sources, sorted by name.
pub(super) fn traffic<'t>(
    cx: &mut Cx<'t>,
    root: &Fields<'t>,
    names: &Names<'t>,
    policies: &mut Policies<'t>,
) -> Vec<Traffic> {
    let mut all = Vec::new();
    for entry in root.sorted(cx, "traffic") {
        let pointer = root.path_of("traffic", &entry.key);
        let fields = Fields::open(cx, &entry.node, entry.key_span, &TRAFFIC, &pointer);
        let mut source = Traffic {
            name: named(entry),
            kind: TrafficKind::Open { rate: 1.0 },
            patience: None,
            policy: policies.resolve(&[]),
            mix: Vec::new(),
        };
        if let Some(fields) = fields {
            source.kind = kind(cx, &fields);
            source.patience = fields.positive_or_none(cx, "patience").map(|it| it.value);
            fields.assume(cx, "patience");
            let policy = policies.read(cx, &fields);
            source.policy = policies.resolve(policy.as_slice());
            source.mix = mix(cx, &fields, names);
        }
        all.push(source);
    }
    all
}

fn kind<'t>(cx: &mut Cx<'t>, fields: &Fields<'t>) -> TrafficKind {
    let rate = fields.rate(cx, "rate").map(|it| it.value);
    let users = fields.count32(cx, "users").map(|it| it.value);
    let think = fields.get("think");
    let time = think.and_then(|it| dist(cx, it, &fields.path("think"), Unit::Time));
    let conflict = ["users", "think"].iter().find_map(|key| fields.get(key));
    match (fields.get("rate"), conflict) {
        (Some(rate), Some(other)) => cx.error(
            Diagnostic::error(
                "conflicting-keys",
                format!("`rate` and `{}` exclude each other", other.key),
            )
            .label(other.key_span, "closed traffic")
            .secondary(rate.key_span, "open traffic")
            .help("keep `rate`, or `users` with `think`"),
        ),
        (None, None) => cx.error(
            Diagnostic::error("missing-key", "a traffic needs `rate`, or `users` and `think`")
                .label(fields.place, "neither is here")
                .expected("`rate: 100/s`, or `users: 40` and `think: 3s`"),
        ),
        (None, Some(_)) if !(fields.has("users") && fields.has("think")) => cx.error(
            Diagnostic::error("missing-key", "closed traffic needs `users` and `think`")
                .label(fields.place, "only one of them is here")
                .expected("`users: 40` and `think: 3s`"),
        ),
        _ => {}
    }
    match users {
        Some(users) => TrafficKind::Closed { users, think: time.unwrap_or(Dist::Constant(1.0)) },
        None => TrafficKind::Open { rate: rate.unwrap_or(1.0) },
    }
}

fn mix(cx: &mut Cx<'_>, fields: &Fields<'_>, names: &Names<'_>) -> Vec<Mix> {
    let Some(entry) = fields.get("mix") else { return Vec::new() };
    let mut mix: Vec<Mix> = Vec::new();
    let mut sum = 0.0;
    let mut sound = entry.node.entries().is_some();
    for part in fields.sorted(cx, "mix") {
        let name = Spanned::new(part.key.clone(), part.key_span);
        let Some(text) = part.node.text() else {
            wrong_type(cx, &part.node, part.key_span, Kind::Share);
            sound = false;
            continue;
        };
        if range::ends(text).is_some() {
            cx.error(
                Diagnostic::error("wrong-value", "a share of a mix cannot be a range")
                    .label(part.node.span, "this range")
                    .expected("one share: with another the mix would not sum to 100%")
                    .help("give each endpoint a traffic source with a range as its `rate`"),
            );
            sound = false;
            continue;
        }
        match quantity::share(text) {
            Ok(share) => {
                sum += share;
                let Some((service, endpoint)) = names.endpoint(cx, &name) else { continue };
                if mix.iter().any(|it| (it.service, it.endpoint) == (service, endpoint)) {
                    cx.error(
                        Diagnostic::error("duplicate-key", "the mix names one endpoint twice")
                            .label(part.key_span, "named again")
                            .help("add the shares up"),
                    );
                } else {
                    mix.push(Mix { service, endpoint, share });
                }
            }
            Err(wrong) => {
                cx.error(wrong_value(text, part.node.span, &wrong, &Kind::Share.expected()));
                sound = false;
            }
        }
    }
    if sound && (sum - 1.0).abs() > TOLERANCE {
        let message = format!("the shares of this mix sum to {}%, not 100%", percent(sum));
        cx.error(
            Diagnostic::error("mix-sum", message)
                .label(entry.place(), "these shares")
                .expected("shares that sum to 100%"),
        );
    }
    // The parts are sorted by text, which may leave out the endpoint; their order is by index.
    mix.sort_by_key(|it| (it.service, it.endpoint));
    mix
}

/// A share as people write it, without the noise of binary fractions.
fn percent(share: f64) -> f64 {
    (share * 1e8).round() / 1e6
}

/// The promises, sorted by name.
pub(super) fn slos(cx: &mut Cx<'_>, root: &Fields<'_>, names: &Names<'_>) -> Vec<Slo> {
    let mut slos = Vec::new();
    for entry in root.sorted(cx, "slos") {
        super::names::check_name(cx, entry);
        let pointer = root.path_of("slos", &entry.key);
        let Some(fields) = Fields::open(cx, &entry.node, entry.key_span, &SLO, &pointer) else {
            continue;
        };
        let endpoint = fields.text(cx, "endpoint").and_then(|name| names.endpoint(cx, &name));
        let availability = fields.share(cx, "availability");
        let latency = latency(cx, &fields);
        if !fields.has("availability") && !fields.has("latency") {
            cx.error(
                Diagnostic::error("missing-key", "an slo needs `availability` or `latency`")
                    .label(entry.key_span, "promises nothing")
                    .expected("`availability: 99.9%` or `latency: { p99: 300ms }`"),
            );
        }
        fields.assume(cx, "window");
        fields.assume(cx, "spend");
        let window = fields.positive(cx, "window");
        let spend = fields.share(cx, "spend").map_or(0.1, |it| it.value);
        let Some((service, endpoint)) = endpoint else { continue };
        let name = named(entry);
        slos.push(Slo { name, service, endpoint, availability, latency, window, spend });
    }
    slos
}

fn latency(cx: &mut Cx<'_>, fields: &Fields<'_>) -> Option<LatencyGoal> {
    let entry = fields.get("latency")?;
    let pointer = fields.path("latency");
    let inner = Fields::open(cx, &entry.node, entry.key_span, &LATENCY, &pointer)?;
    let quantiles = [
        ("p50", 0.5),
        ("p90", 0.9),
        ("p95", 0.95),
        ("p99", 0.99),
        ("p999", 0.999),
        ("p99.9", 0.999),
    ];
    let mut goals = Vec::new();
    for (key, quantile) in quantiles {
        if let Some(goal) = inner.get(key) {
            let limit = inner.positive_or_none(cx, key);
            goals.push((goal, quantile, limit));
        }
    }
    if let [(first, ..), (second, ..), ..] = goals.as_slice() {
        cx.error(
            Diagnostic::error("conflicting-keys", "an slo promises latency at one percentile")
                .label(second.key_span, "a second one")
                .secondary(first.key_span, "the first one")
                .help("write an slo of its own for each percentile"),
        );
    }
    if goals.is_empty() && inner.get("p50").is_none() {
        cx.error(
            Diagnostic::error("missing-key", "a latency needs a percentile")
                .label(entry.key_span, "none here")
                .expected("a percentile such as `{ p99: 300ms }`"),
        );
    }
    let (goal, quantile, limit) = goals.into_iter().next()?;
    Some(LatencyGoal { quantile, limit: limit?.value, span: super::whole(goal) })
}
