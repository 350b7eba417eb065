//! `data-quality-checks`: where wrong numbers are stopped.

use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// Whether data is checked before it may be read, on a schedule, or by a contract with whoever
    /// makes it.
    ///
    /// # Why
    /// A pipeline that ran and produced wrong numbers is an outage that nobody is told of. A check on
    /// a schedule tells after half of its interval on average, and by then somebody has read them;
    /// a check before publication lets nobody read them, and stops the pipeline also when the check
    /// is wrong. Neither mends anything when the one who breaks it is another team: a contract is
    /// what fails in *their* build.
    ///
    /// # Examples
    /// ```facts answers check-on-schedule
    /// decisions-rest-on-it = false
    /// ```
    /// ```facts answers block-on-write
    /// decisions-rest-on-it = true
    /// ```
    /// ```facts answers contract
    /// producer = other-team
    /// ```
    /// Prices that are published from it may be wrong for an hour, and checks run once a day:
    /// ```facts answers block-on-write
    /// tolerated = 1h
    /// every = 24h
    /// ```
    /// ```facts flips block-on-write tolerated 23.9h
    /// decisions-rest-on-it = false
    /// ```
    ///
    /// # Limits
    /// Which checks: freshness, volume, schema, completeness, uniqueness, references, range and
    /// distribution, in that order of what they find for what they cost. A contract says what is
    /// promised, not whether today's data keeps it: what decisions rest on is checked beside it.
    ///
    /// # Sources
    /// Guide, section 13, "Data Quality Frameworks": failures are production incidents.
    pub const TOPIC = Topic {
        id: "data-quality-checks",
        title: "Where are wrong numbers stopped?",
        noun: "Data-quality checks",
        section: "13",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

const PRODUCERS: &[&str] = &["own", "other-team"];

static FACTS: &[Fact] = &[
    Fact::flag("decisions-rest-on-it")
        .asks("Do payments, prices or reports to others follow from it without anybody looking?")
        .why("Then a wrong number has done its harm before it is found", "guide, section 13")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (feeds, path) = seen.stated(it, "feeds")?;
            let any = ["finance", "customers"].iter().any(|who| feeds.says(who));
            Some(Known::derived(path, Value::Flag(any)))
        }),
    Fact::choice("producer", PRODUCERS)
        .asks("Who makes what it is built from: you, or another team?")
        .why("Whoever breaks it should be the one whose build fails", "guide, section 13")
        .or(Value::Choice("own")),
    Fact::number("tolerated", "h", 0.0, 10_000.0)
        .asks("For how many hours may a wrong number be read?")
        .why("A check on a schedule finds it later than that, or it does not", "arithmetic")
        .or(Value::Number(24.0)),
    Fact::number("every", "h", 0.01, 10_000.0)
        .asks("How often would it be checked, in hours?")
        .why("So long a wrong number is read at worst", "arithmetic")
        .or(Value::Number(24.0)),
    Fact::number("false-alarms", "%", 0.0, 100.0)
        .asks("Which share of checks fails although nothing is wrong?")
        .why(
            "Each of them stops a pipeline that blocks; it is shown and decides nothing",
            "arithmetic",
        )
        .or(Value::Number(1.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "check-on-schedule",
        title: "Check on a schedule, and tell",
        reversal: Reversal::Days,
        undo: "the same checks run before publication",
        door: "write checks as data, beside the table that they are for",
        boring: 1,
    },
    Opt {
        id: "block-on-write",
        title: "Check before anybody may read it",
        reversal: Reversal::Days,
        undo: "a check that blocks is made one that warns",
        door: "publish by a swap, so that the last good version stays while one is blocked",
        boring: 2,
    },
    Opt {
        id: "contract",
        title: "A contract that fails in the producer's build",
        reversal: Reversal::Weeks,
        undo: "both sides agree to drop it",
        door: "begin with schema and freshness, which both can measure",
        boring: 3,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    seen.named("data.datasets")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let rests = facts.flag("decisions-rest-on-it");
    let other = facts.choice("producer") == "other-team";
    let [tolerated, every, wrong] =
        ["tolerated", "every", "false-alarms"].map(|it| facts.number(it));

    judge.exclude_if(
        rests,
        "check-on-schedule",
        &["decisions-rest-on-it"],
        format!("what was decided within {} h rests on the wrong number", plain(every / 2.0)),
    );
    judge.exclude_if(
        every > tolerated,
        "check-on-schedule",
        &["every", "tolerated"],
        format!(
            "a wrong number is read for up to {} h, and may be for {} h",
            plain(every),
            plain(tolerated)
        ),
    );
    judge.exclude_if(
        !other,
        "contract",
        &["producer"],
        "a contract with yourself is a test, and stands in your own build",
    );
    if other {
        judge.serves("it fails where it was broken", &["contract"]);
    }
    if rests {
        judge.serves("nobody reads a wrong number", &["block-on-write"]);
    }
    judge.line(
        "wrong numbers are read, on average",
        format!("{} h / 2", plain(every)),
        every / 2.0,
        "h",
    );
    judge.line("at worst", "one interval", every, "h");
    let runs = 720.0 / every;
    let text = format!("720 h / {} h x {}%", plain(every), plain(wrong));
    judge.line("runs that a wrong check stops", text, runs * wrong / 100.0, "a month");
    if rests && other {
        judge
            .advise("Both: a contract so that it breaks where it is made, and a check before use.");
    }
}
