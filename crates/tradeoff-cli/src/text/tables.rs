//! The tables of one run: requests, resources, edges, and where the time went.

use tradeoff::results::{Edge, Endpoint, Figure, Requests, Resource, Run};

use super::figure::{Unit, amount, count, figure, share, value};
use super::page::{Line, Page, Tone};
use super::slos::kinds;
use super::table::Table;

/// Rows of a table before the rest is only counted.
const ROWS: usize = 10;
const PHASES: [&str; 4] = ["all", "before", "during", "after"];

/// What users asked for and got, by phase.
pub(crate) fn requests(page: &mut Page, run: &Run) {
    if run.requests.is_empty() {
        return;
    }
    page.blank();
    let mut table =
        Table::new(2, &["requests", ">offered", ">ok", ">p50", ">p95", ">p99", ">longest"]);
    for (flow, phases) in &run.requests {
        for phase in PHASES {
            let Some(requests) = phases.get(phase) else { continue };
            let name = match phase {
                "all" => Line::new().bold(flow),
                phase => Line::new().dim(format!("  {phase}")),
            };
            table.row(request_row(name, requests));
        }
    }
    page.table(table);
    for (flow, phases) in &run.requests {
        let Some(all) = phases.get("all") else { continue };
        let mut failed = kinds(&all.failed);
        if all.unfinished > 0 {
            let comma = if failed.is_empty() { "" } else { ", " };
            failed = format!("{failed}{comma}unfinished {}", count(all.unfinished));
        }
        if !failed.is_empty() {
            page.hang(10, Line::new().plain("  failed  ").name(flow).plain(format!(": {failed}")));
        }
    }
}

fn request_row(name: Line, it: &Requests) -> Vec<Line> {
    let latency = &it.latency;
    let longest = latency.max.map_or_else(|| "–".into(), |max| amount(max, Unit::Seconds));
    vec![
        name,
        count(it.offered).into(),
        share(it.ok, it.offered).into(),
        figure(latency.p50, Unit::Seconds).into(),
        figure(latency.p95, Unit::Seconds).into(),
        figure(latency.p99, Unit::Seconds).into(),
        longest.into(),
    ]
}

/// The busiest resources, and what they were busy with.
pub(crate) fn resources(page: &mut Page, run: &Run) {
    let mut busiest: Vec<(&String, &Resource)> = run.resources.iter().collect();
    let used = |it: &Resource| it.utilization.map_or(-1.0, |it| it.value);
    busiest.sort_by(|a, b| used(b.1).total_cmp(&used(a.1)));
    // What is unlimited is never busy.
    busiest.retain(|(_, it)| it.utilization.is_some() && it.arrivals + it.at_start > 0);
    if busiest.is_empty() {
        return;
    }
    page.blank();
    let head = [
        "busiest",
        ">of",
        ">used",
        ">first",
        ">retry",
        ">wasted",
        ">line",
        ">wait p99",
        ">refused",
    ];
    let mut table = Table::new(2, &head);
    for (name, it) in busiest.iter().take(ROWS) {
        table.row(resource_row(name, it));
    }
    page.table(table);
    more(page, busiest.len());
}

fn resource_row(name: &str, it: &Resource) -> Vec<Line> {
    let tone = match it.utilization {
        Some(used) if used.value >= 0.9 => Tone::Bad,
        Some(used) if used.value >= 0.7 => Tone::Unsure,
        _ => Tone::Plain,
    };
    vec![
        name.into(),
        it.capacity.map_or_else(|| "∞".into(), count).into(),
        Line::new().add(figure(it.utilization, Unit::Share), tone),
        percent(it.busy.first).into(),
        percent(it.busy.retry).into(),
        percent(it.busy.wasted).into(),
        line_length(it.queue.mean).into(),
        value(it.wait.p99, Unit::Seconds).into(),
        if it.refused == 0 { "0".into() } else { share(it.refused, it.arrivals) }.into(),
    ]
}

/// A mean length; what hardly ever forms is no line.
fn line_length(mean: Figure) -> String {
    match mean {
        Some(it) if it.value > 0.0 && it.value < 0.01 => "< 0.01".into(),
        some => value(some, Unit::Count),
    }
}

/// A part of a utilization, rounded to what its interval supports and at most to whole percents.
fn percent(part: Figure) -> String {
    match part {
        Some(it) if it.value == 0.0 => "0 %".into(),
        Some(it) if it.value < 0.005 => "< 1 %".into(),
        Some(it) => {
            let half = ((it.high - it.low) / 2.0).max(0.005);
            let rough = tradeoff::results::Interval {
                value: it.value,
                low: it.value - half,
                high: it.value + half,
            };
            value(Some(rough), Unit::Share)
        }
        None => "–".into(),
    }
}

fn more(page: &mut Page, all: usize) {
    if all > ROWS {
        page.line(Line::new().dim(format!("  and {} more", all - ROWS)));
    }
}

/// The edges that fail or repeat most.
pub(crate) fn edges(page: &mut Page, run: &Run) {
    let mut edges: Vec<(&String, &Edge)> = run.edges.iter().filter(|it| it.1.calls > 0).collect();
    let failed =
        |it: &Edge| it.attempts - it.outcomes.get("ok").copied().unwrap_or(0).min(it.attempts);
    edges.sort_by(|a, b| failed(b.1).cmp(&failed(a.1)).then(b.1.attempts.cmp(&a.1.attempts)));
    if edges.is_empty() {
        return;
    }
    page.blank();
    let head = ["edges", ">calls", ">attempts each", ">ok", ">retries denied", ">breaker open"];
    let mut table = Table::new(2, &head);
    for (name, it) in edges.iter().take(ROWS) {
        let open = it
            .breaker
            .as_ref()
            .map_or_else(|| "–".into(), |breaker| figure(breaker.open_share, Unit::Share));
        table.row(vec![
            (*name).as_str().into(),
            count(it.calls).into(),
            figure(it.amplification, Unit::Count).into(),
            share(it.outcomes.get("ok").copied().unwrap_or(0), it.outcomes.values().sum()).into(),
            count(it.retries_denied).into(),
            open.into(),
        ]);
    }
    page.table(table);
    more(page, edges.len());
}

/// Endpoints that did work for nobody.
pub(crate) fn wasted(page: &mut Page, run: &Run) {
    let mut wasted: Vec<(&String, &Endpoint)> =
        run.endpoints.iter().filter(|it| it.1.wasted > 0).collect();
    wasted.sort_by_key(|it| std::cmp::Reverse(it.1.wasted));
    if wasted.is_empty() {
        return;
    }
    let words: Vec<String> = wasted
        .iter()
        .take(5)
        .map(|(name, it)| {
            format!("{name} {} ({})", count(it.wasted), share(it.wasted, it.arrivals))
        })
        .collect();
    page.hang(10, format!("  wasted  answers that nobody waited for: {}", words.join(", ")));
}

/// Where the time of the p99 went.
pub(crate) fn spent(page: &mut Page, run: &Run) {
    for (flow, phases) in &run.requests {
        let Some(parts) = phases.get("all").and_then(|it| it.spent.get("p99")) else { continue };
        let whole: f64 = parts.values().sum();
        if whole <= 0.0 {
            continue;
        }
        let mut parts: Vec<_> = parts.iter().filter(|(_, it)| **it / whole >= 0.01).collect();
        parts.sort_by(|a, b| b.1.total_cmp(a.1));
        let words: Vec<String> = parts
            .iter()
            .map(|(part, it)| format!("{} {:.0} %", place(part), *it / whole * 100.0))
            .collect();
        let line = Line::new().plain("  p99 of  ").name(flow);
        page.hang(10, line.plain(format!(" goes to: {}", words.join(", "))));
    }
}

/// What a request spends its time on.
fn place(part: &str) -> &str {
    match part {
        "slot" => "waiting for a slot",
        "core" => "waiting for a core",
        "pool" => "waiting for a connection",
        "work" => "work",
        "network" => "network",
        "backoff" => "waiting to retry",
        "calls" => "calls",
        other => other,
    }
}
