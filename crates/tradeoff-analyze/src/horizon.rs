//! The organization and the years: what breaks first as the load grows, in which month, and what
//! the system asks of the people who keep it.
//!
//! The load of every month until the horizon is analyzed as today's is: the same utilizations, the
//! same connection math, the same promises, held against the same limits as the rules hold
//! them. What was measured of the load that holds ([`Measured`]) wins over what was worked out.

mod breaks;
mod growth;
mod later;
mod measured;
mod people;
mod spending;
mod topics;

use serde::Serialize;
use tradeoff_model::{Architecture, Date, Document};

pub use self::breaks::{Grade, What};
pub use self::growth::{Growth, first_month, grown};
pub use self::measured::{FirstBroken, Measured};
pub use self::people::{ENOUGH, Journey, Known, PER_TEAM, People, TOKENS, Tokens};

use self::breaks::{First, Key};
use self::measured::Settled;
use crate::words::{number, percent};
use crate::{Analysis, Steady};

/// Fewest and most months of a horizon.
pub const MONTHS: std::ops::RangeInclusive<u32> = 1..=120;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// How far to look.
    pub months: u32,
    /// The day from which months are counted, if it is known.
    pub today: Option<Date>,
    /// What simulations say of the load that holds, if they were made.
    pub measured: Option<Measured<'a>>,
}

/// What a horizon holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Horizon {
    /// How far it was looked.
    pub months: u32,
    /// The last month: `2028-05`; null if the day is not known.
    pub until: Option<String>,
    /// How fast the load grows; null if the file does not say it of every source.
    pub growth: Option<Growth>,
    /// The same in words: `8%/month`.
    pub growth_text: Option<String>,
    /// Dotted paths of what would have to be stated for the months to be known.
    pub missing: Vec<String>,
    /// What is too much, by month.
    pub breaks: Vec<Break>,
    /// Requests per second of all sources, today and at the end; null without growth, or where it
    /// comes to more than any file may state.
    pub load: Option<Course>,
    /// USD a month of what states a price, today and at the end; null without growth or prices.
    pub cost: Option<Course>,
    /// What is kept and grows by itself: rows of tables, bytes of buckets.
    pub kept: Vec<Course>,
    /// The teams, and all of them together as the last.
    pub people: Vec<People>,
    /// Innovation tokens; null where no technology is listed.
    pub tokens: Option<Tokens>,
    /// Technologies that one engineer at most knows well.
    pub lonely: Vec<Known>,
}

/// Something that is too much from a month on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Break {
    /// What: a resource, a store's connections, a promise, a topic, `budget`.
    pub name: String,
    /// Of which kind.
    pub what: What,
    /// How bad it is.
    pub grade: Grade,
    /// Where it is from: `analyzed` or `simulated`.
    pub rung: &'static str,
    /// The first month in which it may be: 0 is today.
    pub month: u32,
    /// The first month by which it certainly is; null: not before the horizon.
    pub latest: Option<u32>,
    /// The calendar's month of `month`: `2027-04`; null if the day is not known.
    pub date: Option<String>,
    /// The sum.
    pub arithmetic: String,
}

/// A figure today, and at the horizon.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Course {
    /// Of what.
    pub name: String,
    /// Today.
    pub today: f64,
    /// At the end, at the high end of a growth that is a range.
    pub end: f64,
    /// The sum of the end.
    pub arithmetic: String,
}

/// Looks so many months ahead.
pub fn horizon(analysis: &Analysis<'_>, document: &Document, ask: &Ask<'_>) -> Horizon {
    let growth = Growth::of(analysis.architecture);
    let (growth, missing) = match growth {
        Ok(growth) => (Some(growth), Vec::new()),
        Err(missing) => (None, missing),
    };
    let known = growth.as_ref();
    Horizon {
        months: ask.months,
        until: ask.today.map(|it| it.month_after(ask.months)),
        growth_text: known.map(Growth::text),
        missing,
        breaks: known.map_or_else(Vec::new, |it| found((analysis, document), it, ask)),
        load: known.and_then(|it| load(analysis, it, ask.months)),
        cost: known.and_then(|it| cost(analysis, it, ask.months)),
        kept: spending::kept(analysis.architecture, ask.months),
        people: people::people(analysis, document),
        tokens: people::tokens(analysis),
        lonely: people::lonely(analysis),
        growth,
    }
}

/// All that is too much until the horizon, by month.
fn found(
    (analysis, document): (&Analysis<'_>, &Document),
    growth: &Growth,
    ask: &Ask<'_>,
) -> Vec<Break> {
    let today = (analysis.architecture, document);
    let first = |end| breaks::first(today, growth, end, ask.months);
    let fast = first(1);
    let slow = if growth.is_range() { first(0) } else { fast.clone() };
    let measured = ask.measured.and_then(|it| Settled::new(it, growth, ask.months));
    let mut all: Vec<Break> = Vec::new();
    for (key, (month, sum)) in &fast {
        // What breaks in the month in which it strains has nothing more to say.
        let worse = Key { grade: Grade::Breaks, ..key.clone() };
        let told = key.grade == Grade::Strains && fast.get(&worse).is_some_and(|it| it.0 <= *month);
        if told || measured.as_ref().is_some_and(|it| it.settles(key, *month)) {
            continue;
        }
        let found = Break {
            name: key.name.clone(),
            what: key.what,
            grade: key.grade,
            rung: "analyzed",
            month: *month,
            latest: latest(&slow, key),
            date: None,
            arithmetic: sum.clone(),
        };
        all.push(found);
    }
    all.extend(measured.and_then(|it| it.broken));
    for it in &mut all {
        it.date = ask.today.map(|today| today.month_after(it.month));
    }
    all.sort_by(|a, b| {
        let key = |it: &Break| (it.month, it.grade, it.what);
        key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name))
    });
    all
}

fn latest(slow: &First, key: &Key) -> Option<u32> {
    slow.get(key).map(|it| it.0)
}

/// The architecture under the load of a later month, at the low (0) or the high end (1) of what
/// grows; `None` if there is more than a file may state.
pub fn later(
    today: &Architecture,
    growth: &Growth,
    end: usize,
    month: u32,
) -> Option<Architecture> {
    later::traffic(today, growth, end, month)
}

fn load(analysis: &Analysis<'_>, growth: &Growth, months: u32) -> Option<Course> {
    let today = Steady::new(analysis).total;
    let busier = later::traffic(analysis.architecture, growth, 1, months)?;
    let end = Steady::new(&Analysis::new(&busier)).total;
    let arithmetic = growth.times_text(months, number);
    Some(Course { name: "load".to_owned(), today, end, arithmetic })
}

/// What a month costs, with the replicas that the load takes.
fn cost(analysis: &Analysis<'_>, growth: &Growth, months: u32) -> Option<Course> {
    let today = spending::monthly(analysis, 0)?.total();
    let busier = later::traffic(analysis.architecture, growth, 1, months)?;
    let busy = Analysis::new(&busier);
    let needs = later::needs(&Steady::new(&busy));
    let grown = later::with(busier.clone(), &busy, |at| needs[at].gets());
    let spent = spending::monthly(&Analysis::new(&grown), months)?;
    let more = needs.iter().filter(|it| it.gets() > it.today);
    let more: Vec<String> =
        more.map(|it| format!("{} {} -> {}", it.process, it.today, it.gets())).collect();
    let why = if more.is_empty() {
        "no service needs more replicas".to_owned()
    } else {
        format!(
            "replicas for at most {} busy: {}",
            percent(crate::resources::BUSY),
            more.join(", ")
        )
    };
    let arithmetic = format!("{}; {why}", spent.text());
    Some(Course { name: "cost".to_owned(), today, end: spent.total(), arithmetic })
}
