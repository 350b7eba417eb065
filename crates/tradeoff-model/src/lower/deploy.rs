//! What a process has, and modules of one deploy unit agreeing on it.

use std::collections::BTreeMap;

use tradeoff_diag::{Diagnostic, Span, Spanned};

use super::components::cores;
use super::fields::{Fields, wrong_type};
use super::names::Names;
use super::ranges::{self, Reading};
use super::{Cx, whole};
use crate::model::Cores;
use crate::quantity::{self, Wrong};
use crate::range::Measure;
use crate::table::Kind;

/// What a process has, each as far as the file states it; an inner `None` is `unlimited`.
#[derive(Clone, Default)]
pub(super) struct Process {
    pub(super) replicas: Option<Spanned<u32>>,
    pub(super) speeds: Option<Spanned<Vec<f64>>>,
    pub(super) cores: Option<Spanned<Option<Cores>>>,
    pub(super) concurrency: Option<Spanned<Option<u32>>>,
    pub(super) queue: Option<Spanned<Option<u32>>>,
}

/// The process of each service, sorted by service.
pub(super) fn processes(cx: &mut Cx<'_>, names: &Names<'_>) -> Vec<Process> {
    let mut all: Vec<Process> = names
        .services
        .iter()
        .map(|it| it.fields.as_ref().map(|fields| read(cx, fields)).unwrap_or_default())
        .collect();
    let mut units: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, it) in names.services.iter().enumerate() {
        if let Some(deploy) = &it.deploy {
            units.entry(&deploy.value).or_default().push(at);
        }
    }
    for (unit, modules) in units {
        let shared = agree(cx, unit, &modules, &all);
        for at in modules {
            all[at] = shared.clone();
        }
    }
    for (at, process) in all.iter().enumerate() {
        // Modules share what is checked here: complain at the one that says it.
        let own = names.services[at].fields.as_ref();
        if own.is_some_and(|it| it.has("queue") || it.has("speeds") || it.has("replicas")) {
            check(cx, own, process);
        }
    }
    all
}

fn read(cx: &mut Cx<'_>, fields: &Fields<'_>) -> Process {
    let replicas = fields.get("replicas").map(|entry| {
        let count = fields.count32(cx, "replicas").map_or(1, |it| it.value);
        Spanned::new(count, whole(entry))
    });
    let mut process = Process {
        replicas,
        speeds: speeds(cx, fields),
        cores: cores(cx, fields),
        concurrency: bound(cx, fields, "concurrency"),
        queue: bound(cx, fields, "queue"),
    };
    if let (None, Some(speeds)) = (&process.replicas, &process.speeds) {
        process.replicas = Some(Spanned::new(speeds.value.len() as u32, speeds.span));
    }
    process
}

fn bound(cx: &mut Cx<'_>, fields: &Fields<'_>, key: &str) -> Option<Spanned<Option<u32>>> {
    let entry = fields.get(key)?;
    let value = fields.count32(cx, key).map(|it| it.value);
    Some(Spanned::new(value, whole(entry)))
}

fn speeds(cx: &mut Cx<'_>, fields: &Fields<'_>) -> Option<Spanned<Vec<f64>>> {
    let entry = fields.get("speeds")?;
    let Some(items) = entry.node.items() else {
        fields.wrong_type(cx, "speeds");
        return None;
    };
    let mut speeds = Vec::new();
    let kind = Kind::Number { most: 1_000.0 };
    let expected = kind.expected();
    for (at, item) in items.iter().enumerate() {
        let Some(text) = item.text() else {
            wrong_type(cx, item, item.span, kind);
            return None;
        };
        let pointer = fields.path_of("speeds", &at.to_string());
        let (span, measure) = (item.span, Some(Measure::Number));
        let reading = Reading { text, span, pointer: &pointer, measure, expected: &expected };
        let speed = ranges::read(cx, &reading, |text| match quantity::number(text, 1_000.0) {
            Ok(speed) if speed > 0.0 => Ok(speed),
            Ok(_) => Err(Wrong::Range("more than 0".into())),
            Err(wrong) => Err(wrong),
        });
        speeds.push(speed?.used);
    }
    (!speeds.is_empty()).then(|| Spanned::new(speeds, entry.node.span))
}

/// What all modules of a deploy unit have: what any of them states.
fn agree(cx: &mut Cx<'_>, unit: &str, modules: &[usize], all: &[Process]) -> Process {
    let of = || modules.iter().map(|at| &all[*at]);
    let size = |it: &Cores| (it.count, it.share);
    Process {
        replicas: same(cx, unit, "replicas", of().map(|it| &it.replicas), |a, b| a == b),
        speeds: same(cx, unit, "speeds", of().map(|it| &it.speeds), |a, b| a == b),
        cores: same(cx, unit, "cores", of().map(|it| &it.cores), |a, b| {
            a.as_ref().map(size) == b.as_ref().map(size)
        }),
        concurrency: same(cx, unit, "concurrency", of().map(|it| &it.concurrency), |a, b| a == b),
        queue: same(cx, unit, "queue", of().map(|it| &it.queue), |a, b| a == b),
    }
}

fn same<'a, T: Clone + 'a>(
    cx: &mut Cx<'_>,
    unit: &str,
    key: &str,
    stated: impl Iterator<Item = &'a Option<Spanned<T>>>,
    equal: impl Fn(&T, &T) -> bool,
) -> Option<Spanned<T>> {
    let mut first: Option<&Spanned<T>> = None;
    for it in stated.flatten() {
        match first {
            None => first = Some(it),
            Some(first) if equal(&first.value, &it.value) => {}
            Some(first) => {
                let message = format!("two modules of `{unit}` state different `{key}`");
                cx.error(
                    Diagnostic::error("conflicting-modules", message)
                        .label(it.span, "differs")
                        .secondary(first.span, "stated here")
                        .expected("one value: modules of one deploy unit share a process")
                        .help("state it once, or give them deploy units of their own"),
                );
            }
        }
    }
    first.cloned()
}

fn check(cx: &mut Cx<'_>, own: Option<&Fields<'_>>, process: &Process) {
    let Some(own) = own else { return };
    let place = |key: &str| own.get(key).map_or(Span::default(), whole);
    let limited =
        |it: &Option<Spanned<Option<u32>>>| it.as_ref().is_some_and(|it| it.value.is_some());
    if own.has("queue") && limited(&process.queue) && !limited(&process.concurrency) {
        cx.error(
            Diagnostic::error("queue-without-concurrency", "a `queue` without `concurrency`")
                .label(place("queue"), "nothing ever waits in it")
                .expected("`concurrency` beside `queue`")
                .help("add `concurrency`, or leave `queue` out"),
        );
    }
    if let (Some(replicas), Some(speeds)) = (&process.replicas, &process.speeds)
        && replicas.value as usize != speeds.value.len()
        && own.has("speeds")
    {
        let (count, stated) = (speeds.value.len(), replicas.value);
        cx.error(
            Diagnostic::error("out-of-range", format!("{count} speeds for {stated} replicas"))
                .label(speeds.span, format!("{count} speeds"))
                .secondary(replicas.span, format!("{stated} replicas"))
                .expected("one speed per replica"),
        );
    }
}
