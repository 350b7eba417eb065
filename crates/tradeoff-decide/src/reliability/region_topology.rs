//! `region-topology`: how many regions, and which of them serve.

use tradeoff_analyze::cost::hourly;

use crate::availability::{YEAR, after, apart, at_least, budget, carries};
use crate::value::plain;
use crate::{
    Answers, Fact, Is, Judge, Known, Opt, Reversal, Seen, Standing, Subject, Today, Value, subjects,
};

topic! {
    /// Whether one region is enough, another one waits for its failure, or all of them serve.
    ///
    /// # Why
    /// A second region pays if the minutes that the first is away are more than was promised, or
    /// if users are too far from it. Standing by costs the machines, and the minutes of a failover
    /// at each outage. Serving from both costs the machines too, and that two regions may change
    /// one thing at the same time: somebody has to decide who was right, for every kind of thing.
    /// So the question is arithmetic first: outages a year times the time to switch, against the
    /// budget. The guide asks it as "would our users notice a 3-minute outage once a year?".
    ///
    /// # Examples
    /// Two outages of an hour are 120 minutes, of 526 that may fail:
    /// ```facts answers one-region
    /// target = 99.9%
    /// outages = 2
    /// outage = 60min
    /// ```
    /// Four of two hours are too many; four failovers of ten minutes are not:
    /// ```facts answers active-passive
    /// target = 99.95%
    /// outages = 4
    /// outage = 120min
    /// ```
    /// Nothing at all may be lost with a region:
    /// ```facts answers active-passive-sync
    /// target = 99.95%
    /// outages = 4
    /// outage = 120min
    /// rpo = 0s
    /// ```
    /// Five minutes in a year leave no time for two failovers:
    /// ```facts answers active-active
    /// target = 99.999%
    /// outages = 2
    /// outage = 120min
    /// failover = 5min
    /// ```
    /// Where nothing may be lost even while a region is away, every outage of either stops writes:
    /// ```facts answers none
    /// target = 99.95%
    /// outages = 4
    /// outage = 120min
    /// rpo = 0s
    /// writes-go-on = false
    /// ```
    /// Where neither a region far away may be waited for nor two may decide, nothing fits:
    /// ```facts answers none
    /// nearest-region = true
    /// rules-across-regions = true
    /// ```
    /// Up to 99.99% a failover that takes too long is what to mend, before two regions write:
    /// ```facts answers none
    /// target = 99.99%
    /// outages = 2
    /// outage = 120min
    /// failover = 30min
    /// ```
    /// One failover a year fits into five minutes as long as it takes no more than them:
    /// ```facts flips active-active failover 5.26
    /// target = 99.999%
    /// outages = 1
    /// outage = 120min
    /// failover = 3min
    /// ```
    ///
    /// # Limits
    /// The standby is taken to be healthy when it is needed, and the failover to work: both hold
    /// only if they are tried. Regions fail independently here; a bad deploy to both does not. How
    /// often a region fails is known from its history, not from its SLA.
    ///
    /// # Sources
    /// Guide, section 12, "Multi-Region: Active-Active vs. Active-Passive"; errata `three-minutes`
    /// and `sync-rpo-price`. D. Abadi, "Consistency Tradeoffs in Modern Distributed Database System
    /// Design", IEEE Computer 45 (2012).
    pub const TOPIC = Topic {
        id: "region-topology",
        title: "How many regions, and which of them serve?",
        noun: "Region topology",
        section: "12",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(today),
    };
}

/// Minutes a year that the guide's question asks about, and that it takes a tried failover to take.
const THREE: f64 = 3.0;
/// The promise, in percent, up to which a standby is to do; guide, section 12.
const STANDBY_DOES: f64 = 99.99;
/// Hours that a month is billed as.
const HOURS: f64 = 730.0;
/// Days of a year.
const DAYS: f64 = 365.0;
/// Regions that serve where all of them do.
const SERVING: u32 = 2;

static FACTS: &[Fact] = &[
    Fact::number("target", "%", 90.0, 99.9999)
        .asks("Which availability is promised, of what rests on the region?")
        .why(
            "What may fail in a year is compared with what outages and failovers take",
            "guide, 12",
        )
        .or(Value::Number(99.9))
        .from(|seen, _| {
            let slos = seen.architecture.slos.iter();
            let all = slos.filter_map(|it| Some((it, it.availability.as_ref()?.value)));
            let (slo, strictest) = all.max_by(|a, b| a.1.total_cmp(&b.1))?;
            let path = format!("slos.{}.availability", subjects::quoted(&slo.name.value));
            Some(Known::at(path, Value::Number(strictest * 100.0)))
        }),
    Fact::number("outages", "a year", 0.0, 1000.0)
        .asks("How often a year does a region fail?")
        .why("Each takes an outage, or a failover", "arithmetic")
        .or(Value::Number(1.0)),
    Fact::number("outage", "min", 0.1, 1e5)
        .asks("How long is a region away each time, in minutes?")
        .why("Times `outages` it is what one region costs", "arithmetic")
        .or(Value::Number(120.0)),
    Fact::number("failover", "min", 0.0, 1e5)
        .asks("How long does it take to notice and to switch, names and caches included?")
        .why("Times `outages` it is what a standby costs (the RTO)", "guide, section 12")
        .or(Value::Number(10.0))
        .from(|seen, it| minutes(seen, it, "topology.failover_time")),
    Fact::flag("three-minutes-noticed")
        .asks("Would users notice an outage of three minutes once a year?")
        .why("\"If no, active-passive is sufficient\"", "guide, section 12")
        .or(Value::Flag(true)),
    Fact::flag("nearest-region")
        .asks("Do users need the nearest region for their latency, also when they write?")
        .why("A region that only stands by is near to nobody", "guide, section 12")
        .or(Value::Flag(false))
        .from(|seen, it| seen.flag(it, "topology.nearest")),
    Fact::flag("rules-across-regions")
        .asks("Are there rules over what several regions would write: unique names, last items?")
        .why("Two regions that decide at the same time break them", "guide, section 12")
        .or(Value::Flag(false)),
    Fact::number("rpo", "s", 0.0, 1e8)
        .asks("How many seconds of writes may be lost if a region is lost for good?")
        .why("A copy that is behind loses what it is behind (the RPO)", "guide, section 12")
        .or(Value::Number(86_400.0))
        .from(|seen, it| seconds(seen, it, "topology.rpo")),
    Fact::number("lag", "s", 0.001, 1e6)
        .asks("How many seconds is the copy in the other region behind?")
        .why("More than `rpo` means that every write has to wait for it", "errata sync-rpo-price")
        .or(Value::Number(5.0))
        .from(|seen, it| seconds(seen, it, "topology.lag")),
    Fact::number("backup", "s", 1.0, 1e8)
        .asks("How old is the newest backup outside the region at most?")
        .why("It is what one region alone can lose", "guide, section 12")
        .or(Value::Number(86_400.0)),
    Fact::number("round-trip", "ms", 0.1, 1000.0)
        .asks("How long is the round trip to the other region?")
        .why("A write that waits for it takes so much longer", "Abadi, 2012")
        .or(Value::Number(80.0))
        .from(|seen, _| {
            let regions = seen.architecture.facts.entries("regions");
            let stated = regions.filter_map(|it| {
                Some((it.0, it.1.get("distance").filter(|it| it.stated)?.duration()? as f64 / 1e6))
            });
            let (name, near) = stated.filter(|it| it.1 > 0.0).min_by(|a, b| a.1.total_cmp(&b.1))?;
            Some(Known::at(format!("regions.{name}.distance"), Value::Number(near)))
        }),
    Fact::number("write-may-wait", "ms", 0.0, 1e5)
        .asks("How much longer may a write take?")
        .why("Less than the round trip rules out waiting for the other region", "Abadi, 2012")
        .or(Value::Number(200.0)),
    Fact::flag("writes-go-on")
        .asks("Where a write waits for the other region: may it go on without, while that is away?")
        .why("Else each outage of the other stops writes here", "errata sync-rpo-price")
        .or(Value::Flag(true)),
    Fact::number("cost", "USD a month", 0.0, 1e9)
        .asks("What does a region cost a month, with all that it takes?")
        .why("A second one costs as much again", "guide, section 12: both regions in full")
        .or(Value::Number(0.0))
        .from(|seen, _| {
            let hourly = hourly(seen.architecture).filter(|it| *it > 0.0)?;
            Some(Known::derived("services", Value::Number(hourly * HOURS)))
        }),
    Fact::number("standby", "%", 0.0, 100.0)
        .asks("How much of the full capacity does a standby keep running?")
        .why("It is paid for all year, and must take all of the load", "guide, section 12")
        .or(Value::Number(100.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "one-region",
        title: "One region, backups in another",
        reversal: Reversal::Weeks,
        undo: "a second region can be built when it is needed",
        door: "keep everything in code, and restore the backups elsewhere once in a while",
        boring: 1,
    },
    Opt {
        id: "active-passive",
        title: "A standby that follows with a lag",
        reversal: Reversal::Months,
        undo: "taking it down; what was promised because of it stays",
        door: "automate the failover, write the runbook, and try it every quarter",
        boring: 2,
    },
    Opt {
        id: "active-passive-sync",
        title: "A standby that every write waits for",
        reversal: Reversal::Months,
        undo: "a setting of the replication; what was promised because of it stays",
        door: "decide beforehand whether writes go on when the standby is away",
        boring: 3,
    },
    Opt {
        id: "active-active",
        title: "All regions serve and write",
        reversal: Reversal::Never,
        undo: "data of both sides, and code that settles conflicts, have to be brought back to one",
        door: "give each thing a home region first: one writer for each, all readers everywhere",
        boring: 4,
    },
];

fn today(seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
    let (style, path) = seen.stated(subject, "topology.style")?;
    let sync = seen.stated(subject, "topology.replication").is_some_and(|it| it.0.says("sync"));
    let words = style.text()?;
    let option = match words {
        "single-region" => Some("one-region"),
        "active-passive" if sync => Some("active-passive-sync"),
        "active-passive" => Some("active-passive"),
        "active-active" => Some("active-active"),
        _ => None,
    };
    Some(Standing::at(path, words, Is::of(option)))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let promised = seen.architecture.slos.iter().any(|it| it.availability.is_some());
    if promised { vec![seen.whole()] } else { subjects::whole_if(seen, &["topology", "regions"]) }
}

fn seconds(seen: &Seen<'_>, subject: &Subject, path: &str) -> Option<Known> {
    let (fact, path) = seen.stated(subject, path)?;
    Some(Known::at(path, Value::Number(fact.duration()? as f64 / 1e9)))
}

fn minutes(seen: &Seen<'_>, subject: &Subject, path: &str) -> Option<Known> {
    let (fact, path) = seen.stated(subject, path)?;
    Some(Known::at(path, Value::Number(fact.duration()? as f64 / 60e9)))
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [outages, outage, failover] = ["outages", "outage", "failover"].map(|it| facts.number(it));
    let target = facts.number("target");
    let [rpo, lag, backup] = ["rpo", "lag", "backup"].map(|it| facts.number(it));
    let [trip, patience] = ["round-trip", "write-may-wait"].map(|it| facts.number(it));
    let [nearest, rules, noticed] =
        ["nearest-region", "rules-across-regions", "three-minutes-noticed"]
            .map(|it| facts.flag(it));
    let promised = budget(target / 100.0, DAYS);
    let allowed = if noticed { promised } else { promised.max(THREE) };
    // Not to lose to the last bit of a percentage.
    let over = |minutes: f64| minutes > allowed * (1.0 + 1e-9);
    let [alone, switching] = [outages * outage, outages * failover.min(outage)];
    let may = format!("and {} may be", plain(allowed));
    let waits = rpo < lag;
    let passive = ["active-passive", "active-passive-sync"];

    judge.exclude_if(
        over(alone),
        "one-region",
        &["target", "outages", "outage"],
        format!(
            "{} x {} min = {} min a year away, {may}",
            plain(outages),
            plain(outage),
            plain(alone)
        ),
    );
    judge.exclude_if(
        rpo < backup,
        "one-region",
        &["rpo", "backup"],
        format!(
            "a lost region loses {} s of writes, back to the last backup elsewhere; {} s may be",
            plain(backup),
            plain(rpo)
        ),
    );
    for option in ["one-region", passive[0], passive[1]] {
        judge.exclude_if(
            nearest,
            option,
            &["nearest-region"],
            "only one region answers, which is far from some users",
        );
    }
    let what =
        if failover > outage { "an outage that ends before the failover" } else { "failover" };
    for option in passive {
        judge.exclude_if(
            over(switching),
            option,
            &["target", "outages", "failover"],
            format!(
                "{} x {} min of {what} = {} min a year, {may}",
                plain(outages),
                plain(failover.min(outage)),
                plain(switching)
            ),
        );
    }
    let lost = format!(
        "a copy that is {} s behind loses as much, and {} s may be",
        plain(lag),
        plain(rpo)
    );
    judge.exclude_if(waits, "active-passive", &["rpo", "lag"], lost);
    let slow = format!(
        "every write would wait {} ms for the other region, and {} ms it may",
        plain(trip),
        plain(patience)
    );
    let far = trip > patience;
    judge.exclude_if(far, "active-passive-sync", &["round-trip", "write-may-wait"], slow.clone());
    judge.exclude_if(
        waits && far,
        "active-active",
        &["rpo", "lag", "round-trip", "write-may-wait"],
        slow,
    );
    if !facts.flag("writes-go-on") {
        stopped(facts, allowed, judge);
    }
    if !nearest && over(switching) {
        slow_failover(facts, allowed, judge);
    }
    judge.exclude_if(
        rules,
        "active-active",
        &["rules-across-regions"],
        "both regions sell the last one, and both are sure of it",
    );
    figures(facts, judge);
}

/// Where writes do not go on without the other region, its outages stop them as well.
fn stopped(facts: &Answers, allowed: f64, judge: &mut Judge) {
    let [outages, outage, failover] = ["outages", "outage", "failover"].map(|it| facts.number(it));
    let other = outages * outage;
    let waits = facts.number("rpo") < facts.number("lag");
    for (option, own, applies) in [
        ("active-passive-sync", outages * failover.min(outage), true),
        ("active-active", other, waits),
    ] {
        judge.exclude_if(
            applies && own + other > allowed * (1.0 + 1e-9),
            option,
            &["writes-go-on", "outages", "outage", "target"],
            format!(
                "writes stop while either region is away: {} + {} x {} min = {} min a year, and {} \
                 may be",
                plain(own),
                plain(outages),
                plain(outage),
                plain(own + other),
                plain(allowed)
            ),
        );
    }
    judge.line(
        "writes stop: active-passive-sync",
        "and while the other is away",
        outages * failover.min(outage) + other,
        "min",
    );
    if waits {
        judge.line("writes stop: active-active", "while either is away", 2.0 * other, "min");
    }
}

/// Where only the failover is too slow it is what to mend, before two regions write.
fn slow_failover(facts: &Answers, allowed: f64, judge: &mut Judge) {
    let [outages, outage, target] = ["outages", "outage", "target"].map(|it| facts.number(it));
    let tried = outage.min(THREE);
    if target > STANDBY_DOES || outages * tried > allowed {
        return;
    }
    judge.exclude(
        "active-active",
        &["target", "outages", "failover"],
        format!(
            "only the failover is too slow for a standby: with {} min it is away {} min a year, \
             and {} may be",
            plain(tried),
            plain(outages * tried),
            plain(allowed)
        ),
    );
    judge.advise(format!(
        "A standby does as soon as a failover takes no more than {} min: automate it, and try it, \
         before two regions write (guide, section 12).",
        plain(allowed / outages)
    ));
}

/// What the regions cost, if it is known what one does.
fn cost(facts: &Answers, judge: &mut Judge) {
    let (one, standby) = (facts.number("cost"), facts.number("standby"));
    if one > 0.0 {
        let each = format!("${}", plain(one));
        judge.line("cost: one region", "", one, "USD a month");
        let text = format!("{each} x (1 + {}%)", plain(standby));
        judge.line("cost: active-passive", text, one * (1.0 + standby / 100.0), "USD a month");
        judge.line("cost: active-active", format!("{each} x 2"), one * 2.0, "USD a month");
    }
}

fn figures(facts: &Answers, judge: &mut Judge) {
    let [outages, outage, failover] = ["outages", "outage", "failover"].map(|it| facts.number(it));
    let [target, lag, backup] = ["target", "lag", "backup"].map(|it| facts.number(it));
    let promised = budget(target / 100.0, DAYS);
    let [alone, switching] = [outages * outage, outages * failover.min(outage)];
    let each = after(outages, outage);
    let both = at_least(1, SERVING, each);
    let serving = f64::from(SERVING);
    judge.line(
        "may be away in a year",
        format!("(100% - {}%) x 365 d", plain(target)),
        promised,
        "min",
    );
    let sum = |minutes: f64| format!("{} x {} min", plain(outages), plain(minutes));
    judge.line("away: one region", sum(outage), alone, "min");
    judge.line("away: active-passive", sum(failover.min(outage)), switching, "min");
    judge.line("away: active-active", "both at once", (1.0 - both) * YEAR, "min");
    judge.line("availability: one region", "", each * 100.0, "%");
    let left = after(outages, failover.min(outage));
    judge.line("availability: active-passive", "", left * 100.0, "%");
    let square = format!("100% - (100% - {}%)^2", plain(each * 100.0));
    judge.line("availability: active-active", square, both * 100.0, "%");
    let shared = apart(&[(1.0 / serving, each); SERVING as usize]);
    let text = "each user keeps to one of them";
    judge.line("availability: active-active without failover", text, shared * 100.0, "%");
    let standby = facts.number("standby") / 100.0;
    judge.line("machines: active-passive", "1 + standby", 1.0 + standby, "regions");
    let all = serving * carries(SERVING);
    judge.line("machines: active-active", "each takes all of the load", all, "regions");
    judge.line("lost with a region: one region", "age of the backup", backup, "s");
    judge.line("lost with a region: active-passive", "lag", lag, "s");
    let waits = facts.number("rpo") < lag;
    let (text, lost) = if waits { ("writes wait", 0.0) } else { ("lag", lag) };
    judge.line("lost with a region: active-active", text, lost, "s");
    cost(facts, judge);
    if waits && facts.flag("writes-go-on") {
        judge.advise(format!(
            "Writes go on while the other region is away, {} min a year: what is written then is in \
             one region alone. Where even that may not be lost it takes a third region, or writes \
             stop.",
            plain(alone)
        ));
    }
    if !facts.flag("three-minutes-noticed") && promised < THREE {
        judge.advise(format!(
            "{}% is {} minutes a year, less than the three that nobody would notice: promise less.",
            plain(target),
            plain(promised)
        ));
    }
}
