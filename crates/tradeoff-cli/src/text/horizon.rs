//! What breaks first as the load grows, and what the system asks of people, as people read it.

use std::collections::BTreeMap;

use tradeoff::horizon::{Break, Course, Grade, Horizon, Journey, People, What};

use super::Look;
use super::figure::{NOTHING, Unit, amount, count};
use super::page::{GLUE, Line, Page, Tone};
use super::simulate::plural;
use super::table::Table;

/// Rows of a table before the rest is only counted.
const ROWS: usize = 12;
/// Bars of the plot, and columns of the longest name beside them.
const BARS: usize = 8;
const NAME: usize = 34;
/// Technologies that are named before the rest is only counted.
const NAMED: usize = 8;
/// The columns of the table of teams; those of numbers begin with `>`.
pub(crate) const HEAD: [&str; 9] = [
    "team",
    ">engineers",
    ">services",
    ">each",
    ">to know",
    ">each",
    "largest request",
    ">parts",
    ">calls",
];
/// What is written where a growth is missing.
const EXAMPLE: &str = "8%/month";

/// The sections of a horizon; nothing if none was asked for.
pub(crate) fn horizon(page: &mut Page, it: Option<&Horizon>, look: Look) {
    let Some(it) = it else { return };
    page.blank();
    page.hang(4, Line::new().bold("HORIZON").plain("  ").append(headline(it)));
    plot(page, it, look);
    breaks(page, it);
    for line in courses(it) {
        page.hang(4, Line::new().plain("  ").append(line));
    }
    people(page, it);
}

/// `18 months at 8%/month: orders/connections first, month 5 (2027-04)`.
pub(crate) fn headline(it: &Horizon) -> Line {
    let line = Line::new().plain(plural(it.months as usize, "month"));
    let Some(growth) = &it.growth_text else { return line.plain(": ").append(missing(it)) };
    let line = line.plain(format!(" at {growth}: "));
    let (now, later): (Vec<&Break>, Vec<&Break>) =
        it.breaks.iter().filter(|it| it.grade == Grade::Breaks).partition(|it| it.month == 0);
    let line = match now.as_slice() {
        [] => line,
        [first, rest @ ..] => {
            let more =
                if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            line.add(&first.name, Tone::Bad).plain(format!("{more} today already"))
        }
    };
    if let Some(first) = later.first() {
        let line = if now.is_empty() { (line, true) } else { (line.plain("; next "), false) };
        let (line, first_of_all) = line;
        let order = if first_of_all { " first" } else { "" };
        return line.add(&first.name, Tone::Bad).plain(format!("{order}, {}", month(first)));
    }
    let end = it.until.as_ref().map_or_else(String::new, |it| format!(" until {it}"));
    let line = match now.as_slice() {
        [] => line.add(format!("nothing breaks{end}"), Tone::Good),
        _ => line.plain(format!("; nothing else breaks{end}")),
    };
    match it.breaks.iter().find(|it| it.grade == Grade::Strains) {
        Some(first) if first.month == 0 => {
            line.plain(format!("; {} {} today", first.name, is(first)))
        }
        Some(first) => line.plain(format!("; {} {}, {}", first.name, is(first), month(first))),
        None => line,
    }
}

/// Which keys would have to be stated.
fn missing(it: &Horizon) -> Line {
    let line = Line::new();
    match it.missing.as_slice() {
        [only] if only == "traffic" => {
            line.plain("no ").name("traffic").plain(" is stated, so none grows")
        }
        [only] if only == "growth" => line
            .add("how fast the load grows is not stated", Tone::Unsure)
            .plain(": add ")
            .name(format!("growth:{GLUE}{EXAMPLE}"))
            .plain(" to the architecture, or try ")
            .name(format!("--set{GLUE}growth={EXAMPLE}")),
        paths => line
            .add("how fast some of the load grows is not stated", Tone::Unsure)
            .plain(": add ")
            .name(paths.join(", "))
            .plain(", or ")
            .name(format!("growth:{GLUE}{EXAMPLE}"))
            .plain(" for all of it"),
    }
}

/// `month 5 (2027-04)`, `month 4..6 (from 2027-03)`.
fn month(it: &Break) -> String {
    let range = range(it);
    let from = if range.contains("..") { "from " } else { "" };
    let date = it.date.as_ref().map_or_else(String::new, |it| format!(" ({from}{it})"));
    format!("month {range}{date}")
}

/// `5`, `4..6`, `4..` where it may stay out until the horizon; `now`.
pub(crate) fn range(it: &Break) -> String {
    match it.latest {
        Some(0) => "now".into(),
        Some(last) if last == it.month => last.to_string(),
        Some(last) => format!("{}..{last}", it.month),
        None => format!("{}..", it.month),
    }
}

/// What it is then: `is full`, `are too many`.
pub(crate) fn is(it: &Break) -> &'static str {
    match (it.what, it.grade) {
        (What::Slo, _) => "is broken",
        (What::Utilization, Grade::Breaks) => "is full",
        (What::Utilization, Grade::Strains) => "is busy",
        (What::Connections, Grade::Breaks) => "are too many",
        (What::Connections, Grade::Strains) => "are many",
        (What::Replicas, _) | (What::Partitions, Grade::Breaks) => "are too few",
        (What::Partitions, Grade::Strains) => "are busy",
        (What::Budget, _) => "is passed",
    }
}

/// The sum, and where it is from if not from analysis.
pub(crate) fn because(it: &Break) -> String {
    let rung = if it.rung == "analyzed" { String::new() } else { format!("{}: ", it.rung) };
    rung + &it.arithmetic
}

pub(crate) const fn tone(it: &Break) -> Tone {
    match it.grade {
        Grade::Breaks => Tone::Bad,
        Grade::Strains => Tone::Unsure,
    }
}

/// One bar for each thing that is too much: when it strains, when it breaks.
fn plot(page: &mut Page, it: &Horizon, look: Look) {
    let mut bars: Vec<(&str, Option<u32>, Option<u32>)> = Vec::new();
    for found in &it.breaks {
        let at = bars.iter().position(|bar| bar.0 == found.name).unwrap_or_else(|| {
            bars.push((&found.name, None, None));
            bars.len() - 1
        });
        let bar = &mut bars[at];
        match found.grade {
            Grade::Strains => bar.1 = bar.1.or(Some(found.month)),
            Grade::Breaks => bar.2 = bar.2.or(Some(found.month)),
        }
    }
    if bars.len() < 2 {
        return;
    }
    let shown = &bars[..bars.len().min(BARS)];
    let width = shown.iter().map(|it| it.0.chars().count()).max().unwrap_or(0).min(NAME);
    let room = look.columns.clamp(60, 100) - width - 12;
    let cells = it.months as usize + 1;
    // Every month has the same width, or several share one.
    let (wide, each) = if cells <= room { (room / cells, 1) } else { (1, cells.div_ceil(room)) };
    let (wide, columns) = (wide.min(3), cells.div_ceil(each));
    let [before, strained, broken] =
        if look.unicode { ["·", "▒", "█"] } else { [".", "+", "#"] };
    for (name, strains, breaks) in shown {
        let mut line =
            Line::new().plain("  ").append(Line::new().plain(*name).clip(width)).to(width + 4);
        for column in 0..columns {
            let last = (column * each + each - 1) as u32;
            let from = |month: Option<u32>| month.is_some_and(|it| it <= last);
            let (mark, tone) = match (from(*strains), from(*breaks)) {
                (_, true) => (broken, Tone::Bad),
                (true, false) => (strained, Tone::Unsure),
                _ => (before, Tone::Dim),
            };
            line = line.add(mark.repeat(wide), tone);
        }
        page.line(line);
    }
    let start = "now";
    let end = it.until.clone().unwrap_or_else(|| plural(it.months as usize, "month"));
    let axis = Line::new().to(width + 4).dim(start);
    let axis = axis.to((width + 4 + columns * wide).saturating_sub(end.len()).max(width + 8));
    page.line(axis.dim(end));
    let more = bars.len() - shown.len();
    if more > 0 {
        page.line(Line::new().dim(format!("  and {more} more")));
    }
    page.blank();
}

fn breaks(page: &mut Page, it: &Horizon) {
    if it.breaks.is_empty() {
        return;
    }
    let dated = it.breaks.iter().any(|it| it.date.is_some());
    let head: &[&str] =
        if dated { &[">month", "when", "what", "because"] } else { &[">month", "what", "because"] };
    let mut table = Table::new(2, head);
    for found in it.breaks.iter().take(ROWS) {
        let mut cells = vec![Line::new().plain(range(found))];
        if dated {
            cells.push(Line::new().plain(found.date.as_deref().unwrap_or(NOTHING)));
        }
        cells.push(Line::new().name(&found.name).plain(" ").add(is(found), tone(found)));
        cells.push(Line::new().dim(because(found)));
        table.row(cells);
    }
    page.table(table);
    more(page, it.breaks.len());
}

/// What the load, the cost and what is kept come to.
pub(crate) fn courses(it: &Horizon) -> Vec<Line> {
    let line = |name: &str, unit: &str, it: &Course, text: fn(f64) -> String| {
        let line = Line::new().name(name).plain(format!("  {}{unit} -> ", text(it.today)));
        let line = line.bold(format!("{}{unit}", text(it.end)));
        line.dim(format!("  {}", it.arithmetic))
    };
    let rate = |it: f64| amount(it, Unit::PerSecond);
    let load = it.load.iter().map(|it| line("load", "", it, rate));
    let cost = it.cost.iter().map(|it| line("cost", "/month", it, dollars));
    let kept = it.kept.iter().map(|it| {
        let text: fn(f64) -> String = if it.arithmetic.starts_with("bytes") { bytes } else { rows };
        line(&it.name, "", it, text)
    });
    load.chain(cost).chain(kept.take(ROWS)).collect()
}

fn dollars(value: f64) -> String {
    format!("${}", count(value.round() as u64))
}

fn rows(value: f64) -> String {
    format!("{} rows", count(value.round() as u64))
}

fn bytes(value: f64) -> String {
    let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")];
    let (scale, unit) = units.into_iter().find(|it| value >= it.0).unwrap_or((1.0, "B"));
    format!("{}{GLUE}{unit}", amount(value / scale, Unit::Count))
}

/// What each team keeps and has to know.
fn people(page: &mut Page, it: &Horizon) {
    page.heading("PEOPLE", Line::new());
    let mut table = Table::new(2, &HEAD);
    for people in rows_of(it) {
        let mut cells = cells(people).into_iter();
        let first = cells.next().map(|it| Line::new().name(it));
        table.row(first.into_iter().chain(cells.map(Line::from)).collect());
    }
    page.table(table);
    for line in notes(it) {
        page.hang(4, Line::new().plain("  ").append(line));
    }
}

/// Teams, and all of them together unless one is all.
pub(crate) fn rows_of(it: &Horizon) -> impl Iterator<Item = &People> {
    let teams = it.people.iter().filter(|it| it.team.is_some()).count();
    it.people.iter().filter(move |it| it.team.is_some() || teams != 1)
}

pub(crate) fn who(it: &People) -> &str {
    it.team.as_deref().unwrap_or("everybody")
}

fn each(ratio: Option<f64>) -> String {
    ratio.map_or_else(|| NOTHING.into(), |it| amount(it, Unit::Count))
}

/// A row of the table of teams.
pub(crate) fn cells(it: &People) -> Vec<String> {
    let journey = |of: fn(&Journey) -> usize| {
        it.journey.as_ref().map_or_else(|| NOTHING.into(), |it| count(of(it) as u64))
    };
    vec![
        who(it).into(),
        it.engineers.map_or_else(|| NOTHING.into(), count),
        count(it.services.len() as u64),
        each(it.services_per_engineer),
        count(it.technologies.len() as u64),
        each(it.technologies_per_engineer),
        it.journey.as_ref().map_or_else(|| NOTHING.into(), |it| it.endpoint.clone()),
        journey(|it| it.services + it.beneath),
        journey(|it| it.edges),
    ]
}

/// What is too much for people, what there is to know, and what the file does not say.
pub(crate) fn notes(it: &Horizon) -> Vec<Line> {
    let mut notes = Vec::new();
    for people in rows_of(it) {
        if let Some(why) = &people.too_much {
            notes.push(Line::new().name(who(people)).plain(": ").add(why, Tone::Bad));
        }
    }
    let mut known: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for people in rows_of(it).filter(|it| !it.technologies.is_empty()) {
        let names = people.technologies.iter().map(String::as_str);
        let mut names: Vec<&str> = names.take(NAMED).collect();
        let more = format!("and {} more", people.technologies.len() - names.len());
        if people.technologies.len() > NAMED {
            names.push(&more);
        }
        known.entry(names.join(", ")).or_default().push(who(people));
    }
    for (technologies, teams) in known {
        let teams = teams.join(", ");
        let line = Line::new().plain("to know: ").bold(technologies);
        notes.push(line.plain(", for ").name(teams));
    }
    if let Some(tokens) = &it.tokens {
        let tone = if tokens.spent > tokens.of { Tone::Bad } else { Tone::Plain };
        notes.push(Line::new().plain("innovation tokens: ").add(&tokens.arithmetic, tone));
    }
    for it in &it.lonely {
        let known = plural(it.known_by as usize, "engineer");
        notes.push(Line::new().name(&it.technology).plain(format!(" is known well by {known}")));
    }
    let everybody = it.people.iter().find(|it| it.team.is_none());
    let teams = it.people.len() > 1;
    let mut unsaid: Vec<&str> = Vec::new();
    if !teams {
        unsaid.push("teams");
    } else if everybody.is_some_and(|it| it.engineers.is_none()) {
        unsaid.push("teams.*.engineers");
    }
    if everybody.is_some_and(|it| it.technologies.is_empty()) {
        unsaid.push("services.*.language");
    }
    if !unsaid.is_empty() {
        notes.push(Line::new().dim(format!("not stated: {}", unsaid.join(", "))));
    }
    notes
}

fn more(page: &mut Page, all: usize) {
    if all > ROWS {
        page.line(Line::new().dim(format!("  and {} more: --format json has all", all - ROWS)));
    }
}
