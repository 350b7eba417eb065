//! `deployment-strategy`: how a new version reaches users.

use crate::subjects::services;
use crate::value::plain;
use crate::{
    Answers, Fact, Is, Judge, Known, Opt, Reversal, Seen, Standing, Subject, Today, Value,
};

topic! {
    /// How a new version of a service reaches its users.
    ///
    /// # Why
    /// Every strategy answers two questions: how many requests meet a bad version before it is gone,
    /// and how long going back takes. Rolling goes back as slowly as it came. Blue-green goes back
    /// in an instant, after all users have met it. A canary lets few meet it, if there is enough
    /// traffic for few to tell, and something that looks. A flag decides per user, and leaves a
    /// branch in the code that somebody has to remove.
    ///
    /// # Examples
    /// ```facts answers rolling
    /// rollback-within = 10min
    /// ```
    /// A rollout of five minutes cannot be taken back in ten seconds:
    /// ```facts answers blue-green
    /// rollback-within = 10s
    /// ```
    /// 5% of 100 requests a second for five minutes are 1,525 bad ones, instead of 30,000:
    /// ```facts answers canary
    /// metrics = true
    /// blast-radius-matters = true
    /// rate = 100/s
    /// ```
    /// ```facts answers feature-flags
    /// by-user = true
    /// ```
    /// Nothing that turns a route is gone within a second; a flag that is streamed is, if the old
    /// path is still in the code:
    /// ```facts answers feature-flags
    /// rollback-within = 1s
    /// ```
    /// To tell 1% of errors from 0.1% takes 1,155 requests of each version; beneath 6.4 a second 5%
    /// of the traffic do not have them within an hour:
    /// ```facts flips rolling rate 6.41
    /// metrics = true
    /// blast-radius-matters = true
    /// rate = 100/s
    /// ```
    ///
    /// # Limits
    /// Both versions run at the same time in all of them, and share a database: a change of the
    /// schema has to fit both. The requests that it takes are for a rate of errors, compared with
    /// as many of the old version; a slower version may take more to tell. What is bad for a few
    /// users only is found by none of them.
    ///
    /// # Sources
    /// Guide, section 16, "Blue-Green vs. Canary Deployments"; errata `blue-green-cost`. The number
    /// of requests is the sample of each of two shares that tells them apart at 5% false alarms and
    /// 90% power, without the correction for continuity: J. Fleiss, "Statistical Methods for Rates
    /// and Proportions". SRE Workbook, chapter 16. Amplitude, "Stream Flag Config Updates" (2024).
    pub const TOPIC = Topic {
        id: "deployment-strategy",
        title: "How does a new version reach users?",
        noun: "Deployment strategy",
        section: "16",
        facts: FACTS,
        orders: &[("errors", "bad-errors")],
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(today),
    };
}

/// Quantiles of the normal distribution: one false alarm in 20, nine of ten bad versions found.
const ALARM: f64 = 1.644_854;
const POWER: f64 = 1.281_552;

static FACTS: &[Fact] = &[
    Fact::flag("by-user")
        .asks("Must it be decided per user, or be released later than it is deployed?")
        .why("Only code can tell users apart", "guide, section 16: target specific users")
        .or(Value::Flag(false)),
    Fact::flag("blast-radius-matters")
        .asks("Does it matter how many users meet a bad version?")
        .why("It is what a canary bounds", "guide, section 16: limits blast radius")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (tier, path) = seen.stated(it, "tier")?;
            Some(Known::derived(path, Value::Flag(tier.number()? <= 1.0)))
        }),
    Fact::flag("metrics")
        .asks("Are errors and latency of each version compared, by a machine?")
        .why("A canary that nobody looks at is a slow rollout", "guide, section 16: good metrics")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (analysis, path) = seen.stated(it, "rollout.analysis")?;
            Some(Known::derived(path, Value::Flag(!analysis.items().is_empty())))
        }),
    Fact::number("rollback-within", "s", 0.1, 1e6)
        .asks("Within how many seconds must a bad version be gone once it is noticed?")
        .why(
            "Going back by replacing takes as long as coming",
            "guide, section 16: instant rollback",
        )
        .or(Value::Number(600.0)),
    Fact::number("rate", "/s", 0.0, 1e8)
        .asks("How many requests a second does it serve?")
        .why("It is how many meet a bad version, and how soon a few can tell", "arithmetic")
        .or(Value::Number(100.0))
        .from(|seen, it| {
            let endpoints = seen.analysis.endpoints.iter().enumerate();
            let own = endpoints.filter(|that| that.1.0 == it.at);
            let rate: f64 = own.map(|it| seen.steady.doors[it.0]).sum();
            (rate > 0.0).then(|| Known::derived("traffic", Value::Number(rate)))
        }),
    Fact::number("deploy-time", "s", 0.1, 1e6)
        .asks("How many seconds does it take to replace all replicas?")
        .why("Rolling back takes as long", "arithmetic")
        .or(Value::Number(300.0)),
    Fact::number("switch-time", "s", 0.1, 1e5)
        .asks("How many seconds until a changed route is everywhere?")
        .why("It is how long going back takes otherwise", "guide, section 16: flip traffic back")
        .or(Value::Number(5.0)),
    Fact::number("flag-time", "s", 0.01, 1e5)
        .asks("How many seconds until a changed flag is everywhere?")
        .why(
            "It is how long a kill switch takes, and depends on polling or streaming",
            "guide, section 16: instant kill switch; Amplitude, 2024: streamed within a second",
        )
        .or(Value::Number(1.0)),
    Fact::number("detect", "s", 0.1, 1e6)
        .asks("How many seconds until a bad version is noticed?")
        .why("So long users meet it", "SRE Workbook, chapter 16")
        .or(Value::Number(300.0)),
    Fact::number("canary-share", "%", 0.01, 50.0)
        .asks("Which share of the traffic meets a canary first?")
        .why("It bounds the damage, and slows the judgment", "guide, section 16: 1 to 5%")
        .or(Value::Number(5.0))
        .from(|seen, it| {
            let (steps, path) = seen.stated(it, "rollout.steps")?;
            let share = steps.items().first()?.get("share")?.number()?;
            Some(Known::derived(path, Value::Number(share * 100.0)))
        }),
    Fact::number("errors", "%", 0.0001, 50.0)
        .asks("Which share of requests fails when all is well?")
        .why("What is bad has to be told from it", "Fleiss: two proportions")
        .or(Value::Number(0.1)),
    Fact::number("bad-errors", "%", 0.001, 100.0)
        .asks("From which share on is a version bad?")
        .why("The nearer to `errors`, the more requests it takes", "Fleiss: two proportions")
        .or(Value::Number(1.0)),
    Fact::number("judged-within", "s", 1.0, 1e7)
        .asks("How many seconds may the first step of a rollout take?")
        .why(
            "A canary that takes longer blocks the next change",
            "guide, section 16: longer window",
        )
        .or(Value::Number(3600.0)),
    Fact::flag("double-capacity")
        .asks("Can both versions have all replicas at the same time?")
        .why("Blue-green needs two of everything", "guide, section 16; errata blue-green-cost")
        .or(Value::Flag(true)),
    Fact::number("capacity-cost", "USD an hour", 0.0, 1e6)
        .asks("What do all replicas cost an hour?")
        .why("It is paid twice while both run", "errata blue-green-cost")
        .or(Value::Number(1.0))
        .from(|seen, it| {
            let service = &seen.architecture.services[it.at];
            let cost = service.cost? * f64::from(service.replicas.value);
            Some(Known::derived(it.below("cost"), Value::Number(cost)))
        }),
    Fact::number("per-week", "a week", 0.0, 1e4)
        .asks("How many times a week is it deployed?")
        .why("Each time both run", "errata blue-green-cost")
        .or(Value::Number(5.0))
        .from(|seen, it| seen.number(it, "rollout.per_week", 1.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "rolling",
        title: "Replace the replicas one after another",
        reversal: Reversal::Days,
        undo: "a change of the pipeline",
        door: "let both versions read what the other writes: the rest is configuration",
        boring: 1,
    },
    Opt {
        id: "blue-green",
        title: "Two of everything, and one switch",
        reversal: Reversal::Days,
        undo: "a change of the pipeline; the second half is given back",
        door: "keep the old half until the first hour of the new one has been looked at",
        boring: 2,
    },
    Opt {
        id: "canary",
        title: "A few per cent first, judged by a machine",
        reversal: Reversal::Days,
        undo: "a change of the pipeline",
        door: "compare the canary with as many old replicas started at the same time",
        boring: 3,
    },
    Opt {
        id: "feature-flags",
        title: "Both paths in the code, and a flag",
        reversal: Reversal::Days,
        undo: "remove one path and the flag",
        door: "give each flag an owner and a date at which it is gone",
        boring: 4,
    },
];

/// Left out, a service's is the file's.
fn today(seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
    let all = seen.whole();
    let found = [subject, &all].into_iter().find_map(|it| seen.stated(it, "rollout.strategy"));
    let (strategy, path) = found?;
    let word = strategy.text()?;
    let option = OPTIONS.iter().find(|it| it.id == word).map(|it| it.id);
    Some(Standing::at(path, word, Is::of(option)))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    services(seen)
}

/// Requests of each of two versions that tell their rates of errors apart (Fleiss, two
/// proportions).
fn sample(good: f64, bad: f64) -> f64 {
    let spread = |share: f64| share * (1.0 - share);
    let alike = libm::sqrt(2.0 * spread(f64::midpoint(good, bad)));
    let apart = libm::sqrt(spread(good) + spread(bad));
    let sum = ALARM * alike + POWER * apart;
    if bad > good { libm::ceil(sum * sum / ((bad - good) * (bad - good))) } else { f64::INFINITY }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [within, rate, replace, switch] =
        ["rollback-within", "rate", "deploy-time", "switch-time"].map(|it| facts.number(it));
    let [share, good, bad] =
        ["canary-share", "errors", "bad-errors"].map(|it| facts.number(it) / 100.0);
    let (patient, by_user) = (facts.number("judged-within"), facts.flag("by-user"));
    let needed = sample(good, bad);
    let judged = needed / (rate * share);

    for option in ["rolling", "blue-green", "canary"] {
        judge.exclude_if(
            by_user,
            option,
            &["by-user"],
            "a router does not know users, the code does",
        );
    }
    judge.exclude_if(
        replace > within,
        "rolling",
        &["rollback-within", "deploy-time"],
        format!(
            "rolling back is another rollout of {} s, and {} s are allowed",
            plain(replace),
            plain(within)
        ),
    );
    judge.exclude_if(
        switch > within,
        "blue-green",
        &["rollback-within", "switch-time"],
        format!("a changed route takes {} s, and {} s are allowed", plain(switch), plain(within)),
    );
    judge.exclude_if(
        !facts.flag("double-capacity"),
        "blue-green",
        &["double-capacity"],
        "there is not room for two of everything",
    );
    judge.exclude_if(
        !facts.flag("metrics"),
        "canary",
        &["metrics"],
        "nothing compares the versions: it would be a slow rollout",
    );
    judge.exclude_if(
        switch > within,
        "canary",
        &["rollback-within", "switch-time"],
        format!("a changed route takes {} s, and {} s are allowed", plain(switch), plain(within)),
    );
    let percent = plain(share * 100.0);
    judge.exclude_if(
        bad <= good,
        "canary",
        &["errors", "bad-errors"],
        format!(
            "a bad version fails as often as a good one, {}%: nothing tells them apart",
            plain(good * 100.0)
        ),
    );
    judge.exclude_if(
        rate <= 0.0,
        "canary",
        &["rate"],
        "no requests come that could tell the versions apart",
    );
    judge.exclude_if(
        judged > patient,
        "canary",
        &["rate", "canary-share", "errors", "bad-errors"],
        format!(
            "{} requests of each tell the versions apart, {percent}% of {}/s bring them in {} s, \
             and {} s are allowed",
            plain(needed),
            plain(rate),
            plain(libm::round(judged)),
            plain(patient)
        ),
    );
    let flag = facts.number("flag-time");
    judge.exclude_if(
        flag > within,
        "feature-flags",
        &["rollback-within", "flag-time"],
        format!("a changed flag takes {} s, and {} s are allowed", plain(flag), plain(within)),
    );
    let others = ["rolling", "blue-green", "canary"];
    judge.exclude_if(
        !others.iter().all(|it| judge.is_excluded(it)),
        "feature-flags",
        &["by-user", "rollback-within"],
        "each flag is a second path to test and to remove; nothing is decided per user, and \
         without one a version is gone in time too",
    );
    damage(facts, judge, needed, judged);
}

/// How many requests meet a bad version, and what both versions cost while they run.
fn damage(facts: &Answers, judge: &mut Judge, needed: f64, judged: f64) {
    let [rate, replace, switch, flag, detect] =
        ["rate", "deploy-time", "switch-time", "flag-time", "detect"].map(|it| facts.number(it));
    let share = facts.number("canary-share") / 100.0;
    let percent = plain(share * 100.0);
    // A rollout that is noticed half-way has replaced half, and takes as long to go back.
    let rolling = rate * detect * (detect / replace).min(1.0);
    let all = rate * (detect + switch);
    let few = rate * share * (detect.max(judged) + switch);
    let flagged = rate * share * (detect.max(judged) + flag);
    if facts.flag("blast-radius-matters") {
        let met = [
            ("rolling", rolling),
            ("blue-green", all),
            ("canary", few),
            ("feature-flags", flagged),
        ];
        judge.compare("how many requests meet a bad version", &met);
    }
    let part = if detect < replace {
        format!(" x {} s / {} s", plain(detect), plain(replace))
    } else {
        String::new()
    };
    let time = format!("{}/s x {} s{part}", plain(rate), plain(detect));
    judge.line("requests to a bad version, rolling", time, rolling, "");
    let time = format!("{}/s x ({} s + {} s)", plain(rate), plain(detect), plain(switch));
    judge.line("of blue-green", time, all, "");
    if judged.is_finite() {
        let first = detect.max(judged);
        let time =
            format!("{percent}% x {}/s x ({} s + {} s)", plain(rate), plain(first), plain(switch));
        judge.line("of a canary", time, few, "");
        let text = "of each version: 5% false alarms, 90% found";
        judge.line("requests that tell a bad version", text, needed, "");
        judge.line(
            "time until a canary has them",
            format!("{} / ({percent}% x {}/s)", plain(needed), plain(rate)),
            judged,
            "s",
        );
    }
    let [cost, week] = ["capacity-cost", "per-week"].map(|it| facts.number(it));
    let hours = (detect + replace) / 3600.0;
    judge.line(
        "two of everything",
        format!("{} x {} h x ${}", plain(week), plain(hours), plain(cost)),
        week * hours * cost,
        "USD a week",
    );
}
