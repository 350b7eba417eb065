//! Promises, and how a run came back: the words that simulate and review share.

use tradeoff::results::{Alert, Figure, Recovery, Run, Slo, SloLatency, Verdict};

use super::figure::{Unit, amount, count, duration, figure, none_of, told};
use super::page::{GLUE, Line, Page, Tone};
use super::table::Table;

/// The word of a verdict in its color.
pub(crate) fn verdict(verdict: Verdict) -> Line {
    let (word, tone) = verdict_word(verdict);
    Line::new().add(word, tone)
}

/// The word of a verdict and its color.
pub(crate) const fn verdict_word(verdict: Verdict) -> (&'static str, Tone) {
    match verdict {
        Verdict::Kept => ("kept", Tone::Good),
        Verdict::Undecided => ("undecided", Tone::Unsure),
        Verdict::Broken => ("broken", Tone::Bad),
    }
}

/// The worst verdict of a run; `None` without promises.
pub(crate) fn worst(run: &Run) -> Option<Verdict> {
    run.slos.values().map(|slo| slo.verdict).max()
}

/// What a run is called.
pub(crate) fn run_name(scenario: Option<&str>) -> &str {
    scenario.unwrap_or("baseline")
}

/// `p99` for 0.99, `p99.9` for 0.999.
pub(crate) fn quantile(quantile: f64) -> String {
    format!("p{}", amount(quantile * 100.0, Unit::Count))
}

/// Bad requests of one occurrence; `>=` where today never recovers.
pub(crate) fn bad(slo: &Slo, replications: u32) -> String {
    let number = match slo.bad_per_occurrence {
        Some(it) if it.value == 0.0 && it.high <= 0.0 => none_of(u64::from(replications)),
        some if !told(some, Unit::Count) => {
            return "bad requests per occurrence: cannot be told".into();
        }
        some if slo.at_least => format!(">= {}", figure(some, Unit::Count)),
        some => figure(some, Unit::Count),
    };
    format!("{number} bad requests per occurrence")
}

/// What decides a promise in a scenario: how much of its budget is used, and the return.
pub(crate) fn decided(run: &Run, slo: &Slo) -> String {
    let used = match slo.budget_used {
        None => "no figure for its monthly budget".into(),
        some if slo.at_least && some.is_some_and(|it| it.value > 0.0) => {
            format!("uses at least {} of its monthly budget", figure(some, Unit::Share))
        }
        some => format!("uses {} of its monthly budget", figure(some, Unit::Share)),
    };
    let back = run.recovery.as_ref().map(|it| came_back(it, slo)).unwrap_or_default();
    // What does not come back is broken, however little of the budget was used until then.
    let gone = run.recovery.as_ref().filter(|_| slo.verdict == Verdict::Broken);
    match gone.filter(|it| it.recovered == 0) {
        Some(it) => {
            let n = replications(it);
            format!("0 of {n} came back; {used} until then (may use {})", target(slo.spend))
        }
        None => format!("{used} (may use {}){back}", target(slo.spend)),
    }
}

/// `, came back after 15 s`. A promise's own requests may come back where those of others do not.
fn came_back(recovery: &Recovery, slo: &Slo) -> String {
    let n = replications(recovery);
    let spent_well = slo.budget_used.is_some_and(|it| it.high <= slo.spend);
    match slo.verdict {
        _ if recovery.recovered == n => format!(", came back{}", after(recovery.after)),
        Verdict::Kept => ", its own requests came back".into(),
        Verdict::Undecided if spent_well => ", did not come back in some replications".into(),
        Verdict::Broken => {
            format!(", {} of {n} came back{}", recovery.recovered, after(recovery.after))
        }
        Verdict::Undecided => String::new(),
    }
}

/// ` after 15 s`, ` at once`; nothing where it cannot be told.
fn after(after: Figure) -> String {
    match after {
        None => String::new(),
        Some(it) if it.value <= 0.0 && it.high <= 0.0 => " at once".into(),
        some if !told(some, Unit::Seconds) => " (after how long cannot be told)".into(),
        some => format!(" after {}", figure(some, Unit::Seconds)),
    }
}

/// What users saw while it was measured, beside what is promised over the whole window.
pub(crate) fn meanwhile(slo: &Slo) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(promised) = slo.target {
        let found = good(slo.good_ratio);
        parts.push(format!("{found} available (promised {})", target(promised)));
    }
    if let Some(latency) = &slo.latency {
        let limit = amount(latency.limit, Unit::Seconds);
        let quantile = quantile(latency.quantile);
        parts.push(format!("{quantile} {} (promised {limit})", reached(latency)));
    }
    parts
}

/// A promised share without rounding: `99.9 %`.
pub(crate) fn target(share: f64) -> String {
    let percent = format!("{:.6}", share * 100.0);
    format!("{}{GLUE}%", percent.trim_end_matches('0').trim_end_matches('.'))
}

/// A share of good requests; of requests without a bad one what their number supports.
pub(crate) fn good(share: Figure) -> String {
    match share {
        Some(it) if it.value >= 1.0 && it.low < 1.0 => {
            // By the rule of three the lower end is 1 - 3/n.
            let n = (3.0 / (1.0 - it.low)).round() as u64;
            format!("100{GLUE}%{GLUE}(bad{GLUE}{})", none_of(n))
        }
        some => figure(some, Unit::Share),
    }
}

/// The table of a run's promises: promised, measured, verdict.
pub(crate) fn promises(page: &mut Page, run: &Run, replications: u32) {
    if run.slos.is_empty() {
        return page.line(Line::new().dim("  no SLO is stated: nothing is kept or broken"));
    }
    let table = match run.scenario {
        None => steady(run),
        Some(_) => scenario(run, replications),
    };
    page.table(table);
    alarms(page, run, replications);
}

/// The promises of a scenario: what decides first, what users saw meanwhile beneath it.
fn scenario(run: &Run, replications: u32) -> Table {
    let mut table = Table::new(2, &["SLO", "verdict"]);
    for (name, slo) in &run.slos {
        let word = verdict(slo.verdict).plain(format!(": {}", decided(run, slo)));
        table.row(vec![Line::new().bold(name), word]);
        table.row(vec![Line::new(), bad(slo, replications).into()]);
        let seen = meanwhile(slo);
        if !seen.is_empty() {
            let text = format!("during the measurement: {}", seen.join("; "));
            table.row(vec![Line::new(), Line::new().dim(text)]);
        }
    }
    table
}

/// The promises of the baseline.
fn steady(run: &Run) -> Table {
    let mut table = Table::new(2, &["SLO", "promised", "verdict", "measured"]);
    for (name, slo) in &run.slos {
        let mut rows = measured(slo).into_iter();
        let mut lead = Some((Line::new().bold(name), verdict(slo.verdict)));
        for (promise, found) in &mut rows {
            let (name, word) = lead.take().unwrap_or_default();
            table.row(vec![name, promise, word, found]);
        }
        if let Some((name, word)) = lead {
            table.row(vec![name, Line::new(), word]);
        }
    }
    table
}

/// Alerts that fired, and promises for which none did.
fn alarms(page: &mut Page, run: &Run, replications: u32) {
    let mut silent = Vec::new();
    for (name, slo) in &run.slos {
        match alarm(&slo.alerts, replications) {
            Some(text) => page.hang(10, Line::new().dim(format!("  alerts  {name}: {text}"))),
            None if slo.alerts.is_empty() || slo.alerts.iter().any(|it| it.fired_in > 0) => {}
            None => silent.push(name.as_str()),
        }
    }
    if !silent.is_empty() {
        let text = format!("  alerts  none fires for {}", silent.join(", "));
        page.hang(10, Line::new().dim(text));
    }
}

/// Each promise in words, and what was measured.
fn measured(slo: &Slo) -> Vec<(Line, Line)> {
    let mut rows = Vec::new();
    if let Some(promised) = slo.target {
        let found = good(slo.good_ratio);
        let tone = tone(slo.availability_verdict);
        rows.push((format!("{} available", target(promised)).into(), Line::new().add(found, tone)));
    }
    if let Some(latency) = &slo.latency {
        let quantile = quantile(latency.quantile);
        let promised = format!("{quantile} within {}", amount(latency.limit, Unit::Seconds));
        let found = reached(latency);
        let within = match latency.within {
            Some(it) if it.value >= 1.0 => "; none beyond it".into(),
            some => format!("; within it {}", figure(some, Unit::Share)),
        };
        let found =
            Line::new().add(format!("{quantile} {found}"), tone(Some(latency.verdict))).dim(within);
        rows.push((promised.into(), found));
    }
    rows
}

/// The latency at the promised quantile; it may lie among requests that never got an answer.
pub(crate) fn reached(latency: &SloLatency) -> String {
    match latency.value {
        None if latency.verdict == Verdict::Broken => "lies among the failed".into(),
        some => figure(some, Unit::Seconds),
    }
}

const fn tone(verdict: Option<Verdict>) -> Tone {
    match verdict {
        Some(Verdict::Broken) => Tone::Bad,
        Some(Verdict::Undecided) => Tone::Unsure,
        _ => Tone::Plain,
    }
}

/// When the first alert fired; `None` if none did that is worth a line: one that fires at the
/// rate that just uses the budget up, and in few replications, is chance.
pub(crate) fn alarm(alerts: &[Alert], replications: u32) -> Option<String> {
    let chance = |it: &Alert| it.burn <= 1.0 && it.fired_in * 2 < replications;
    let fired = alerts.iter().filter(|it| it.fired_in > 0 && !chance(it));
    let soonest = |it: &&Alert| it.at.map_or(f64::INFINITY, |at| at.value);
    let first = fired.min_by(|a, b| soonest(a).total_cmp(&soonest(b)))?;
    let at = match first.at {
        some if told(some, Unit::Seconds) => {
            format!("{} after the first event", figure(some, Unit::Seconds))
        }
        _ => "at a time that cannot be told".into(),
    };
    let reset = match first.reset {
        None => String::new(),
        some if !told(some, Unit::Seconds) => String::new(),
        some => format!(", resets after {}", figure(some, Unit::Seconds)),
    };
    Some(format!(
        "the first fires {at}{reset} (burn rate {} over {} and {}), in {} of {replications}",
        amount(first.burn, Unit::Times),
        duration(first.long),
        duration(first.short),
        first.fired_in,
    ))
}

/// How the replications ended, in a few words: `2 of 5 recovered, 3 metastable`.
pub(crate) fn recovered(recovery: &Recovery) -> Line {
    outcomes(recovery, false)
}

fn outcomes(recovery: &Recovery, detailed: bool) -> Line {
    let n = replications(recovery);
    let tone = match recovery.recovered {
        it if it == n => Tone::Good,
        it if it * 2 <= n => Tone::Bad,
        _ => Tone::Unsure,
    };
    let mut line = Line::new().add(format!("{} of {n} recovered", recovery.recovered), tone);
    if detailed && recovery.recovered > 0 && recovery.after.is_some() {
        line = line.plain(after(recovery.after));
    }
    let others = [
        (recovery.metastable, "metastable", Tone::Bad),
        (recovery.overloaded, "overloaded", Tone::Bad),
        (recovery.recovering, "still recovering", Tone::Unsure),
        (recovery.undecided, "undecided", Tone::Unsure),
    ];
    for (number, word, tone) in others {
        if number > 0 {
            line = line.plain(", ").add(format!("{number} {word}"), tone);
        }
        if detailed && word == "metastable" && recovery.growing > 0 {
            line = line.plain(format!(" ({} still growing)", recovery.growing));
        }
    }
    line
}

/// Replications that a recovery counts.
const fn replications(it: &Recovery) -> u32 {
    it.recovered + it.recovering + it.metastable + it.overloaded + it.undecided
}

/// All that is known about a recovery.
pub(crate) fn recovery(page: &mut Page, label: &str, recovery: &Recovery) {
    let mut line = Line::new().plain(label).append(outcomes(recovery, true));
    let shares =
        [("recovers", recovery.share_recovered), ("metastable", recovery.share_metastable)];
    let shares: Vec<String> = shares
        .iter()
        .filter(|(_, share)| share.is_some_and(|it| it.value > 0.0))
        .map(|(word, share)| format!("{word} {}", figure(*share, Unit::Share)))
        .collect();
    if !shares.is_empty() {
        line = line.dim(format!("; {}", shares.join(", ")));
    }
    line = line.dim(format!("; watched {}", duration(recovery.watched.round())));
    page.hang(label.chars().count(), line);
    if let Some(found) = &recovery.r#loop {
        let label = " ".repeat(label.chars().count());
        page.hang(label.len(), Line::new().plain(label).append(sustained(found)));
    }
}

/// What sustains a metastable state.
pub(crate) fn sustained(found: &tradeoff::results::Loop) -> Line {
    let mechanism = match found.mechanism {
        "retry" => "the retries",
        "hedge" => "the hedges",
        other => other,
    };
    let line = Line::new()
        .plain(format!("sustained by {mechanism} of "))
        .name(&found.edge)
        .plain(" at ")
        .name(&found.resource);
    let pressure = found.pressure.filter(|_| told(found.pressure, Unit::Count)).map(|_| {
        let pressure = figure(found.pressure, Unit::Count);
        format!(": {pressure} attempts arrive for each that finishes")
    });
    let line = line.plain(pressure.unwrap_or_default());
    if found.proved {
        line.plain("; ").bold("proved").plain(": without them the same seeds recover")
    } else {
        line.plain("; not proved")
    }
}

/// `timeout 700, dependency 300`.
pub(crate) fn kinds<'a>(failed: impl IntoIterator<Item = (&'a &'static str, &'a u64)>) -> String {
    let mut kinds: Vec<_> = failed.into_iter().filter(|(_, number)| **number > 0).collect();
    kinds.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let words = kinds
        .iter()
        .map(|(kind, number)| format!("{} {}", kind.replace('_', " "), count(**number)));
    words.collect::<Vec<_>>().join(", ")
}
