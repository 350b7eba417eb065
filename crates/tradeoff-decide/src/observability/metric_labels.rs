//! `metric-labels`: what a metric may be split by.

use tradeoff_model::Fact as Stated;

use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value, subjects};

topic! {
    /// Whether something becomes a label of a metric.
    ///
    /// # Why
    /// A metrics store keeps a series for every combination of label values, and all that were seen
    /// lately stay in memory. So a label multiplies: five values of it are five times the series, a
    /// user's id is as many times as there are users. Values that come and go count longer than
    /// they live. What identifies one request or one user is a question for logs and traces, which
    /// are written once and do not multiply.
    ///
    /// # Examples
    /// ```facts answers label
    /// values = 5
    /// ```
    /// A million users times a hundred series:
    /// ```facts answers log-or-trace
    /// values = 1M
    /// ```
    /// If what one wants to know is the plan that they pay, there are four of them:
    /// ```facts answers grouped-label
    /// values = 1M
    /// groups = 4
    /// ```
    /// Beside 100 other series it may have 1,000 values:
    /// ```facts flips log-or-trace values 1001
    /// values = 5
    /// other-series = 100
    /// ```
    ///
    /// # Limits
    /// All combinations are counted; often not all of them come up: measure the series that there
    /// are. Stores differ in what a series costs; some charge for it.
    ///
    /// # Sources
    /// Guide, section 15, "Cardinality Management in Metrics". Prometheus, "Metric and label
    /// naming": every combination is a new series. Grafana Mimir, "Planning capacity".
    pub const TOPIC = Topic {
        id: "metric-labels",
        title: "May a metric be split by this?",
        noun: "Metric labels",
        section: "15",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

/// Hours for which a series that gets no more samples stays in memory: Prometheus' head block of 2
/// h, and the half of one before it is cut.
const HEAD: f64 = 3.0;

/// Groups of which a label tells at least one from another.
const TWO: f64 = 2.0;

static FACTS: &[Fact] = &[
    Fact::number("values", "values", 1.0, 1e12)
        .asks("How many values can the label have?")
        .why("It multiplies the series", "guide, section 15")
        .or(Value::Number(1.0))
        .from(|seen, it| {
            let (label, path) = widest(seen, it)?;
            Some(Known::at(path, Value::Number(label.number()?)))
        }),
    Fact::flag("unbounded")
        .asks("Does every request, user or order bring a new value?")
        .why("Then there is no number that it ends at", "guide, section 15")
        .or(Value::Flag(false))
        .from(|seen, it| {
            let (label, path) = widest(seen, it)?;
            Some(Known::at(path, Value::Flag(label.says("unbounded"))))
        }),
    Fact::number("other-series", "series", 1.0, 1e12)
        .asks("How many series has the metric without it, over all instances and buckets?")
        .why("Each of them is multiplied", "guide, section 15")
        .or(Value::Number(100.0))
        .from(other_series),
    Fact::number("budget", "series", 1.0, 1e12)
        .asks("How many series may the metric have?")
        .why("The store must keep all of them in memory", "guide, section 15")
        .or(Value::Number(1e5))
        .from(|seen, _| {
            let path = "observability.series_budget";
            let budget = seen.architecture.facts.get(path).filter(|it| it.stated)?;
            Some(Known::at(path, Value::Number(budget.number()?)))
        }),
    Fact::number("new-per-hour", "values", 0.0, 1e12)
        .asks("How many new values come an hour in place of old ones: pods, versions?")
        .why("A series stays in memory for hours after its last sample", "Prometheus, storage")
        .or(Value::Number(0.0)),
    Fact::number("groups", "groups", 0.0, 1e6)
        .asks("How many groups of its values would answer the question as well (0: none would)?")
        .why("A class of status, a plan, a size are few", "guide, section 15, status code bucket")
        .or(Value::Number(0.0)),
    Fact::number("bytes", "kB", 0.1, 100.0)
        .asks("How much memory does a series take?")
        .why("Times the series it is what the store needs", "Grafana Mimir, planning capacity")
        .or(Value::Number(8.0)),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "label",
        title: "A label",
        reversal: Reversal::Days,
        undo: "dropping it when the metric is read; what rests on it must be found",
        door: "limit the series of a metric where it is read, so that a mistake stays small",
        boring: 1,
    },
    Opt {
        id: "grouped-label",
        title: "A label of few groups",
        reversal: Reversal::Days,
        undo: "dropping it when the metric is read; what rests on it must be found",
        door: "put what fits no group into `other`, and keep the value itself in the logs",
        boring: 2,
    },
    Opt {
        id: "log-or-trace",
        title: "A field of logs and traces",
        reversal: Reversal::Days,
        undo: "a field that nobody reads",
        door: "link a metric to sample traces (exemplars), so that one leads to the other",
        boring: 3,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut metrics = subjects::entries(seen, "observability.metrics");
    metrics.retain(|it| widest(seen, it).is_some());
    metrics
}

/// The label with the most values, and its path.
fn widest<'a>(seen: &Seen<'a>, subject: &Subject) -> Option<(&'a Stated, String)> {
    let (labels, path) = seen.stated(subject, "labels")?;
    let size = |it: &Stated| it.number().unwrap_or(f64::INFINITY);
    let (name, label) = labels.entries().max_by(|a, b| size(a.1).total_cmp(&size(b.1)))?;
    Some((label, format!("{path}.{}", subjects::quoted(name))))
}

/// What the other labels and the buckets come to, per replica of what is measured.
fn other_series(seen: &Seen<'_>, subject: &Subject) -> Option<Known> {
    let (labels, path) = seen.stated(subject, "labels")?;
    let (_, widest) = widest(seen, subject)?;
    let others = labels.entries().filter(|it| !widest.ends_with(&subjects::quoted(it.0)));
    let mut series: f64 = others.map(|it| it.1.number().unwrap_or(f64::INFINITY)).product();
    if let Some((buckets, _)) = seen.stated(subject, "buckets") {
        // The bucket without bound, the sum and the count come on top.
        series *= buckets.items().len() as f64 + 3.0;
    }
    if let Some((of, _)) = seen.stated(subject, "of") {
        let names: Vec<&str> = of.items().iter().filter_map(Stated::text).collect();
        let services = &seen.architecture.services;
        let measured = services.iter().filter(|it| names.contains(&it.name.value.as_str()));
        let replicas: u32 = measured.map(|it| it.replicas.value).sum();
        series *= f64::from(replicas.max(1));
    }
    series.is_finite().then(|| Known::derived(path, Value::Number(series)))
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let [values, others, budget] = ["values", "other-series", "budget"].map(|it| facts.number(it));
    let [fresh, groups, size] = ["new-per-hour", "groups", "bytes"].map(|it| facts.number(it));
    let held = values + fresh * HEAD;
    let series = held * others;
    let grouped = groups * others;
    judge.exclude_if(
        facts.flag("unbounded"),
        "label",
        &["unbounded"],
        "every value is a new series: there is no number at which it ends",
    );
    judge.exclude_if(
        series > budget,
        "label",
        &["values", "other-series", "new-per-hour", "budget"],
        format!(
            "{} values x {} series = {}, of {}",
            plain(held),
            plain(others),
            plain(series),
            plain(budget)
        ),
    );
    judge.exclude_if(
        groups < TWO,
        "grouped-label",
        &["groups"],
        if groups < 1.0 {
            "there are no groups that would answer the question"
        } else {
            "one group has everything in it, and tells nothing apart"
        },
    );
    judge.exclude_if(
        grouped > budget,
        "grouped-label",
        &["groups", "other-series", "budget"],
        format!(
            "{} groups x {} series = {}, of {}",
            plain(groups),
            plain(others),
            plain(grouped),
            plain(budget)
        ),
    );
    // Of what has no end there is no sum.
    if !facts.flag("unbounded") {
        judge.line(
            "values in memory",
            format!("{} + {} /h x {} h", plain(values), plain(fresh), plain(HEAD)),
            held,
            "",
        );
        judge.line("series", format!("{} x {}", plain(held), plain(others)), series, "");
        let text = format!("{} x {} kB", plain(series), plain(size));
        judge.line("memory", text, series * size / 1e3, "MB");
    }
    judge.line("values that fit", "budget / other series", libm::floor(budget / others), "");
    if groups >= TWO {
        let text = format!("{} x {}", plain(groups), plain(others));
        judge.line("series, grouped", text, grouped, "");
    }
}
