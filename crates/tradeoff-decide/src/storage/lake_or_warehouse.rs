//! `lake-or-warehouse`: who owns the files that tables consist of.

use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// Whether tables live in a warehouse, in files of a lake, or in files with a transaction log.
    ///
    /// # Why
    /// A warehouse is the least work while SQL is all that is asked and it alone asks: it brings
    /// storage, transactions and tuning. The second engine, be it a notebook, a training job or
    /// another query engine, either goes through it or copies out of it, and pays each time. Files
    /// in open formats are read by all; but files alone know no transaction, so that a reader sees
    /// half of a change and two writers lose one. A table format is the log that mends it.
    ///
    /// # Examples
    /// ```facts answers warehouse
    /// sql-only = true
    /// engines = 1
    /// ```
    /// ```facts answers lakehouse
    /// engines = 3
    /// updates = true
    /// ```
    /// Files that are only ever added:
    /// ```facts answers lake
    /// engines = 3
    /// updates = false
    /// ```
    /// ```facts flips lakehouse engines 2
    /// sql-only = true
    /// engines = 1
    /// ```
    ///
    /// # Limits
    /// Warehouses read and write open table formats by now, with limits that differ: with one that
    /// writes yours, it is an engine of a lakehouse. Cost depends on how much is scanned, and is not
    /// compared here.
    ///
    /// # Sources
    /// Guide, section 7, "Data Lake vs. Data Warehouse vs. Lakehouse". Armbrust et al., "Lakehouse",
    /// CIDR 2021.
    pub const TOPIC = Topic {
        id: "lake-or-warehouse",
        title: "Lake, warehouse or lakehouse?",
        noun: "Lake or warehouse",
        section: "7",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

static FACTS: &[Fact] = &[
    Fact::flag("sql-only")
        .asks("Is SQL all that is asked of it?")
        .why("Training and notebooks read files, not result sets", "guide, section 7")
        .or(Value::Flag(true))
        .from(|seen, _| {
            let sets = seen.named("data.datasets");
            let fed = sets.iter().filter_map(|it| seen.stated(it, "feeds"));
            let feeds: Vec<bool> = fed.map(|it| it.0.says("models")).collect();
            let any = feeds.iter().any(|it| *it);
            (!feeds.is_empty()).then(|| Known::derived("data.datasets", Value::Flag(!any)))
        }),
    Fact::count("engines", "engines", 1.0, 1e3)
        .asks("How many engines read or write the same tables?")
        .why("A warehouse's storage is read through the warehouse", "guide, section 7")
        .or(Value::Number(1.0))
        .from(|seen, _| {
            let pipelines = seen.named("data.pipelines");
            let stated = pipelines.iter().filter_map(|it| seen.stated(it, "engine")?.0.text());
            let mut engines: Vec<&str> = stated.collect();
            engines.sort_unstable();
            engines.dedup();
            let count = engines.len() as f64;
            (count > 0.0).then(|| Known::derived("data.pipelines", Value::Number(count)))
        }),
    Fact::flag("updates")
        .asks("Are rows changed or deleted, or do several write at once?")
        .why("Files alone know no transaction", "guide, section 7: no ACID")
        .or(Value::Flag(true))
        .from(updates),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "lake",
        title: "Files in a bucket",
        reversal: Reversal::Weeks,
        undo: "a table format is put over the files, or they are loaded",
        door: "write Parquet by a schema that is checked, under names that a catalog knows",
        boring: 1,
    },
    Opt {
        id: "warehouse",
        title: "A warehouse",
        reversal: Reversal::Months,
        undo: "tables are exported, and every query and permission is moved",
        door: "keep the raw data in your own bucket, and transformations in SQL under version control",
        boring: 2,
    },
    Opt {
        id: "lakehouse",
        title: "Files with a transaction log (Iceberg, Delta, Hudi)",
        reversal: Reversal::Weeks,
        undo: "the files are Parquet: they are loaded, or registered in another format",
        door: "choose a format that two of your engines can write, and own the catalog",
        boring: 3,
    },
];

/// Whether a dataset is changed in place, or has several writers.
fn updates(seen: &Seen<'_>, _: &Subject) -> Option<Known> {
    let sets = seen.named("data.datasets");
    let stated: Vec<bool> = sets
        .iter()
        .filter_map(|it| {
            let append = seen.stated(it, "append_only").and_then(|it| it.0.flag());
            let writers = seen.stated(it, "writers").and_then(|it| it.0.number());
            match (append, writers) {
                (None, None) => None,
                _ => Some(append == Some(false) || writers.is_some_and(|it| it > 1.0)),
            }
        })
        .collect();
    let any = stated.iter().any(|it| *it);
    (!stated.is_empty()).then(|| Known::derived("data.datasets", Value::Flag(any)))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    if seen.named("data.datasets").is_empty() { Vec::new() } else { vec![seen.whole()] }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let engines = facts.number("engines");
    let sql = facts.flag("sql-only");
    judge.exclude_if(
        engines > 1.0,
        "warehouse",
        &["engines"],
        format!(
            "{} of {} engines would read copies, or through it",
            plain(engines - 1.0),
            plain(engines)
        ),
    );
    judge.exclude_if(
        !sql,
        "warehouse",
        &["sql-only"],
        "what is no SQL would read copies, or through it",
    );
    judge.exclude_if(
        facts.flag("updates"),
        "lake",
        &["updates"],
        "files know no transaction: a reader sees half of a change, and of two writers one is lost",
    );
    if sql && engines <= 1.0 {
        judge.serves("transactions and tuning that nobody has to run", &["warehouse"]);
    }
}
