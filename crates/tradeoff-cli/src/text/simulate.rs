//! A simulation as people read it.

use std::collections::BTreeMap;

use tradeoff::results::{AssumptionUsed, Run, Simulation, Verdict};

use super::figure::{count, duration};
use super::page::{Line, Page, Tone};
use super::slos::{self, recovered, run_name, verdict, verdict_word, worst};
use super::table::Table;
use super::{Look, assumed, observed, series, tables};

/// The page of a simulation.
pub(crate) fn simulate(simulation: &Simulation, look: impl Into<Look>) -> String {
    let look = look.into();
    let mut page = Page::new(look.color);
    page.line(title(&simulation.name, simulation.verdict, simulation));
    page.blank();
    overview(&mut page, simulation);
    observed::observed(&mut page, simulation);
    for run in &simulation.runs {
        one(&mut page, run, simulation.replications, look);
    }
    page.heading("ASSUMED", Line::new());
    assumptions(&mut page, &simulation.assumptions);
    not_moved(&mut page, &simulation.not_moved);
    footer(&mut page, simulation);
    page.finish()
}

/// `order-platform: BROKEN`, and how many promises are.
pub(crate) fn title(name: &str, verdict: Verdict, simulation: &Simulation) -> Line {
    let (word, tone) = verdict_word(verdict);
    let name = if name.is_empty() { "this design" } else { name };
    let line = Line::new().bold(name).plain(": ").add(word.to_uppercase(), tone).plain("  ");
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    for slo in simulation.runs.iter().flat_map(|run| run.slos.values()) {
        *counts.entry(slo.verdict).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    if all == 0 {
        return line.plain("no SLO is stated, so nothing is kept or broken");
    }
    let runs = simulation.runs.len();
    let words: Vec<String> = counts
        .iter()
        .rev()
        .map(|(verdict, number)| format!("{number} {}", verdict_word(*verdict).0))
        .collect();
    let (promises, times) = (plural(all / runs.max(1), "promise"), plural(runs, "run"));
    line.plain(format!("{promises} in {times}: {}", words.join(", ")))
}

/// `1 run`, `2 runs`.
pub(crate) fn plural(number: usize, word: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {word}{s}", count(number as u64))
}

fn overview(page: &mut Page, simulation: &Simulation) {
    let mut table = Table::new(2, &["run", "verdict", "recovery", "measured"]);
    for run in &simulation.runs {
        let word = worst(run).map_or_else(|| Line::new().dim("–"), verdict);
        let back = run.recovery.as_ref().map_or_else(Line::new, recovered);
        let name = run_name(run.scenario.as_deref());
        table.row(vec![name.into(), word, back, duration(run.end.round()).into()]);
    }
    page.table(table);
}

fn one(page: &mut Page, run: &Run, replications: u32, look: Look) {
    let word = worst(run).map_or_else(Line::new, verdict);
    page.rule(run_name(run.scenario.as_deref()), word);
    page.line(Line::new().dim(measured(run)));
    if run.stationary == Some(false) {
        let line = Line::new().add("  not settled", Tone::Unsure);
        page.line(line.plain(": the load still builds up, so there are no steady figures"));
    }
    if let Some(bound) = run.bounded_by {
        let (what, why) = match bound {
            "deadlock" => ("deadlock".into(), "waiters that nothing can free; "),
            bound => (format!("cut off by the bound of {bound}"), ""),
        };
        let line = Line::new().add(format!("  {what}"), Tone::Unsure);
        page.line(line.plain(format!(": {why}what was not settled counts as bad")));
    }
    page.blank();
    slos::promises(page, run, replications);
    if let Some(recovery) = &run.recovery {
        page.blank();
        slos::recovery(page, "  recovery  ", recovery);
    }
    tables::requests(page, run);
    tables::spent(page, run);
    tables::wasted(page, run);
    tables::resources(page, run);
    tables::edges(page, run);
    if run.scenario.is_some() {
        page.blank();
        series::series(page, run, replications, look);
    }
}

fn measured(run: &Run) -> String {
    let run_in = match run.warmup {
        0.0 => String::new(),
        warmup => format!(" after {} of run-in", duration(warmup.round())),
    };
    let during = run.phases.iter().find(|phase| phase.name == "during");
    let events = during.map_or_else(String::new, |during| {
        let (from, to) = (duration(during.from.round()), duration(during.to.round()));
        format!("; events from {from} to {to}")
    });
    format!(
        "   measured for {}{run_in}{events}; {} simulated events",
        duration(run.end.round()),
        count(run.events)
    )
}

/// What stands beside defaults of which none was tried.
pub(crate) const NOT_TRIED: &str = "whether another value moves the verdict was not tried";

/// Defaults, those of one kind on one line: `network 0s (14: ..)`.
pub(crate) fn assumptions(page: &mut Page, assumptions: &[AssumptionUsed]) {
    if assumptions.is_empty() {
        return page.line("  nothing: the file states everything that was used");
    }
    let mut kinds: BTreeMap<(&str, &str, Option<bool>), Vec<&str>> = BTreeMap::new();
    for it in assumptions.iter().filter(|it| it.source.is_none()) {
        let (place, key) = it.path.rsplit_once('.').unwrap_or(("", &it.path));
        kinds.entry((key, &it.value, it.moves_verdict)).or_default().push(place);
    }
    let tried = assumptions.iter().any(|it| it.moves_verdict.is_some());
    let columns = ["", "", "moves the verdict", "where"];
    let columns = if tried { &columns[..] } else { &["", "", "where"] };
    let mut table = Table::new(2, columns);
    for ((key, value, moves), places) in kinds {
        let moves = match moves {
            Some(true) => Line::new().add("yes", Tone::Bad),
            Some(false) => Line::new().plain("no"),
            None => Line::new().dim("not tried"),
        };
        let mut row: Vec<Line> = vec![key.into(), value.into()];
        row.extend(tried.then_some(moves));
        row.push(listed(&places).into());
        table.row(row);
    }
    page.table(table);
    assumed::sourced(page, assumptions.iter().map(assumed::parts));
    if !tried {
        page.line(Line::new().dim(format!("  {NOT_TRIED}")));
    }
    page.line(Line::new().dim("  `tradeoff explain defaults` lists every default of the format"));
}

/// The blocks of the file that no run moves, those of one kind together.
pub(crate) fn not_moved(page: &mut Page, paths: &[String]) {
    if let Some(words) = idle(paths) {
        page.hang(4, Line::new().dim(format!("  {NOT_MOVED}: ")).plain(words));
    }
}

/// What stands before the blocks that no run moves.
pub(crate) const NOT_MOVED: &str = "not moved by the simulator";

/// `caches, services.*.consumes (2)`; `None` if everything is moved.
pub(crate) fn idle(paths: &[String]) -> Option<String> {
    if paths.is_empty() {
        return None;
    }
    let mut kinds: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for path in paths {
        kinds.entry(of_all(path)).or_default().push(path);
    }
    let words = kinds.into_iter().map(|(kind, paths)| match paths.as_slice() {
        [path] => (*path).to_owned(),
        paths => format!("{kind} ({})", paths.len()),
    });
    Some(words.collect::<Vec<_>>().join(", "))
}

/// `services.*.consumes` of `services.mail.consumes`: every other part is a name.
fn of_all(path: &str) -> String {
    let parts = path.split('.').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { "*" } else { part }).collect::<Vec<_>>().join(".")
}

/// The first places of several.
pub(super) fn listed(places: &[&str]) -> String {
    const MOST: usize = 2;
    let first = places.iter().take(MOST).filter(|it| !it.is_empty()).copied();
    let first = first.collect::<Vec<_>>().join(", ");
    match places.len() {
        n if n > MOST => format!("{first} and {} more", n - MOST),
        _ => first,
    }
}

/// What it takes to see the same again.
pub(crate) fn footer(page: &mut Page, simulation: &Simulation) {
    page.blank();
    let digest = simulation.digest.get(..19).unwrap_or(&simulation.digest);
    page.line(Line::new().dim(format!(
        "simulated: seed {}, {}, intervals at {:.0} % confidence, design {digest}",
        simulation.seed,
        plural(simulation.replications as usize, "replication"),
        simulation.confidence * 100.0,
    )));
}
