//! An analysis as people read it.

use std::collections::BTreeMap;

use tradeoff::AnalysisReport;
use tradeoff::analyze::{Availability, BUSY, Blast, Latency, Resource, Within};

use super::Look;
use super::figure::{NOTHING, Unit, amount, count};
use super::horizon::horizon;
use super::page::{Line, Page, Tone};
use super::simulate::plural;
use super::table::Table;

/// Rows of a table before the rest is only counted.
const ROWS: usize = 12;
/// Defaults that are named before the rest is only counted.
const DEFAULTS: usize = 4;

/// The page of an analysis.
pub(crate) fn analyze(it: &AnalysisReport, look: Look) -> String {
    let mut page = Page::new(look.color);
    title(&mut page, it);
    resources(&mut page, it);
    promises(&mut page, it);
    endpoints(&mut page, it);
    blast(&mut page, it);
    connections(&mut page, it);
    retries(&mut page, it);
    timeouts(&mut page, it);
    traffic(&mut page, it);
    horizon(&mut page, it.horizon.as_ref(), look);
    assumed(&mut page, it);
    page.blank();
    let digest = it.digest.get(..19).unwrap_or(&it.digest);
    page.line(Line::new().dim(format!(
        "analyzed: design {digest}; steady traffic, first attempts only; waits are approximations"
    )));
    page.finish()
}

/// `shop: saturates at 412/s, 3.1x today's 133/s: orders/cores`.
fn title(page: &mut Page, it: &AnalysisReport) {
    let name = if it.name.is_empty() { "this design" } else { &it.name };
    let line = Line::new().bold(name).plain(": ");
    let Some(saturation) = &it.saturation else {
        let why = if it.rate > 0.0 {
            "nothing that is stated limits its traffic"
        } else {
            "no traffic is stated, so nothing is busy"
        };
        return page.hang(2, line.plain(why));
    };
    let tone = match saturation.factor {
        factor if factor <= 1.0 => Tone::Bad,
        factor if factor * BUSY <= 1.0 => Tone::Unsure,
        _ => Tone::Good,
    };
    let line = line
        .add(format!("saturates at {}", amount(saturation.rate, Unit::PerSecond)), tone)
        .plain(format!(
            ", {} today's {}: ",
            amount(saturation.factor, Unit::Times),
            amount(it.rate, Unit::PerSecond)
        ))
        .name(&saturation.resource);
    page.hang(2, line);
    page.hang(4, Line::new().dim(format!("  because {}", saturation.arithmetic)));
    let saturated: Vec<&str> = it
        .resources
        .iter()
        .filter(|(_, it)| it.utilization >= 1.0)
        .map(|(name, _)| name.as_str())
        .collect();
    if !saturated.is_empty() {
        let line = Line::new().add("  overloaded today: ", Tone::Bad);
        page.hang(4, line.plain(some(&saturated)));
    }
}

/// Resources, the busiest first.
fn resources(page: &mut Page, it: &AnalysisReport) {
    let mut all: Vec<(&String, &Resource)> = it.resources.iter().collect();
    all.retain(|(_, it)| it.arrivals > 0.0);
    all.sort_by(|a, b| b.1.utilization.total_cmp(&a.1.utilization));
    if all.is_empty() {
        return;
    }
    page.heading("RESOURCES", Line::new());
    let head = ["busiest", ">used", ">saturates", ">wait", "because"];
    let mut table = Table::new(2, &head);
    for (name, resource) in all.iter().take(ROWS) {
        let tone = match resource.utilization {
            used if used >= 1.0 => Tone::Bad,
            used if used >= BUSY => Tone::Unsure,
            _ => Tone::Plain,
        };
        let capacity = resource.capacity.map_or_else(nothing, |it| amount(it, Unit::PerSecond));
        let tone_of_name = if resource.bottleneck { Tone::Bold } else { Tone::Plain };
        table.row(vec![
            Line::new().add(name, tone_of_name),
            Line::new().add(amount(resource.utilization, Unit::Share), tone),
            capacity.into(),
            resource.wait.map_or_else(nothing, seconds).into(),
            Line::new().dim(&resource.arithmetic),
        ]);
    }
    page.table(table);
    more(page, all.len());
}

/// Promises held against what their paths allow.
fn promises(page: &mut Page, it: &AnalysisReport) {
    if it.slos.is_empty() {
        return;
    }
    page.heading("PROMISES", Line::new());
    let mut table = Table::new(2, &["slo", "of", "verdict", "because"]);
    for (name, promise) in it.slos.iter().take(ROWS) {
        let rows = [
            promise.availability.as_ref().map(|it| ("availability", available(it), &it.arithmetic)),
            promise.latency.as_ref().map(|it| ("latency", within(it), &it.arithmetic)),
        ];
        let mut name = name.as_str();
        for (what, verdict, why) in rows.into_iter().flatten() {
            let row = vec![name.into(), what.into(), verdict, Line::new().dim(why)];
            table.row(row);
            name = "";
        }
    }
    page.table(table);
    more(page, it.slos.len());
    for (name, promise) in it.slos.iter().take(ROWS) {
        let Some(unstated) = promise.availability.as_ref().map(|it| &it.unstated) else { continue };
        if !unstated.is_empty()
            && promise.availability.as_ref().is_some_and(|it| it.product.is_some())
        {
            let names: Vec<&str> = unstated.iter().map(String::as_str).collect();
            let line = Line::new().dim(format!("  not stated for {name}: {}", some(&names)));
            page.hang(4, line);
        }
    }
}

fn available(it: &Availability) -> Line {
    match it.feasible {
        Some(false) => Line::new().add("cannot hold", Tone::Bad),
        Some(true) => Line::new().add("feasible", Tone::Good),
        None if it.product.is_none() => Line::new().dim("not stated"),
        None => Line::new().add("not told", Tone::Unsure),
    }
}

fn within(it: &Within) -> Line {
    match (it.feasible, it.holds) {
        (false, _) => Line::new().add("cannot hold", Tone::Bad),
        (true, Some(true)) => Line::new().add("about holds", Tone::Good),
        (true, Some(false)) => Line::new().add("about broken", Tone::Bad),
        (true, None) => Line::new().add("overloaded", Tone::Bad),
    }
}

/// Endpoints, the slowest first.
fn endpoints(page: &mut Page, it: &AnalysisReport) {
    let mut all: Vec<(&String, &Latency)> = it.endpoints.iter().collect();
    if all.is_empty() {
        return;
    }
    let mean = |it: &Latency| it.approximate.map_or(f64::INFINITY, |it| it.mean);
    all.sort_by(|a, b| mean(b.1).total_cmp(&mean(a.1)));
    page.heading("ENDPOINTS", Line::new());
    let head = ["slowest", ">runs", ">no waiting", ">mean", ">p99", "because"];
    let mut table = Table::new(2, &head);
    for (name, endpoint) in all.iter().take(ROWS) {
        let (mean, p99) = endpoint.approximate.map_or_else(
            || (Line::new().add("∞", Tone::Bad), Line::new().add("∞", Tone::Bad)),
            |it| (seconds(it.mean).into(), seconds(it.p99).into()),
        );
        table.row(vec![
            (*name).as_str().into(),
            amount(endpoint.arrivals, Unit::PerSecond).into(),
            seconds(endpoint.bound).into(),
            mean,
            p99,
            Line::new().dim(&endpoint.arithmetic),
        ]);
    }
    page.table(table);
    more(page, all.len());
}

/// Components, those with the widest radius first.
fn blast(page: &mut Page, it: &AnalysisReport) {
    let mut all: Vec<(&String, &Blast)> = it.blast.iter().collect();
    all.retain(|(_, it)| {
        !it.falls.is_empty() || !it.degrades.is_empty() || it.traffic.is_some_and(|it| it > 0.0)
    });
    if all.is_empty() {
        return;
    }
    let width = |it: &Blast| it.traffic.unwrap_or(0.0);
    all.sort_by(|a, b| {
        width(b.1).total_cmp(&width(a.1)).then(b.1.falls.len().cmp(&a.1.falls.len()))
    });
    page.heading("BLAST RADIUS", Line::new());
    let mut table = Table::new(2, &["down", "", ">requests lost", "falls", "degrades"]);
    for (name, blast) in all.iter().take(ROWS) {
        let falls: Vec<String> = blast.falls.iter().map(|(slo, share)| fall(slo, *share)).collect();
        let falls: Vec<&str> = falls.iter().map(String::as_str).collect();
        let degrades: Vec<&str> = blast.degrades.iter().map(String::as_str).collect();
        table.row(vec![
            (*name).as_str().into(),
            Line::new().dim(blast.kind),
            blast.traffic.map_or_else(nothing, |it| amount(it, Unit::Share)).into(),
            Line::new().add(some(&falls), Tone::Bad),
            some(&degrades).into(),
        ]);
    }
    page.table(table);
    more(page, all.len());
}

/// An SLO, and which share of its requests fails where it is not all of them.
fn fall(slo: &str, share: f64) -> String {
    if share >= 1.0 - 1e-9 { slo.into() } else { format!("{slo} ({})", amount(share, Unit::Share)) }
}

fn connections(page: &mut Page, it: &AnalysisReport) {
    if it.connections.is_empty() {
        return;
    }
    page.heading("CONNECTIONS", Line::new());
    let mut table = Table::new(2, &["store", "verdict", "pools against what it accepts"]);
    let mut all: Vec<_> = it.connections.iter().collect();
    all.sort_by_key(|(_, it)| !it.beyond);
    for (name, connections) in all.iter().take(ROWS) {
        let verdict = match (connections.pools, connections.room) {
            _ if connections.beyond => Line::new().add("too many", Tone::Bad),
            (Some(_), Some(_)) => Line::new().add("fit", Tone::Good),
            _ => Line::new().dim("not stated"),
        };
        let why = Line::new().dim(&connections.arithmetic);
        table.row(vec![(*name).as_str().into(), verdict, why]);
    }
    page.table(table);
    more(page, all.len());
}

fn retries(page: &mut Page, it: &AnalysisReport) {
    let mut all: Vec<_> = it.retries.iter().filter(|it| it.1.attempts > 1.0).collect();
    if all.is_empty() {
        return;
    }
    all.sort_by(|a, b| b.1.attempts.total_cmp(&a.1.attempts));
    page.heading("RETRIES", Line::new());
    let head = ["worst path from", ">attempts", ">for long", "because"];
    let mut table = Table::new(2, &head);
    for (name, retries) in all.iter().take(ROWS) {
        let tone = if retries.sustained > 3.0 { Tone::Bad } else { Tone::Plain };
        let why = format!("{}, over {}", retries.arithmetic, retries.path.join(", "));
        table.row(vec![
            (*name).as_str().into(),
            amount(retries.attempts, Unit::Count).into(),
            Line::new().add(amount(retries.sustained, Unit::Count), tone),
            Line::new().dim(why),
        ]);
    }
    page.table(table);
    more(page, all.len());
}

/// Callers that give up before their callees do.
fn timeouts(page: &mut Page, it: &AnalysisReport) {
    let all: Vec<_> = it.timeouts.iter().filter(|it| it.1.inverted).collect();
    if all.is_empty() {
        return;
    }
    page.heading("TIMEOUTS", "the callee goes on when its caller has gone");
    let mut table = Table::new(2, &["inverted", "because"]);
    for (name, patience) in all.iter().take(ROWS) {
        table.row(vec![(*name).as_str().into(), Line::new().dim(&patience.arithmetic)]);
    }
    page.table(table);
    more(page, all.len());
}

/// What users who wait for their answers come to.
fn traffic(page: &mut Page, it: &AnalysisReport) {
    let closed: BTreeMap<_, _> = it.traffic.iter().filter(|it| it.1.users.is_some()).collect();
    if closed.is_empty() {
        return;
    }
    page.heading("CLOSED TRAFFIC", Line::new());
    let mut table = Table::new(2, &["users", ">rate", ">at least", ">at most", "because"]);
    for (name, source) in closed.iter().take(ROWS) {
        let bound = |it: Option<f64>| it.map_or_else(nothing, |it| amount(it, Unit::PerSecond));
        table.row(vec![
            name.as_str().into(),
            amount(source.rate, Unit::PerSecond).into(),
            bound(source.least).into(),
            bound(source.most).into(),
            Line::new().dim(&source.arithmetic),
        ]);
    }
    page.table(table);
    more(page, closed.len());
}

fn assumed(page: &mut Page, it: &AnalysisReport) {
    page.blank();
    if it.assumptions.is_empty() {
        return;
    }
    let few = it.assumptions.iter().take(DEFAULTS);
    let mut words: Vec<String> = few.map(|it| format!("{} {}", it.path, it.value)).collect();
    if it.assumptions.len() > DEFAULTS {
        words.push(format!("and {} more", count((it.assumptions.len() - DEFAULTS) as u64)));
    }
    let all = plural(it.assumptions.len(), "default");
    page.hang(2, Line::new().dim(format!("{all} assumed: {}", words.join(", "))));
}

/// The first of several names.
fn some(names: &[&str]) -> String {
    const MOST: usize = 4;
    let first = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    match names.len() {
        n if n > MOST => format!("{first} and {} more", n - MOST),
        _ => first,
    }
}

/// Seconds; what is too short to matter has no digits.
fn seconds(value: f64) -> String {
    if value > 0.0 && value < 1e-6 {
        return "<\u{a0}1\u{a0}µs".into();
    }
    amount(value, Unit::Seconds)
}

fn nothing() -> String {
    NOTHING.into()
}

fn more(page: &mut Page, all: usize) {
    if all > ROWS {
        page.line(Line::new().dim(format!("  and {} more", all - ROWS)));
    }
}
