//! `file-format`: how files of a lake are written.

use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// How files are written: by columns, by rows, or as text.
    ///
    /// # Why
    /// An analysis reads a few columns of many rows. Written by columns a file gives just those: 4
    /// of 40 columns are a tenth of the bytes, and equal things beside each other compress. Written
    /// by rows, or as text, all of it is read. A message is the opposite: one row at a time, with a
    /// schema that a registry holds. Text is for what came as text, and for people.
    ///
    /// # Examples
    /// ```facts answers parquet
    /// use = analytics
    /// ```
    /// ```facts answers orc
    /// use = analytics
    /// engine = hive
    /// ```
    /// ```facts answers avro
    /// use = messages
    /// ```
    /// What a partner sends is kept as it was sent:
    /// ```facts answers json
    /// use = raw
    /// ```
    /// ```facts answers avro
    /// use = raw
    /// came-as = avro
    /// ```
    /// ```facts answers csv
    /// use = people
    /// ```
    /// ```facts flips avro use messages
    /// use = analytics
    /// ```
    ///
    /// # Limits
    /// The share of columns is no measure of time: compression, row groups that can be skipped, and
    /// the network decide too; the guide's factor of 50 to 100 has no source, so measure. Columns are
    /// taken to be of equal size.
    ///
    /// # Sources
    /// Guide, section 7, "File Format Selection"; errata `format-factor`. Apache Parquet, "File
    /// format". Apache Avro, "Specification".
    pub const TOPIC = Topic {
        id: "file-format",
        title: "How are the files written?",
        noun: "File format",
        section: "7",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["format"], &[]),
    };
}

const USES: &[&str] = &["analytics", "messages", "raw", "people"];
const ENGINES: &[&str] = &["any", "hive"];
const CAME: &[&str] = &["json", "avro", "csv"];

static FACTS: &[Fact] = &[
    Fact::choice("use", USES)
        .asks("What are they for: analysis, messages, raw copies of what came, or people?")
        .why("It says whether columns, rows or text are read", "guide, section 7")
        .or(Value::Choice("analytics"))
        .from(usage),
    Fact::choice("engine", ENGINES)
        .asks("Is what reads them Hive, or bound to its tables?")
        .why("Its transactions and bloom filters are made for ORC", "guide, section 7")
        .or(Value::Choice("any")),
    Fact::choice("came-as", CAME)
        .asks("How does the data arrive?")
        .why("A raw copy is kept as it came", "guide, section 6, bronze: JSON or Avro")
        .or(Value::Choice("json")),
    Fact::count("columns", "columns", 1.0, 1e5)
        .asks("How many columns does a row have?")
        .why("By rows, all of them are read", "guide, section 7")
        .or(Value::Number(40.0)),
    Fact::count("columns-read", "columns", 1.0, 1e5)
        .asks("How many of them does a typical query read?")
        .why("By columns, only these are read", "guide, section 7")
        .or(Value::Number(4.0)),
];

/// What moving to another format takes.
const UNDO: &str = "files are written anew by one job; readers that name the format are changed";

static OPTIONS: &[Opt] = &[
    Opt {
        id: "parquet",
        title: "Parquet",
        reversal: Reversal::Weeks,
        undo: UNDO,
        door: "let readers use tables, not paths and formats",
        boring: 1,
    },
    Opt {
        id: "avro",
        title: "Avro, with a schema registry",
        reversal: Reversal::Months,
        undo: "producers and consumers change one by one, over two topics",
        door: "set a compatibility mode before the second version of a schema",
        boring: 2,
    },
    Opt {
        id: "json",
        title: "JSON, one object a line",
        reversal: Reversal::Weeks,
        undo: UNDO,
        door: "compress it, and write what is read often into columns",
        boring: 3,
    },
    Opt {
        id: "csv",
        title: "CSV",
        reversal: Reversal::Weeks,
        undo: UNDO,
        door: "say encoding, separator, quotes and the form of dates beside the file",
        boring: 4,
    },
    Opt {
        id: "orc",
        title: "ORC",
        reversal: Reversal::Weeks,
        undo: UNDO,
        door: "let readers use tables, not paths and formats",
        boring: 5,
    },
];

/// What a dataset is for, as its access or its layer says.
fn usage(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    if let Some((access, path)) = seen.stated(subject, "access") {
        let all = [("scan", "analytics"), ("append", "messages"), ("export", "people")];
        let word = all.iter().find(|it| access.says(it.0))?.1;
        return Some(Known::derived(path, Value::Choice(word)));
    }
    let (layer, path) = seen.stated(subject, "layer")?;
    let word = if layer.says("bronze") { "raw" } else { "analytics" };
    Some(Known::derived(path, Value::Choice(word)))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut sets = seen.named("data.datasets");
    sets.retain(|it| seen.stated(it, "bucket").is_some() || seen.stated(it, "format").is_some());
    sets
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let purpose = facts.choice("use");
    let columns = facts.number("columns");
    let read = facts.number("columns-read").min(columns);
    let share = read / columns * 100.0;
    let hive = facts.choice("engine") == "hive";

    for option in ["parquet", "orc"] {
        let sentence = match purpose {
            "messages" => "it writes many rows at once, and a message is one",
            "raw" => "what came is no longer as it came once it is cut into columns",
            _ => "nobody opens it in an editor or a spreadsheet",
        };
        judge.exclude_if(purpose != "analytics", option, &["use"], sentence);
    }
    judge.exclude_if(!hive, "orc", &["engine"], "Parquet does the same, and more engines read it");
    if hive {
        judge.serves("Hive's transactions and bloom filters", &["orc"]);
    }
    let came = facts.choice("came-as");
    for option in ["avro", "json", "csv"] {
        let (holds, because, sentence): (bool, &[&'static str], String) = match purpose {
            "analytics" if read < columns => (
                true,
                &["use", "columns", "columns-read"],
                format!(
                    "a query reads all {} columns for {}: {}% of the bytes were enough",
                    plain(columns),
                    plain(read),
                    plain(share)
                ),
            ),
            "analytics" => (
                option != "avro",
                &["use"],
                "it has no types: each reader guesses them anew, of every value".to_owned(),
            ),
            "messages" => (
                option != "avro",
                &["use"],
                "it carries no schema that a registry could hold a producer to".to_owned(),
            ),
            "raw" => (
                option != came,
                &["use", "came-as"],
                format!(
                    "it came as {}, and is kept as it came",
                    if came == "avro" { "Avro".to_owned() } else { came.to_uppercase() }
                ),
            ),
            _ => (option != "csv", &["use"], "it is no table that a spreadsheet opens".to_owned()),
        };
        judge.exclude_if(holds, option, because, sentence);
    }
    let text = format!("{} / {}", plain(read), plain(columns));
    judge.line("bytes that a query reads by columns", text, share, "%");
    judge.line("bytes that it reads by rows", "all of them", 100.0, "%");
}
