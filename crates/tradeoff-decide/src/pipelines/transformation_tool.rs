//! `transformation-tool`: SQL, Spark, Flink or Kafka Streams.

use crate::value::{plain, with_unit};
use crate::{Answers, Fact, Judge, Known, Means, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// What transforms data: SQL in the warehouse, Spark, Flink, or Kafka Streams.
    ///
    /// # Why
    /// SQL is what most people can read, test and change, and the warehouse runs it. It ends where
    /// data lies elsewhere, where answers are due within seconds, or where what happened before has
    /// to be remembered for each key. Spark ends below a second, Flink asks for people who know it,
    /// Kafka Streams ends at the border of Kafka and at joins of several streams.
    ///
    /// # Examples
    /// ```facts answers sql-dbt
    /// rows-in-warehouse = true
    /// ```
    /// ```facts answers spark
    /// rows-in-warehouse = false
    /// volume = 50TB
    /// ```
    /// A hundred GB of files are read by one machine, with SQL and without a cluster:
    /// ```facts answers sql-dbt
    /// rows-in-warehouse = false
    /// volume = 100GB
    /// ```
    /// Sessions of users, within 100 ms:
    /// ```facts answers flink
    /// stateful = true
    /// latency = 100ms
    /// ```
    /// From topic to topic, at whatever pace:
    /// ```facts answers kafka-streams
    /// within-kafka = true
    /// ```
    /// With nobody who knows streams, something has to give: a slower answer, or learning first.
    /// ```facts answers none
    /// latency = 100ms
    /// stateful = true
    /// streaming-expertise = false
    /// ```
    /// Where a second is enough, small batches do:
    /// ```facts flips spark latency 1s
    /// stateful = true
    /// latency = 100ms
    /// ```
    ///
    /// # Limits
    /// A warehouse with streaming ingestion and refreshed views can be fresher than a minute; take
    /// its figure for `sql-within`. Below half a TB data outside is taken to be loaded into a
    /// database, or read by an embedded analytical one.
    ///
    /// # Sources
    /// Guide, section 6, table of tools; errata `spark-streaming`.
    pub const TOPIC = Topic {
        id: "transformation-tool",
        title: "What transforms the data?",
        noun: "Transformation tool",
        section: "6",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["engine"], MEANS),
    };
}

/// Milliseconds below which Spark is not asked: guide, section 6, "low-latency streaming (<1s)".
const SPARK: f64 = 1000.0;
/// Joins of streams from which on a library inside the consumer is not asked: guide, section 6,
/// "complex stateful joins across multiple streams".
const JOINS: f64 = 2.0;
/// TB that one machine reads within minutes: an SSD reads 3 GB in a second, half a TB in three
/// minutes.
const ONE_MACHINE: f64 = 0.5;

/// Words of the format for an option of another name.
const MEANS: &[Means] = &[("sql", "sql-dbt"), ("dbt", "sql-dbt")];

static FACTS: &[Fact] = &[
    Fact::number("latency", "ms", 1.0, 1e10)
        .asks("How long after an event must its result be there, in milliseconds?")
        .why("It excludes what runs in batches", "guide, section 6, avoid when")
        .or(Value::Number(86_400_000.0))
        .from(|seen, it| seen.time(it, "freshness", 1e-3)),
    Fact::flag("rows-in-warehouse")
        .asks("Does the data lie in a warehouse, or can it be loaded there?")
        .why("SQL runs where the data is", "guide, section 6")
        .or(Value::Flag(true))
        .from(|seen, it| {
            seen.word(it, "runs_in", &["warehouse", "outside"]).map(|it| {
                let inside = it.value == Value::Choice("warehouse");
                Known { value: Value::Flag(inside), ..it }
            })
        }),
    Fact::flag("stateful")
        .asks("Must it remember per key what happened before, beyond what a query can look up?")
        .why("Sessions, deduplication and patterns over time are state", "guide, section 6")
        .or(Value::Flag(false)),
    Fact::flag("within-kafka")
        .asks("Does it read from Kafka and write to Kafka only?")
        .why("Then a library in your own service is enough", "guide, section 6")
        .or(Value::Flag(false))
        .from(within_kafka),
    Fact::count("joins-streams", "joins", 0.0, 100.0)
        .asks("How many joins between streams are there?")
        .why("Each keeps both sides of a window as state", "guide, section 6")
        .or(Value::Number(0.0)),
    Fact::flag("streaming-expertise")
        .asks("Does the team have experience with streaming?")
        .why("Watermarks, checkpoints and late events are learned at night", "guide, section 6")
        .or(Value::Flag(true)),
    Fact::number("sql-within", "ms", 1.0, 1e10)
        .asks("How fresh can the warehouse's own SQL be, in milliseconds?")
        .why("A scheduled query is as old as its schedule", "guide, section 6")
        .or(Value::Number(60_000.0)),
    Fact::number("volume", "TB", 0.0, 1e6)
        .asks("How much does one run read, in TB?")
        .why("What one machine reads needs no cluster", "guide, section 6: Spark at large scale")
        .or(Value::Number(0.1)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "sql-dbt",
        title: "SQL in the warehouse or on one machine, with dbt or alike",
        reversal: Reversal::Weeks,
        undo: "the queries are the specification of what replaces them",
        door: "test the results, not the queries: the tests stay when the tool goes",
        boring: 1,
    },
    Opt {
        id: "spark",
        title: "Spark",
        reversal: Reversal::Months,
        undo: "jobs are written anew; those in Spark SQL move more easily",
        door: "write in SQL or data frames, and read and write open tables",
        boring: 2,
    },
    Opt {
        id: "kafka-streams",
        title: "Kafka Streams, or ksqlDB",
        reversal: Reversal::Months,
        undo: "the logic is in your services; its state has to be built again elsewhere",
        door: "keep the transformation free of the library's types",
        boring: 3,
    },
    Opt {
        id: "flink",
        title: "Flink",
        reversal: Reversal::Months,
        undo: "jobs and their state are built again elsewhere, from the log",
        door: "keep the log for as long as the state reaches back",
        boring: 4,
    },
];

/// Whether all that it reads and writes are topics of a Kafka.
fn within_kafka(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let (reads, path) = seen.stated(subject, "reads")?;
    let (writes, _) = seen.stated(subject, "writes")?;
    let kafka = |it: &tradeoff_model::Fact| {
        let name = it.text().unwrap_or_default();
        let engine = seen.fact(&format!("topics.{name}.engine"));
        engine.is_some_and(|it| it.says("kafka") || it.says("redpanda"))
    };
    let all = reads.items().iter().chain(writes.items()).all(kafka);
    Some(Known::derived(path, Value::Flag(all)))
}

/// Milliseconds in the largest unit that there is one of.
fn time(ms: f64) -> String {
    let units = [("d", 86.4e6), ("h", 3.6e6), ("min", 6e4), ("s", 1e3)];
    let (unit, size) = units.into_iter().find(|it| ms >= it.1).unwrap_or(("ms", 1.0));
    format!("{} {unit}", plain(ms / size))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    seen.named("data.pipelines")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [latency, sql, joins, volume] =
        ["latency", "sql-within", "joins-streams", "volume"].map(|it| facts.number(it));
    let [inside, stateful, kafka] =
        ["rows-in-warehouse", "stateful", "within-kafka"].map(|it| facts.flag(it));
    let due = format!("results are due after {}", time(latency));

    judge.exclude_if(
        !inside && volume >= ONE_MACHINE,
        "sql-dbt",
        &["rows-in-warehouse", "volume"],
        format!(
            "the data is not where its SQL runs, and {} are more than one machine reads",
            with_unit(volume, "TB")
        ),
    );
    judge.exclude_if(
        latency < sql,
        "sql-dbt",
        &["latency", "sql-within"],
        format!("{due}, and its queries are {} behind", time(sql)),
    );
    judge.exclude_if(
        kafka,
        "sql-dbt",
        &["within-kafka"],
        "what comes from Kafka and goes to Kafka would be loaded and sent back for its queries",
    );
    judge.exclude_if(
        stateful,
        "sql-dbt",
        &["stateful"],
        "what is remembered per key over time is no query",
    );
    judge.exclude_if(
        latency < SPARK,
        "spark",
        &["latency"],
        format!("{due}, and its small batches take a second"),
    );
    judge.exclude_if(
        !judge.is_excluded("sql-dbt"),
        "spark",
        &["rows-in-warehouse", "stateful", "volume"],
        "SQL where the data lies, or on one machine, does the same without a cluster",
    );
    let library = kafka && joins < JOINS;
    judge.exclude_if(
        library,
        "spark",
        &["within-kafka", "joins-streams"],
        "from Kafka to Kafka a library in your own service does the same without a cluster",
    );
    judge.exclude_if(
        latency >= sql && !stateful,
        "flink",
        &["latency", "stateful"],
        format!("{due}: a batch is in time"),
    );
    judge.exclude_if(
        !facts.flag("streaming-expertise"),
        "flink",
        &["streaming-expertise"],
        "nobody has run a stream processor before",
    );
    judge.exclude_if(
        !kafka,
        "kafka-streams",
        &["within-kafka"],
        "it reads and writes something beside Kafka",
    );
    judge.exclude_if(
        joins >= JOINS,
        "kafka-streams",
        &["joins-streams"],
        format!("{} joins of streams keep more state than a library is good for", plain(joins)),
    );
    if volume < ONE_MACHINE && !inside && !judge.is_excluded("sql-dbt") {
        judge.advise(format!(
            "One machine reads {}: load it into a database, or read the files with an embedded \
             one.",
            with_unit(volume, "TB")
        ));
    }
}
