//! `inference-mode`: when a model answers.

use crate::value::{plain, with_unit};
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
    /// Nothing of the request is needed, but what happened 50 ms ago: a stream that takes a second
    /// is too slow, and a model in the path of the request does not know it sooner either:
    /// ```facts answers none
    /// facts-in-request = false
    /// fresh-within = 50ms
    /// ```
    /// Ten million answers of 10 ms a day are 27.8 hours of work: three machines do a run in 9.3,
    /// and what was asked of the stream would be 20 machines all day:
    /// ```facts answers batch
    /// facts-in-request = false
    /// fresh-within = 1d
    /// entities = 10M
    /// events = 1000/s
    /// rate = 300/s
    /// ```
    /// A million answers of 10 ms are 2.8 hours on one machine, if there is only one, and the
    /// oldest is two runs old:
    /// ```facts flips near-real-time fresh-within 19990s
    /// facts-in-request = false
    /// fresh-within = 1d
    /// machines = 1
    /// ```
    ///
    /// # Limits
    /// Machines are paid by the hour and answer one at a time; on a GPU that answers many at once,
    /// state the time per answer of a full batch. Machines on events and on request are half idle
    /// on purpose, so that few wait. Looking up inputs is part of `predict-time`. A run over
    /// everything has as many machines as it takes, unless `machines` says otherwise.
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

/// Seconds below which no run over everything follows: guide, section 14, batch is "minutes to
/// hours".
const MINUTES: f64 = 60.0;
/// Share of the time that a machine in the path of requests is busy at the peak.
const BUSY: f64 = 0.5;
/// Hours in a month.
const MONTH: f64 = 730.0;

/// USD that keeping a stream running takes a month unless somebody says: a week of one person, at
/// the price that `vendor-lock-in` has for it.
const CARE: f64 = 4000.0;

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
    Fact::number("stream-within", "s", 0.001, 1e5)
        .asks("How many seconds after an event does a stream have its answer ready?")
        .why("What must be fresher cannot follow events", "guide, section 14, table: seconds")
        .or(Value::Number(1.0)),
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
        .asks("How many machines may a run over everything have at most?")
        .why("A run on fewer than it takes ends too late", "arithmetic")
        .or(Value::Number(1e5)),
    Fact::number("price", "USD/h", 0.0, 1e4)
        .asks("What does a machine cost, in USD an hour?")
        .why("It turns machines into money", "arithmetic")
        .or(Value::Number(1.0)),
    Fact::number("stream-care", "USD a month", 0.0, 1e7)
        .asks("What do those cost a month who keep a stream running, in USD?")
        .why(
            "Machines that it saves have to pay for them",
            "guide, section 14: a table is simpler and cheaper",
        )
        .or(Value::Number(CARE)),
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

/// Machines, and what they cost in USD a month.
struct Sums {
    /// Machine-seconds of a run over everything.
    work: f64,
    /// The fewest machines that finish two runs within the freshness.
    needed: f64,
    /// Seconds of a run on as many as there may be.
    run: f64,
    /// Machines of a run.
    boxes: f64,
    /// Runs in a month.
    runs: f64,
    batch: f64,
    /// Machines on events.
    stream: f64,
    streaming: f64,
    /// Machines on request.
    served: f64,
    online: f64,
}

impl Sums {
    fn of(facts: &Answers) -> Self {
        let [fresh, predict, entities, machines, price] =
            ["fresh-within", "predict-time", "entities", "machines", "price"]
                .map(|it| facts.number(it));
        let [rate, peak, events] = ["rate", "peak", "events"].map(|it| facts.number(it));
        let work = entities * predict / 1e3;
        let needed = libm::ceil(2.0 * work / fresh);
        let boxes = needed.min(machines);
        let run = work / boxes;
        // A run starts when what was computed before would grow too old: on one machine, so long
        // before as it takes; on several, each half of the freshness.
        let between = if needed > 1.0 { fresh / 2.0 } else { fresh - work };
        let runs = MONTH * 3600.0 / between;
        // A stream and a server are there, however little they do.
        let stream = libm::ceil(events * predict / 1e3 / BUSY).max(1.0);
        let served = libm::ceil(rate * peak * predict / 1e3 / BUSY).max(1.0);
        Self {
            work,
            needed,
            run,
            boxes,
            runs,
            batch: runs * work / 3600.0 * price,
            stream,
            streaming: stream * MONTH * price,
            served,
            online: served * MONTH * price,
        }
    }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let it = Sums::of(facts);
    let request = facts.flag("facts-in-request");
    let [fresh, within, predict, delay] =
        ["fresh-within", "within", "predict-time", "stream-within"].map(|it| facts.number(it));
    let allowed = plain(fresh);

    for option in ["batch", "near-real-time"] {
        judge.exclude_if(
            request,
            option,
            &["facts-in-request"],
            "what it looks at does not exist before the request",
        );
    }
    judge.exclude_if(
        fresh < MINUTES,
        "batch",
        &["fresh-within"],
        format!("runs over everything follow within minutes, and {allowed} s are allowed"),
    );
    judge.exclude_if(
        it.needed > it.boxes,
        "batch",
        &["fresh-within", "entities", "predict-time", "machines"],
        format!(
            "a run takes {} s / {} = {} s, its oldest answer is two runs old, and may be {allowed} \
             s",
            plain(it.work),
            with_unit(it.boxes, "machines"),
            plain(it.run),
        ),
    );
    judge.exclude_if(
        fresh < delay,
        "near-real-time",
        &["fresh-within", "stream-within"],
        format!("a stream follows after {} s, and {allowed} s are allowed", plain(delay)),
    );
    let care = facts.number("stream-care");
    judge.exclude_if(
        it.batch > it.streaming + care && !judge.is_excluded("near-real-time"),
        "batch",
        &["fresh-within", "entities", "events", "predict-time", "price", "stream-care"],
        format!(
            "computing everything so often costs {} USD a month, on events {}, and {} for those \
             who keep a stream running",
            plain(libm::round(it.batch)),
            plain(libm::round(it.streaming)),
            plain(care)
        ),
    );
    judge.exclude_if(
        predict > within,
        "online",
        &["predict-time", "within"],
        format!("the model takes {} ms, and the request may {} ms", plain(predict), plain(within)),
    );
    judge.exclude_if(
        !request,
        "online",
        &["facts-in-request"],
        "all that it looks at is known before the request: waiting for it makes nothing fresher",
    );
    arithmetic(&it, facts, judge);
}

fn arithmetic(it: &Sums, facts: &Answers, judge: &mut Judge) {
    let [fresh, each, entities, rate, peak, events, price] =
        ["fresh-within", "predict-time", "entities", "rate", "peak", "events", "price"]
            .map(|it| plain(facts.number(it)));
    let asked = facts.number("rate") * MONTH * 3600.0;
    let [needed, boxes, work] = [it.needed, it.boxes, it.work / 3600.0].map(plain);
    judge.line("work of a run", format!("{entities} x {each} ms"), it.work / 3600.0, "h");
    judge.line(
        "machines that finish two runs in time",
        format!("2 x {work} h / {fresh} s, rounded up"),
        it.needed,
        "",
    );
    let some = if it.boxes < it.needed { format!(", not {needed}") } else { String::new() };
    let text = format!("{work} h / {boxes}{some}");
    judge.line("a run over everything", text, it.run / 3600.0, "h");
    let text = format!("{} runs x {work} h x {price} USD", plain(it.runs));
    judge.line("batch", text, it.batch, "USD a month");
    let text = format!("{events}/s x {each} ms / {BUSY}, rounded up");
    judge.line("machines on events", text, it.stream, "");
    let text = format!("{} x 730 h x {price} USD", plain(it.stream));
    judge.line("near-real-time", text, it.streaming, "USD a month");
    let text = format!("{rate}/s x {peak} x {each} ms / {BUSY}, rounded up");
    judge.line("machines on request", text, it.served, "");
    let text = format!("{} x 730 h x {price} USD", plain(it.served));
    judge.line("online", text, it.online, "USD a month");
    if asked <= 0.0 {
        return;
    }
    for (name, cost) in
        [("batch", it.batch), ("near-real-time", it.streaming), ("online", it.online)]
    {
        let text = format!("{} USD / {} asked for", plain(cost), plain(asked));
        judge.line(format!("{name}: a thousand answers"), text, cost / asked * 1e3, "USD");
    }
    if it.batch > it.online && !judge.is_excluded("batch") {
        judge.advise(
            "Computing ahead costs more than answering on request here: compute ahead only what \
             was asked for lately, and keep the rest as it is first asked for.",
        );
    }
}
