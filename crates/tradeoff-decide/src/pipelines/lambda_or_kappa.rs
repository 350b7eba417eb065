//! `lambda-or-kappa`: whether history needs a second code.

use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// Whether one stream processor also recomputes history, or a batch layer does beside it.
    ///
    /// # Why
    /// Lambda runs the same logic twice, in a batch and in a stream, and merges the answers: two
    /// codes that have to agree forever. Kappa has one, and recomputes by reading the log again. How
    /// long that takes is arithmetic: history is read with what the processor can do beyond the live
    /// load, so that 30 days at ten times the live rate are 30 / 9 = 3.3 days. Only where that is too
    /// long is the second code worth its keep; and where a batch is fresh enough, there is no need
    /// for a stream at all.
    ///
    /// # Examples
    /// ```facts answers kappa
    /// horizon = 30d
    /// headroom = 10
    /// replay-allowed = 7d
    /// ```
    /// Five years at four times the live rate are 608 days:
    /// ```facts answers lambda
    /// horizon = 1825d
    /// headroom = 4
    /// replay-allowed = 7d
    /// ```
    /// A report of yesterday:
    /// ```facts answers batch-only
    /// fresh-within = 1d
    /// ```
    /// A log that forgets after a week cannot be read again from a month ago:
    /// ```facts answers lambda
    /// horizon = 30d
    /// headroom = 10
    /// kept = 7d
    /// ```
    /// Kappa carries 63 days, within a week at ten times the rate:
    /// ```facts flips lambda horizon 63.1d
    /// horizon = 30d
    /// headroom = 10
    /// replay-allowed = 7d
    /// ```
    ///
    /// # Limits
    /// The live rate is taken to have been the same all the time; growth makes history smaller and
    /// replay faster. `headroom` is for the processor with all that it calls: what it writes to may
    /// be the slower part. A replay for a few keys needs no full one.
    ///
    /// # Sources
    /// Guide, section 6, "Decision Framework: Lambda vs. Kappa". J. Kreps, "Questioning the Lambda
    /// Architecture" (2014).
    pub const TOPIC = Topic {
        id: "lambda-or-kappa",
        title: "Does history need code of its own?",
        noun: "Lambda or Kappa",
        section: "6",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

static FACTS: &[Fact] = &[
    Fact::number("horizon", "d", 0.0, 36_500.0)
        .asks("How far back must results be recomputed when the logic changes, in days?")
        .why("It is what a replay has to read", "guide, section 6")
        .or(Value::Number(7.0))
        .from(|seen, it| seen.time(it, "horizon", 86_400.0)),
    Fact::number("headroom", "times", 1.0001, 1e5)
        .asks("How many times the live load can the stream processor do, scaled up for a replay?")
        .why("History is read with what is left beyond the live load", "arithmetic")
        .or(Value::Number(4.0)),
    Fact::number("replay-allowed", "d", 0.0, 3650.0)
        .asks("How long may a replay take, in days?")
        .why("Until it is done, old results stand", "guide, section 6: too slow or expensive")
        .or(Value::Number(7.0)),
    Fact::number("kept", "d", 0.0, 36_500.0)
        .asks("How far back can the raw events be read by the stream processor, in days?")
        .why("What is not kept cannot be replayed", "guide, section 6, replay for backfill")
        .or(Value::Number(3650.0))
        .from(kept),
    Fact::number("fresh-within", "s", 0.0001, 1e8)
        .asks("How old may the output be, in seconds?")
        .why("Where a batch is fresh enough, there is nothing to stream", "guide, section 6")
        .or(Value::Number(1.0))
        .from(|seen, it| seen.time(it, "freshness", 1.0)),
    Fact::number("batch-takes", "s", 1.0, 1e7)
        .asks("How long does a run over one batch take, in seconds?")
        .why("What a batch gives is two runs old at worst", "topic processing-style")
        .or(Value::Number(600.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "batch-only",
        title: "Batches alone",
        reversal: Reversal::Weeks,
        undo: "a stream is added beside them",
        door: "keep the raw events with their times",
        boring: 1,
    },
    Opt {
        id: "kappa",
        title: "One stream processor, which replays",
        reversal: Reversal::Months,
        undo: "a batch layer is written over the same raw events",
        door: "keep the raw events longer than the horizon, in files that a batch can read",
        boring: 2,
    },
    Opt {
        id: "lambda",
        title: "A batch layer for history, a stream for now",
        reversal: Reversal::Months,
        undo: "one of the two codes is retired, after the other has proven all of its results",
        door: "share the transformation as a library, and compare both results every day",
        boring: 3,
    },
];

/// The shortest retention of the topics that it reads.
fn kept(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let (reads, path) = seen.stated(subject, "reads")?;
    let kept = reads.items().iter().filter_map(|it| {
        let retention = seen.fact(&format!("topics.{}.retention", it.text()?))?;
        Some(retention.duration()? as f64 / 86_400e9)
    });
    let least = kept.min_by(f64::total_cmp)?;
    Some(Known::derived(path, Value::Number(least.min(36_500.0))))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut pipelines = seen.named("data.pipelines");
    pipelines.retain(|it| {
        let streams = seen.stated(it, "style").is_some_and(|it| !it.0.says("batch"));
        streams || seen.stated(it, "horizon").is_some()
    });
    pipelines
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [horizon, headroom, allowed, kept, fresh, takes] =
        ["horizon", "headroom", "replay-allowed", "kept", "fresh-within", "batch-takes"]
            .map(|it| facts.number(it));
    let replay = horizon / (headroom - 1.0);
    let text = format!("{} d / ({} - 1)", plain(horizon), plain(headroom));
    let forgets = kept < horizon;
    let slow = replay > allowed;
    let rests = ["horizon", "headroom", "replay-allowed"];

    judge.exclude_if(
        2.0 * takes > fresh,
        "batch-only",
        &["fresh-within", "batch-takes"],
        format!(
            "two runs of {} s are older than the {} s that are allowed",
            plain(takes),
            plain(fresh)
        ),
    );
    judge.exclude_if(
        slow,
        "kappa",
        &rests,
        format!("a replay takes {text} = {} d, and may take {}", plain(replay), plain(allowed)),
    );
    judge.exclude_if(
        forgets,
        "kappa",
        &["kept", "horizon"],
        format!(
            "events of {} days ago are asked for, and {} are kept",
            plain(horizon),
            plain(kept)
        ),
    );
    judge.exclude_if(
        !slow && !forgets,
        "lambda",
        &rests,
        format!("a second code for what a replay does in {text} = {} d", plain(replay)),
    );
    judge.line("replay", text, replay, "d");
    let most = allowed * (headroom - 1.0);
    let text = format!("{} d x ({} - 1)", plain(allowed), plain(headroom));
    judge.line("history that a replay can do in time", text, most, "d");
    let text = format!("1 + {} d / {} d", plain(horizon), plain(allowed));
    judge.line("headroom that the horizon needs", text, 1.0 + horizon / allowed, "times");
    if forgets {
        judge.advise(format!(
            "Keeping the events for {} days, in the log's tiered storage or in files that the stream \
             processor reads, would do without the second code{}.",
            plain(horizon),
            if slow { ", were a replay fast enough" } else { "" }
        ));
    }
}
