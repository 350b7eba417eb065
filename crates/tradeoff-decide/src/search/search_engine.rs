//! `search-engine`: what runs the search.

use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Means, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// What runs the search: Postgres, Typesense, Meilisearch, Elasticsearch, or something hosted.
    ///
    /// # Why
    /// Postgres searches what it holds, in the same transaction, with nothing to run or to keep in
    /// step; misspelled words are found by trigrams. An engine of its own is a second copy that lags
    /// and has to be rebuilt, so it needs a reason: results at every keystroke from more than can be
    /// read at once, aggregations over very many documents, logs. Which one then, is a matter of
    /// memory (Typesense keeps its index in it), of failing nodes (Meilisearch has one), of people
    /// who run a cluster, and of money.
    ///
    /// # Examples
    /// ```facts answers postgres
    /// documents = 1M
    /// typo-tolerance = true
    /// ```
    /// At every keystroke too, as long as all documents are read within a tenth of a second:
    /// ```facts answers postgres
    /// documents = 1000
    /// instant = true
    /// operators = 0
    /// ```
    /// Results while one types; a million documents need 3 GB of memory:
    /// ```facts answers typesense
    /// documents = 1M
    /// instant = true
    /// ```
    /// Twenty million of 4 kB would need 240, and one node may fail:
    /// ```facts answers meilisearch
    /// documents = 20M
    /// document-size = 4kB
    /// instant = true
    /// ```
    /// ```facts answers elasticsearch
    /// documents = 200M
    /// facets = true
    /// ```
    /// ```facts answers elasticsearch
    /// logs = true
    /// ```
    /// Nobody to run it, and money:
    /// ```facts answers algolia
    /// instant = true
    /// operators = 0
    /// budget = true
    /// ```
    /// The same of logs, which is no search of a shop's goods:
    /// ```facts answers hosted-elasticsearch
    /// logs = true
    /// operators = 0
    /// budget = true
    /// ```
    /// Beyond the memory of a node Postgres reads a page for each match that it ranks: 1% of 40
    /// million documents are 400,000, of which a fifth are not in memory:
    /// ```facts answers meilisearch
    /// documents = 40M
    /// ```
    /// Five milliards are more than Meilisearch counts:
    /// ```facts answers elasticsearch
    /// documents = 5000M
    /// ```
    /// 32 GB hold 10.6 million documents of a kilobyte:
    /// ```facts flips meilisearch documents 10666667
    /// documents = 1M
    /// instant = true
    /// ```
    ///
    /// # Limits
    /// How good the ranking is decides nothing here: try your own questions. Sizes are those of the
    /// fields that are searched. Postgres ranks every match; what is calculated is only that those
    /// outside its memory are read one after another: with rows side by side that match, or with
    /// less memory left for them, it is less, or more.
    ///
    /// # Sources
    /// Guide, section 8, "Search Engine Comparison"; errata `typesense-cluster`,
    /// `meilisearch-limit`, `pg-fuzzy`. Typesense, "System Requirements": 2 to 3 times the searched
    /// fields in memory. Meilisearch, "Storage": memory-mapped, larger than memory. `PostgreSQL`,
    /// "Controlling Text Search": ranking consults each match, and can be bound by the disk. J.
    /// Nielsen, "Usability Engineering" (1993): a tenth of a second seems at once, a second keeps
    /// the train of thought.
    pub const TOPIC = Topic {
        id: "search-engine",
        title: "What runs the search?",
        noun: "Search engine",
        section: "8",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["engine"], MEANS),
    };
}

/// Documents from which on aggregations over all matches are not asked of Postgres: guide, section
/// 8, "a few million documents".
const FEW: f64 = 5e6;
/// Memory of Typesense, in sizes of what is searched: its "System Requirements" say 2 to 3.
const TIMES: f64 = 3.0;

/// Documents that an index of Meilisearch holds at most: its FAQ, 2^32.
const MOST: f64 = 4_294_967_296.0;
/// Seconds of a random read from an SSD: a tenth of a millisecond, as drives promise with one read
/// at a time.
const READ: f64 = 1e-4;

/// Milliseconds up to which an answer to a keystroke seems to come at once (Nielsen, 1993).
const AT_ONCE: f64 = 100.0;

/// Words of the format for an option of another name.
const MEANS: &[Means] = &[("pgvector", "postgres"), ("opensearch", "elasticsearch")];

static FACTS: &[Fact] = &[
    Fact::count("documents", "documents", 1.0, 1e12)
        .asks("How many documents are searched?")
        .why("Times their size they have to fit somewhere", "guide, section 8")
        .or(Value::Number(1e5))
        .from(|seen, it| seen.number(it, "documents", 1.0)),
    Fact::number("document-size", "kB", 0.001, 1e6)
        .asks("How large are the searched fields of a document, in kB?")
        .why("Only these are in the index", "Typesense, System Requirements")
        .or(Value::Number(1.0)),
    Fact::number("memory", "GB", 0.1, 1e5)
        .asks("How much memory may a node have, in GB?")
        .why("Typesense keeps its index in it, Postgres what it ranks", "Typesense; PostgreSQL")
        .or(Value::Number(32.0)),
    Fact::number("matches", "%", 0.0, 100.0)
        .asks("Which share of the documents does a common question match?")
        .why("Postgres looks at each match to rank it", "PostgreSQL, Controlling Text Search")
        .or(Value::Number(1.0)),
    Fact::number("within", "ms", 1.0, 1e6)
        .asks("Within how many milliseconds must results be there?")
        .why("What does not fit memory is read for it", "Nielsen, 1993: a second")
        .or(Value::Number(1000.0)),
    Fact::flag("instant")
        .asks("Must results appear at every keystroke, misspelled or not?")
        .why("It is what Typesense, Meilisearch and Algolia are made for", "guide, section 8")
        .or(Value::Flag(false)),
    Fact::number("compare-time", "ms", 1e-5, 1000.0)
        .asks("How long does Postgres take to compare a document with what was typed, in ms?")
        .why(
            "While one types it compares all of them: measure it with `EXPLAIN ANALYZE`",
            "at most a random read of an SSD, 0.1 ms",
        )
        .or(Value::Number(READ * 1e3)),
    Fact::flag("typo-tolerance")
        .asks("Must misspelled words be found?")
        .why("Postgres does it with trigrams (`pg_trgm`)", "errata pg-fuzzy")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (needs, path) = seen.stated(it, "needs")?;
            Some(Known::at(path, Value::Flag(needs.says("typo-tolerance"))))
        }),
    Fact::flag("facets")
        .asks("Are matches counted and aggregated by many attributes at once?")
        .why("Each query then visits every match", "guide, section 8: complex facets")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (needs, path) = seen.stated(it, "needs")?;
            let any = needs.says("facets") || needs.says("aggregations");
            Some(Known::at(path, Value::Flag(any)))
        }),
    Fact::flag("logs")
        .asks("Is it logs that are searched?")
        .why(
            "They are written once, read seldom, aggregated by time and dropped",
            "guide, section 8",
        )
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (over, path) = seen.stated(it, "over")?;
            Some(Known::at(path, Value::Flag(over.says("logs"))))
        }),
    Fact::flag("node-may-fail")
        .asks("May search be away while a node is replaced?")
        .why("Meilisearch is one node; the others replicate", "errata typesense-cluster")
        .or(Value::Flag(true)),
    Fact::count("operators", "people", 0.0, 1e4)
        .asks("How many people can run a search engine beside their other work?")
        .why("A cluster is memory, shards and upgrades", "guide, section 8: operationally complex")
        .or(Value::Number(1.0)),
    Fact::flag("budget")
        .asks("May it cost by the search and by the record?")
        .why("A hosted engine is priced by use", "guide, section 8: expensive at scale")
        .or(Value::Flag(false)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "postgres",
        title: "Postgres' own full-text search",
        reversal: Reversal::Weeks,
        undo: "an engine is filled from the same rows",
        door: "keep queries behind one function that takes words and filters",
        boring: 1,
    },
    Opt {
        id: "typesense",
        title: "Typesense",
        reversal: Reversal::Weeks,
        undo: "another engine is filled from the source",
        door: "keep a job that builds the index anew, and run it every week",
        boring: 2,
    },
    Opt {
        id: "meilisearch",
        title: "Meilisearch",
        reversal: Reversal::Weeks,
        undo: "another engine is filled from the source",
        door: "keep a job that builds the index anew, and know how long it takes",
        boring: 3,
    },
    Opt {
        id: "elasticsearch",
        title: "Elasticsearch, or OpenSearch",
        reversal: Reversal::Months,
        undo: "mappings, analyzers, queries and dashboards are written anew",
        door: "keep the source, and size shards before there are many",
        boring: 4,
    },
    Opt {
        id: "algolia",
        title: "Algolia, or another hosted one",
        reversal: Reversal::Months,
        undo: "ranking rules and the code in the front end are written anew",
        door: "call it through your own endpoint, and alert on the bill",
        boring: 5,
    },
    Opt {
        id: "hosted-elasticsearch",
        title: "Elasticsearch, OpenSearch or a log service that others run",
        reversal: Reversal::Months,
        undo: "mappings, queries and dashboards are written anew; what is kept is sent again",
        door: "send through a collector of your own (OpenTelemetry), and alert on the bill",
        boring: 6,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    seen.named("search")
}

/// What Postgres reads to rank its matches: those that are not in memory.
fn ranked(facts: &Answers, searched: f64, judge: &mut Judge) {
    let [documents, memory] = ["documents", "memory"].map(|it| facts.number(it));
    let [matches, within] = ["matches", "within"].map(|it| facts.number(it));
    let outside = (1.0 - memory / searched).max(0.0);
    let read = documents * matches / 100.0 * outside * READ;
    let reading = format!(
        "{} x {}% x {}% outside memory x {} ms",
        plain(documents),
        plain(matches),
        plain(libm::round(outside * 1000.0) / 10.0),
        plain(READ * 1e3)
    );
    judge.exclude_if(
        read * 1e3 > within,
        "postgres",
        &["documents", "document-size", "memory", "matches", "within"],
        format!(
            "it ranks every match: {reading} = {} s of reading, and {} ms are allowed",
            plain(libm::round(read * 10.0) / 10.0),
            plain(within)
        ),
    );
    if read > 0.0 {
        judge.line("reading what Postgres ranks", reading, read, "s");
    }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [documents, size, memory, operators] =
        ["documents", "document-size", "memory", "operators"].map(|it| facts.number(it));
    let [instant, faceted, logs] = ["instant", "facets", "logs"].map(|it| facts.flag(it));
    let searched = documents * size / 1e6;
    let needed = TIMES * searched;
    let text = format!("{} x {} x {} kB", plain(TIMES), plain(documents), plain(size));

    let compare = facts.number("compare-time");
    judge.exclude_if(
        instant && documents * compare > AT_ONCE * (1.0 + 1e-9),
        "postgres",
        &["instant", "documents", "compare-time"],
        format!(
            "a prefix with a mistake is compared with every document at every keystroke: {} x {} \
             ms = {} ms, and {} seem at once",
            plain(documents),
            plain(compare),
            plain(documents * compare),
            plain(AT_ONCE)
        ),
    );
    judge.exclude_if(
        faceted && documents > FEW,
        "postgres",
        &["facets", "documents"],
        format!("each query counts its matches among {} rows by every attribute", plain(documents)),
    );
    ranked(facts, searched, judge);
    for option in ["postgres", "typesense", "meilisearch", "algolia"] {
        judge.exclude_if(
            logs,
            option,
            &["logs"],
            "it is not made for lines that come without end and are dropped by their age",
        );
    }
    judge.exclude_if(
        needed > memory,
        "typesense",
        &["documents", "document-size", "memory"],
        format!("its index takes {text} = {} GB of {} GB of memory", plain(needed), plain(memory)),
    );
    judge.exclude_if(
        documents > MOST,
        "meilisearch",
        &["documents"],
        format!("{} documents are more than the 2^32 of an index", plain(documents)),
    );
    judge.exclude_if(
        faceted,
        "meilisearch",
        &["facets"],
        "its facets count values, and aggregate nothing",
    );
    judge.exclude_if(
        !facts.flag("node-may-fail"),
        "meilisearch",
        &["node-may-fail"],
        "it is one node, without a copy",
    );
    for option in ["typesense", "meilisearch", "elasticsearch"] {
        judge.exclude_if(operators < 1.0, option, &["operators"], "there is nobody to run it");
    }
    judge.exclude_if(
        !facts.flag("budget"),
        "algolia",
        &["budget"],
        "it costs by the search and by the record, and may not",
    );
    judge.exclude_if(
        !facts.flag("budget"),
        "hosted-elasticsearch",
        &["budget"],
        "it costs by what it takes in and keeps, and may not",
    );
    judge.line(
        "searched fields",
        format!("{} x {} kB", plain(documents), plain(size)),
        searched,
        "GB",
    );
    judge.line("memory of Typesense", text, needed, "GB");
    if judge.is_excluded("postgres") {
        judge.advise(
            "Whatever it is, it is a copy: fill it from changes of the source, and keep a job that \
             builds it anew.",
        );
    } else if facts.flag("typo-tolerance") {
        judge.advise("Misspelled words: `pg_trgm` with an index on the words, beside `tsvector`.");
    }
}
