//! `slo-target`: which availability to promise.

use crate::availability::{YEAR, after, budget, extra_nine, nines, series};
use crate::value::plain;
use crate::{
    Answers, Fact, Is, Judge, Known, Opt, Reversal, Seen, Standing, Subject, Today, Value,
};

topic! {
    /// Which availability to promise, and whether what it rests on allows it.
    ///
    /// # Why
    /// A promise is a budget of minutes, and it decides what must be built: replicas, regions, who
    /// is woken at night. It cannot be better than the product of what it rests on, nor than what
    /// one's own outages leave. More than users need buys nothing and slows every release; less
    /// than they need is broken from the first month. A promise is easily raised and hard to lower,
    /// so that of those that fit the lowest is taken.
    ///
    /// # Examples
    /// ```facts answers two-nines
    /// needed = 99%
    /// series = 99.95%
    /// ```
    /// ```facts answers two-and-a-half-nines
    /// needed = 99.3%
    /// series = 99.95%
    /// ```
    /// ```facts answers three-nines
    /// needed = 99.9%
    /// series = 99.95%
    /// ```
    /// Four outages of half an hour leave 99.977%, and with what it rests on 99.967%:
    /// ```facts answers three-and-a-half-nines
    /// needed = 99.95%
    /// series = 99.99%
    /// outages = 4
    /// recovery = 30min
    /// window = 90d
    /// ```
    /// The next step is more than that, and what is needed is not:
    /// ```facts answers what-is-needed
    /// needed = 99.96%
    /// series = 99.99%
    /// outages = 4
    /// recovery = 30min
    /// window = 90d
    /// ```
    /// ```facts answers four-nines
    /// needed = 99.99%
    /// series = 99.998%
    /// outages = 2
    /// recovery = 10min
    /// window = 90d
    /// ```
    /// In 30 days four nines are 4.3 minutes, and one such outage breaks the promise, however the
    /// year ends: two of them a year break one window in six.
    /// ```facts answers redesign
    /// needed = 99.99%
    /// series = 99.998%
    /// outages = 2
    /// recovery = 10min
    /// ```
    /// Once a year is one window in twelve, and more is too often:
    /// ```facts flips redesign outages 1.02
    /// needed = 99.99%
    /// series = 99.998%
    /// outages = 0.5
    /// recovery = 10min
    /// ```
    /// Where nothing fails by one's own doing, which nobody but you can say:
    /// ```facts answers five-nines
    /// needed = 99.999%
    /// ```
    /// With an hour to recover nobody can promise four nines:
    /// ```facts answers redesign
    /// needed = 99.99%
    /// series = 99.995%
    /// outages = 4
    /// recovery = 60min
    /// ```
    /// What it rests on may lose a little more, and no further:
    /// ```facts flips redesign series 99.89%
    /// needed = 99.9%
    /// series = 99.95%
    /// ```
    ///
    /// # Limits
    /// Parts are taken to fail independently: where they share a zone or a deploy, they do not, and
    /// the product is too high. Requests count by time, as if traffic were even. Unless they are
    /// rare, an outage of one's own has to fit into the budget of a window by itself; of what it
    /// rests on only the average is known.
    ///
    /// # Sources
    /// Guide, section 12, "SLOs as Architecture Contracts". SRE Book, appendix A. B. Treynor et
    /// al., "The Calculus of Service Availability", ACM Queue 15 (2017).
    pub const TOPIC = Topic {
        id: "slo-target",
        title: "Which availability is promised?",
        noun: "Availability target",
        section: "12",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(today),
    };
}

static FACTS: &[Fact] = &[
    Fact::number("needed", "%", 90.0, 99.9999)
        .asks("Which share of requests do users or contracts need to see answered?")
        .why("More than that buys nothing, less is broken from the start", "SRE Book, chapter 4")
        .from(|seen, it| {
            let promised = seen.architecture.slos[it.at].availability.as_ref()?;
            Some(Known::at(it.below("availability"), Value::Number(promised.value * 100.0)))
        }),
    Fact::number("series", "%", 0.0, 100.0)
        .asks("What is the product of the availabilities of everything that it needs?")
        .why("A promise cannot be better than what it rests on", "Treynor et al., 2017")
        .or(Value::Number(100.0))
        .from(|seen, it| {
            let product = seen.structure.availability(it.at)?.product?;
            Some(Known::derived("services", Value::Number(product * 100.0)))
        }),
    Fact::number("outages", "a year", 0.0, 1e4)
        .asks("How often a year does it fail by your own doing, bad deploys included?")
        .why("Times `recovery` it is what your own part leaves", "SRE Book, chapter 3")
        .or(Value::Number(0.0)),
    Fact::number("recovery", "min", 0.01, 1e5)
        .asks("How long does it take to notice and mend one, in minutes?")
        .why("One that does not fit into a window's budget breaks it", "SRE Book, chapter 3")
        .or(Value::Number(60.0)),
    Fact::number("window", "d", 1.0, 366.0)
        .asks("Over how many days is it promised?")
        .why("The budget is counted and spent in it", "SRE Workbook, chapter 2")
        .or(Value::Number(30.0))
        .from(|seen, it| {
            let window = seen.architecture.slos[it.at].window as f64 / 86_400e9;
            Some(Known::at(it.below("window"), Value::Number(window)))
        }),
];

/// The share of windows that may be broken by outages that do not fit into one: a promise that is
/// reported by the month is broken in one of the twelve months of a year at most. Who breaks it more
/// often than once a year has no promise for the year to give.
const BROKEN: f64 = 1.0 / 12.0;

/// The usual steps, in percent.
const STEPS: [(&str, f64); 6] = [
    ("two-nines", 99.0),
    ("two-and-a-half-nines", 99.5),
    ("three-nines", 99.9),
    ("three-and-a-half-nines", 99.95),
    ("four-nines", 99.99),
    ("five-nines", 99.999),
];

/// What undoing any promise takes.
const UNDO: &str = "telling all who rely on it, and waiting until they no longer do";

static OPTIONS: &[Opt] = &[
    step("two-nines", "99%: 7.2 hours in 30 days", 1),
    step("two-and-a-half-nines", "99.5%: 3.6 hours in 30 days", 2),
    step("three-nines", "99.9%: 43 minutes in 30 days", 3),
    step("three-and-a-half-nines", "99.95%: 22 minutes in 30 days", 4),
    step("four-nines", "99.99%: 4.3 minutes in 30 days", 5),
    step("five-nines", "99.999%: 26 seconds in 30 days", 6),
    step("what-is-needed", "The number that is needed, between the usual steps", 7),
    Opt {
        id: "redesign",
        title: "Promise nothing yet: change what it rests on",
        reversal: Reversal::Months,
        undo: "a promise can follow on any day",
        door: "measure for one window before anything is promised",
        boring: 8,
    },
];

const fn step(id: &'static str, title: &'static str, boring: u8) -> Opt {
    let door = "publish a lower target than you reach, and keep the difference as your own goal";
    Opt { id, title, reversal: Reversal::Months, undo: UNDO, door, boring }
}

fn today(seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
    let promised = seen.architecture.slos[subject.at].availability.as_ref()?.value * 100.0;
    let same = |it: &&(&str, f64)| libm::fabs(it.1 - promised) < 1e-9;
    let option = STEPS.iter().find(same).map_or("what-is-needed", |it| it.0);
    let words = format!("{}%", plain(promised));
    Some(Standing::at(subject.below("availability"), words, Is::One(option)))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut slos = seen.slos();
    slos.retain(|it| seen.architecture.slos[it.at].availability.is_some());
    slos
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [needed, parts] = ["needed", "series"].map(|it| facts.number(it));
    let [outages, recovery, window] = ["outages", "recovery", "window"].map(|it| facts.number(it));
    let own = after(outages, recovery);
    let days = plain(window);
    // How many outages come in a window, which the share of windows that they hit is at most.
    let hit = outages * window / 365.0;
    // Not to lose a step to the last bit of a product.
    let feasible = libm::round(series(&[own, parts / 100.0]) * 1e10) / 1e8;
    let rests = ["series", "outages", "recovery"];
    let is_step = STEPS.iter().any(|it| libm::fabs(it.1 - needed) < 1e-9);
    judge.exclude_if(
        is_step,
        "what-is-needed",
        &["needed"],
        format!("{}% is one of the usual steps", plain(needed)),
    );
    for (id, target) in STEPS.into_iter().chain([("what-is-needed", needed)]) {
        judge.exclude_if(
            target < needed,
            id,
            &["needed"],
            format!("{}% is less than the {}% that are needed", plain(target), plain(needed)),
        );
        judge.exclude_if(
            target > feasible,
            id,
            &rests,
            format!("what it rests on allows {}%, and {}% is more", plain(feasible), plain(target)),
        );
        let may = budget(target / 100.0, window);
        judge.exclude_if(
            recovery > may * (1.0 + 1e-9) && hit > BROKEN,
            id,
            &["outages", "recovery", "window"],
            format!(
                "an outage takes {} min, {}% allows {} min in {days} d: one breaks the promise, \
                 and {} a year x {days} d / 365 d = {} come in a window, of at most 1 / 12",
                plain(recovery),
                plain(target),
                plain(may),
                plain(outages),
                plain(hit)
            ),
        );
    }
    let kept = STEPS.iter().find(|it| !judge.is_excluded(it.0));
    let between = kept.is_none() && !judge.is_excluded("what-is-needed");
    if kept.is_some() || between {
        let target = plain(kept.map_or(needed, |it| it.1));
        let sentence = format!("{target}% is enough and can be kept");
        judge.exclude("redesign", &["needed", "series"], sentence);
    }
    if between {
        let target = plain(needed);
        judge.advise(format!("Promise {target}%: the next usual step cannot be kept."));
    }
    let target = kept.map_or(needed, |it| it.1) / 100.0;
    if kept.is_some() || between {
        rests_on(target, [outages, recovery, window], judge);
    }
    let percent = plain(target * 100.0);
    let minutes = budget(target, window);
    judge.line(
        format!("budget of {percent}%"),
        format!("(100% - {percent}%) x {days} d"),
        minutes,
        "min",
    );
    judge.line("in a year", format!("(100% - {percent}%) x 365 d"), budget(target, 365.0), "min");
    let lost = format!("1 - {} x {} min / {} min", plain(outages), plain(recovery), plain(YEAR));
    judge.line("left by your own outages", lost, own * 100.0, "%");
    let text = format!("{}% x {}%", plain(own * 100.0), plain(parts));
    judge.line("left with what it rests on", text, feasible, "%");
    if feasible < 100.0 {
        let away = format!("(100% - {}%) x {days} d", plain(feasible));
        judge.line("away with what it rests on", away, budget(feasible / 100.0, window), "min");
        judge.line(
            "nines with what it rests on",
            "log10 of 1 / what fails",
            nines(feasible / 100.0),
            "",
        );
    }
    judge.line(
        "budget that one outage spends",
        format!("{} min / {} min", plain(recovery), plain(minutes)),
        recovery / minutes * 100.0,
        "%",
    );
    judge.line(
        "what each thing that it needs should keep",
        "a tenth of what may fail",
        extra_nine(target) * 100.0,
        "%",
    );
}

/// Says that a promise holds only as long as outages of one's own do not come, or seldom.
fn rests_on(target: f64, [outages, recovery, window]: [f64; 3], judge: &mut Judge) {
    let may = budget(target, window);
    if recovery <= may * (1.0 + 1e-9) {
        return;
    }
    let [percent, minutes, days] = [target * 100.0, may, window].map(plain);
    let takes = plain(recovery);
    let rests = if outages > 0.0 {
        let share = plain(outages * window / 365.0 * 100.0);
        format!("{} a year do so in {share}% of the windows at most", plain(outages))
    } else {
        "the answer rests on `outages` being 0".to_owned()
    };
    judge.advise(format!(
        "One outage of {takes} min breaks {percent}%, which allows {minutes} min in {days} d; \
         {rests}."
    ));
}
