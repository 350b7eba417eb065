//! `schema-compatibility`: what a new version of a schema is held to, and who deploys first.

use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// What a schema registry holds a new version of a schema to, and who is deployed first.
    ///
    /// # Why
    /// Two directions can break. A new consumer meets old messages: those that were written before
    /// the producer changed, and on replay all that the log holds. An old consumer meets new
    /// messages: as soon as any producer has changed before it. Who is deployed first decides which
    /// of the two happens, and so which one the registry must forbid. A mode that forbids more than
    /// that only makes changes harder.
    ///
    /// # Examples
    /// Consumers first: then they read old messages with the new schema.
    /// ```facts answers backward
    /// consumers-first = true
    /// ```
    /// Producers first, since consumers belong to others:
    /// ```facts answers forward
    /// consumers-first = false
    /// ```
    /// Nobody can say who is first:
    /// ```facts answers full
    /// order-unknown = true
    /// ```
    /// Old messages are read again: all versions that the log holds, not the last alone.
    /// ```facts answers backward-transitive
    /// replay = true
    /// ```
    /// Apps on phones, some of them three versions behind:
    /// ```facts answers forward-transitive
    /// consumers-first = false
    /// versions-in-use = 3
    /// ```
    /// ```facts answers full-transitive
    /// consumers-first = false
    /// replay = true
    /// ```
    /// ```facts flips backward-transitive replay true
    /// consumers-first = true
    /// ```
    ///
    /// # Limits
    /// It is about what can be read, not about what is meant: a field that is used in another way
    /// breaks under every mode. "Optional" is a field with a default. Modes of Avro are meant;
    /// Protobuf and JSON Schema have the same names and other rules. A change that no mode allows
    /// takes a new topic.
    ///
    /// # Sources
    /// Guide, section 13, "Schema Registry and Schema Evolution". Confluent, "Schema evolution and
    /// compatibility". Apache Avro, "Specification", schema resolution.
    pub const TOPIC = Topic {
        id: "schema-compatibility",
        title: "What is a new schema held to, and who deploys first?",
        noun: "Schema compatibility",
        section: "13",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["compatibility"], &[]),
    };
}

const SIDES: &[&str] = &["consumers", "producers"];

static FACTS: &[Fact] = &[
    Fact::flag("consumers-first")
        .asks("Are all consumers deployed before the first producer changes?")
        .why("Else an old consumer meets new messages", "Confluent, compatibility types")
        .or(Value::Flag(true))
        .from(|seen, it| {
            let known = seen.word(it, "upgrade_first", SIDES)?;
            let first = known.value == Value::Choice("consumers");
            Some(Known { value: Value::Flag(first), ..known })
        }),
    Fact::flag("order-unknown")
        .asks("Is it open, or up to others, who deploys first?")
        .why("Then both directions happen", "Confluent, compatibility types")
        .or(Value::Flag(false)),
    Fact::flag("replay")
        .asks("Are old messages read again, or is the topic read from its start?")
        .why("Then all versions that it holds are met, not the last alone", "Confluent: transitive")
        .or(Value::Flag(false))
        .from(|seen, it| seen.flag(it, "replay")),
    Fact::count("versions-in-use", "versions", 1.0, 1000.0)
        .asks("How many versions of consumers are in use at the same time?")
        .why("Each of them meets the newest messages", "Confluent: transitive")
        .or(Value::Number(1.0)),
    Fact::number("retention", "d", 0.0, 36_500.0)
        .asks("How long are messages kept, in days?")
        .why("So long are messages of the old schema read; it decides nothing", "guide, section 13")
        .or(Value::Number(7.0))
        .from(|seen, it| seen.time(it, "retention", 86_400.0)),
];

/// What leaving any mode takes.
const UNDO: &str = "the mode is set to another one; what was registered under it stays";

static OPTIONS: &[Opt] = &[
    mode("backward", "New reads old: delete fields, add optional ones; consumers first", 1),
    mode("forward", "Old reads new: add fields, delete optional ones; producers first", 2),
    mode("backward-transitive", "New reads all old ones; consumers first", 3),
    mode("forward-transitive", "All old ones read new; producers first", 4),
    mode("full", "Both: add and delete optional fields only; any order", 5),
    mode("full-transitive", "Both, for all versions; any order", 6),
];

const fn mode(id: &'static str, title: &'static str, boring: u8) -> Opt {
    let door = "give every field a default from the first version on: it may then come and go";
    Opt { id, title, reversal: Reversal::Days, undo: UNDO, door, boring }
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    seen.named("topics")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [first, unknown, replay] =
        ["consumers-first", "order-unknown", "replay"].map(|it| facts.flag(it));
    let versions = facts.number("versions-in-use");
    let several = versions > 1.0;
    let old_meets_new = !first || unknown || several;
    let new_meets_old = first || unknown || replay;
    let count = plain(versions);

    for option in ["backward", "backward-transitive"] {
        judge.exclude_if(
            old_meets_new,
            option,
            &["consumers-first", "order-unknown", "versions-in-use"],
            if several {
                format!("{count} versions of consumers read what the newest producer writes")
            } else {
                "a consumer that has not been deployed yet meets new messages".to_owned()
            },
        );
    }
    for option in ["forward", "forward-transitive"] {
        judge.exclude_if(
            new_meets_old,
            option,
            &["consumers-first", "order-unknown", "replay"],
            if replay {
                "a consumer that reads again meets messages of old schemas"
            } else {
                "a new consumer meets messages that were written before the producer changed"
            },
        );
    }
    for option in ["backward", "full"] {
        judge.exclude_if(
            replay,
            option,
            &["replay"],
            "it compares with the last version alone, and the log holds older ones",
        );
    }
    for option in ["forward", "full"] {
        judge.exclude_if(
            several,
            option,
            &["versions-in-use"],
            format!("it compares with the last version alone, and {count} are in use"),
        );
    }
    judge.line(
        "messages of the old schema are read after a change",
        "as long as they are kept",
        facts.number("retention"),
        "d",
    );
    judge.advise(match (old_meets_new, new_meets_old) {
        (false, _) => "Deploy all consumers, then producers.",
        (true, false) => "Deploy all producers, then consumers.",
        (true, true) => "Any order; a field is only added or deleted if it has a default.",
    });
}
