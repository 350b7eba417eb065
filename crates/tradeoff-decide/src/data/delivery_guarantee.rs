//! `delivery-guarantee`: what becomes of a message when something crashes.

use crate::delivery::{per_crash, share, times_processed, worst_crash};
use crate::value::plain;
use crate::{
    Answers, Fact, Is, Judge, Known, Opt, Reversal, Seen, Standing, Subject, Today, Value,
};

topic! {
    /// What a consumer does so that a crash loses nothing, or repeats nothing.
    ///
    /// # Why
    /// A consumer saves its position every so often. Saved before the work, a crash loses what was
    /// not done yet; saved after it, a crash does again what was done since: half an interval of
    /// messages on average, a whole one at worst. At 100 a second and a save every 5 s that is 250
    /// and 500 for each crash. Neither is removed by a setting of the broker: to do a message again
    /// has to be the same as doing it once, or effect and position have to be saved in one
    /// transaction, which only a sink that holds both can do.
    ///
    /// # Examples
    /// Samples of a metric:
    /// ```facts answers at-most-once
    /// loss-acceptable = true
    /// ```
    /// Mails, charges, rows elsewhere:
    /// ```facts answers at-least-once-idempotent
    /// sink = outside
    /// ```
    /// From topic to topic:
    /// ```facts answers kafka-transactions
    /// sink = kafka
    /// ```
    /// Counters in a database, which are not the same when counted twice:
    /// ```facts answers position-with-effect
    /// sink = database
    /// idempotent = false
    /// ```
    /// An effect outside that can neither be repeated nor recognized:
    /// ```facts answers none
    /// sink = outside
    /// idempotent = false
    /// ```
    /// ```facts flips at-most-once loss-acceptable true
    /// sink = outside
    /// ```
    ///
    /// # Limits
    /// Crashes come at any moment of an interval, and the consumer is back at once. A producer that
    /// retries makes duplicates too, unless it is idempotent. A compacted topic with keys is an
    /// idempotent sink, once compaction has run. Redelivery out of order is another matter.
    ///
    /// # Sources
    /// Guide, section 13, "Exactly-Once Semantics"; errata `exactly-once-where`. Apache Kafka,
    /// "Message Delivery Semantics"; KIP-98, "Exactly Once Delivery and Transactional Messaging".
    pub const TOPIC = Topic {
        id: "delivery-guarantee",
        title: "What becomes of a message when something crashes?",
        noun: "Delivery guarantee",
        section: "13",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(today),
    };
}

/// Seconds in a day.
const DAY: f64 = 86_400.0;

const SINKS: &[&str] = &["outside", "database", "kafka"];

static FACTS: &[Fact] = &[
    Fact::flag("loss-acceptable")
        .asks("May a message be lost now and then?")
        .why("Then nothing has to be done about duplicates either", "guide, section 13")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (promise, path) = seen.stated(it, "delivery")?;
            Some(Known::at(path, Value::Flag(promise.says("at-most-once"))))
        }),
    Fact::choice("sink", SINKS)
        .asks("Where does the effect of a message go: outside, into one database, or into Kafka?")
        .why("A transaction covers only what its own system holds", "errata exactly-once-where")
        .or(Value::Choice("outside")),
    Fact::flag("idempotent")
        .asks("Can doing a message twice be made the same as doing it once?")
        .why("By an upsert, or a key that the receiver remembers", "guide, section 13")
        .or(Value::Flag(true)),
    Fact::number("rate", "/s", 0.0, 1e8)
        .asks("How many messages come a second?")
        .why("Times the interval it is what one crash repeats or loses", "arithmetic")
        .or(Value::Number(100.0)),
    Fact::number("save-every", "s", 0.0, 1e5)
        .asks("How often is the position saved, in seconds?")
        .why("What came since is repeated, or lost", "Apache Kafka, auto.commit.interval.ms")
        .or(Value::Number(5.0)),
    Fact::number("crashes", "a day", 0.0, 1e5)
        .asks("How often a day does a consumer crash or is its partition moved, deploys included?")
        .why("Each repeats or loses once", "arithmetic")
        .or(Value::Number(2.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "at-most-once",
        title: "Save the position, then do it",
        reversal: Reversal::Days,
        undo: "the order of two lines, once repeating is harmless",
        door: "count messages at both ends, so that it is known how many are lost",
        boring: 1,
    },
    Opt {
        id: "at-least-once-idempotent",
        title: "Do it, then save the position; twice is as once",
        reversal: Reversal::Weeks,
        undo: "keys are no longer looked up",
        door: "carry a key from where the message was born, and remember it for as long as it may return",
        boring: 2,
    },
    Opt {
        id: "position-with-effect",
        title: "Effect and position in one transaction of the database",
        reversal: Reversal::Weeks,
        undo: "the position goes back to the broker",
        door: "let one table hold a position for each partition",
        boring: 3,
    },
    Opt {
        id: "kafka-transactions",
        title: "Transactions of Kafka",
        reversal: Reversal::Weeks,
        undo: "consumers read uncommitted again, and have to bear duplicates",
        door: "let every consumer of the result read committed messages only",
        boring: 4,
    },
];

/// How a message takes effect no more than once is up to its consumers.
fn today(seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
    let (delivery, path) = seen.stated(subject, "delivery")?;
    let once = delivery.says("at-most-once");
    let is = if once { Is::One("at-most-once") } else { Is::Untold };
    Some(Standing::at(path, delivery.text()?, is))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    seen.named("topics")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let sink = facts.choice("sink");
    let idempotent = facts.flag("idempotent");
    let [rate, every, crashes] = ["rate", "save-every", "crashes"].map(|it| facts.number(it));
    let mean = per_crash(rate, every);
    let text = format!("{}/s x {} s", plain(rate), plain(every));

    judge.exclude_if(
        !facts.flag("loss-acceptable"),
        "at-most-once",
        &["loss-acceptable", "rate", "save-every"],
        format!("a crash loses {text} / 2 = {} messages on average", plain(mean)),
    );
    judge.exclude_if(
        !idempotent,
        "at-least-once-idempotent",
        &["idempotent"],
        format!("a crash repeats {text} / 2 = {} messages, and twice is not as once", plain(mean)),
    );
    judge.exclude_if(
        sink == "kafka",
        "at-least-once-idempotent",
        &["sink"],
        "a topic appends: what is written twice stands there twice",
    );
    judge.exclude_if(
        sink != "database",
        "position-with-effect",
        &["sink"],
        "effect and position are not in one database, so that no transaction covers both",
    );
    judge.exclude_if(
        sink != "kafka",
        "kafka-transactions",
        &["sink"],
        "they cover what is read from and written to Kafka, and nothing beside it",
    );
    judge.line("repeated or lost by a crash, on average", format!("{text} / 2"), mean, "");
    judge.line("at worst", text, worst_crash(rate, every), "");
    let text = format!("{} x {} a day", plain(mean), plain(crashes));
    judge.line("in a day", text, mean * crashes, "");
    let text = format!("{} s / 2 x {} / 86,400 s", plain(every), plain(crashes));
    judge.line("share of all messages", text, share(every, crashes / 24.0) * 100.0, "%");
    if rate > 0.0 {
        // Saved after every message at the most.
        let batch = (rate * every).max(1.0);
        let crash = (crashes / (rate * DAY)).min(1.0);
        judge.line(
            "times that a message is done, on average",
            format!("saved after {} messages, {} crashes a day", plain(batch), plain(crashes)),
            times_processed(batch, crash),
            "",
        );
    }
}
