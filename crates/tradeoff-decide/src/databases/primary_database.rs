//! `primary-database`: where the truth is kept.

use tradeoff_analyze::Callee;

use super::{BESIDE, SHARDED, Writes, kind};
use crate::{
    Answers, Fact, Is, Judge, Known, Opt, Reversal, Seen, Standing, Subject, Today, Value,
};

topic! {
    /// Which kind of database holds the truth.
    ///
    /// # Why
    /// It is the hardest choice to take back: the data, every query and every habit of the team
    /// hang on it. Postgres does rows, documents, text, time, places (`PostGIS`) and vectors
    /// (pgvector) well enough for most, and is what most engineers know. So the question is not
    /// which database suits the data best, but whether something was shown that Postgres does not
    /// do. Two things need no showing: one primary writes what one node takes, and in one region.
    ///
    /// # Examples
    /// ```facts answers postgres
    /// main-query = relational
    /// ```
    /// ```facts answers document
    /// main-query = document
    /// demonstrated = true
    /// ```
    /// Records of many shapes are a column of JSONB, unless it was shown that they are not:
    /// ```facts answers postgres
    /// main-query = lookup
    /// schema-varies = true
    /// ```
    /// ```facts answers document
    /// main-query = lookup
    /// schema-varies = true
    /// demonstrated = true
    /// ```
    /// ```facts answers graph
    /// main-query = traversal
    /// demonstrated = true
    /// ```
    /// ```facts answers time-series
    /// main-query = time-window
    /// demonstrated = true
    /// ```
    /// ```facts answers columnar
    /// main-query = aggregate
    /// demonstrated = true
    /// ```
    /// ```facts answers wide-column
    /// main-query = lookup
    /// patterns-known = true
    /// several-regions-write = true
    /// ```
    /// ```facts answers sharded-postgres
    /// main-query = relational
    /// write-rate = 250k
    /// ```
    /// A time-series database spreads what is appended, so that the rate alone shows the need:
    /// ```facts answers time-series
    /// main-query = time-window
    /// write-rate = 200k
    /// ```
    /// A graph database does not take them: most have one writer as well, whatever was measured.
    /// ```facts answers sharded-postgres
    /// main-query = traversal
    /// write-rate = 150k
    /// demonstrated = true
    /// ```
    /// Several regions that write need a relational database that is made for it:
    /// ```facts answers sharded-postgres
    /// main-query = relational
    /// several-regions-write = true
    /// ```
    /// Known look-ups stay with Postgres until one node cannot write them:
    /// ```facts flips wide-column write-rate 101k
    /// main-query = lookup
    /// patterns-known = true
    /// write-rate = 5k
    /// ```
    ///
    /// # Limits
    /// It is about the store of truth. A search engine is none: text is searched in Postgres first,
    /// then in an index that is filled from it. A warehouse beside the primary database is another
    /// decision. The 100,000 writes a second of a node are the guide's figure, and the 320,000 rows
    /// in batches were measured on four cores: both depend on rows, indexes and machine.
    ///
    /// # Sources
    /// Guide, section 4, "Decision Framework: Default to Postgres"; errata `pg-isolation`,
    /// `pg-at-github` and `document-consistency`. Neo4j, "Clustering architecture"; Amazon Neptune,
    /// "DB clusters": one instance writes. F. Coelho, "Data Loading Performance of Postgres and
    /// `TimescaleDB`", 2019.
    pub const TOPIC = Topic {
        id: "primary-database",
        title: "Which database holds the truth?",
        noun: "Primary database",
        section: "4",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Seen(today),
    };
}

const QUERIES: &[&str] = &[
    "relational",
    "lookup",
    "document",
    "traversal",
    "time-window",
    "aggregate",
    "text",
    "geospatial",
    "vector",
];

static FACTS: &[Fact] = &[
    Fact::choice("main-query", QUERIES)
        .asks("What is most of what it is asked?")
        .why("A specialized database is good at one of these", "guide, section 4, taxonomy")
        .or(Value::Choice("relational"))
        .from(main_query),
    Fact::flag("schema-varies")
        .asks("Does the schema differ from record to record, or change all the time?")
        .why(
            "Tables have one schema, and migrations change it; a column of JSONB has none",
            "guide, section 4, taxonomy",
        )
        .or(Value::Flag(false)),
    Fact::flag("demonstrated")
        .asks("Was it measured, on your data, that Postgres does not do it?")
        .why("\"Start with Postgres unless you have a demonstrated reason\"", "guide, section 4")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (reason, path) = seen.stated(it, "reason")?;
            Some(Known::at(path, Value::Flag(reason.text().is_some_and(|it| !it.is_empty()))))
        }),
    Fact::number("write-rate", "/s", 0.0, 1e8)
        .asks("How many rows a second are written at the peak?")
        .why("One node of a relational database takes about 100,000", "guide, section 4")
        .or(Value::Number(0.0))
        .from(write_rate),
    Fact::count("batch", "rows", 1.0, 1e5)
        .asks("How many rows can be written with one statement?")
        .why("What is committed together costs one commit", "PostgreSQL, Populating a Database")
        .or(Value::Number(1.0)),
    Fact::flag("patterns-known")
        .asks("Can every query be named before the code is written?")
        .why("A wide-column store answers no others", "guide, section 4, Postgres vs. DynamoDB")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (patterns, path) = seen.stated(it, "access_patterns")?;
            Some(Known::at(path, Value::Flag(patterns.entries().next().is_some())))
        }),
    Fact::flag("several-regions-write")
        .asks("Must several regions accept writes at the same time?")
        .why("One primary takes all writes, and is an ocean away from some", "guide, section 4")
        .or(Value::Flag(false))
        .from(|seen, _| several_regions(seen)),
    Fact::flag("transactional")
        .asks("Do changes of several rows have to happen together or not at all?")
        .why("What spreads rows over nodes limits or lacks that", "guide, section 4")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (transactions, path) = seen.stated(it, "transactions")?;
            Some(Known::at(path, Value::Flag(transactions.entries().next().is_some())))
        }),
];

const MIGRATION: &str = "a migration of the data and of every query, with both running for months";

static OPTIONS: &[Opt] = &[
    Opt {
        id: "postgres",
        title: "Postgres, or another relational database",
        reversal: Reversal::Months,
        undo: MIGRATION,
        door: "let one module own each table, and keep its queries behind an interface",
        boring: 1,
    },
    SHARDED,
    Opt {
        id: "document",
        title: "A document database",
        reversal: Reversal::Months,
        undo: MIGRATION,
        door: "give the documents a schema, and check it on write",
        boring: 3,
    },
    Opt {
        id: "time-series",
        title: "A time-series database",
        reversal: Reversal::Months,
        undo: MIGRATION,
        door: "try an extension of Postgres first: the same SQL, the same operation",
        boring: 3,
    },
    Opt {
        id: "columnar",
        title: "A columnar database",
        reversal: Reversal::Months,
        undo: MIGRATION,
        door: "keep the raw events, so that any other can be filled from them",
        boring: 3,
    },
    Opt {
        id: "wide-column",
        title: "A wide-column or key-value store",
        reversal: Reversal::Never,
        undo: "keys and tables follow the queries of today: others mean writing all data anew",
        door: "publish every change as an event, so that another store can be filled beside it",
        boring: 4,
    },
    Opt {
        id: "graph",
        title: "A graph database",
        reversal: Reversal::Months,
        undo: MIGRATION,
        door: "keep the truth in tables, and fill the graph from them as long as it can lag",
        boring: 5,
    },
];

/// Databases that are good at one kind of query.
const SPECIAL: [(&str, &str); 4] = [
    ("document", "document"),
    ("time-series", "time-window"),
    ("columnar", "aggregate"),
    ("graph", "traversal"),
];

fn today(seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
    let kind = kind(seen, subject)?;
    let sharded = seen.stated(subject, "shards").is_some();
    let is = match kind {
        "postgres" | "aurora-postgres" if sharded => Is::One("sharded-postgres"),
        "postgres" | "aurora-postgres" => Is::One("postgres"),
        "mongodb" => Is::One("document"),
        "clickhouse" => Is::One("columnar"),
        "cassandra" | "scylladb" => Is::One("wide-column"),
        "neo4j" => Is::One("graph"),
        _ => Is::NoneOf,
    };
    Some(Standing::at(subject.below("kind"), kind, is))
}

/// Stores that hold the truth, or could: what is kept in memory, an index or objects is filled from
/// it or beside it, unless the file calls it primary.
pub(super) fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut stores = seen.stores();
    stores.retain(|it| {
        let store = &seen.architecture.stores[it.at];
        let primary = seen.stated(it, "role").is_some_and(|it| it.0.says("primary"));
        primary || store.owner.is_some() && !kind(seen, it).is_some_and(|it| BESIDE.contains(&it))
    });
    stores
}

/// The kind of the largest share of what is asked, where the patterns say.
fn main_query(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let (patterns, path) = seen.stated(subject, "access_patterns")?;
    let weight = |fact: &tradeoff_model::Fact| {
        let stated = |key| fact.get(key).and_then(tradeoff_model::Fact::number);
        stated("share").or_else(|| stated("rate")).unwrap_or(0.0)
    };
    let main = patterns.entries().max_by(|a, b| weight(a.1).total_cmp(&weight(b.1)))?;
    let word = match main.1.get("kind")?.text()? {
        "lookup" => "lookup",
        "aggregate" => "aggregate",
        "traversal" => "traversal",
        "text" => "text",
        _ => "relational",
    };
    Some(Known::derived(path, Value::Choice(word)))
}

/// Whether several regions write.
pub(super) fn several_regions(seen: &Seen<'_>) -> Option<Known> {
    let style = seen.architecture.facts.get("topology.style").filter(|it| it.stated)?;
    Some(Known::at("topology.style", Value::Flag(style.says("active-active"))))
}

/// What the traffic writes.
pub(super) fn write_rate(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let operations = &seen.architecture.stores[subject.at].operations;
    let writes = seen.analysis.edges.iter().filter_map(|edge| match edge.to {
        Callee::Operation(store, operation) if store == subject.at => {
            operations[operation].writes.then(|| edge.times * seen.steady.runs[edge.from])
        }
        _ => None,
    });
    let rate: f64 = writes.sum();
    (rate > 0.0).then(|| Known::derived("traffic", Value::Number(rate)))
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let writes = Writes::of(facts);
    let query = facts.choice("main-query");
    let [demonstrated, regions] =
        ["demonstrated", "several-regions-write"].map(|it| facts.flag(it));
    let (beyond, sum) = (writes.beyond(), writes.sum());
    special(facts, judge, &writes);
    wide_column(facts, judge, &writes);

    judge.exclude_if(
        !beyond && !regions,
        "sharded-postgres",
        &["write-rate", "batch", "several-regions-write"],
        format!("one node of one region takes the writes: {sum}; sharding is the last resort"),
    );
    judge.exclude_if(
        beyond,
        "postgres",
        &["write-rate", "batch"],
        format!("the writes are more than one node takes: {sum}"),
    );
    judge.exclude_if(
        regions,
        "postgres",
        &["several-regions-write"],
        "one primary takes all writes: those of the other regions cross the ocean and wait",
    );
    let mut fitting: Vec<&'static str> = SPECIAL.iter().map(|it| it.0).collect();
    fitting.push("wide-column");
    fitting.retain(|it| !judge.is_excluded(it));
    for option in ["postgres", "sharded-postgres"] {
        judge.exclude_if(
            demonstrated && !fitting.is_empty(),
            option,
            &["demonstrated", "main-query"],
            "it was measured on your data that Postgres does not do this",
        );
    }
    judge.serves("most of what is asked", &fitting);
    if regions && fitting.contains(&"wide-column") {
        judge.serves("writing every row in every region", &["wide-column"]);
    }
    advise(facts, judge, query, &fitting);
}

/// What is made for one kind of query, and has to be shown to be needed.
fn special(facts: &Answers, judge: &mut Judge, writes: &Writes) {
    let query = facts.choice("main-query");
    let [demonstrated, regions, transactional, varies] =
        ["demonstrated", "several-regions-write", "transactional", "schema-varies"]
            .map(|it| facts.flag(it));
    for (option, good_at) in SPECIAL {
        let shapes = option == "document" && varies && query == "lookup";
        let because: &[&str] =
            if option == "document" { &["main-query", "schema-varies"] } else { &["main-query"] };
        judge.exclude_if(
            query != good_at && !shapes,
            option,
            because,
            format!("it is made for another question than most of yours ({query})"),
        );
        // Rows that are only appended are what it spreads over nodes.
        let spreads = option == "time-series";
        let because: &[&str] =
            if spreads { &["demonstrated", "write-rate", "batch"] } else { &["demonstrated"] };
        judge.exclude_if(
            !(demonstrated || spreads && writes.beyond()),
            option,
            because,
            "nothing was measured yet that Postgres does not do",
        );
    }
    judge.exclude_if(
        transactional,
        "columnar",
        &["transactional"],
        "it is not for transactions, single rows or frequent changes",
    );
    judge.exclude_if(
        regions,
        "graph",
        &["several-regions-write"],
        "in Neo4j and Neptune one instance takes all writes, those of the other regions as well",
    );
    judge.exclude_if(
        writes.beyond(),
        "graph",
        &["write-rate", "batch"],
        format!(
            "in Neo4j and Neptune one instance takes all writes, and they are more than one node \
             takes: {}",
            writes.sum()
        ),
    );
}

fn wide_column(facts: &Answers, judge: &mut Judge, writes: &Writes) {
    let query = facts.choice("main-query");
    let [demonstrated, known, regions, transactional] =
        ["demonstrated", "patterns-known", "several-regions-write", "transactional"]
            .map(|it| facts.flag(it));
    judge.exclude_if(
        query != "lookup",
        "wide-column",
        &["main-query"],
        format!("it answers look-ups by key, and most of yours are not ({query})"),
    );
    judge.exclude_if(
        !known,
        "wide-column",
        &["patterns-known"],
        "its tables are made for queries that are known: the next question has no answer in it",
    );
    judge.exclude_if(
        transactional,
        "wide-column",
        &["transactional"],
        "changes of several rows together are limited, or there are none",
    );
    judge.exclude_if(
        !demonstrated && !writes.beyond() && !regions,
        "wide-column",
        &["demonstrated", "write-rate", "batch", "several-regions-write"],
        format!("one node of one region takes the writes: {}", writes.sum()),
    );
}

/// What is told beside the answer.
fn advise(facts: &Answers, judge: &mut Judge, query: &str, fitting: &[&str]) {
    let relational = fitting.is_empty();
    let regions = facts.flag("several-regions-write");
    let first = match query {
        "text" => Some("Text: begin with Postgres' own search; an engine"),
        "vector" => Some("Vectors: begin with pgvector; an index"),
        _ => None,
    };
    if let Some(first) = first {
        judge.advise(format!("{first} beside it is filled from it and may be lost."));
    }
    if query == "geospatial" {
        judge.advise("Places: PostGIS has the types, the indexes and the questions.");
    }
    if facts.flag("schema-varies") && relational {
        judge.advise(
            "Keep what differs from row to row in a column of JSONB, what is asked for in columns \
             beside it, and check its schema on write.",
        );
    }
    if regions && relational {
        judge.advise(
            "Several regions write: take a relational database that is made for it (CockroachDB, \
             Spanner). A row that two regions write waits for a round trip between them; shards of \
             Postgres do where every row has a region of its own.",
        );
    }
    if regions && !relational && !fitting.contains(&"wide-column") {
        judge.advise(
            "Several regions write: not every database of this kind lets them. Ask it first; \
             MongoDB gives each document one home region (zones).",
        );
    }
    if facts.flag("transactional") && relational && !regions {
        judge.advise(
            "Postgres' default isolation is Read Committed: ask for Serializable where a rule spans \
             rows, and retry what it refuses.",
        );
    }
}
