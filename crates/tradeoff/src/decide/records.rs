//! What an architecture records of its decisions, held against today's facts.

use serde::Serialize;
use tradeoff_decide::{
    Answers, Fact, Opt, Seen, Subject, Topic, Value, Verdict, answer, catalogue, reasons, topic,
};
use tradeoff_model::{Fact as Stated, nearest};

use super::done::carried_out;
use super::{Decide, seen};
use crate::load::Design;

/// A decision that the architecture records, or should.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// Its name in the architecture; null: it records none.
    pub decision: Option<String>,
    /// The topic.
    pub topic: String,
    /// What it is about; null: the topic is not one of these, or it does not arise.
    pub subject: Option<String>,
    /// How it stands.
    pub state: State,
    /// Whether it is recorded as proposed, not yet accepted.
    pub proposed: bool,
    /// What is recorded.
    pub chosen: Option<String>,
    /// What today's facts answer; null: nothing fits, or facts are missing that decide.
    pub answer: Option<&'static str>,
    /// Why it stands as it does.
    pub why: String,
    /// The fact that would decide; null: none, or nothing is missing that matters.
    pub decides: Option<&'static str>,
    /// Facts that were recorded with another value than today's.
    pub drifted: Vec<Drift>,
    /// The file that records it.
    pub adr: Option<String>,
}

/// A fact that has changed since it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// Which.
    pub fact: &'static str,
    /// What was recorded.
    pub then: String,
    /// What the architecture says today.
    pub now: String,
}

/// How a record stands against today's facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The facts answer something else, and speak against what is recorded.
    Contradicted,
    /// The architecture raises the question and records no answer.
    Missing,
    /// Facts are missing that decide.
    Open,
    /// The facts leave it, but what is easier to undo or more proven would do as well.
    Allowed,
    /// The facts answer what is recorded.
    Agreed,
    /// It is about something that is no topic here.
    Unknown,
}

/// A decision as the architecture records it.
#[derive(Clone, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a str,
    pub(crate) topic: &'a str,
    pub(crate) chosen: &'a str,
    pub(crate) adr: Option<&'a str>,
    fact: &'a Stated,
}

impl Entry<'_> {
    /// Whether it holds: neither superseded nor rejected.
    pub(crate) fn holds(&self) -> bool {
        let status = self.fact.get("status").and_then(Stated::text);
        !matches!(status, Some("superseded" | "rejected"))
    }

    /// Whether it is written down to be talked about.
    fn proposed(&self) -> bool {
        self.fact.get("status").and_then(Stated::text) == Some("proposed")
    }

    /// Whether it records a fact that nobody knew.
    pub(super) fn assumes(&self, fact: &str) -> bool {
        self.words("assumed").any(|it| it == fact)
    }

    /// Whether it records facts.
    pub(super) fn rests_on_facts(&self) -> bool {
        self.fact.get("facts").is_some_and(|it| it.entries().next().is_some())
    }

    /// The facts that it records, as they are written; `None`: not a single value.
    pub(super) fn facts(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let facts = self.fact.get("facts").into_iter().flat_map(Stated::entries);
        facts.map(|(name, value)| (name, value.text()))
    }

    fn words(&self, key: &str) -> impl Iterator<Item = &str> {
        self.fact.get(key).map_or(&[][..], Stated::items).iter().filter_map(Stated::text)
    }

    /// Whether it is about a subject: it names the component, or rests on the subject, or says
    /// neither of any.
    fn is_about(&self, subject: &Subject, all: &[Subject]) -> bool {
        let parts = |it: &Subject| tradeoff_model::split_dotted(&it.path).unwrap_or_default();
        let own = parts(subject);
        let component = own.get(1).map_or("", String::as_str);
        let rests = |on: &Subject| {
            !on.path.is_empty() && self.words("rests_on").any(|path| within(path, &on.path))
        };
        if all.iter().any(rests) {
            return rests(subject);
        }
        let mut about = self.words("about").peekable();
        if about.peek().is_none() && self.rests_on_one_of(own.first()) {
            // The part that it is about is no longer there.
            return false;
        }
        if about.peek().is_none() && own.first().is_some_and(|it| it == "decisions") {
            // Of another record it is only if it says so.
            return false;
        }
        about.peek().is_none() || own.is_empty() || about.any(|it| it == component)
    }

    /// Whether it rests on a part of the same map: of `edges`, of `slos`.
    fn rests_on_one_of(&self, map: Option<&String>) -> bool {
        self.words("rests_on").any(|path| {
            let parts = tradeoff_model::split_dotted(path).unwrap_or_default();
            parts.len() > 1 && parts.first() == map
        })
    }
}

/// Whether a dotted path is another one or below it.
fn within(path: &str, other: &str) -> bool {
    path.strip_prefix(other).is_some_and(|it| it.is_empty() || it.starts_with('.'))
}

/// What the architecture records, sorted by name.
pub(crate) fn entries(design: &Design) -> Vec<Entry<'_>> {
    let all = design.architecture().facts.entries("decisions").filter_map(|(name, fact)| {
        let text = |key: &str| fact.get(key).and_then(Stated::text);
        let (topic, chosen) = (text("topic")?, text("chosen")?);
        Some(Entry { name, topic, chosen, adr: text("adr"), fact })
    });
    all.collect()
}

/// All that a design implies and records, held against today's facts: the worst first.
pub fn all(design: &Design) -> Decide {
    let entries = entries(design);
    let mut records = Vec::new();
    seen(design, |seen| {
        for topic in catalogue() {
            let subjects = (topic.subjects)(seen);
            let mut used = Vec::new();
            for subject in &subjects {
                let entry = find(&entries, topic, subject, &subjects);
                used.extend(entry.map(|it| it.name));
                let answers = Answers::of(topic, seen, subject);
                records.push(match entry {
                    Some(entry) => held(design, seen, entry, subject, &answers),
                    None => missing(topic, subject, &answers),
                });
            }
            let own = entries.iter().filter(|it| it.holds() && same(it.topic, topic));
            for entry in own.filter(|it| !used.contains(&it.name)) {
                records.push(elsewhere(entry, topic));
            }
        }
    });
    for entry in entries.iter().filter(|it| it.holds()) {
        if catalogue().iter().all(|it| !same(entry.topic, it)) {
            records.push(unknown(entry));
        }
    }
    records.sort_by_key(|it| it.state);
    Decide { records, ..Decide::of(Some(design)) }
}

/// What a design records of one question, if it does.
pub(super) fn of(
    design: &Design,
    topic: &'static Topic,
    subject: &Subject,
    answers: &Answers,
) -> Option<Record> {
    let entries = entries(design);
    seen(design, |seen| {
        let entry = find(&entries, topic, subject, &(topic.subjects)(seen))?;
        Some(held(design, seen, entry, subject, answers))
    })
}

/// The record of a question that holds.
pub(super) fn find<'e, 'a>(
    entries: &'e [Entry<'a>],
    topic: &Topic,
    subject: &Subject,
    subjects: &[Subject],
) -> Option<&'e Entry<'a>> {
    let mut own = entries.iter().filter(|it| it.holds() && same(it.topic, topic));
    own.find(|it| it.is_about(subject, subjects))
}

pub(super) fn same(name: &str, topic: &Topic) -> bool {
    topic.id.eq_ignore_ascii_case(&name.replace(['_', ' '], "-"))
}

/// Today's facts, and where the architecture is silent those that were recorded.
pub(super) fn today(entry: &Entry<'_>, answers: &Answers) -> Answers {
    let mut today = answers.clone();
    for (fact, given) in answers.all() {
        use tradeoff_decide::Origin::{Default, Said};
        let silent = given.is_none_or(|it| matches!(it.origin, Default));
        let said = given.is_some_and(|it| matches!(it.origin, Said));
        if silent
            && !said
            && let Some(text) = recorded(entry, fact.name)
        {
            // What nobody knew then nobody knows because it was written down. And what can no
            // longer be read is asked for again.
            let _ = if entry.assumes(fact.name) {
                today.assume(fact.name, text)
            } else {
                today.say(fact.name, text)
            };
        }
    }
    today
}

pub(super) fn recorded<'a>(entry: &Entry<'a>, fact: &str) -> Option<&'a str> {
    let facts = entry.fact.get("facts")?;
    facts.entries().find(|it| it.0 == fact)?.1.text()
}

/// The facts that were recorded with another value than today's.
fn drifted(entry: &Entry<'_>, today: &Answers) -> Vec<Drift> {
    let all = today.all().filter_map(|(fact, given)| {
        let now = given?.value;
        let then = fact.kind.parse(recorded(entry, fact.name)?).ok()?;
        (!alike(then, now)).then(|| Drift {
            fact: fact.name,
            then: fact.show(then),
            now: fact.show(now),
        })
    });
    all.collect()
}

/// Whether two values are the same as far as they are written down.
pub(super) fn alike(a: Value, b: Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => libm::fabs(a - b) <= 1e-5 * libm::fabs(b),
        _ => a == b,
    }
}

/// A value as it is recorded: as it is shown, without commas between thousands.
pub(super) fn written(fact: &Fact, value: Value) -> String {
    fact.show(value).replace(',', "")
}

/// A record against today's facts.
fn held(
    design: &Design,
    seen: &Seen<'_>,
    entry: &Entry<'_>,
    subject: &Subject,
    answers: &Answers,
) -> Record {
    let topic = answers.topic;
    let today = today(entry, answers);
    let drifted = drifted(entry, &today);
    let now = answer(&today);
    let other = now.is_none_or(|it| it.id != entry.chosen);
    let (state, why, decides) = if other && carried_out(design, seen, entry, subject, &today) {
        (State::Agreed, "it has been carried out".to_owned(), None)
    } else {
        stands(topic, entry.chosen, now, &today)
    };
    Record {
        decision: Some(entry.name.to_owned()),
        topic: topic.id.to_owned(),
        subject: Some(subject.name.clone()),
        state,
        proposed: entry.proposed(),
        chosen: Some(entry.chosen.to_owned()),
        answer: now.map(|it| it.id),
        why,
        decides,
        drifted,
        adr: entry.adr.map(ToOwned::to_owned),
    }
}

/// How a record stands, why, and which fact would decide if one is missing.
fn stands(
    topic: &Topic,
    chosen: &str,
    now: Option<&Opt>,
    today: &Answers,
) -> (State, String, Option<&'static str>) {
    if now.is_some_and(|it| it.id == chosen) {
        return (State::Agreed, String::new(), None);
    }
    // Only now it is worth looking for the reasons.
    let verdict = reasons(today);
    let (state, why) = against(topic, chosen, &verdict);
    (state, why, verdict.open.and_then(|it| it.decides))
}

/// What speaks against an option that is not the answer.
pub(super) fn against(topic: &Topic, chosen: &str, verdict: &Verdict) -> (State, String) {
    if topic.option(chosen).is_none() {
        let ids = topic.options.iter().map(|it| it.id);
        let near = nearest(chosen, ids.clone());
        let known: Vec<&str> = ids.collect();
        let near = near.map_or(String::new(), |it| format!("; did you mean `{it}`?"));
        let why = format!("`{chosen}` is none of {}{near}", known.join(", "));
        return (State::Unknown, why);
    }
    if let Some(it) = verdict.excluded.iter().find(|it| it.option.id == chosen) {
        return (State::Contradicted, it.sentence.clone());
    }
    if let Some(it) = verdict.beaten.iter().find(|it| it.option.id == chosen) {
        return (State::Contradicted, format!("`{}` does better: {}", it.by.id, it.at.join(", ")));
    }
    if verdict.alternatives.iter().any(|it| it.id == chosen) {
        let first = verdict.chosen.map_or("", |it| it.id);
        let why = format!("nothing speaks against it; `{first}` is easier to undo or more proven");
        return (State::Allowed, why);
    }
    match &verdict.open {
        Some(open) if open.candidates.iter().flatten().any(|it| it.id == chosen) => {
            let decides =
                open.decides.unwrap_or_else(|| open.missing.first().copied().unwrap_or(""));
            (State::Open, format!("`{decides}` is not known, and decides"))
        }
        _ => {
            let other = verdict.chosen.map_or("nothing", |it| it.id);
            (State::Contradicted, format!("the answer is `{other}`, whatever is not known"))
        }
    }
}

/// A question that the architecture raises and does not record.
fn missing(topic: &'static Topic, subject: &Subject, answers: &Answers) -> Record {
    let verdict = reasons(answers);
    let now = verdict.chosen;
    let decides = verdict.open.filter(|_| now.is_none()).and_then(|it| it.decides);
    let why = match (now, decides) {
        (Some(it), _) => it.title.to_owned(),
        (None, Some(decides)) => format!("`{decides}` is not known, and decides"),
        (None, None) => "nothing fits: something has to give".to_owned(),
    };
    Record {
        decision: None,
        topic: topic.id.to_owned(),
        subject: Some(subject.name.clone()),
        state: State::Missing,
        proposed: false,
        chosen: None,
        answer: now.map(|it| it.id),
        why,
        decides,
        drifted: Vec::new(),
        adr: None,
    }
}

/// A record of a question that the architecture does not raise.
fn elsewhere(entry: &Entry<'_>, topic: &'static Topic) -> Record {
    let today = today(entry, &Answers::new(topic));
    let now = answer(&today);
    let (state, why, decides) = stands(topic, entry.chosen, now, &today);
    Record {
        decision: Some(entry.name.to_owned()),
        topic: topic.id.to_owned(),
        subject: None,
        state,
        proposed: entry.proposed(),
        chosen: Some(entry.chosen.to_owned()),
        answer: now.map(|it| it.id),
        why,
        decides,
        drifted: Vec::new(),
        adr: entry.adr.map(ToOwned::to_owned),
    }
}

fn unknown(entry: &Entry<'_>) -> Record {
    let near = nearest(entry.topic, catalogue().iter().map(|it| it.id)).and_then(topic);
    let why = match near {
        Some(near) => format!("`{}` is no topic; did you mean `{}`?", entry.topic, near.id),
        None => format!("`{}` is no topic: it is not judged", entry.topic),
    };
    Record {
        decision: Some(entry.name.to_owned()),
        topic: entry.topic.to_owned(),
        subject: None,
        state: State::Unknown,
        proposed: entry.proposed(),
        chosen: Some(entry.chosen.to_owned()),
        answer: None,
        why,
        decides: None,
        drifted: Vec::new(),
        adr: entry.adr.map(ToOwned::to_owned),
    }
}
