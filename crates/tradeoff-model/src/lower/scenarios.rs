//! Scripts of events.

use tradeoff_diag::{Diagnostic, Spanned};

use super::fields::{Fields, wrong_type};
use super::names::{Names, unknown};
use super::{Cx, named, whole};
use crate::model::{Architecture, Component, Event, EventKind, Nanos, Scenario};
use crate::table::{EVENT, Kind, SCENARIO};
use crate::tree::Entry;

/// Most events of a scenario.
const MAX_EVENTS: usize = 10_000;

const KINDS: [&str; 5] = ["surge", "slow", "crash", "stall", "errors"];
/// The keys that belong to some kinds only, with those kinds.
const EXTRAS: [(&str, &[&str]); 4] = [
    ("by", &["surge", "slow"]),
    ("replicas", &["slow", "crash", "stall"]),
    ("share", &["errors"]),
    ("drain", &["crash"]),
];

/// Reads the scenarios into the architecture, whose components are already there.
pub(super) fn scenarios(
    cx: &mut Cx<'_>,
    root: &Fields<'_>,
    names: &Names<'_>,
    architecture: &mut Architecture,
) {
    for entry in root.sorted(cx, "scenarios") {
        super::names::check_name(cx, entry);
        let pointer = root.path_of("scenarios", &entry.key);
        let Some(fields) = Fields::open(cx, &entry.node, entry.key_span, &SCENARIO, &pointer)
        else {
            continue;
        };
        let stated = fields.positive_or_none(cx, "duration").map(|it| it.value);
        let duration = stated.unwrap_or(architecture.duration);
        fields.assume(cx, "per_month");
        let per_month = fields.number(cx, "per_month").map_or(1.0, |it| it.value);
        let mut events = Vec::new();
        if let Some(list) = fields.get("events") {
            let Some(items) = list.node.items() else {
                fields.wrong_type(cx, "events");
                continue;
            };
            if items.len() > MAX_EVENTS {
                cx.error(
                    Diagnostic::error("out-of-range", "a scenario with more than 10,000 events")
                        .label(list.key_span, "too many")
                        .expected("at most 10,000 events"),
                );
            }
            for (at, item) in items.iter().take(MAX_EVENTS).enumerate() {
                if item.text().is_some() {
                    wrong_type(cx, item, item.span, Kind::Block(&EVENT));
                    continue;
                }
                let pointer = format!("{}/{at}", fields.path("events"));
                let Some(fields) = Fields::open(cx, item, item.span, &EVENT, &pointer) else {
                    continue;
                };
                events.extend(event(cx, &fields, names, architecture, duration));
            }
        }
        events.sort_by_key(|it: &Event| it.at);
        architecture.scenarios.push(Scenario { name: named(entry), duration, per_month, events });
    }
}

fn event(
    cx: &mut Cx<'_>,
    fields: &Fields<'_>,
    names: &Names<'_>,
    architecture: &Architecture,
    duration: Nanos,
) -> Option<Event> {
    let at = fields.duration(cx, "at");
    let lasts = fields.positive_or_none(cx, "for");
    let head = head(cx, fields)?;
    check_extras(cx, fields, head);
    let kind = kind(cx, fields, head, names, architecture);
    let (at, lasts) = (at?, lasts?);
    if at.value >= duration {
        let (start, length) = (at.value as f64 / 1e9, duration as f64 / 1e9);
        cx.error(
            Diagnostic::error(
                "event-outside",
                format!("the event starts at {start} s, after its scenario's end at {length} s"),
            )
            .label(at.span, "starts too late")
            .expected(format!("an event that starts before {length} s"))
            .help("give the scenario a longer `duration`, or let the event start sooner"),
        );
    } else if at.value.saturating_add(lasts.value) > duration {
        let end = (at.value + lasts.value) as f64 / 1e9;
        let length = duration as f64 / 1e9;
        cx.error(
            Diagnostic::error(
                "event-outside",
                format!("the event ends at {end} s, after its scenario's end at {length} s"),
            )
            .label(lasts.span, "lasts too long")
            .secondary(at.span, "starts here")
            .expected(format!("an event that ends by {length} s"))
            .help("give the scenario a longer `duration`, or end the event sooner"),
        );
    }
    Some(Event { span: whole(head), at: at.value, lasts: lasts.value, kind: kind? })
}

/// The entry that says what the event does.
fn head<'t>(cx: &mut Cx<'_>, fields: &Fields<'t>) -> Option<&'t Entry> {
    let mut found = KINDS.iter().filter_map(|kind| fields.get(kind));
    let first = found.next();
    match (first, found.next()) {
        (None, _) if fields.speaks_ahead() => {}
        (None, _) => cx.error(
            Diagnostic::error(
                "missing-key",
                "an event needs one of surge, slow, crash, stall, errors",
            )
            .label(fields.place, "does nothing")
            .expected("an event such as `{ at: 60s, for: 10s, stall: bank }`"),
        ),
        (Some(first), Some(second)) => cx.error(
            Diagnostic::error("conflicting-keys", "an event does one thing")
                .label(second.key_span, "a second one")
                .secondary(first.key_span, "the first one")
                .help("write two events"),
        ),
        _ => {}
    }
    first
}

fn check_extras(cx: &mut Cx<'_>, fields: &Fields<'_>, head: &Entry) {
    for (key, kinds) in EXTRAS {
        if let Some(entry) = fields.get(key)
            && !kinds.contains(&head.key.as_str())
        {
            let message = format!("`{key}` does not belong to `{}`", head.key);
            cx.error(
                Diagnostic::error("conflicting-keys", message)
                    .label(entry.key_span, "has no effect here")
                    .secondary(head.key_span, "this event")
                    .expected(format!("`{key}` with `{}` only", kinds.join("`, `"))),
            );
        }
    }
}

fn kind(
    cx: &mut Cx<'_>,
    fields: &Fields<'_>,
    head: &Entry,
    names: &Names<'_>,
    architecture: &Architecture,
) -> Option<EventKind> {
    let name = fields.text(cx, &head.key)?;
    if head.key == "surge" {
        let by = by(cx, fields);
        let found = names.traffic.get(name.value.as_str()).copied();
        if found.is_none() {
            let near = cx.nearest(&name.value, names.traffic.keys().copied());
            cx.error(unknown("traffic", &name, near));
        }
        return Some(EventKind::Surge { traffic: found?, by: by? });
    }
    let component = names.component(cx, &name);
    let replicas = match component {
        Some(component) => replicas(cx, fields, component, architecture),
        None => None,
    };
    Some(match head.key.as_str() {
        "slow" => {
            let by = by(cx, fields);
            EventKind::Slow { component: component?, by: by?, replicas }
        }
        "crash" => {
            let drain = fields.flag(cx, "drain").is_some_and(|it| it.value);
            EventKind::Crash { component: component?, replicas, drain }
        }
        "stall" => EventKind::Stall { component: component?, replicas },
        _ => {
            fields.assume(cx, "share");
            let share = fields.share(cx, "share")?.value;
            EventKind::Errors { component: component?, share }
        }
    })
}

fn by(cx: &mut Cx<'_>, fields: &Fields<'_>) -> Option<f64> {
    if !fields.has("by") {
        cx.error(
            Diagnostic::error("missing-key", "`surge` and `slow` need `by`")
                .label(fields.place, "by how much?")
                .expected("a factor such as `by: 5x`"),
        );
    }
    fields.factor(cx, "by")
}

/// How many replicas, checked against those that there are.
fn replicas(
    cx: &mut Cx<'_>,
    fields: &Fields<'_>,
    component: Component,
    architecture: &Architecture,
) -> Option<u32> {
    let count: Spanned<u32> = fields.count32(cx, "replicas")?;
    let (name, there) = match component {
        Component::Service(at) => {
            (&architecture.services[at].name, architecture.services[at].replicas.value)
        }
        Component::Store(at) => {
            (&architecture.stores[at].name, architecture.stores[at].replicas.value)
        }
        Component::External(at) => (&architecture.externals[at].name, 1),
    };
    if count.value > there {
        let message = format!("`{}` has {there} replicas, not {}", name.value, count.value);
        cx.error(
            Diagnostic::error("out-of-range", message)
                .label(count.span, "more than there are")
                .secondary(name.span, "defined here")
                .expected(format!("between 1 and {there}, or `all`")),
        );
    }
    Some(count.value)
}
