//! `inference-mode`: when a model answers.

use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Today, Value};

topic! {
    /// Whether a model answers ahead for everything there is, on events, or while a request waits.
    ///
    /// # Why
    /// What a model looks at decides. If all of it is known before the request, the answer can be
    /// too: computed at night, looked up in a table, with nothing in the request that can fail. If
    /// the request itself carries it, a search query, a transaction, there is nothing to compute
    /// ahead, and the model stands in the path with its time, its machines for the peak and its
    /// failures. In between are events that change the answer within seconds. Cost is arithmetic:
    /// ahead everything is paid for, asked or not; on request only what is asked, at the rate of the
    /// peak.
    ///
    /// # Examples
    /// Nightly recommendations:
    /// ```facts answers batch
    /// facts-in-request = false
    /// fresh-within = 1d
    /// ```
    /// What was clicked ten seconds ago counts:
    /// ```facts answers near-real-time
    /// facts-in-request = false
    /// fresh-within = 10s
    /// ```
    /// Fraud, of a transaction that did not exist before:
    /// ```facts answers online
    /// facts-in-request = true
    /// ```
    /// A model that takes longer than the request may is no answer:
    /// ```facts answers none
    /// facts-in-request = true
    /// predict-time = 300ms
    /// within = 200ms
    /// ```
    /// A million answers of 10 ms are 2.8 hours on one machine, and the oldest is two runs old:
    /// ```facts flips near-real-time fresh-within 19999s
    /// facts-in-request = false
    /// fresh-within = 1d
    /// ```
    ///
    /// # Limits
    /// Machines are paid by the hour and answer one at a time; on a GPU that answers many at once,
    /// state the time per answer of a full batch. Online machines are half idle on purpose, so that
    /// few requests wait. Looking up inputs is part of `predict-time`.
    ///
    /// # Sources
    /// Guide, section 14, "Batch vs. Real-Time Inference", "When to Use Online Inference".
    pub const TOPIC = Topic {
        id: "inference-mode",
        title: "When does the model answer?",
        noun: "Inference mode",
        section: "14",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
        today: Today::Word(&["serving"], &[]),
    };
}

/// Seconds below which no pipeline follows: guide, section 14, near-real-time is "seconds".
const SECONDS: f64 = 1.0;
/// Share of the time that a machine in the path of requests is busy at the peak.
const BUSY: f64 = 0.5;
/// Hours in a month.
const MONTH: f64 = 730.0;

static FACTS: &[Fact] = &[
    Fact::flag("facts-in-request")
        .asks("Does the model look at something that only the request brings?")
        .why("Then nothing can be computed ahead", "guide, section 14, decision framework")
        .from(in_request),
    Fact::number("fresh-within", "s", 0.001, 1e8)
        .asks("How old may what an answer rests on be, in seconds?")
        .why("A table is as old as its last two runs", "guide, section 14, table")
        .or(Value::Number(86_400.0))
        .from(fresh),
    Fact::number("within", "ms", 1.0, 1e7)
        .asks("How long may a request wait for the answer, in milliseconds?")
        .why("Online, the model is part of it", "guide, section 14: latency budget")
        .or(Value::Number(200.0)),
    Fact::number("predict-time", "ms", 0.001, 1e6)
        .asks("How long does one machine take for one answer, in milliseconds?")
        .why("Times what is asked it is machines", "arithmetic")
        .or(Value::Number(10.0)),
    Fact::count("entities", "entities", 1.0, 1e12)
        .asks("For how many users, items or pairs would answers be computed ahead?")
        .why("Ahead, all of them are paid for", "arithmetic")
        .or(Value::Number(1e6)),
    Fact::number("rate", "/s", 0.0, 1e7)
        .asks("How many answers are asked for a second, on average?")
        .why("On request, only these are paid for", "arithmetic")
        .or(Value::Number(10.0))
        .from(rate),
    Fact::number("peak", "times", 1.0, 1e4)
        .asks("How many times the average is the peak?")
        .why("On request, machines are there for the peak", "arithmetic")
        .or(Value::Number(3.0)),
    Fact::number("events", "/s", 0.0, 1e8)
        .asks("How many events a second change an answer?")
        .why("On events, each of them is computed", "arithmetic")
        .or(Value::Number(30.0)),
    Fact::count("machines", "machines", 1.0, 1e5)
        .asks("How many machines does a run over everything have?")
        .why("It is how long the run takes", "arithmetic")
        .or(Value::Number(1.0)),
    Fact::number("price", "USD/h", 0.0, 1e4)
        .asks("What does a machine cost, in USD an hour?")
        .why("It turns machines into money", "arithmetic")
        .or(Value::Number(1.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "batch",
        title: "Ahead, for everything, into a table",
        reversal: Reversal::Weeks,
        undo: "the same model is served; what reads the table asks it instead",
        door: "hide the table behind a function that takes a request",
        boring: 1,
    },
    Opt {
        id: "near-real-time",
        title: "On events, within seconds",
        reversal: Reversal::Months,
        undo: "the stream is stopped, and the table is filled by a run",
        door: "let the stream and the run share the code of the features",
        boring: 2,
    },
    Opt {
        id: "online",
        title: "While the request waits",
        reversal: Reversal::Months,
        undo: "what can be is computed ahead; the path of the request is changed",
        door: "give the call a timeout and an answer without the model from the first day",
        boring: 3,
    },
];

/// The features of a model, by their paths.
fn features(seen: &Seen<'_>, subject: &Subject) -> Option<(Vec<Subject>, String)> {
    let (names, path) = seen.stated(subject, "features")?;
    let all = seen.named("data.features");
    let own = |it: &Subject| names.items().iter().any(|name| name.text() == Some(&it.name));
    Some((all.into_iter().filter(own).collect(), path))
}

/// Whether a feature is known at the request only.
fn in_request(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let (features, path) = features(seen, subject)?;
    let known: Option<Vec<bool>> =
        features.iter().map(|it| Some(seen.stated(it, "known")?.0.says("at-request"))).collect();
    Some(Known::derived(path, Value::Flag(known?.into_iter().any(|it| it))))
}

/// The freshest that a feature has to be.
fn fresh(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let (features, path) = features(seen, subject)?;
    let stated = features.iter().filter_map(|it| seen.time(it, "freshness", 1.0));
    let seconds = stated.filter_map(|it| match it.value {
        Value::Number(seconds) => Some(seconds),
        _ => None,
    });
    let least = seconds.min_by(f64::total_cmp)?;
    Some(Known::derived(path, Value::Number(least)))
}

/// How often the endpoint runs that answers with it.
fn rate(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let (endpoint, path) = seen.stated(subject, "endpoint")?;
    let name = endpoint.text()?;
    let at = seen.endpoints().into_iter().find(|it| it.name == name)?.at;
    let runs = seen.steady.runs[at];
    (runs > 0.0).then_some(Known::derived(path, Value::Number(runs)))
}

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    seen.named("data.models")
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let request = facts.flag("facts-in-request");
    let [fresh, within, predict, entities, rate, peak, events, machines, price] = [
        "fresh-within",
        "within",
        "predict-time",
        "entities",
        "rate",
        "peak",
        "events",
        "machines",
        "price",
    ]
    .map(|it| facts.number(it));
    let run = entities * predict / 1e3 / machines;
    let [count, each, boxes] = [entities, predict, machines].map(plain);
    let text = format!("{count} x {each} ms / {boxes}");

    for option in ["batch", "near-real-time"] {
        judge.exclude_if(
            request,
            option,
            &["facts-in-request"],
            "what it looks at does not exist before the request",
        );
    }
    judge.exclude_if(
        2.0 * run > fresh,
        "batch",
        &["fresh-within", "entities", "predict-time", "machines"],
        format!(
            "a run takes {text} = {} s, its oldest answer is two runs old, and may be {} s",
            plain(run),
            plain(fresh)
        ),
    );
    judge.exclude_if(
        fresh < SECONDS,
        "near-real-time",
        &["fresh-within"],
        format!("a stream follows within seconds, and {} s are allowed", plain(fresh)),
    );
    judge.exclude_if(
        predict > within,
        "online",
        &["predict-time", "within"],
        format!("the model takes {each} ms, and the request may {} ms", plain(within)),
    );
    judge.exclude_if(
        !request && fresh >= SECONDS,
        "online",
        &["facts-in-request", "fresh-within"],
        "all that it looks at is known before the request: it can be computed ahead",
    );

    // A run starts when what was computed before would grow too old.
    let asked = rate * MONTH * 3600.0;
    let between = (fresh - run).max(run);
    let runs = MONTH * 3600.0 / between;
    let batch = runs * run / 3600.0 * machines * price;
    judge.line("a run over everything", text, run / 3600.0, "h");
    let text = format!(
        "{} runs x {} h x {boxes} x {} USD",
        plain(runs),
        plain(run / 3600.0),
        plain(price)
    );
    judge.line("batch", text, batch, "USD a month");
    let stream = libm::ceil(events * predict / 1e3 / BUSY);
    let text = format!("{}/s x {each} ms / {BUSY}, rounded up", plain(events));
    judge.line("machines on events", text, stream, "");
    judge.line(
        "near-real-time",
        format!("{} x 730 h x {} USD", plain(stream), plain(price)),
        stream * MONTH * price,
        "USD a month",
    );
    let online = libm::ceil(rate * peak * predict / 1e3 / BUSY);
    let text = format!("{}/s x {} x {each} ms / {BUSY}, rounded up", plain(rate), plain(peak));
    judge.line("machines on request", text, online, "");
    judge.line(
        "online",
        format!("{} x 730 h x {} USD", plain(online), plain(price)),
        online * MONTH * price,
        "USD a month",
    );
    if asked > 0.0 {
        for (name, cost) in [
            ("batch", batch),
            ("near-real-time", stream * MONTH * price),
            ("online", online * MONTH * price),
        ] {
            let text = format!("{} USD / {} asked for", plain(cost), plain(asked));
            judge.line(format!("{name}: a thousand answers"), text, cost / asked * 1e3, "USD");
        }
        if batch > online * MONTH * price && !judge.is_excluded("batch") {
            judge.advise(
                "Computing ahead costs more than answering on request here: compute ahead only what \
                 was asked for lately, and keep the rest as it is first asked for.",
            );
        }
    }
}
