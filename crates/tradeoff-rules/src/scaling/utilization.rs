//! `scale-utilization`: more work than cores or slots can do with ease.

use serde_json::json;
use tradeoff_diag::{Severity, Span};

use super::need::{self, Use};
use crate::mend::{Mend, child};
use crate::{Context, Finding, Report, Source};
use tradeoff_analyze::resources::BUSY;
use tradeoff_analyze::words::number;

rule! {
    /// Cores or slots are busy more than 70 % of the time, or are offered more than they can do.
    ///
    /// # Why
    /// Waiting grows with u / (1 - u): at 70 % a request waits more than twice as long as its own
    /// work takes, at 90 % nine times, and a small surge or one lost replica is enough for a
    /// queue that grows without end. At 100 % it grows from the first second.
    ///
    /// # Examples
    /// ```yaml fires
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   catalog:
    /// # ^^^^^^^ scale-utilization
    ///     replicas: 2
    ///     cores: 1
    ///     endpoints:
    ///       search:
    ///         steps:
    ///           - work: 12ms
    ///           - chance: 50%
    ///             do: [ { call: price.get } ]
    ///   price:
    /// # ^^^^^ scale-utilization
    ///     concurrency: 3
    ///     endpoints:
    ///       get: { steps: [ { wait: 30ms }, { query: prices.read } ] }
    /// stores:
    ///   prices:
    /// # ^^^^^^ scale-utilization
    ///     cores: 1
    ///     operations: { read: { time: 20ms } }
    /// traffic:
    ///   shoppers: { rate: 120/s, mix: { catalog.search: 100% } }
    /// ```
    /// With room to spare, also for users who wait for their answers:
    /// ```yaml passes
    /// tradeoff: 1
    /// name: shop
    /// services:
    ///   catalog:
    ///     replicas: 3
    ///     cores: 1
    ///     endpoints:
    ///       search: { steps: [ { work: 12ms } ] }
    /// traffic:
    ///   shoppers: { rate: 120/s, mix: { catalog.search: 100% } }
    ///   staff: { users: 10, think: 1s, mix: { catalog.search: 100% } }
    /// ```
    ///
    /// # Limits
    /// Surges of scenarios, retries and what runs after a failure are not counted: the file's
    /// steady traffic is. Closed traffic counts with users / (think + time without waiting), which
    /// is the most that it can ask. The time that a slot is kept is that without waiting, so slots
    /// fill up earlier than the sum says. A store's writes all go to one copy, its reads to all.
    /// Externals are not looked at.
    ///
    /// # Sources
    /// Guide, section 11: scaling up and out. L. Kleinrock, "Queueing Systems", volume 1: the
    /// waiting time of M/M/1.
    pub const RULE = Rule {
        id: "scale-utilization",
        severity: Severity::Warning,
        source: Source { guide: Some("11"), other: Some("Kleinrock: Queueing Systems, volume 1") },
        summary: "cores or slots that are busy more than 70% of the time",
        since: "0.1",
        check,
    };
}

fn check(cx: &Context<'_>, report: &mut Report) {
    for process in 0..cx.analysis.processes.len() {
        service(cx, process, report);
    }
    for at in 0..cx.architecture.stores.len() {
        store(cx, at, report);
    }
}

fn service(cx: &Context<'_>, process: usize, report: &mut Report) {
    let subject = &cx.analysis.processes[process].name;
    if cx.architecture.traffic.is_empty() {
        return report.unknown(&RULE, subject, "traffic");
    }
    let lead = cx.analysis.lead(process);
    let busiest = need::service(cx, process);
    if let Some(it) = busiest.as_ref().filter(|it| it.ratio > BUSY) {
        let mut mend = Mend::new(cx);
        let mut help = "spread the load over more replicas, or make the work smaller".to_owned();
        if let Some(replicas) = it.needs() {
            let set = mend.replicas_words(process, replicas);
            help = format!("{set}: then its {} are busy at most 60%", it.what);
            mend.replicas(process, replicas);
        }
        let finding = finding(subject, lead.name.span, it).help(help);
        return report.fire(finding.patch(mend.edits()));
    }
    if lead.cores.is_none() && need::works(cx, process) {
        return report.unknown(&RULE, subject, format!("services.{}.cores", lead.name.value));
    }
    report.pass(&RULE);
}

fn store(cx: &Context<'_>, at: usize, report: &mut Report) {
    let store = &cx.architecture.stores[at];
    let subject = &store.name.value;
    if cx.architecture.traffic.is_empty() {
        return report.unknown(&RULE, subject, "traffic");
    }
    let Some(it) = need::store(cx, at) else {
        let (_, reads, writes) = need::queries(cx, at, store);
        if reads + writes > 0.0 {
            return report.unknown(&RULE, subject, format!("stores.{subject}.cores"));
        }
        return report.pass(&RULE);
    };
    if it.ratio <= BUSY {
        return report.pass(&RULE);
    }
    let mut mend = Mend::new(cx);
    let mut help = "make the queries cheaper, or split the data".to_owned();
    if let Some(cores) = it.needs() {
        help = format!("raise `cores` to {cores}: then they are busy at most 60%");
        let key = child(&child("/stores", subject), "cores");
        let map = cx.document.get(&key).is_some_and(|it| it.is_object());
        mend.set(&if map { child(&key, "count") } else { key }, json!(cores));
    }
    let finding = finding(subject, store.name.span, &it).help(help);
    report.fire(finding.patch(mend.edits()));
}

fn finding(subject: &str, span: Span, it: &Use) -> Finding {
    let (sign, limit, severity) =
        if it.ratio >= 1.0 { (">=", 1.0, Severity::Error) } else { (">", BUSY, Severity::Warning) };
    let message = if it.ratio >= 1.0 {
        format!("the {} of `{subject}` are offered more than they can do", it.what)
    } else {
        format!("the {} of `{subject}` are busy more than 70% of the time", it.what)
    };
    let text = format!("{} {sign} {}%", it.text(), number(limit * 100.0));
    RULE.at(subject, span, format!("its {} are too few", it.what), message)
        .severity(severity)
        .because(text, it.ratio, limit, "1")
}
