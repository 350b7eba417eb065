//! The course of a scenario: what was asked for and answered, how fast, and what filled up.

use tradeoff::model::{Architecture, Component, Event, EventKind};
use tradeoff::results::{Run, Transition};

use super::chart::{Chart, Curve, Panel, PanelKind, Span, States, chart};
use super::markup::Markup;
use super::table::{Column, scroll, table};
use crate::course::Course;
use crate::text::figure::{Unit, amount, duration};
use crate::text::page::Line;
use crate::text::slos::{quantile, run_name};

/// Columns of a chart, and rows of its table.
const COLUMNS: usize = 200;
const ROWS: usize = 24;
/// Lines of a panel.
const LINES: usize = 4;
/// Breakers that are shown.
const BREAKERS: usize = 8;

const CLASSES: [&str; LINES] = ["c0", "c1", "c2", "c3"];

/// The charts of a run, and the same in a table.
pub(super) fn course(
    page: &mut Markup,
    nth: usize,
    run: &Run,
    architecture: &Architecture,
    replications: u32,
) {
    let Some(course) = Course::new(run, COLUMNS, replications) else { return };
    let name = run_name(run.scenario.as_deref());
    let events = events(run, architecture);
    let whole = Chart {
        id: format!("course-{nth}"),
        title: format!("The course of {name}"),
        text: described(run, &events),
        from: course.from,
        to: course.end(),
        panels: panels(run, &course, architecture),
        events,
    };
    page.within("figure", &[], |it| {
        it.within("div", &scroll(&whole.title), |it| chart(it, &whole));
        it.leaf(
            "figcaption",
            &[],
            "Sums and means over all replications, by when a request began; breakers are those of \
             the first replication.",
        );
    });
    page.within("details", &[], |it| {
        it.leaf("summary", &[], "The same as a table");
        numbers(it, name, run, replications);
    });
}

fn described(run: &Run, events: &[Span]) -> String {
    let events: Vec<String> = events
        .iter()
        .take(LINES)
        .map(|it| format!("{} from {} on", it.label, duration(it.from.round())))
        .collect();
    let events = if events.is_empty() { "No events".into() } else { events.join("; ") };
    let flows = run.series.requests.keys().take(LINES).cloned().collect::<Vec<_>>();
    format!("{events}. Requests: {}. The table below has the numbers.", flows.join(", "))
}

/// The events of the run's scenario, as the architecture states them.
fn events(run: &Run, architecture: &Architecture) -> Vec<Span> {
    let scenario =
        architecture.scenarios.iter().find(|it| run.scenario.as_ref() == Some(&it.name.value));
    let seconds = |nanos: u64| nanos as f64 / 1e9;
    let span = |it: &Event| Span {
        from: seconds(it.at),
        to: seconds(it.at + it.lasts),
        label: format!("{}, {}", event(it, architecture), duration(seconds(it.lasts))),
    };
    scenario.map(|it| it.events.iter().take(200).map(span).collect()).unwrap_or_default()
}

fn event(it: &Event, architecture: &Architecture) -> String {
    let name = |component: Component| match component {
        Component::Service(at) => architecture.services[at].name.value.as_str(),
        Component::Store(at) => architecture.stores[at].name.value.as_str(),
        Component::External(at) => architecture.externals[at].name.value.as_str(),
    };
    let of = |replicas: Option<u32>| match replicas {
        None => String::new(),
        Some(1) => " (1 replica)".into(),
        Some(n) => format!(" ({n} replicas)"),
    };
    let times = |by: f64| amount(by, Unit::Times);
    match &it.kind {
        EventKind::Surge { traffic, by } => {
            format!("surge of {} by {}", architecture.traffic[*traffic].name.value, times(*by))
        }
        EventKind::Slow { component, by, replicas } => {
            format!("{} slow by {}{}", name(*component), times(*by), of(*replicas))
        }
        EventKind::Crash { component, replicas, .. } => {
            format!("crash of {}{}", name(*component), of(*replicas))
        }
        EventKind::Stall { component, replicas } => {
            format!("stall of {}{}", name(*component), of(*replicas))
        }
        EventKind::Errors { component, share } => {
            format!("{} fails {}", name(*component), amount(*share, Unit::Share))
        }
    }
}

fn panels(run: &Run, course: &Course, architecture: &Architecture) -> Vec<Panel> {
    let mut panels = Vec::new();
    for (flow, series) in flows(run) {
        panels.push(Panel {
            title: format!("Requests per second, {flow}"),
            height: 72.0,
            kind: PanelKind::Lines {
                unit: Unit::PerSecond,
                log: false,
                least: 0.0,
                limits: Vec::new(),
                lines: vec![
                    curve("asked for", "offered", course.rate(&series.offered)),
                    curve("answered well", "c0", course.rate(&series.ok)),
                ],
            },
        });
    }
    let p99 = flows(run).map(|(flow, series)| (flow.clone(), course.worst(&series.p99)));
    let lines: Vec<Curve> =
        p99.zip(CLASSES).map(|((name, it), class)| curve(&name, class, it)).collect();
    if lines.iter().any(|it| it.values.iter().any(Option::is_some)) {
        panels.push(Panel {
            title: "p99 latency of what was answered well".into(),
            height: 96.0,
            kind: PanelKind::Lines {
                unit: Unit::Seconds,
                log: true,
                least: 0.0,
                limits: limits(run),
                lines,
            },
        });
    }
    panels.extend(resources(run, course, architecture));
    panels.extend(breakers(run, course));
    panels
}

/// The flows that are drawn: those that went worst.
fn flows(run: &Run) -> impl Iterator<Item = (&String, &tradeoff::results::RequestSeries)> {
    let bad = |flow: &str| {
        let all = run.requests.get(flow).and_then(|it| it.get("all"));
        all.map_or(0, |it| it.offered.saturating_sub(it.ok))
    };
    let mut flows: Vec<_> = run.series.requests.iter().collect();
    flows.sort_by_key(|it| std::cmp::Reverse(bad(it.0)));
    flows.truncate(LINES - 1);
    flows.into_iter()
}

/// The promised limits, each with the promises that have it.
fn limits(run: &Run) -> Vec<(f64, String)> {
    let mut limits: Vec<(f64, String)> = Vec::new();
    for (name, slo) in &run.slos {
        let Some(latency) = &slo.latency else { continue };
        let known = limits.iter_mut().find(|it| it.0.total_cmp(&latency.limit).is_eq());
        match known {
            Some((_, label)) => *label = format!("{label}, {name}"),
            None => {
                limits.push((latency.limit, format!("{} of {name}", quantile(latency.quantile))));
            }
        }
    }
    limits.truncate(LINES - 1);
    limits
}

fn curve(label: &str, class: &'static str, values: Vec<Option<f64>>) -> Curve {
    Curve { label: label.into(), class, values }
}

/// Lines of those who wait, and shares of servers that are busy, where there is most of both.
fn resources(run: &Run, course: &Course, architecture: &Architecture) -> Vec<Panel> {
    let peak = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
    let mut waiting: Vec<(f64, &String, &Vec<f64>)> =
        run.series.resources.iter().map(|(name, it)| (peak(&it.queue), name, &it.queue)).collect();
    waiting.retain(|it| it.0 >= 0.5);
    waiting.sort_by(|a, b| b.0.total_cmp(&a.0));
    let lines: Vec<Curve> = waiting
        .iter()
        .zip(CLASSES)
        .take(3)
        .map(|((_, name, it), class)| curve(name, class, course.mean(it)))
        .collect();
    let mut panels = Vec::new();
    if !lines.is_empty() {
        let title = "Waiting in line".into();
        let kind = PanelKind::Lines {
            unit: Unit::Count,
            log: false,
            least: 1.0,
            limits: Vec::new(),
            lines,
        };
        panels.push(Panel { title, height: 72.0, kind });
    }
    let capacity = |name: &String| run.resources.get(name)?.capacity.map(|it| it as f64);
    // The connections of a store are counted at its first copy, busy ones at all of them.
    let copies = |name: &String| {
        let store = name.strip_suffix("/connections");
        let store = architecture.stores.iter().find(|it| Some(it.name.value.as_str()) == store);
        store.map_or(1.0, |it| f64::from(it.replicas.value.max(1)))
    };
    let mut busy: Vec<(f64, &String, Vec<f64>)> = run
        .series
        .resources
        .iter()
        .filter_map(|(name, it)| {
            let servers = capacity(name).filter(|it| *it > 0.0)? * copies(name);
            let shares: Vec<f64> = it.busy.iter().map(|it| it / servers).collect();
            Some((peak(&shares), name, shares))
        })
        .collect();
    busy.sort_by(|a, b| b.0.total_cmp(&a.0));
    let lines: Vec<Curve> = busy
        .iter()
        .zip(CLASSES)
        .take(3)
        .map(|((_, name, it), class)| curve(name, class, course.mean(it)))
        .collect();
    if !lines.is_empty() {
        let title = "Share of servers that are busy".into();
        let kind = PanelKind::Lines {
            unit: Unit::Share,
            log: false,
            least: 1.0,
            limits: Vec::new(),
            lines,
        };
        panels.push(Panel { title, height: 72.0, kind });
    }
    panels
}

/// When the breakers of the first replication were not closed.
fn breakers(run: &Run, course: &Course) -> Option<Panel> {
    let mut rows = Vec::new();
    for (edge, it) in &run.edges {
        let Some(breaker) = &it.breaker else { continue };
        let own: Vec<&Transition> =
            breaker.transitions.iter().filter(|it| it.replication == 0).collect();
        let mut replicas: Vec<u32> = own.iter().map(|it| it.replica).collect();
        replicas.sort_unstable();
        replicas.dedup();
        for replica in replicas {
            let own: Vec<&&Transition> = own.iter().filter(|it| it.replica == replica).collect();
            let mut spans = Vec::new();
            for (nth, it) in own.iter().enumerate().filter(|(_, it)| it.to != "closed") {
                let end = own.get(nth + 1).map_or(course.end(), |next| next.at);
                if end > course.from && it.at < course.end() {
                    spans.push((it.at, end, it.to));
                }
            }
            let callee = edge.split_once("->").map_or(edge.as_str(), |(_, callee)| callee);
            rows.push(States { label: format!("to {callee}, caller {}", replica + 1), spans });
        }
    }
    rows.retain(|it| !it.spans.is_empty());
    rows.truncate(BREAKERS);
    let height = rows.len() as f64 * 18.0;
    let title = "Breakers that are open (full) or half open (striped)".into();
    (!rows.is_empty()).then_some(Panel { title, height, kind: PanelKind::States(rows) })
}

/// The numbers behind the charts, in fewer rows.
fn numbers(page: &mut Markup, name: &str, run: &Run, replications: u32) {
    let Some(course) = Course::new(run, ROWS, replications) else { return };
    let mut heads: Vec<String> = vec!["From".into()];
    let mut columns: Vec<Vec<String>> = vec![
        (0..course.columns)
            .map(|it| duration((course.from + it as f64 * course.step).round()))
            .collect(),
    ];
    let told = |values: Vec<Option<f64>>, unit: Unit| -> Vec<String> {
        let text = |it: &Option<f64>| it.map_or_else(|| "–".into(), |it| rounded(it, unit));
        values.iter().map(text).collect()
    };
    for (flow, series) in flows(run) {
        heads.push(format!("{flow}: asked for"));
        columns.push(told(course.rate(&series.offered), Unit::PerSecond));
        heads.push("answered well".into());
        columns.push(told(course.rate(&series.ok), Unit::PerSecond));
        heads.push("p99".into());
        columns.push(told(course.worst(&series.p99), Unit::Seconds));
    }
    let peak = |it: &[f64]| it.iter().copied().fold(0.0, f64::max);
    let mut waiting: Vec<_> = run.series.resources.iter().collect();
    waiting.sort_by(|a, b| peak(&b.1.queue).total_cmp(&peak(&a.1.queue)));
    for (resource, it) in waiting.into_iter().filter(|it| peak(&it.1.queue) >= 0.5).take(3) {
        heads.push(format!("in line at {resource}"));
        columns.push(told(course.mean(&it.queue), Unit::Count));
    }
    let heads: Vec<Column<'_>> = heads.iter().map(|it| Column::number(it)).collect();
    let rows: Vec<Vec<Line>> = (0..course.columns)
        .map(|row| columns.iter().map(|it| Line::from(it[row].as_str())).collect())
        .collect();
    table(page, &format!("The course of {name}"), &heads, &rows);
}

fn rounded(value: f64, unit: Unit) -> String {
    let text = format!("{value:.1e}");
    amount(text.parse().unwrap_or(value), unit)
}
