//! `signals`: what to measure, to write and to trace.

use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// Which signal answers a question about a running system.
    ///
    /// # Why
    /// Metrics say how much and how often, for little, and nothing of a single request. Logs say
    /// what happened, traces where a request spent its time, both for bytes per request. So what is
    /// always watched is metrics: of a service its rate, errors and duration (RED), of a resource
    /// its utilization, saturation and errors (USE). What is asked of one request goes to traces,
    /// what is asked of one event to structured logs.
    ///
    /// # Examples
    /// ```facts answers red
    /// kind = service
    /// ```
    /// ```facts answers use
    /// kind = resource
    /// ```
    /// ```facts answers traces
    /// question = which-request
    /// ```
    /// ```facts answers logs
    /// question = what-happened
    /// ```
    /// ```facts flips use kind resource
    /// kind = service
    /// ```
    ///
    /// # Limits
    /// All three are wanted in the end: the answer is where this question is asked. Sizes are those
    /// of a line and a span as they are written; stores compress them.
    ///
    /// # Sources
    /// Guide, section 15, "The Three Pillars" and "Structured Logging from Day 1". B. Gregg, "The
    /// USE Method". T. Wilkie, "The RED Method". Prometheus, storage: 1 to 2 bytes a sample.
    pub const TOPIC = Topic {
        id: "signals",
        title: "Which signal answers the question?",
        noun: "Signals",
        section: "15",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

const KINDS: &[&str] = &["service", "resource"];
const QUESTIONS: &[&str] = &["how-much", "which-request", "what-happened"];
/// Seconds of a day.
const DAY: f64 = 86_400.0;
/// Bytes of a sample: Prometheus, storage.
const SAMPLE: f64 = 2.0;

static FACTS: &[Fact] = &[
    Fact::choice("kind", KINDS)
        .asks("Is it something that answers requests, or something that is used up?")
        .why("Requests have a rate and a duration, a resource has a capacity", "Gregg; Wilkie")
        .or(Value::Choice("service"))
        .from(|_, it| {
            let word = if it.path.starts_with("stores.") { "resource" } else { "service" };
            Some(Known::derived(it.path.clone(), Value::Choice(word)))
        }),
    Fact::choice("question", QUESTIONS)
        .asks("What is asked: how much, which request was slow and where, or what happened?")
        .why("Metrics know no single request", "guide, section 15")
        .or(Value::Choice("how-much")),
    Fact::number("rate", "/s", 0.0, 1e8)
        .asks("How many requests a second come?")
        .why("Logs and traces grow with them, metrics do not", "guide, section 15")
        .or(Value::Number(100.0))
        .from(|seen, it| {
            let service = seen.architecture.services.get(it.at)?;
            let numbers = (0..service.endpoints.len()).map(|at| seen.analysis.number(it.at, at));
            let rate: f64 = numbers.map(|it| seen.steady.runs[it]).sum();
            let known = it.path.starts_with("services.") && rate > 0.0;
            known.then(|| Known::derived("traffic", Value::Number(rate)))
        }),
    Fact::number("series", "series", 1.0, 1e9)
        .asks("How many time series are kept of it?")
        .why("Each has a sample at every reading", "Prometheus, storage")
        .or(Value::Number(100.0)),
    Fact::number("scrape", "s", 1.0, 3600.0)
        .asks("How often are they read, in seconds?")
        .why("Each has a sample at every reading", "Prometheus, storage")
        .or(Value::Number(15.0)),
    Fact::number("line", "kB", 0.01, 1000.0)
        .asks("How much does a request write to the log?")
        .why("Times the rate it is what is kept", "guide, section 15")
        .or(Value::Number(1.0)),
    Fact::number("spans", "spans", 1.0, 1e4)
        .asks("How many spans has a request?")
        .why("Each call of its path writes one", "OpenTelemetry")
        .or(Value::Number(5.0)),
    Fact::number("sampling", "%", 0.0, 100.0)
        .asks("Which share of the requests is traced?")
        .why("It is the one figure by which traces get cheaper", "guide, section 15")
        .or(Value::Number(100.0))
        .from(|seen, _| {
            let path = "observability.traces.sampling";
            let stated = seen.architecture.facts.get(path).filter(|it| it.stated)?;
            Some(Known::at(path, Value::Number(stated.number()? * 100.0)))
        }),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "red",
        title: "Metrics of rate, errors and duration",
        reversal: Reversal::Days,
        undo: "a metric that nobody reads",
        door: "one middleware for all services, with one name and the same buckets",
        boring: 1,
    },
    Opt {
        id: "use",
        title: "Metrics of utilization, saturation and errors",
        reversal: Reversal::Days,
        undo: "a metric that nobody reads",
        door: "list the resources first: cores, memory, disks, pools, queues",
        boring: 2,
    },
    Opt {
        id: "logs",
        title: "Structured logs",
        reversal: Reversal::Days,
        undo: "writing fewer of them",
        door: "JSON from day 1, with trace_id, request_id and the user in every line",
        boring: 3,
    },
    Opt {
        id: "traces",
        title: "Traces",
        reversal: Reversal::Days,
        undo: "sampling none of them",
        door: "pass the trace on everywhere (W3C), messages included, before anything is kept",
        boring: 4,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut all = crate::subjects::services(seen);
    all.extend(seen.stores());
    all
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let (kind, question) = (facts.choice("kind"), facts.choice("question"));
    for (option, of) in [("red", "service"), ("use", "resource")] {
        judge.exclude_if(
            question != "how-much",
            option,
            &["question"],
            "metrics are sums over all requests: no single one can be found in them",
        );
        judge.exclude_if(
            kind != of,
            option,
            &["kind"],
            if of == "service" {
                "a resource has no requests of its own: it has a capacity, and what waits for it"
            } else {
                "a service is asked for answers: how full it is says nothing of what users see"
            },
        );
    }
    let [rate, series, scrape, line, spans, sampling] =
        ["rate", "series", "scrape", "line", "spans", "sampling"].map(|it| facts.number(it));
    let metrics = series / scrape * SAMPLE * DAY / 1e6;
    let logs = rate * line * DAY / 1e3;
    // A span is about as large as a line of a log.
    let traces = rate * spans * line * sampling / 100.0 * DAY / 1e3;
    for (option, megabytes) in [("logs", logs), ("traces", traces)] {
        judge.exclude_if(
            question == "how-much",
            option,
            &["question", "rate"],
            format!(
                "counting needs none of the {} MB a day that they write; metrics write {}",
                plain(megabytes),
                plain(metrics)
            ),
        );
    }
    judge.exclude_if(
        question == "which-request",
        "logs",
        &["question"],
        "lines of many services have no order in time and no parent",
    );
    judge.exclude_if(
        question == "what-happened",
        "traces",
        &["question"],
        "a trace knows where time was spent, not what the code saw",
    );
    let text = format!("{} / {} s x {} B x 1 d", plain(series), plain(scrape), plain(SAMPLE));
    judge.line("metrics in a day", text, metrics, "MB");
    let text = format!("{}/s x {} kB x 1 d", plain(rate), plain(line));
    judge.line("logs in a day", text, logs, "MB");
    let text = format!(
        "{}/s x {} spans x {} kB x {}% x 1 d",
        plain(rate),
        plain(spans),
        plain(line),
        plain(sampling)
    );
    judge.line("traces in a day", text, traces, "MB");
}
