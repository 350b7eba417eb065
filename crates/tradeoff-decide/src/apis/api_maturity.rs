//! `api-maturity`: how far an API follows REST.

use crate::value::plain;
use crate::{Answers, Fact, Judge, Known, Opt, Reversal, Seen, Subject, Value};

topic! {
    /// How far an API follows REST: verbs and status codes, or links as well.
    ///
    /// # Why
    /// Resources, verbs and status codes are what proxies, caches and clients understand without
    /// being told: that is level 2, and worth it everywhere. Links in every answer pay if a client
    /// follows them that does not know the API. A client that is written against the documentation
    /// builds its addresses itself, and reads none.
    ///
    /// # Examples
    /// ```facts answers level-2
    /// generic-clients = false
    /// ```
    /// ```facts answers level-3
    /// generic-clients = true
    /// ```
    /// ```facts flips level-3 generic-clients true
    /// clients = 3
    /// ```
    ///
    /// # Limits
    /// Levels 0 and 1 are other protocols in the clothes of HTTP: see `protocol`. A link to the next
    /// page is worth having at any level.
    ///
    /// # Sources
    /// Guide, section 9, "REST Maturity Model". L. Richardson's levels, in M. Fowler, "Richardson
    /// Maturity Model".
    pub const TOPIC = Topic {
        id: "api-maturity",
        title: "How far does the API follow REST?",
        noun: "REST maturity",
        section: "9",
        facts: FACTS,
        options: OPTIONS,
        subjects,
        judge,
    };
}

/// Seconds of a day.
const DAY: f64 = 86_400.0;

static FACTS: &[Fact] = &[
    Fact::flag("generic-clients")
        .asks("Are there clients that know links and media types, and not this API?")
        .why("Only they follow links", "guide, section 9")
        .or(Value::Flag(false)),
    Fact::number("clients", "clients", 1.0, 1e6)
        .asks("How many clients are there that are written against its documentation?")
        .why("They build addresses themselves", "guide, section 9")
        .or(Value::Number(3.0)),
    Fact::number("links", "links", 0.0, 1000.0)
        .asks("How many links would an answer carry?")
        .why("They are made and sent each time", "guide, section 9")
        .or(Value::Number(5.0)),
    Fact::number("link", "bytes", 1.0, 2000.0)
        .asks("How long is a link?")
        .why("They are made and sent each time", "guide, section 9")
        .or(Value::Number(80.0)),
    Fact::number("rate", "/s", 0.0, 1e8)
        .asks("How many answers a second are given?")
        .why("They are made and sent each time", "guide, section 9")
        .or(Value::Number(100.0))
        .from(|seen, _| {
            let rate = seen.steady.total;
            (rate > 0.0).then(|| Known::derived("traffic", Value::Number(rate)))
        }),
];

static OPTIONS: &[Opt] = &[
    Opt {
        id: "level-2",
        title: "Resources, verbs and status codes",
        reversal: Reversal::Weeks,
        undo: "links can be added on any day: nobody minds a new field",
        door: "documented errors with one body (RFC 9457), and a link to the next page",
        boring: 1,
    },
    Opt {
        id: "level-3",
        title: "And links to what can be done next",
        reversal: Reversal::Months,
        undo: "clients that follow links stand still without them",
        door: "one media type for links, and a test that follows all of them",
        boring: 2,
    },
];

fn subjects(seen: &Seen<'_>) -> Vec<Subject> {
    let mut endpoints = seen.architecture.services.iter().flat_map(|it| &it.endpoints);
    if endpoints.any(|it| it.http.is_some()) { vec![seen.whole()] } else { Vec::new() }
}

fn judge(facts: &Answers, judge: &mut Judge) {
    let generic = facts.flag("generic-clients");
    let [clients, links, link, rate] =
        ["clients", "links", "link", "rate"].map(|it| facts.number(it));
    let sent = links * link * rate * DAY / 1e9;
    let text = format!("{} x {} B x {}/s x 1 d", plain(links), plain(link), plain(rate));
    judge.exclude_if(
        generic,
        "level-2",
        &["generic-clients"],
        "a client that does not know the API has nowhere to go without links",
    );
    judge.exclude_if(
        !generic,
        "level-3",
        &["generic-clients", "clients", "links", "rate"],
        format!(
            "{} clients know the addresses: {text} = {} GB a day of links that nobody reads",
            plain(clients),
            plain(sent)
        ),
    );
    judge.line("links that are sent in a day", text, sent, "GB");
}
