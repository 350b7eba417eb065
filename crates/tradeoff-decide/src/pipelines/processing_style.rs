//! `processing-style`: batch, micro-batch or streaming.

use crate::value::plain;
use crate::{Answers, Fact, Judge, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// Whether data is processed in batches, in small ones, or event by event.
    ///
    /// # Why
    /// How old the output is follows from the style. A batch that takes an hour starts again when
    /// it is done at the earliest: what arrived just after it had started waits for a whole run, and
    /// then for its own. So the oldest output is two runs old. Each step towards streaming costs:
    /// state, time of the event against time of arrival, and something that must run at night.
    /// Take the slowest that is fresh enough.
    ///
    /// # Examples
    /// A daily report:
    /// ```facts answers batch
    /// fresh-within = 1d
    /// ```
    /// A dashboard that may be half a minute behind:
    /// ```facts answers micro-batch
    /// fresh-within = 30s
    /// ```
    /// Fraud, while the customer waits:
    /// ```facts answers streaming
    /// fresh-within = 0.2s
    /// ```
    /// A millisecond is no matter for a pipeline:
    /// ```facts answers none
    /// fresh-within = 1ms
    /// ```
    /// Two runs of ten minutes each are twenty minutes:
    /// ```facts flips micro-batch fresh-within 1199s
    /// fresh-within = 1d
    /// ```
    ///
    /// # Limits
    /// A run is taken to start as soon as the last one has ended, the best that its style can do;
    /// a schedule with gaps is older. Late events are not counted: in every style a result can
    /// change after it was given.
    ///
    /// # Sources
    /// Guide, section 6, "Batch vs. Streaming vs. Micro-batch"; errata `spark-streaming`. Akidau et
    /// al., "The Dataflow Model", VLDB 2015.
    pub const TOPIC = Topic {
        id: "processing-style",
        title: "Batch, micro-batch or streaming?",
        noun: "Batch or streaming",
        section: "6",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["style"], &[]),
    };
}

static FACTS: &[Fact] = &[
    Fact::number("fresh-within", "s", 0.0001, 1e8)
        .asks("How old may the output be, in seconds?")
        .why("It excludes the styles that cannot be as fresh", "guide, section 6, table")
        .from(|seen, it| seen.time(it, "freshness", 1.0)),
    Fact::number("batch-takes", "s", 1.0, 1e7)
        .asks("How long does a run over one batch take, in seconds?")
        .why("What a batch gives is two runs old at worst", "arithmetic")
        .or(Value::Number(600.0)),
    Fact::number("micro-batch-takes", "s", 0.01, 1e5)
        .asks("How long does a run over a small batch take, in seconds?")
        .why("What it gives is two runs old at worst", "guide, section 6: seconds to minutes")
        .or(Value::Number(1.0)),
    Fact::number("event-takes", "s", 0.0001, 1e4)
        .asks("How long does one event take through a stream processor, in seconds?")
        .why("Below that it is a question for a request, not for a pipeline", "guide, section 6")
        .or(Value::Number(0.05)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "batch",
        title: "Batches",
        reversal: Reversal::Weeks,
        undo: "the same transformation runs on smaller batches, if it is written for any range",
        door: "let a run take its range as a parameter, and be repeatable",
        boring: 1,
    },
    Opt {
        id: "micro-batch",
        title: "Small batches, one after another",
        reversal: Reversal::Weeks,
        undo: "the same job is started by a schedule",
        door: "write the transformation so that it also runs over history",
        boring: 2,
    },
    Opt {
        id: "streaming",
        title: "Event by event",
        reversal: Reversal::Months,
        undo: "state, windows and late events are written anew as queries",
        door: "keep the events, so that a batch can check the results",
        boring: 3,
    },
];

/// Each style with its fact: how long a run takes, and how many of them the oldest output is old.
const STYLES: [(&str, &str, f64); 3] = [
    ("batch", "batch-takes", 2.0),
    ("micro-batch", "micro-batch-takes", 2.0),
    ("streaming", "event-takes", 1.0),
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    seen.named("data.pipelines")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let fresh = facts.number("fresh-within");
    for (option, fact, runs) in STYLES {
        let takes = facts.number(fact);
        let oldest = runs * takes;
        let text = format!("{} x {} s", plain(runs), plain(takes));
        judge.exclude_if(
            oldest > fresh,
            option,
            &["fresh-within", fact],
            format!(
                "its output is {text} = {} s old at worst, and may be {} s",
                plain(oldest),
                plain(fresh)
            ),
        );
        judge.line(format!("oldest output of {option}"), text, oldest, "s");
    }
}
