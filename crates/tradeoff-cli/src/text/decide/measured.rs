//! The options of a decision, simulated side by side.

use std::cell::Cell;

use tradeoff::decide::{Decision, Measured, MeasuredOption};
use tradeoff::results::{Figure, Verdict};
use tradeoff::review::report::{Effect, SetEffect};

use crate::text::figure::{NOTHING, Unit, cost_difference, told, value};
use crate::text::page::{Line, Page, Tone};
use crate::text::review::mends::{avoided, from_to, turned};
use crate::text::simulate::plural;
use crate::text::slos::run_name;
use crate::text::table::Table;

/// Promises whose times the page compares.
const TIMES: usize = 2;

/// What each option does beside today, and how it was written into the design.
pub(super) fn measured(page: &mut Page, it: &Decision) {
    let Some(measured) = &it.measured else { return };
    page.heading("MEASURED", over(measured));
    if let Some(today) = &it.today {
        page.hang(4, Line::new().dim("  today: ").plain(&today.words));
    }
    let mut table = Table::new(2, &["option", "verdict", ">bad requests a month", ">cost"]);
    for option in &measured.options {
        let Some(effect) = &option.effect else { continue };
        table.row(vec![
            name(option, it),
            from_to(measured.today, effect.verdict),
            bad(effect),
            match effect.cost.difference {
                None => Line::new().dim(NOTHING),
                some => cost_difference(some).into(),
            },
        ]);
    }
    page.table(table);
    against(page, it, measured);
    times(page, measured);
    let (made, left): (Vec<_>, Vec<_>) =
        measured.options.iter().partition(|it| it.why_not.is_none());
    for option in made {
        how(page, option);
    }
    let mut reasons: Vec<&str> = left.iter().filter_map(|it| it.why_not.as_deref()).collect();
    reasons.dedup();
    for why in reasons {
        let same = left.iter().filter(|it| it.why_not.as_deref() == Some(why));
        let names: Vec<&str> = same.map(|it| it.option).collect();
        let line = Line::new().dim(format!("  {}: ", names.join(", ")));
        page.hang(4, line.plain(format!("not simulated, {why}")));
    }
}

/// Where an option keeps every promise and the answer does not.
fn against(page: &mut Page, it: &Decision, measured: &Measured) {
    let verdict = |option: &MeasuredOption| option.effect.as_ref().map(|it| it.verdict);
    let Some(answer) = &it.answer else { return };
    let own = measured.options.iter().find(|it| it.option == answer.option).and_then(verdict);
    if own.is_none_or(|it| it == Verdict::Kept) {
        return;
    }
    let kept = measured.options.iter().filter(|it| verdict(it) == Some(Verdict::Kept));
    let kept: Vec<&str> = kept.map(|it| it.option).collect();
    if !kept.is_empty() {
        let line = Line::new().add("  measured, ", Tone::Unsure).name(kept.join(", "));
        let rest = " keeps every promise and the answer does not: look at what was simulated, and \
                    at what speaks against it";
        page.hang(4, line.plain(rest));
    }
}

fn over(measured: &Measured) -> Line {
    let replications = plural(measured.replications as usize, "replication");
    Line::new().dim(format!("beside today under the same luck, {replications}"))
}

fn name(option: &MeasuredOption, it: &Decision) -> Line {
    let answer = it.answer.as_ref().is_some_and(|it| it.option == option.option);
    if answer {
        Line::new().add(option.option, Tone::Good)
    } else if option.excluded {
        Line::new().name(option.option).dim(" (excluded)")
    } else {
        Line::new().name(option.option)
    }
}

/// `avoids 1,530 ± 160`.
fn bad(effect: &SetEffect) -> Line {
    let Some(score) = effect.score else { return Line::new().dim(NOTHING) };
    if score.value == 0.0 && score.low == 0.0 && score.high == 0.0 {
        // Where today never comes back both are counted as long as it is watched.
        let turns = turned(&effect.effects);
        let told =
            if turns.is_empty() { "no difference" } else { "as many while today is watched" };
        return told.into();
    }
    if score.low <= 0.0 && score.high >= 0.0 || !told(effect.score, Unit::Count) {
        return Line::new().add("not told apart", Tone::Unsure);
    }
    let (verb, number) = avoided(effect.score, effect.at_least);
    let tone = if score.value > 0.0 { Tone::Good } else { Tone::Bad };
    Line::new().add(verb, tone).plain(format!(" {number}"))
}

/// The times of the promises that move most, run by run.
fn times(page: &mut Page, measured: &Measured) {
    let effects = || measured.options.iter().filter_map(|it| Some((it, it.effect.as_ref()?)));
    let moved = |it: &Effect| it.p99.difference.map_or(0.0, |it| it.value.abs());
    let Some((_, first)) = effects().next() else { return };
    let mut places: Vec<(f64, &Effect)> = first
        .effects
        .iter()
        .map(|at| {
            let same = |it: &&Effect| it.scenario == at.scenario && it.slo == at.slo;
            let each = effects().filter_map(|it| it.1.effects.iter().find(same));
            (each.map(moved).fold(0.0, f64::max), at)
        })
        .filter(|it| it.0 > 0.0)
        .collect();
    places.sort_by(|one, other| other.0.total_cmp(&one.0));
    if places.is_empty() {
        return;
    }
    places.truncate(TIMES);
    let titles =
        places.iter().map(|(_, at)| format!(">{} in {}", at.slo, run_name(at.scenario.as_deref())));
    let titles: Vec<String> = ["p99".to_owned()].into_iter().chain(titles).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let mut table = Table::new(2, &titles);
    let unsure = Cell::new(false);
    let shown = |it: Figure| {
        if told(it, Unit::Seconds) {
            return value(it, Unit::Seconds);
        }
        unsure.set(true);
        "?".into()
    };
    let mut today = vec![Line::new().dim("today")];
    today.extend(places.iter().map(|it| Line::from(shown(it.1.p99.today))));
    table.row(today);
    for (option, effect) in effects() {
        let mut row: Vec<Line> = vec![option.option.into()];
        for (_, at) in &places {
            let same = |it: &&Effect| it.scenario == at.scenario && it.slo == at.slo;
            let found = effect.effects.iter().find(same);
            row.push(found.map_or_else(|| NOTHING.into(), |it| shown(it.p99.mended)).into());
        }
        table.row(row);
    }
    page.blank();
    page.table(table);
    if unsure.get() {
        page.line(Line::new().dim("  ?: too few answers to tell"));
    }
    page.blank();
}

/// How an option was written into the design.
fn how(page: &mut Page, option: &MeasuredOption) {
    const SHOWN: usize = 5;
    let line = Line::new().dim(format!("  {}: ", option.option));
    let split = |it: &str| it.rfind('.').map_or(0, |at| at + 1);
    let Some(first) = option.settings.first() else {
        return page.hang(4, line.plain("as it is today"));
    };
    // What is set in one map is told without repeating the map.
    let map = &first.path[..split(&first.path)];
    let one =
        option.settings.iter().all(|it| split(&it.path) == map.len() && it.path.starts_with(map));
    let each = option.settings.iter().take(SHOWN).map(|it| {
        let path = if one { &it.path[map.len()..] } else { it.path.as_str() };
        format!("{path} = {}", it.value)
    });
    let text = each.collect::<Vec<_>>().join("; ");
    let more = option.settings.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let line = if one { line.name(map.trim_end_matches('.')).plain(": ") } else { line };
    page.hang(4, line.plain(text + &more));
}
