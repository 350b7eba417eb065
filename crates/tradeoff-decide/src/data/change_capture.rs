//! `change-capture`: how changes of a database become messages.

use crate::value::plain;
use crate::{Answers, Fact, Is, Judge, Opt, Reversal, Seen, Standing, Subject, Today, Value};

topic! {
    /// How others hear of what changes in a database: an outbox, its log, queries, or triggers.
    ///
    /// # Why
    /// Writing to the database and to the broker from the application is two writes: a crash in
    /// between loses one of them, and two of them may land in different orders. So there is one
    /// write, and the message follows from it. An outbox is a row of the same transaction that says
    /// what happened in words of the business; the log has every row as it is, also those that no
    /// application wrote; a query by time of change polls every table, and sees neither deletes nor
    /// what changed twice in between. Triggers see all of it without the log, as code that runs in
    /// every write.
    ///
    /// # Examples
    /// ```facts answers outbox
    /// events-mean-business = true
    /// ```
    /// A copy of all tables for analysis:
    /// ```facts answers log-based-cdc
    /// every-row = true
    /// log-access = true
    /// ```
    /// A database of a vendor, whose log nobody may read:
    /// ```facts answers query-based-cdc
    /// every-row = true
    /// log-access = false
    /// ```
    /// Deletes included, that takes triggers, if they may be created there:
    /// ```facts answers trigger-based-cdc
    /// every-row = true
    /// log-access = false
    /// deletes = true
    /// ```
    /// ```facts answers none
    /// every-row = true
    /// log-access = false
    /// deletes = true
    /// triggers-allowed = false
    /// ```
    /// Where the log may be read, nothing is polled:
    /// ```facts answers log-based-cdc
    /// code-changeable = false
    /// log-access = true
    /// ```
    /// Every row and events of the business are two decisions:
    /// ```facts answers none
    /// every-row = true
    /// log-access = true
    /// events-mean-business = true
    /// ```
    /// While its reader stands still the log is kept: at 1 MB/s 100 GB last for 27 hours.
    /// ```facts flips query-based-cdc outage 27.8h
    /// every-row = true
    /// log-access = true
    /// ```
    ///
    /// # Limits
    /// All of them deliver at least once. An outbox has to be read by something: by polling, or by
    /// the log. How fast a log is read is not compared; all that it is asked for is whether it keeps
    /// up.
    ///
    /// # Sources
    /// Guide, section 13, "Change Data Capture", and section 16, "Dual-Write Pitfalls". `PostgreSQL`,
    /// "Overview of Trigger Behavior": they run in the transaction that fires them. Debezium,
    /// "Outbox Event Router" and "`PostgreSQL` connector: WAL disk space consumption". `PostgreSQL`,
    /// `max_slot_wal_keep_size`.
    pub const TOPIC = Topic {
        id: "change-capture",
        title: "How do changes of the database become messages?",
        noun: "Change capture",
        section: "13",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(today),
    };
}

static FACTS: &[Fact] = &[
    Fact::flag("every-row")
        .asks("Is every change of a row needed, whoever made it?")
        .why(
            "Repairs by hand and batches write no outbox",
            "guide, section 13: every row-level change",
        )
        .or(Value::Flag(false)),
    Fact::flag("events-mean-business")
        .asks("Do consumers need to know what happened, not which columns changed?")
        .why("`order cancelled` is no difference of two rows", "guide, section 16")
        .or(Value::Flag(false)),
    Fact::flag("code-changeable")
        .asks("Can the code that writes be changed?")
        .why("An outbox is written by it", "guide, section 16")
        .or(Value::Flag(true)),
    Fact::flag("log-access")
        .asks("May the log of the database be read (logical replication, binlog)?")
        .why("Log-based capture is a reader of it", "guide, section 13")
        .or(Value::Flag(false)),
    Fact::flag("triggers-allowed")
        .asks("May triggers be created on its tables?")
        .why("They write each change to a table that is read", "PostgreSQL, Triggers")
        .or(Value::Flag(true)),
    Fact::flag("deletes")
        .asks("Must deletes be seen, and every state in between?")
        .why("A row that is gone answers no query", "guide, section 13: polling queries")
        .or(Value::Flag(false)),
    Fact::number("fresh-within", "s", 0.001, 1e7)
        .asks("How old may a change be when it is heard, in seconds?")
        .why("A query hears of it when it runs next", "arithmetic")
        .or(Value::Number(60.0)),
    Fact::number("every", "s", 0.001, 1e7)
        .asks("How often can the database be queried for what has changed, in seconds?")
        .why("Each query reads an index of all tables", "guide, section 13: expensive polling")
        .or(Value::Number(30.0))
        .from(|seen, it| {
            let captures = seen.named("data.captures");
            let own = captures.iter().find(|capture| {
                seen.stated(capture, "store").is_some_and(|store| store.0.says(&it.name))
            })?;
            seen.time(own, "every", 1.0)
        }),
    Fact::number("log-rate", "MB/s", 0.0, 1e5)
        .asks("How much log does the database write, in MB a second?")
        .why("It is kept for a reader that stands still", "Debezium, WAL disk space consumption")
        .or(Value::Number(1.0)),
    Fact::number("outage", "h", 0.0, 1000.0)
        .asks("For how long may the reader of the log stand still, in hours?")
        .why("A night without anybody, a week-end", "Debezium, WAL disk space consumption")
        .or(Value::Number(12.0)),
    Fact::number("room", "GB", 0.0, 1e6)
        .asks("How much room for log does the database's disk have, in GB?")
        .why("A full disk stops the database", "PostgreSQL, `max_slot_wal_keep_size`")
        .or(Value::Number(100.0))
        .from(|seen, it| {
            let captures = seen.named("data.captures");
            let own = captures.iter().find(|capture| {
                seen.stated(capture, "store").is_some_and(|store| store.0.says(&it.name))
            })?;
            seen.number(own, "max_lag", 1e-9)
        }),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "outbox",
        title: "An outbox in the same transaction",
        reversal: Reversal::Weeks,
        undo: "the row is no longer written, once no consumer is left",
        door: "give messages a schema of their own, not that of a table",
        boring: 1,
    },
    Opt {
        id: "query-based-cdc",
        title: "Queries by time of change",
        reversal: Reversal::Weeks,
        undo: "the job is stopped",
        door: "index the time of change, and let consumers take a row twice",
        boring: 2,
    },
    Opt {
        id: "log-based-cdc",
        title: "The log of the database (Debezium and alike)",
        reversal: Reversal::Weeks,
        undo: "the connector and its slot are dropped: the slot too, or the log is kept forever",
        door: "publish a view for consumers, not the tables: columns change",
        boring: 3,
    },
    Opt {
        id: "trigger-based-cdc",
        title: "Triggers that write each change to a table",
        reversal: Reversal::Weeks,
        undo: "the triggers are dropped, and their table",
        door: "generate the triggers from the list of tables, and empty what has been read",
        boring: 4,
    },
];

fn today(seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
    let captures = seen.named("data.captures");
    let own = captures.iter().find(|capture| {
        seen.stated(capture, "store").is_some_and(|store| store.0.says(&subject.name))
    })?;
    let (method, path) = seen.stated(own, "method")?;
    let words = method.text()?;
    let option = match words {
        "log" => Some("log-based-cdc"),
        "query" => Some("query-based-cdc"),
        "trigger" => Some("trigger-based-cdc"),
        "outbox" => Some("outbox"),
        _ => None,
    };
    Some(Standing::at(path, words, Is::of(option)))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let captures = seen.named("data.captures");
    let mut stores = seen.stores();
    stores.retain(|store| {
        let of = |it: &Subject| seen.stated(it, "store").is_some_and(|it| it.0.says(&store.name));
        captures.iter().any(of)
    });
    stores
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [fresh, every, rate, outage, room] =
        ["fresh-within", "every", "log-rate", "outage", "room"].map(|it| facts.number(it));
    let kept = rate * outage * 3.6;
    let text = format!("{} MB/s x {} h", plain(rate), plain(outage));

    judge.exclude_if(
        facts.flag("every-row"),
        "outbox",
        &["every-row"],
        "what a batch or a person changes by SQL writes no outbox",
    );
    judge.exclude_if(
        !facts.flag("code-changeable"),
        "outbox",
        &["code-changeable"],
        "the code that writes cannot be changed",
    );
    judge.exclude_if(
        !facts.flag("log-access"),
        "log-based-cdc",
        &["log-access"],
        "the log may not be read",
    );
    judge.exclude_if(
        kept > room,
        "log-based-cdc",
        &["log-rate", "outage", "room"],
        format!(
            "the log of an outage of its reader is {text} = {} GB, and there is room for {}",
            plain(kept),
            plain(room)
        ),
    );
    judge.exclude_if(
        facts.flag("deletes"),
        "query-based-cdc",
        &["deletes"],
        "a row that is gone, or that changed twice in between, answers no query",
    );
    judge.exclude_if(
        every > fresh,
        "query-based-cdc",
        &["every", "fresh-within"],
        format!(
            "a change is heard after up to {} s, and may be {} s old",
            plain(every),
            plain(fresh)
        ),
    );
    judge.exclude_if(
        !facts.flag("triggers-allowed"),
        "trigger-based-cdc",
        &["triggers-allowed"],
        "no trigger may be created on its tables",
    );
    for option in ["query-based-cdc", "log-based-cdc", "trigger-based-cdc"] {
        judge.exclude_if(
            facts.flag("events-mean-business"),
            option,
            &["events-mean-business"],
            "a difference of two rows does not say what happened",
        );
    }
    if facts.flag("every-row") {
        let all = ["log-based-cdc", "trigger-based-cdc"];
        judge.serves("every change, in its order", &all);
    }
    judge.serves(
        "hearing of changes without polling every table",
        &["outbox", "log-based-cdc", "trigger-based-cdc"],
    );
    judge.serves(
        "leaving writes without hidden code",
        &["outbox", "query-based-cdc", "log-based-cdc"],
    );
    judge.line("log that is kept while its reader stands still", text, kept, "GB");
    let hours = if rate > 0.0 { room / rate / 3.6 } else { f64::INFINITY };
    let text = format!("{} GB / {} MB/s", plain(room), plain(rate));
    judge.line("outage of the reader that fits", text, hours, "h");
    judge.line("age of a change when a query hears of it, on average", "", every / 2.0, "s");
    judge.advise(
        "Never write to the database and to the broker from the application: it is not atomic, and \
         what was lost between the two is not found.",
    );
}
