//! `medallion-layers`: how many layers data passes.

use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// Through how many layers data passes: raw, cleaned, made for its readers.
    ///
    /// # Why
    /// A layer is a copy, a run and a delay; it has to spare more than it costs. Bronze, the raw
    /// data as it came, spares asking the source again. Silver spares cleaning: without it every
    /// reader cleans every source, so that 4 readers of 6 sources are 24 cleanings that disagree,
    /// instead of 6. Gold spares aggregating: it pays from the second reader of the same figures on.
    ///
    /// # Examples
    /// ```facts answers one-layer
    /// consumers = 1
    /// sources = 1
    /// ```
    /// ```facts answers bronze-silver-gold
    /// consumers = 4
    /// sources = 6
    /// ```
    /// One reader, who must be able to compute anew:
    /// ```facts answers bronze-silver
    /// consumers = 1
    /// replay = true
    /// ```
    /// ```facts flips bronze-silver-gold consumers 2
    /// consumers = 1
    /// sources = 1
    /// ```
    ///
    /// # Limits
    /// Readers who share no figure need no gold, however many they are: say `shared-figures =
    /// false`. The names do not matter; that each layer can be built again from the one beneath
    /// does.
    ///
    /// # Sources
    /// Guide, section 6, "Medallion Architecture".
    pub const TOPIC = Topic {
        id: "medallion-layers",
        title: "How many layers does data pass?",
        noun: "Layers of the lake",
        section: "6",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

static FACTS: &[Fact] = &[
    Fact::count("consumers", "readers", 1.0, 1e5)
        .asks("How many dashboards, models and exports read it?")
        .why("Without a cleaned layer each cleans for itself", "guide, section 6")
        .or(Value::Number(1.0))
        .from(consumers),
    Fact::count("sources", "sources", 1.0, 1e5)
        .asks("From how many sources does it come?")
        .why("Each has to be cleaned by each reader, or once", "guide, section 6")
        .or(Value::Number(1.0))
        .from(|seen, _| {
            let sets = seen.named("data.datasets");
            let raw = sets.iter().filter(|it| layer(seen, it) == Some("bronze")).count();
            (raw > 0).then(|| Known::derived("data.datasets", Value::Number(raw as f64)))
        }),
    Fact::flag("replay")
        .asks("Must results be computed anew from what came, when the logic was wrong?")
        .why(
            "Then what came has to be kept as it came",
            "guide, section 6: source of truth for replay",
        )
        .or(Value::Flag(false))
        .from(|seen, _| {
            let pipelines = seen.named("data.pipelines");
            let stated = |it: &&Subject| seen.stated(it, "recovery").is_some();
            let path = pipelines.iter().find(stated)?.below("recovery");
            let mut all = pipelines.iter().filter_map(|it| seen.stated(it, "recovery"));
            Some(Known::derived(path, Value::Flag(all.any(|it| it.0.says("replay")))))
        }),
    Fact::flag("shared-figures")
        .asks("Do readers need the same aggregates, where there are several?")
        .why("Aggregated by each, one figure has as many values as readers", "guide, section 6")
        .or(Value::Flag(true)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "one-layer",
        title: "One cleaned table per source",
        reversal: Reversal::Months,
        undo: "raw data can be kept from that day on; what came before is lost",
        door: "keep what the source sends for a month, in a bucket, read by nobody",
        boring: 1,
    },
    Opt {
        id: "bronze-silver",
        title: "Raw and cleaned",
        reversal: Reversal::Weeks,
        undo: "a layer is dropped, or one is built on top",
        door: "let readers use the cleaned layer only, so that the raw one may change",
        boring: 2,
    },
    Opt {
        id: "bronze-silver-gold",
        title: "Raw, cleaned, and made for its readers",
        reversal: Reversal::Weeks,
        undo: "readers move to the cleaned layer, one by one",
        door: "give each table of the last layer an owner who may delete it",
        boring: 3,
    },
];

fn layer<'a>(seen: &Seen<'a>, subject: &Subject) -> Option<&'a str> {
    seen.stated(subject, "layer")?.0.text()
}

/// Kinds of readers that the datasets feed, each dataset counted with its own.
fn consumers(seen: &Seen<'_>, _: &Subject) -> Option<Known> {
    let sets = seen.named("data.datasets");
    let fed = sets.iter().filter_map(|it| seen.stated(it, "feeds"));
    let mut names: Vec<&str> =
        fed.flat_map(|it| it.0.items().iter().filter_map(|it| it.text())).collect();
    names.sort_unstable();
    names.dedup();
    let path = "data.datasets";
    (!names.is_empty()).then(|| Known::derived(path, Value::Number(names.len() as f64)))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    if seen.named("data.datasets").is_empty() { Vec::new() } else { vec![seen.whole()] }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [consumers, sources] = ["consumers", "sources"].map(|it| facts.number(it));
    let [replay, shared] = ["replay", "shared-figures"].map(|it| facts.flag(it));
    let each = consumers * sources;
    let text = format!("{} x {}", plain(consumers), plain(sources));

    judge.exclude_if(
        replay,
        "one-layer",
        &["replay"],
        "what came is gone once it is cleaned: nothing can be computed anew",
    );
    judge.exclude_if(
        each > sources,
        "one-layer",
        &["consumers", "sources"],
        format!(
            "each reader cleans: {text} = {} cleanings instead of {}",
            plain(each),
            plain(sources)
        ),
    );
    judge.exclude_if(
        !judge.is_excluded("one-layer"),
        "bronze-silver",
        &["consumers", "replay"],
        "another copy that one reader without replay does not need",
    );
    judge.exclude_if(
        consumers < 2.0 || !shared,
        "bronze-silver-gold",
        &["consumers", "shared-figures"],
        "no two readers need the same aggregates",
    );
    if !judge.is_excluded("bronze-silver-gold") {
        judge.serves("one value for each figure", &["bronze-silver-gold"]);
    }
    judge.line("cleanings without a cleaned layer", text, each, "");
    judge.line("cleanings with one", plain(sources), sources, "");
}
