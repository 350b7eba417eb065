//! `column-change`: changing a table that is in use.

use crate::subjects::quoted;
use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// How a column of a table in use is added, filled, renamed or dropped.
    ///
    /// # Why
    /// Two things break: statements that wait for a lock, and versions of the application that know
    /// another schema. Every `ALTER TABLE` takes a lock for a moment, and waits for it behind the
    /// longest transaction, with all others behind it. And during a deploy both versions run, so
    /// that each schema has to fit two of them.
    ///
    /// # Examples
    /// ```facts answers add-with-lock-timeout
    /// change = add-nullable
    /// ```
    /// A million rows in 100 batches of 10,000, each 200 ms and a pause:
    /// ```facts answers default-backfill-validate
    /// change = add-not-null
    /// rows = 1M
    /// ```
    /// A constant that all rows get needs no backfill, from Postgres 11 on:
    /// ```facts answers add-with-lock-timeout
    /// change = add-not-null
    /// constant-default = true
    /// ```
    /// ```facts answers expand-contract
    /// change = rename
    /// ```
    /// ```facts answers drop-after-last-reader
    /// change = drop
    /// ```
    /// Before version 11 the same statement rewrote the table under its lock:
    /// ```facts flips default-backfill-validate version 10
    /// change = add-not-null
    /// constant-default = true
    /// version = 16
    /// ```
    ///
    /// # Limits
    /// It is about Postgres; `MySQL` has its own rules (`ALGORITHM=INSTANT`). Foreign keys and
    /// indexes have steps of their own: `NOT VALID` and `CONCURRENTLY`. A backfill makes as many dead
    /// rows as it changes, and replicas fall behind by it: watch both between batches.
    ///
    /// # Sources
    /// Guide, section 16, "Database Schema Migration Without Downtime"; errata `alter-takes-a-lock`,
    /// `default-too-late`, `set-default-never-scans`, `backfill-unbatched`, `not-null-unfinished`
    /// and `contract-too-early`. `PostgreSQL`, "ALTER TABLE".
    pub const TOPIC = Topic {
        id: "column-change",
        title: "How is a column changed while the table is in use?",
        noun: "Column change",
        section: "16",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

const CHANGES: &[&str] = &["add-nullable", "add-not-null", "rename", "retype", "drop"];
/// The version from which on a column with a constant default is added without a rewrite.
const CHEAP: f64 = 11.0;
/// The version from which on `SET NOT NULL` believes a validated check.
const BELIEVES: f64 = 12.0;
/// The version from which on a `NOT NULL` constraint may itself be `NOT VALID` at first.
const NOT_VALID: f64 = 18.0;

static FACTS: &[Fact] = &[
    Fact::choice("change", CHANGES)
        .asks("What is to be done to the column?")
        .why("Each breaks something else", "guide, section 16"),
    Fact::flag("constant-default")
        .asks("Is the value of the rows that are there one constant?")
        .why("Then it is kept once, not in each row", "errata set-default-never-scans")
        .or(Value::Flag(false)),
    Fact::count("version", "", 9.0, 99.0)
        .asks("Which major version of Postgres is it?")
        .why("What is cheap has changed with versions", "errata not-null-unfinished")
        .or(Value::Number(16.0))
        .from(|seen, it| {
            let store = seen.stores().into_iter().nth(it.at)?;
            let (version, path) = seen.stated(&store, "version")?;
            let major = version
                .number()
                .or_else(|| version.text().and_then(|it| it.split('.').next()?.parse().ok()))?;
            Some(Known::at(path, Value::Number(major)))
        }),
    Fact::count("rows", "rows", 0.0, 1e12)
        .asks("How many rows are there?")
        .why("It is how long a backfill takes", "arithmetic")
        .or(Value::Number(1e6))
        .from(|seen, it| seen.number(it, "rows", 1.0)),
    Fact::count("batch", "rows", 1.0, 1e7)
        .asks("How many rows does a batch of the backfill change?")
        .why("Its locks are kept until it commits", "guide, section 16: 10,000")
        .or(Value::Number(1e4)),
    Fact::number("batch-time", "ms", 0.1, 1e7)
        .asks("How long does a batch take, in ms?")
        .why("So long others wait for its rows", "errata backfill-unbatched")
        .or(Value::Number(200.0)),
    Fact::number("pause", "ms", 0.0, 1e7)
        .asks("How long is the pause between batches, in ms?")
        .why("Vacuum and replicas catch up in it", "errata backfill-unbatched")
        .or(Value::Number(100.0)),
    Fact::number("row-size", "B", 1.0, 1e6)
        .asks("How large is a row, in bytes?")
        .why("A changed row is written anew", "PostgreSQL, Routine Vacuuming")
        .or(Value::Number(200.0)),
    Fact::number("statements", "/s", 0.0, 1e7)
        .asks("How many statements a second use the table?")
        .why("They wait behind the one that waits for the lock", "errata alter-takes-a-lock")
        .or(Value::Number(100.0)),
    Fact::number("longest-transaction", "s", 0.0, 1e6)
        .asks("How long is the longest transaction on the table, reports included, in seconds?")
        .why("ALTER TABLE waits for it, and all others wait behind", "errata alter-takes-a-lock")
        .or(Value::Number(60.0)),
    Fact::number("lock-timeout", "s", 0.001, 3600.0)
        .asks("For how many seconds may ALTER TABLE wait for its lock before it tries again?")
        .why("So long others wait behind it", "errata alter-takes-a-lock")
        .or(Value::Number(2.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "add-with-lock-timeout",
        title: "One statement, with a lock timeout and retries",
        reversal: Reversal::Days,
        undo: "drop the column, in the same way",
        door: "deploy code that does without the column first",
        boring: 1,
    },
    Opt {
        id: "default-backfill-validate",
        title: "Column and default, backfill in batches, constraint not valid, then validated",
        reversal: Reversal::Days,
        undo: "drop the constraint, then the column",
        door: "make the backfill repeatable: it skips the rows that are done",
        boring: 2,
    },
    Opt {
        id: "expand-contract",
        title: "A second column: write both, backfill, read the new, write the new, drop the old",
        reversal: Reversal::Weeks,
        undo: "until the old one is dropped: read it again",
        door: "keep writing the old column until no version that reads it can come back",
        boring: 3,
    },
    Opt {
        id: "drop-after-last-reader",
        title: "Stop using it, deploy that everywhere, then drop it",
        reversal: Reversal::Never,
        undo: "what was in it comes from a backup, or not at all",
        door: "take the right to read it away for a week first: whoever still does will say so",
        boring: 4,
    },
];

/// Tables of the stores that are Postgres, or do not say what they are.
fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut tables = Vec::new();
    for store in seen.stores() {
        let kind = seen.architecture.stores[store.at].kind.as_ref();
        let postgres = kind.is_none_or(|it| it.value == "postgres");
        let Some((all, path)) = seen.stated(&store, "tables").filter(|_| postgres) else {
            continue;
        };
        tables.extend(all.entries().map(|(name, _)| Subject {
            name: format!("{}.{name}", store.name),
            path: format!("{path}.{}", quoted(name)),
            at: store.at,
        }));
    }
    tables
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let change = facts.choice("change");
    let [version, rows, batch] = ["version", "rows", "batch"].map(|it| facts.number(it));
    let [time, pause, size] = ["batch-time", "pause", "row-size"].map(|it| facts.number(it));
    let [statements, longest, limit] =
        ["statements", "longest-transaction", "lock-timeout"].map(|it| facts.number(it));
    let cheap = facts.flag("constant-default") && version >= CHEAP;
    let batches = libm::ceil(rows / batch);
    let backfill = batches * (time + pause) / 1e3;
    let old = ["rename", "retype"].contains(&change);

    judge.exclude_if(
        change == "add-not-null" && !cheap,
        "add-with-lock-timeout",
        &["change", "constant-default", "version"],
        format!(
            "{} rows have no value yet: the statement fails, or rewrites all of them",
            plain(rows)
        ),
    );
    judge.exclude_if(
        old,
        "add-with-lock-timeout",
        &["change"],
        "versions that run beside it know the column as it was: one statement breaks them",
    );
    judge.exclude_if(
        change == "drop",
        "add-with-lock-timeout",
        &["change"],
        "a version that still runs reads the column: the drop is a deploy of its own",
    );
    judge.exclude_if(
        change != "add-not-null" || cheap,
        "default-backfill-validate",
        &["change", "constant-default", "version"],
        "there are no rows to be filled",
    );
    judge.exclude_if(
        !old,
        "expand-contract",
        &["change"],
        "no version has to know two columns for one thing",
    );
    judge.exclude_if(change != "drop", "drop-after-last-reader", &["change"], "nothing goes away");

    let lock = longest.min(limit);
    judge.line(
        "statements that wait behind the lock",
        format!("{}/s x {} s", plain(statements), plain(lock)),
        statements * lock,
        "",
    );
    judge.line(
        "the same without a lock timeout",
        format!("{}/s x {} s", plain(statements), plain(longest)),
        statements * longest,
        "",
    );
    if change != "add-nullable" && change != "drop" && !cheap {
        let text = format!("{} / {} rows", plain(rows), plain(batch));
        judge.line("batches", text, batches, "");
        judge.line(
            "backfill",
            format!("{} x ({} ms + {} ms)", plain(batches), plain(time), plain(pause)),
            backfill,
            "s",
        );
        judge.line(
            "dead rows",
            format!("{} x {} B", plain(rows), plain(size)),
            rows * size / 1e6,
            "MB",
        );
    }
    match change {
        "add-not-null" if cheap => judge.advise(
            "One statement: ADD COLUMN .. NOT NULL DEFAULT <constant>, under SET lock_timeout.",
        ),
        "add-not-null" if version >= NOT_VALID => judge.advise(
            "The default, or the code that writes the column, comes before the backfill. Then ADD \
             CONSTRAINT .. NOT NULL .. NOT VALID, and VALIDATE it.",
        ),
        "add-not-null" if version >= BELIEVES => judge.advise(
            "The default, or the code that writes the column, comes before the backfill. Then a CHECK \
             .. NOT VALID, VALIDATE, SET NOT NULL (which believes the check), and drop the check.",
        ),
        "add-not-null" => judge.advise(
            "The default, or the code that writes the column, comes before the backfill. Then a CHECK \
             .. NOT VALID, VALIDATE; SET NOT NULL would scan the table under its lock.",
        ),
        _ if old => judge.advise(
            "Five deploys: add the column; write both; after the backfill read the new one; write the \
             new one only; drop the old one once no instance that knows it is left.",
        ),
        _ => {}
    }
}
