//! Decisions as people read them: the answer first.

mod asking;
mod drift;
mod measured;
mod records;

use tradeoff::decide::{Debt, Decide, Decision, FactReport, FlipReport, Record, State};

use super::figure::count as counted;
use super::page::{Line, Page, Tone};
use super::table::Table;

pub(crate) use asking::{correction, opening, question, reason, refused, running, which};
pub(crate) use records::records;

/// What there is to decide.
pub(crate) fn topics(report: &Decide, color: bool) -> String {
    let mut page = Page::new(color);
    let (raised, rest): (Vec<_>, Vec<_>) =
        report.topics.iter().partition(|it| !it.subjects.is_empty());
    if let Some(name) = &report.name {
        let count = raised.len();
        let what = format!(" raises {count} of {} decisions", report.topics.len());
        page.line(Line::new().bold(name).plain(what));
    }
    for (title, some) in [("Raised by this architecture", raised), ("Decisions", rest)] {
        if some.is_empty() {
            continue;
        }
        let title = match (&report.name, title) {
            (Some(_), "Decisions") => "Not raised by it",
            _ => title,
        };
        page.blank();
        page.line(Line::new().bold(title));
        let mut table = Table::new(2, &["", "~", ""]);
        for it in some {
            let about = match it.subjects.as_slice() {
                [] => String::new(),
                [one] => one.clone(),
                [first, rest @ ..] => format!("{first} and {} more", rest.len()),
            };
            table.row(vec![Line::new().name(it.topic), it.title.into(), Line::new().dim(about)]);
        }
        page.table(table);
    }
    page.blank();
    page.hang(
        2,
        "`tradeoff decide TOPIC` asks for the facts of one, `tradeoff explain TOPIC` shows its page",
    );
    page.finish()
}

/// Every decision of a topic, one after the other.
pub(crate) fn decisions(report: &Decide, color: bool) -> String {
    let mut page = Page::new(color);
    for it in &report.decisions {
        page.blank();
        decision(&mut page, it);
    }
    page.finish()
}

/// Samples that were compared, and what is done about it.
pub(crate) fn drifts(report: &Decide, color: bool) -> String {
    let mut page = Page::new(color);
    report.drift.iter().for_each(|it| drift::drift(&mut page, it));
    for it in &report.decisions {
        page.blank();
        decision(&mut page, it);
    }
    page.finish()
}

/// The first of some names: `a, b`, or of many how many of all.
fn short_list(names: &[&str], of: usize) -> String {
    const MOST: usize = 4;
    match names.len() {
        len if len > MOST => format!("{len} of {of}"),
        _ => names.join(", "),
    }
}

/// `cursor`, or why there is none.
fn verdict(it: &Decision) -> Line {
    match (&it.answer, &it.open) {
        (Some(answer), _) => {
            Line::new().add(answer.option, Tone::Good).plain(format!("  {}", answer.title))
        }
        (None, Some(open)) if open.candidates.len() > 1 => {
            let names: Vec<&str> =
                open.candidates.iter().map(|it| it.unwrap_or("nothing")).collect();
            Line::new().add("open", Tone::Unsure).plain(format!(": {}", either(&names)))
        }
        (None, _) => {
            let why = ": every option is excluded; something has to give";
            Line::new().add("nothing fits", Tone::Bad).plain(why)
        }
    }
}

/// `a, b or c`.
fn either(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

fn grounds(it: &str) -> &'static str {
    match it {
        "only" => "everything else is excluded",
        "better" => "of what is left it is worse in nothing and better in something",
        "reversible" => "of what is left it is the easiest to undo",
        "boring" => "of what is as easy to undo it is the most proven",
        "listed" => "nothing tells what is left apart: it stands first",
        _ => "",
    }
}

fn decision(page: &mut Page, it: &Decision) {
    let mut title = Line::new().bold(it.topic);
    if let Some(subject) = &it.subject {
        title = title.plain(" of ").name(subject);
    }
    page.hang(2, title.plain(": ").append(verdict(it)));
    let grounds = grounds(it.grounds);
    if it.answer.is_some() && !grounds.is_empty() {
        page.hang(2, Line::new().dim(format!("  {grounds}")));
    }
    today(page, it);
    if let Some(record) = &it.record {
        recorded(page, record);
    }
    carried(page, it);
    against(page, it);
    arithmetic(page, it);
    measured::measured(page, it);
    flips(page, it);
    back(page, it);
    missing(page, it);
    facts(page, it);
}

/// What the architecture has today, and whether the answer is another.
fn today(page: &mut Page, it: &Decision) {
    let Some(today) = &it.today else { return };
    let path = today.path.as_ref().map_or(String::new(), |it| format!(" ({it})"));
    let line = Line::new().dim("  today: ").plain(&today.words).dim(path);
    page.hang(
        4,
        match today.agrees {
            Some(true) => line.plain("; the answer is the same"),
            Some(false) => line.plain("; the answer is another"),
            None => line,
        },
    );
}

fn recorded(page: &mut Page, it: &Record) {
    let (name, chosen) = (it.decision.as_deref(), it.chosen.as_deref());
    let (name, chosen) = (name.unwrap_or_default(), chosen.unwrap_or_default());
    let line = Line::new()
        .plain("  recorded as ")
        .name(name)
        .plain(format!(": {chosen}, "))
        .append(state(it.state))
        .plain(if it.proposed { ", proposed" } else { "" });
    let why = if it.why.is_empty() { String::new() } else { format!(": {}", it.why) };
    page.hang(4, line.plain(why));
    for drift in &it.drifted {
        let text = format!("    {} was {} and is {}", drift.fact, drift.then, drift.now);
        page.hang(6, Line::new().dim(text));
    }
}

fn carried(page: &mut Page, it: &Decision) {
    if it.carried.is_empty() {
        return;
    }
    page.heading("WHAT CARRIED IT", "");
    let mut table = Table::new(2, &["", "", "~", ""]);
    for fact in it.carried.iter().filter_map(|name| it.facts.iter().find(|it| it.fact == *name)) {
        table.row(vec![
            Line::new().name(fact.fact),
            fact.text.clone().unwrap_or_default().into(),
            Line::new().dim(origin(fact)),
            fact.why.into(),
        ]);
    }
    page.table(table);
}

fn origin(it: &FactReport) -> String {
    match (it.origin, &it.path) {
        ("stated", Some(path)) => path.clone(),
        ("derived", Some(path)) => format!("from {path}"),
        ("said", _) => "said".into(),
        ("assumed", _) => "assumed".into(),
        _ => String::new(),
    }
}

fn against(page: &mut Page, it: &Decision) {
    if it.excluded.is_empty() && it.beaten.is_empty() && it.alternatives.is_empty() {
        return;
    }
    page.heading("WHAT IS AGAINST THE OTHERS", "");
    let mut table = Table::new(2, &["", ""]);
    for it in &it.excluded {
        table.row(vec![Line::new().name(it.option), it.sentence.clone().into()]);
    }
    for it in &it.beaten {
        let why = format!("{} does as well, and better: {}", it.by, it.better_at.join(", "));
        table.row(vec![Line::new().name(it.option), why.into()]);
    }
    for it in &it.alternatives {
        let why = "nothing: it is only harder to undo, or less proven";
        table.row(vec![Line::new().name(it.option), Line::new().dim(why)]);
    }
    page.table(table);
}

fn arithmetic(page: &mut Page, it: &Decision) {
    if !it.table.is_empty() {
        page.heading("ARITHMETIC", "");
        let mut table = Table::new(2, &["~", ">", ""]);
        for line in &it.table {
            table.row(vec![
                line.name.clone().into(),
                Line::new().bold(&line.shown),
                Line::new().dim(&line.text),
            ]);
        }
        page.table(table);
    }
    for sentence in &it.advice {
        page.hang(2, format!("  {sentence}"));
    }
}

fn flips(page: &mut Page, it: &Decision) {
    let is_open = it.open.as_ref().is_some_and(|it| it.candidates.len() > 1);
    let single = !it.flips.is_empty();
    if !single && (it.answer.is_none() || is_open) {
        return;
    }
    page.heading("WHAT WOULD FLIP IT", "");
    if single {
        turns(page, &it.flips);
    }
    match (single, it.together.len()) {
        (false, 0) => page.line("  no single fact, and no three of them together"),
        (true, 0) => {}
        (_, count) => {
            let first = if single { "" } else { "no single fact; " };
            let count = if count == 2 { "two" } else { "three" };
            page.line(format!("  {first}these {count} together:"));
            turns(page, &it.together);
        }
    }
}

fn turns(page: &mut Page, flips: &[FlipReport]) {
    let mut table = Table::new(2, &["fact", ">now", ">nearest", "then"]);
    for flip in flips {
        table.row(vec![
            Line::new().name(flip.fact),
            flip.now.clone().into(),
            Line::new().bold(&flip.read),
            turned(flip),
        ]);
    }
    page.table(table);
}

fn turned(flip: &FlipReport) -> Line {
    match flip.to {
        Some(to) => to.into(),
        None if flip.open => Line::new().add("open: what is missing decides", Tone::Unsure),
        None => Line::new().add("nothing fits", Tone::Bad),
    }
}

fn back(page: &mut Page, it: &Decision) {
    let Some(reversal) = &it.reversal else { return };
    page.heading("TO GO BACK", "");
    let takes = match reversal.takes {
        "never" => Line::new().add("a one-way door", Tone::Bad),
        takes => Line::new().bold(takes),
    };
    page.hang(4, Line::new().plain("  ").append(takes).plain(format!(": {}", reversal.undo)));
    page.hang(4, Line::new().dim("  to keep the door open: ").plain(reversal.door));
}

fn missing(page: &mut Page, it: &Decision) {
    let Some(open) = &it.open else { return };
    page.heading("WHAT IS NOT KNOWN", "");
    let mut table = Table::new(2, &["", "", ""]);
    for fact in it.facts.iter().filter(|it| open.missing.contains(&it.fact)) {
        let decides = match open.decides {
            Some(decides) if decides == fact.fact => Line::new().add("ask first", Tone::Unsure),
            None => Line::new().dim("decides nothing"),
            Some(_) => Line::new(),
        };
        table.row(vec![Line::new().name(fact.fact), decides, fact.question.into()]);
    }
    page.table(table);
}

/// What it rests on and was not said above.
fn facts(page: &mut Page, it: &Decision) {
    let told = |fact: &&FactReport| fact.text.is_some() && !it.carried.contains(&fact.fact);
    let rest: Vec<&FactReport> = it.facts.iter().filter(told).collect();
    let list = |of: &[&str]| {
        let some = rest.iter().filter(|it| of.contains(&it.origin));
        let some = some.map(|it| match (it.origin, &it.path) {
            ("stated" | "derived", Some(_)) => {
                format!("{} = {} ({})", it.fact, it.text.as_deref().unwrap_or(""), origin(it))
            }
            _ => format!("{} = {}", it.fact, it.text.as_deref().unwrap_or("")),
        });
        some.collect::<Vec<_>>().join("; ")
    };
    let known = list(&["said", "stated", "derived"]);
    let assumed = list(&["assumed"]);
    if !(known.is_empty() && assumed.is_empty()) {
        page.blank();
    }
    for (label, text) in [("known:   ", known), ("assumed: ", assumed)] {
        if !text.is_empty() {
            page.hang(11, Line::new().dim(format!("  {label}")).plain(text));
        }
    }
}

fn state(it: State) -> Line {
    match it {
        State::Contradicted => Line::new().add("contradicted", Tone::Bad),
        State::Missing => Line::new().add("missing", Tone::Unsure),
        State::Open => Line::new().add("open", Tone::Unsure),
        State::Allowed => Line::new().add("allowed", Tone::Good),
        State::Agreed => Line::new().add("agreed", Tone::Good),
        State::Unknown => Line::new().dim("not judged"),
    }
}

/// Why a record stands as it does, with the facts that have changed.
fn recorded_otherwise(it: &Record) -> String {
    let drifted = it.drifted.iter().map(|it| format!("{} was {}, is {}", it.fact, it.then, it.now));
    let drifted: Vec<String> = drifted.collect();
    match (it.why.is_empty(), drifted.is_empty()) {
        (_, true) => it.why.clone(),
        (true, false) => drifted.join("; "),
        (false, false) => format!("{}; {}", it.why, drifted.join("; ")),
    }
}

/// What is owed, by interest.
pub(crate) fn debt(report: &Decide, color: bool) -> String {
    let mut page = Page::new(color);
    let name = report.name.as_deref().unwrap_or_default();
    let total: f64 = report.debt.iter().filter_map(|it| it.interest).sum();
    let debts = if report.debt.len() == 1 { "debt" } else { "debts" };
    let count = format!("{} {debts}", report.debt.len());
    let title = match report.debt.len() {
        0 => "no debt is on record".to_owned(),
        _ => format!("{count}, {} a month", work(Some(total))),
    };
    page.hang(2, Line::new().bold(name).plain(format!(": {title}")));
    if report.debt.is_empty() {
        return page.finish();
    }
    page.blank();
    let mut table =
        Table::new(2, &["debt", ">a month", ">to be rid", ">pays off in", "due", "team", "what"]);
    for it in &report.debt {
        table.row(vec![
            Line::new().name(&it.name),
            work(it.interest).into(),
            work(it.principal).into(),
            it.pays_off_in.map_or_else(String::new, |it| format!("{} mo", short(it))).into(),
            due(it),
            it.team.clone().unwrap_or_default().into(),
            it.what.clone().into(),
        ]);
    }
    page.table(table);
    page.finish()
}

fn due(it: &Debt) -> Line {
    match (&it.due, it.overdue) {
        (Some(due), Some(true)) => Line::new().add(format!("{due}, overdue"), Tone::Bad),
        (Some(due), _) => due.as_str().into(),
        (None, _) => it.trigger.as_deref().map_or(Line::new(), |it| Line::new().dim(it)),
    }
}

/// Person-weeks, or days of which five are one.
fn work(weeks: Option<f64>) -> String {
    match weeks {
        None => String::new(),
        Some(weeks) if weeks > 0.0 && weeks < 1.0 => format!("{} d", short(weeks * 5.0)),
        Some(weeks) => format!("{} w", short(weeks)),
    }
}

fn short(number: f64) -> String {
    if number >= 100.0 {
        return counted(number.round() as u64);
    }
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or(text.clone(), ToOwned::to_owned)
}
