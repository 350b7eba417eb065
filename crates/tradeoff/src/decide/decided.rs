//! What the rules need to know of the recorded decisions.

use tradeoff_decide::{Answers, Origin, Reversal, Subject, Topic, answer, catalogue, reasons};
use tradeoff_model::nearest;
use tradeoff_rules::{Adr, Against, Back, Decided, Door, Drifted, Recorded, Unread};

use super::done::carried_out;
use super::records::{Entry, State, against, entries, find, recorded, same, today};
use super::{adr, seen};
use crate::load::Design;

/// The decisions that a design records, held against today's facts and their ADRs. A design that
/// records none is asked nothing.
pub fn decided(design: &Design) -> Decided {
    let entries = entries(design);
    let mut decided = Decided::default();
    if entries.is_empty() {
        return decided;
    }
    seen(design, |seen| {
        let mut judged: Vec<(&Entry<'_>, Subject, Answers)> = Vec::new();
        for topic in catalogue() {
            let subjects = (topic.subjects)(seen);
            for subject in &subjects {
                let answers = Answers::of(topic, seen, subject);
                match find(&entries, topic, subject, &subjects) {
                    Some(entry) => judged.push((entry, subject.clone(), answers)),
                    None => decided.doors.extend(door(topic, subject, &answers)),
                }
            }
        }
        for entry in entries.iter().filter(|it| it.holds()) {
            let topic = catalogue().iter().find(|it| same(entry.topic, it)).copied();
            let own: Vec<_> = judged.iter().filter(|it| it.0.name == entry.name).collect();
            let elsewhere = topic.filter(|_| own.is_empty()).map(Answers::new);
            let all = own.iter().map(|it| (Some(&it.1), &it.2));
            let all = all.chain(elsewhere.as_ref().map(|it| (None, it)));
            // Of several parts that it is about the first that speaks against it.
            let held = all.map(|(subject, answers)| {
                let mut it = record(design, entry, topic, Some(answers));
                let now = today(entry, answers);
                let done = |subject| carried_out(design, seen, entry, subject, &now);
                if it.against.is_some() && subject.is_some_and(done) {
                    (it.against, it.drifted) = (None, None);
                }
                it
            });
            let held: Vec<Recorded> = held.collect();
            let worst = held.iter().find(|it| it.against.is_some()).or(held.first());
            decided.records.push(match worst {
                Some(it) => it.clone(),
                None => record(design, entry, topic, None),
            });
        }
    });
    decided
}

/// A record against the facts of one part.
fn record(
    design: &Design,
    entry: &Entry<'_>,
    topic: Option<&'static Topic>,
    answers: Option<&Answers>,
) -> Recorded {
    let option = topic.and_then(|it| it.option(entry.chosen));
    let mut it = Recorded {
        name: entry.name.to_owned(),
        chosen: entry.chosen.to_owned(),
        back: match option.map(|it| it.reversal) {
            Some(Reversal::Never) => Back::Never,
            Some(Reversal::Months) => Back::Months,
            Some(Reversal::Days | Reversal::Weeks) | None => Back::Easy,
        },
        adr: text(design, entry, topic),
        judged: option.is_some(),
        unread: unread(entry, topic),
        against: None,
        drifted: None,
        rests_on_facts: entry.rests_on_facts(),
    };
    let (Some(topic), Some(answers), Some(option)) = (topic, answers, option) else { return it };
    let now = today(entry, answers);
    if answer(&now) == Some(option) {
        return it;
    }
    let verdict = reasons(&now);
    if let (State::Contradicted, sentence) = against(topic, entry.chosen, &verdict) {
        let answer = verdict.chosen.map(|it| it.id.to_owned());
        it.against = Some(Against { answer, sentence });
        it.drifted = drifted(entry, &now, topic, option.id);
    }
    it
}

/// What a record names that there is not.
fn unread(entry: &Entry<'_>, topic: Option<&'static Topic>) -> Vec<Unread> {
    let wrong = |key: &str, why: String, nearest: Option<&str>| Unread {
        key: key.to_owned(),
        why,
        nearest: nearest.map(ToOwned::to_owned),
    };
    let Some(topic) = topic else {
        // A topic of one's own looks like none of these.
        let near = nearest(entry.topic, catalogue().iter().map(|it| it.id));
        let why = || format!("no decision is called `{}`", entry.topic);
        return near.map(|near| wrong("topic", why(), Some(near))).into_iter().collect();
    };
    let mut all = Vec::new();
    if topic.option(entry.chosen).is_none() {
        let ids = topic.options.iter().map(|it| it.id);
        let why = format!("`{}` has no option `{}`", topic.id, entry.chosen);
        all.push(wrong("chosen", why, nearest(entry.chosen, ids)));
    }
    for (name, text) in entry.facts() {
        let key = format!("facts/{}", name.replace('~', "~0").replace('/', "~1"));
        match (topic.fact(name), text) {
            (None, _) => {
                let names = topic.facts.iter().map(|it| it.name);
                let why = format!("`{}` has no fact `{name}`", topic.id);
                all.push(wrong(&key, why, nearest(name, names)));
            }
            (Some(fact), Some(text)) => {
                let read = fact.kind.parse(text);
                all.extend(read.err().map(|why| wrong(&key, format!("`{name}`: {why}"), None)));
            }
            (Some(_), None) => {
                let why = format!("`{name}` is a list or a map, and no value");
                all.push(wrong(&key, why, None));
            }
        }
    }
    all
}

/// The recorded fact whose change made the answer another: alone if one does, else the first.
fn drifted(
    entry: &Entry<'_>,
    now: &Answers,
    topic: &'static Topic,
    chosen: &str,
) -> Option<Drifted> {
    let mut then = now.clone();
    let mut changed = Vec::new();
    for (fact, given) in now.all() {
        let (Some(given), Some(text)) = (given, recorded(entry, fact.name)) else { continue };
        let Ok(value) = fact.kind.parse(text) else { continue };
        if !super::records::alike(value, given.value) && then.say(fact.name, text).is_ok() {
            changed.push((fact, value, given.value));
        }
    }
    // What it moved itself is to blame only if nothing else is.
    changed.sort_by_key(|it| topic.moved_by(chosen).contains(&it.0.name));
    // What the recorded facts never answered has not drifted from them.
    if answer(&then).is_none_or(|it| it.id != chosen) {
        return None;
    }
    let alone = changed.iter().find(|(fact, _, value)| {
        let mut one = then.clone();
        let written = super::records::written(fact, *value);
        one.say(fact.name, &written).is_ok() && answer(&one).is_none_or(|it| it.id != chosen)
    });
    let (fact, before, after) = alone.or(changed.first())?;
    debug_assert!(topic.fact(fact.name).is_some(), "it is a fact of the topic");
    Some(Drifted { fact: fact.name.to_owned(), then: fact.show(*before), now: fact.show(*after) })
}

fn text(design: &Design, entry: &Entry<'_>, topic: Option<&'static Topic>) -> Adr {
    let Some(path) = entry.adr else { return Adr::None };
    match design.adr(path) {
        Err(why) => Adr::Unread(why),
        Ok(text) => {
            let said = adr::read(&text, topic, entry.chosen);
            let differs = said.differs.map(|it| format!("{path}:{}: {}", it.line, it.what));
            Adr::Read { lacks: said.lacks, differs }
        }
    }
}

/// A one-way door that the facts answer, if nothing of it is assumed.
fn door(topic: &'static Topic, subject: &Subject, answers: &Answers) -> Option<Door> {
    let option = answer(answers).filter(|it| it.reversal == Reversal::Never)?;
    let known = |it: &tradeoff_decide::Given| !matches!(it.origin, Origin::Default);
    answers.all().any(|it| it.1.is_some_and(known)).then(|| Door {
        topic: topic.id.to_owned(),
        subject: subject.name.clone(),
        pointer: pointer(&subject.path),
        option: option.id.to_owned(),
    })
}

/// A dotted path as a JSON Pointer.
fn pointer(path: &str) -> String {
    let parts = tradeoff_model::split_dotted(path).unwrap_or_default();
    parts
        .iter()
        .fold(String::new(), |all, it| all + "/" + &it.replace('~', "~0").replace('/', "~1"))
}
