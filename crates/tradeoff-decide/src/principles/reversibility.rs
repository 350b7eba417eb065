//! `reversibility`: how much thought a decision deserves.

use super::{MONTHS, WEEK};
use crate::subjects::entries;
use crate::value::{plain, with_unit};
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// Whether a decision is taken now, tried behind an interface, or slowed down.
    ///
    /// # Why
    /// What is undone in days is cheaper to try than to discuss. What takes half a year, or cannot be
    /// undone at all because others rely on it, is worth the weeks of thought that it saves. And the
    /// price of going back grows with data and clients: what counts is not what it would take
    /// today, but what it will take once one knows better, in 18 months.
    ///
    /// # Examples
    /// ```facts answers two-way-door
    /// reversal-time = 3d
    /// ```
    /// ```facts answers one-way-door
    /// reversal-time = 6mo
    /// ```
    /// ```facts answers try-behind-an-interface
    /// reversal-time = 4w
    /// ```
    /// Clients outside do not come back on a date, however quickly the code does:
    /// ```facts answers one-way-door
    /// reversal-time = 3d
    /// outside-clients = true
    /// ```
    /// What was promised for good has no way back at all:
    /// ```facts answers one-way-door
    /// reversal-time = 3d
    /// promised-for-good = true
    /// ```
    /// Seven weeks today are half a year in 18 months, at 8% more data a month:
    /// ```facts answers one-way-door
    /// reversal-time = 7w
    /// growth = 8
    /// ```
    /// ```facts flips one-way-door growth 7.5
    /// reversal-time = 7w
    /// growth = 2
    /// ```
    ///
    /// # Limits
    /// The effort is taken to grow as the load does; what is behind an interface grows less. Where
    /// nothing is known, the half of the first guess and its double bound the answer: see the flips.
    ///
    /// # Sources
    /// Guide, section 1, "Decision Framework: Reversibility Test" and the table of reversibility.
    /// J. Bezos, letter to shareholders (2015): one-way and two-way doors.
    pub const TOPIC = Topic {
        id: "reversibility",
        title: "How much thought does this decision deserve?",
        noun: "Depth of thought",
        section: "1",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

/// Days up to which it is "a few days of work" (guide, section 1): a week of the calendar.
const FEW: f64 = 7.0;
/// Days from which on it is "a 6-month migration" (guide, section 1).
const LONG: f64 = 180.0;

static FACTS: &[Fact] = &[
    Fact::number("reversal-time", "d", 0.01, 36_500.0)
        .asks("How long would it take to reverse, with what there is today?")
        .why("Days are tried, months are thought through", "guide, section 1, Reversibility Test")
        .from(|seen, it| {
            if let Some((reversal, path)) = seen.stated(it, "reversal") {
                return Some(Known::at(
                    path,
                    Value::Number(reversal.duration()? as f64 / 86_400e9),
                ));
            }
            // Days are a few of them; how many weeks or months it takes the choice does not say.
            let (chosen, path) = chosen(seen, it)?;
            let days = chosen.reversal == Reversal::Days;
            days.then(|| Known::derived(path, Value::Number(FEW)))
        }),
    Fact::number("growth", "% a month", 0.0, 1000.0)
        .asks("By how much a month do data and clients grow that would have to come along?")
        .why("It will have to be reversed later, not today", "guide, section 1: in 18 months")
        .or(Value::Number(0.0))
        .from(|seen, _| {
            // What shrinks takes no longer than today.
            let known = seen.growth(None)?;
            let Value::Number(growth) = known.value else { return None };
            Some(Known { value: Value::Number(growth.max(0.0)), ..known })
        }),
    Fact::flag("outside-clients")
        .asks("Will clients outside rely on it?")
        .why("They move when they want to", "guide, section 1: API contract")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (about, path) = seen.stated(it, "about")?;
            let services = &seen.architecture.services;
            let exposed = |name: &str| {
                let path = format!("services.{}.exposed", crate::subjects::quoted(name));
                let stated = seen.architecture.facts.get(&path).filter(|it| it.stated);
                stated.and_then(tradeoff_model::Fact::flag) == Some(true)
            };
            let names = about.items().iter().filter_map(|it| it.text());
            let any = names.filter(|it| services.iter().any(|that| that.name.value == *it));
            let any = any.into_iter().any(exposed);
            any.then(|| Known::derived(path, Value::Flag(true)))
        }),
    Fact::flag("promised-for-good")
        .asks("Is it promised to others for good, or else beyond taking back?")
        .why("What was done outside cannot be undone", "Bezos, 2015: one-way doors")
        .or(Value::Flag(false))
        .from(|seen, it| {
            // What was chosen says itself whether there is a way back.
            let (chosen, path) = chosen(seen, it)?;
            Some(Known::derived(path, Value::Flag(chosen.reversal == Reversal::Never)))
        }),
    Fact::flag("moves-data")
        .asks("Would reversing it move the data of a primary store?")
        .why("That is a migration with both running", "guide, section 1: primary database")
        .or(Value::Flag(false))
        .from(|seen, it| {
            // What was chosen says itself that it is back in weeks, whatever it is about.
            if let Some((chosen, path)) = chosen(seen, it)
                && chosen.reversal < Reversal::Months
            {
                return Some(Known::derived(path, Value::Flag(false)));
            }
            let (about, path) = seen.stated(it, "about")?;
            let own = |store: &Subject| {
                about.says(&store.name) && seen.architecture.stores[store.at].owner.is_some()
            };
            let any = seen.stores().iter().any(own);
            any.then(|| Known::derived(path, Value::Flag(true)))
        }),
    Fact::count("people", "engineers", 1.0, 1000.0)
        .asks("How many engineers would it keep busy?")
        .why("It shows what going back costs", "arithmetic")
        .or(Value::Number(2.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "two-way-door",
        title: "Decide now, and look again",
        reversal: Reversal::Days,
        undo: "decide otherwise",
        door: "say what would show that it was wrong, and when somebody looks",
        boring: 1,
    },
    Opt {
        id: "try-behind-an-interface",
        title: "Try it behind an interface that could hide another",
        reversal: Reversal::Weeks,
        undo: "replace what is behind the interface",
        door: "write the interface for two of them, and keep the names of the product out of it",
        boring: 2,
    },
    Opt {
        id: "one-way-door",
        title: "Slow down: write it down, and ask those who will have to live with it",
        reversal: Reversal::Months,
        undo: "what was thought through is not lost, whatever is decided",
        door: "build the smallest thing that could prove it wrong, before it is decided",
        boring: 3,
    },
];

/// Decisions that hold: what was superseded or rejected needs no way back. How much thought one
/// deserves is no decision of its own.
fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut decisions = entries(seen, "decisions");
    decisions.retain(|it| {
        let status = seen.stated(it, "status");
        let own = seen.stated(it, "topic").is_some_and(|(it, _)| it.says(TOPIC.id));
        !own && status.is_none_or(|(it, _)| !it.says("superseded") && !it.says("rejected"))
    });
    decisions
}

/// The option of a topic of ours that a record has chosen.
fn chosen(seen: &Seen<'_>, record: &Subject) -> Option<(&'static Opt, String)> {
    let (topic, _) = seen.stated(record, "topic")?;
    let (option, path) = seen.stated(record, "chosen")?;
    let topic = crate::catalogue().iter().find(|it| topic.says(it.id))?;
    topic.options.iter().find(|it| option.says(it.id)).map(|it| (it, path))
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [today, growth, people] = ["reversal-time", "growth", "people"].map(|it| facts.number(it));
    let [outside, data, good] =
        ["outside-clients", "moves-data", "promised-for-good"].map(|it| facts.flag(it));
    let factor = libm::pow(1.0 + growth / 100.0, MONTHS);
    let later = today * factor;
    let time = ["reversal-time", "growth"];
    let then = with_unit(libm::round(later * 10.0) / 10.0, "days");
    let days = format!("undoing it in 18 months takes {then}");
    for option in ["two-way-door", "try-behind-an-interface"] {
        judge.exclude_if(
            outside,
            option,
            &["outside-clients"],
            "clients outside move when they want to: what they rely on stays",
        );
        judge.exclude_if(
            good,
            option,
            &["promised-for-good"],
            "it is promised for good, or beyond taking back",
        );
        judge.exclude_if(
            data,
            option,
            &["moves-data"],
            "the data has to move while it is used, with both sides running",
        );
        judge.exclude_if(
            later >= LONG,
            option,
            &time,
            format!("{days}, which is half a year or more"),
        );
    }
    judge.exclude_if(
        later > FEW,
        "two-way-door",
        &time,
        format!("{days}, which are more than a few"),
    );
    judge.exclude_if(
        later <= FEW,
        "try-behind-an-interface",
        &time,
        format!("{days}: an interface would take as long"),
    );
    judge.exclude_if(
        !(outside || data || good || later >= LONG),
        "one-way-door",
        &time,
        format!("{days}, and nobody outside relies on it: trying is cheaper than waiting"),
    );
    let weeks = later / 7.0 * people;
    let grown = format!("(1 + {}%)^18", plain(growth));
    judge.line("more to move in 18 months", grown, factor, "times today's");
    judge.line("to undo it then", format!("{} d x {}", plain(today), plain(factor)), later, "d");
    judge.line(
        "work of that",
        format!("{} d / 7 x {}", plain(later), plain(people)),
        weeks,
        "person-weeks",
    );
    let cost = format!("{} x ${}", plain(weeks), plain(WEEK));
    judge.line("cost of that", cost, weeks * WEEK, "USD");
}
