//! `alert-windows`: which burn of a budget wakes somebody.

use crate::burn::{PAIRS, exhausts, rate};
use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// Over which windows the burning of an error budget is watched, and who hears of it.
    ///
    /// # Why
    /// A threshold on CPU or on the share of errors wakes people for what no user notices, and
    /// misses what slowly spends the budget. The rate at which the budget burns says how long is
    /// left. Two windows watch it: the long one proves that a share of the budget is gone, the
    /// short one ends the alert when the trouble ends; with the long one alone an alert of 1 h
    /// stays up for most of an hour afterwards. The windows scale with that of the promise: 1 h of
    /// 30 days is 14 minutes of a week. They need enough requests that one failure is no alarm, and
    /// enough samples in the short one.
    ///
    /// # Examples
    /// ```facts answers multi-window
    /// window = 30d
    /// ```
    /// 20,000 requests in 30 days have a budget of 20 failures; 2% of it is less than one. In 75
    /// days it is one:
    /// ```facts answers longer-window
    /// requests-per-window = 20k
    /// ```
    /// With 200 no window is long enough: ask by yourself, so that there is something to count:
    /// ```facts answers probes
    /// requests-per-window = 200
    /// ```
    /// 50,000 requests are the fewest at which one failure wakes nobody:
    /// ```facts flips longer-window requests-per-window 49999
    /// requests-per-window = 1M
    /// ```
    /// In six days the shortest window is a minute, four readings of 15 s. In fewer it is less:
    /// ```facts flips longer-window window 5.99
    /// window = 7d
    /// ```
    ///
    /// # Limits
    /// Traffic is taken to be even: at night a window holds fewer requests, and one failure weighs
    /// more. Times until an alert are for a budget that was not burning before.
    ///
    /// # Sources
    /// Guide, section 15, "SLO-Based Alerting". SRE Workbook, chapter 5: multiwindow,
    /// multi-burn-rate alerts, and low-traffic services. Prometheus, `rate`: a window of at least
    /// four scrapes.
    pub const TOPIC = Topic {
        id: "alert-windows",
        title: "Over which windows is the burning of a budget watched?",
        noun: "Alert windows",
        section: "15",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

/// Days of the longest window that is still planned in: a quarter (SRE Workbook, chapter 2).
const QUARTER: f64 = 90.0;
/// Scrapes that a window of `rate` should hold.
const SCRAPES: f64 = 4.0;

static FACTS: &[Fact] = &[
    Fact::number("target", "%", 50.0, 99.9999)
        .asks("Which availability is promised?")
        .why("What may fail is the budget", "SRE Workbook, chapter 5")
        .or(Value::Number(99.9))
        .from(|seen, it| {
            let promised = seen.architecture.slos[it.at].availability.as_ref()?;
            Some(Known::at(it.below("availability"), Value::Number(promised.value * 100.0)))
        }),
    Fact::number("window", "d", 1.0, 366.0)
        .asks("Over how many days is it promised?")
        .why("The windows of the alerts are parts of it", "SRE Workbook, chapter 5")
        .or(Value::Number(30.0))
        .from(|seen, it| {
            let window = seen.architecture.slos[it.at].window as f64 / 86_400e9;
            Some(Known::at(it.below("window"), Value::Number(window)))
        }),
    Fact::number("requests-per-window", "requests", 1.0, 1e15)
        .asks("How many requests come in that window?")
        .why("Where few come, a single failure burns like an outage", "SRE Workbook, chapter 5")
        .or(Value::Number(1e6))
        .from(|seen, it| {
            let slo = &seen.architecture.slos[it.at];
            let number = seen.analysis.number(slo.service, slo.endpoint);
            let requests = seen.steady.runs[number] * slo.window as f64 / 1e9;
            (requests > 0.0).then(|| Known::derived("traffic", Value::Number(requests)))
        }),
    Fact::number("scrape", "s", 1.0, 3600.0)
        .asks("How often is the metric read, in seconds?")
        .why("The shortest window must hold some readings", "Prometheus, `rate`")
        .or(Value::Number(15.0))
        .from(|seen, _| {
            let metrics = seen.architecture.facts.entries("observability.metrics");
            let stated = metrics.filter_map(|it| {
                let scrape = it.1.get("scrape").filter(|it| it.stated)?;
                Some((it.0, scrape.duration()? as f64 / 1e9))
            });
            let (name, slowest) = stated.max_by(|a, b| a.1.total_cmp(&b.1))?;
            let path = format!("observability.metrics.{name}.scrape");
            Some(Known::at(path, Value::Number(slowest)))
        }),
    Fact::number("failing", "%", 0.0001, 100.0)
        .asks("For which share of failures shall the times be shown?")
        .why("How soon an alert comes depends on how bad it is", "SRE Workbook, chapter 5")
        .or(Value::Number(100.0)),
];

const RULES: &str = "other rules in the alert manager";

static OPTIONS: &[Opt] = &[
    Opt {
        id: "multi-window",
        title: "Pairs of windows at four burn rates, over the promise's own window",
        reversal: Reversal::Days,
        undo: RULES,
        door: "generate the rules from the promise, so that both change together",
        boring: 1,
    },
    Opt {
        id: "longer-window",
        title: "The same, over a longer window",
        reversal: Reversal::Days,
        undo: RULES,
        door: "tell those who rely on the promise over which time it is counted",
        boring: 2,
    },
    Opt {
        id: "probes",
        title: "Requests of one's own, or several services counted together",
        reversal: Reversal::Weeks,
        undo: "the probes' traffic leaves the figures again",
        door: "mark them, so that they can be left out of every other figure",
        boring: 3,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut slos = seen.slos();
    slos.retain(|it| seen.architecture.slos[it.at].availability.is_some());
    slos
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [days, requests, scrape] =
        ["window", "requests-per-window", "scrape"].map(|it| facts.number(it));
    let [target, bad] = ["target", "failing"].map(|it| facts.number(it) / 100.0);
    let first = PAIRS[0];
    let budget = (1.0 - target) * requests;
    // A failure more or less is not lost to the last bit.
    let wakes = |budget: f64| libm::round(first.spends * budget * 1e9) / 1e9;
    let readings = SCRAPES * scrape * (1.0 - 1e-9);
    let longest = budget * QUARTER / days;
    let short = first.short(days) * 60.0;
    let long_short = first.short(QUARTER) * 60.0;
    let counts = ["target", "requests-per-window", "window"];
    judge.exclude_if(
        wakes(budget) < 1.0,
        "multi-window",
        &counts,
        format!(
            "of {} requests {} may fail: 2% of that is less than one, so that a single failure \
             wakes somebody",
            plain(requests),
            plain(budget)
        ),
    );
    judge.exclude_if(
        short < readings,
        "multi-window",
        &["window", "scrape"],
        format!(
            "its shortest window is {} s, with less than {} readings in it, one every {} s",
            plain(short),
            plain(SCRAPES),
            plain(scrape)
        ),
    );
    judge.exclude_if(
        days >= QUARTER,
        "longer-window",
        &["window"],
        format!("{} days are as long as a plan", plain(days)),
    );
    judge.exclude_if(
        wakes(longest) < 1.0,
        "longer-window",
        &counts,
        format!(
            "even {} days have a budget of {} failures, and 2% of that is less than one",
            plain(QUARTER),
            plain(longest)
        ),
    );
    judge.exclude_if(
        long_short < readings,
        "longer-window",
        &["scrape"],
        format!("even its shortest window would be {} s", plain(long_short)),
    );
    if !judge.is_excluded("multi-window") || !judge.is_excluded("longer-window") {
        judge.exclude("probes", &counts, "there are enough requests of users to count");
    }
    let longer = judge.is_excluded("multi-window") && !judge.is_excluded("longer-window");
    let shown = if longer { long_enough(days, budget, scrape, judge) } else { days };
    figures(shown, requests * shown / days, target, bad, judge);
}

/// The shortest window in whole days that the first pair works in, with how it comes about.
fn long_enough(days: f64, budget: f64, scrape: f64, judge: &mut Judge) -> f64 {
    let [first, ..] = PAIRS;
    let share = plain(first.spends * 100.0);
    let counted = days / (first.spends * budget);
    let text = format!("{} d / ({share}% x {})", plain(days), plain(budget));
    judge.line("days in which a failure is no alarm", text, counted, "d");
    let a_day = first.short(1.0) * 60.0;
    let read = SCRAPES * scrape / a_day;
    let text = format!("{} x {} s / {} s a day", plain(SCRAPES), plain(scrape), plain(a_day));
    judge.line("days with enough readings in the shortest window", text, read, "d");
    let whole = libm::ceil(counted.max(read) * (1.0 - 1e-9));
    judge.line("the longer window", "the larger, in whole days", whole, "d");
    whole
}

/// The budget and the pairs of a promise over so many days with so many requests.
fn figures(days: f64, requests: f64, target: f64, bad: f64, judge: &mut Judge) {
    judge.line(
        "budget",
        format!("(100% - {}%) x {}", plain(target * 100.0), plain(requests)),
        (1.0 - target) * requests,
        "requests",
    );
    judge.line("burn rate of these failures", "share / budget", rate(target, bad), "");
    judge.line("budget spent in", "window / burn rate", exhausts(days, target, bad), "min");
    for pair in PAIRS {
        let who = if pair.pages { "page" } else { "ticket" };
        let what = format!("{who} at {}x", plain(pair.burn));
        let share = plain(pair.spends * 100.0);
        let sum = format!("{share}% x {} d / {}", plain(days), plain(pair.burn));
        judge.line(format!("{what}: long window"), sum, pair.long(days), "min");
        judge.line(format!("{what}: short window"), "a twelfth of it", pair.short(days), "min");
        let text = format!("{} x (100% - {}%)", plain(pair.burn), plain(target * 100.0));
        judge.line(
            format!("{what}: fires from failures of"),
            text,
            pair.threshold(target) * 100.0,
            "%",
        );
        match pair.detects(days, target, bad) {
            Some(after) => {
                judge.line(format!("{what}: fires after"), "long x burn / rate", after, "min");
                let silent = pair.resets(days, target, bad);
                judge.line(format!("{what}: silent again after"), "of the short", silent, "min");
                let alone = pair.resets_alone(days, target, bad);
                let name = format!("{what}: silent again with the long window alone");
                judge.line(name, "of the long", alone, "min");
            }
            None if pair.threshold(target) > 1.0 => judge.advise(format!(
                "With {}% promised the budget cannot burn {} times too fast: leave this pair out.",
                plain(target * 100.0),
                plain(pair.burn)
            )),
            None => {}
        }
    }
}
