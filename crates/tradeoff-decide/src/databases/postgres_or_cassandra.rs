//! `postgres-or-cassandra`: many writes.

use super::primary_database::{subjects, write_rate};
use super::{COMMITS, ROWS, SHARDED, Writes, kind};
use crate::value::plain;
use crate::{
    Answers, Fact, Is, Judge, Known, Opt, Reversal, Seen, Standing, Subject, Today, Value,
};

topic! {
    /// Whether a store with many writes is Postgres or Cassandra.
    ///
    /// # Why
    /// Cassandra appends: a write is a line in a log and an entry in memory, on as many nodes as
    /// there are. A read may have to merge several files, and one that does not know its partition
    /// asks every node. Postgres writes on one node, and answers everything. So many writes are a
    /// reason only beyond one node, and only where reads know their partition. Elsewhere several
    /// nodes of Postgres share them: sharding is the last resort, and then it is due.
    ///
    /// # Examples
    /// ```facts answers postgres
    /// write-rate = 5k
    /// ```
    /// ```facts answers cassandra
    /// write-rate = 250k
    /// reads-by-partition-key = true
    /// ```
    /// Too much for one node, and read in ways that Cassandra answers from all nodes:
    /// ```facts answers sharded-postgres
    /// write-rate = 250k
    /// reads-by-partition-key = false
    /// ```
    /// Nor does it change rows by condition at that rate:
    /// ```facts answers sharded-postgres
    /// write-rate = 250k
    /// reads-by-partition-key = true
    /// conditional-updates = true
    /// ```
    /// Rows that are written a hundred at a time are a hundredth of the commits:
    /// ```facts answers postgres
    /// write-rate = 250k
    /// batch = 100
    /// reads-by-partition-key = true
    /// ```
    /// but they are as many rows:
    /// ```facts flips cassandra write-rate 321k
    /// write-rate = 250k
    /// batch = 100
    /// reads-by-partition-key = true
    /// ```
    /// ```facts flips cassandra write-rate 101k
    /// write-rate = 5k
    /// reads-by-partition-key = true
    /// ```
    ///
    /// # Limits
    /// The 100,000 writes a second of a node are the guide's figure, and the 320,000 rows in
    /// batches were measured on four cores: both depend on rows, indexes, cores and disks, so that
    /// yours have to be measured. The number of nodes is that of even shards.
    ///
    /// # Sources
    /// Guide, section 4, "Cassandra vs. Postgres for Write-Heavy Workloads" and the taxonomy;
    /// errata `isolation-is-a-choice`. Apache Cassandra, "Guarantees". F. Coelho, "Data Loading
    /// Performance of Postgres and `TimescaleDB`", 2019.
    pub const TOPIC = Topic {
        id: "postgres-or-cassandra",
        title: "Is it Postgres or Cassandra?",
        noun: "Postgres or Cassandra",
        section: "4",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(today),
    };
}

/// Round trips between replicas that an update by condition takes in Cassandra (Paxos).
const ROUNDS: f64 = 4.0;

static FACTS: &[Fact] = &[
    Fact::number("write-rate", "/s", 0.0, 1e9)
        .asks("How many rows a second are written at the peak?")
        .why("One node of a relational database takes about 100,000", "guide, section 4")
        .or(Value::Number(0.0))
        .from(write_rate),
    Fact::count("batch", "rows", 1.0, 1e5)
        .asks("How many rows can be written with one statement?")
        .why("What is committed together costs one commit", "PostgreSQL, Populating a Database")
        .or(Value::Number(1.0)),
    Fact::flag("reads-by-partition-key")
        .asks("Does every read know the key of its partition?")
        .why("One that does not asks every node", "guide, section 4")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (key, path) = seen.stated(it, "partition_key")?;
            let (patterns, _) = seen.stated(it, "access_patterns")?;
            let reads = |pattern: &tradeoff_model::Fact| {
                !pattern.get("writes").and_then(tradeoff_model::Fact::flag).unwrap_or(false)
            };
            let by = |pattern: &tradeoff_model::Fact| {
                let columns = pattern.get("by");
                let has = |part: &tradeoff_model::Fact| {
                    part.text().is_some_and(|it| columns.is_some_and(|by| by.says(it)))
                };
                key.items().iter().all(has)
            };
            let all = patterns.entries().filter(|it| reads(it.1)).all(|it| by(it.1));
            Some(Known::derived(path, Value::Flag(all)))
        }),
    Fact::flag("conditional-updates")
        .asks("Do many writes depend on what the row holds at that moment?")
        .why("Such a write takes several round trips in Cassandra", "errata isolation-is-a-choice")
        .or(Value::Flag(false)),
    Fact::number("round-trip", "ms", 0.01, 1000.0)
        .asks("How long does a message between replicas take there and back, in ms?")
        .why("It shows how long an update by condition takes", "Apache Cassandra, Guarantees")
        .or(Value::Number(1.0)),
    Fact::count("copies", "copies", 1.0, 20.0)
        .asks("On how many nodes is each row kept?")
        .why("Each write is done on all of them", "Apache Cassandra, Dynamo: replication")
        .or(Value::Number(3.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "postgres",
        title: "Postgres",
        reversal: Reversal::Months,
        undo: "a migration of the data and of every query, with both running for months",
        door: "partition the table by time, and write through one module that can batch",
        boring: 1,
    },
    SHARDED,
    Opt {
        id: "cassandra",
        title: "Cassandra",
        reversal: Reversal::Never,
        undo: "tables follow the queries of today: another store means reading and writing all anew",
        door: "keep the raw events, so that another store can be filled beside it",
        boring: 3,
    },
];

fn today(seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
    let kind = kind(seen, subject)?;
    let sharded = seen.stated(subject, "shards").is_some();
    let is = match kind {
        "postgres" | "aurora-postgres" if sharded => Is::One("sharded-postgres"),
        "postgres" | "aurora-postgres" => Is::One("postgres"),
        "cassandra" | "scylladb" => Is::One("cassandra"),
        _ => Is::NoneOf,
    };
    Some(Standing::at(subject.below("kind"), kind, is))
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let writes = Writes::of(facts);
    let (beyond, sum) = (writes.beyond(), writes.sum());
    judge.exclude_if(
        beyond,
        "postgres",
        &["write-rate", "batch"],
        format!("they are more than one node takes: {sum}"),
    );
    judge.exclude_if(
        !beyond,
        "sharded-postgres",
        &["write-rate", "batch"],
        format!("one node takes them: {sum}; sharding is the last resort"),
    );
    judge.exclude_if(
        !beyond,
        "cassandra",
        &["write-rate", "batch"],
        format!("one node takes them, and answers every query: {sum}"),
    );
    judge.exclude_if(
        !facts.flag("reads-by-partition-key"),
        "cassandra",
        &["reads-by-partition-key"],
        "a read that does not know its partition asks every node",
    );
    let trip = facts.number("round-trip");
    judge.exclude_if(
        facts.flag("conditional-updates"),
        "cassandra",
        &["conditional-updates"],
        format!(
            "an update by condition takes {} round trips, {} ms, and those of a row wait in line: \
             {} a second",
            plain(ROUNDS),
            plain(ROUNDS * trip),
            plain(libm::round(1e3 / (ROUNDS * trip)))
        ),
    );
    if beyond {
        judge.serves("spreading rows over nodes by itself", &["cassandra"]);
    }
    let (rows, copies) = (plain(writes.rows), facts.number("copies"));
    let text = format!("{rows}/s / {}", plain(writes.batch));
    judge.line("commits", text, writes.commits, "/s");
    let (commits, stored) = writes.shares();
    let text = format!("{} / {}", plain(writes.commits), plain(COMMITS));
    judge.line("of the commits that one relational node takes", text, commits * 100.0, "%");
    let text = format!("{rows} / {}", plain(ROWS));
    judge.line("of the rows that it stores in batches", text, stored * 100.0, "%");
    let nodes = libm::ceil(writes.share() - 1e-9).max(1.0);
    judge.line("nodes of Postgres", "the larger of the two, rounded up", nodes, "");
    let all = format!("{rows}/s x {}", plain(copies));
    judge.line("writes of all nodes of Cassandra", all, writes.rows * copies, "/s");
}
