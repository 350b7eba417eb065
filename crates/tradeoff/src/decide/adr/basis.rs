//! What a record rests on: the facts that are known, and those that were assumed.

use serde_json::Value as Json;
use tradeoff_decide::{Fact, Origin, Value, Verdict};

use crate::decide::records::{Entry, alike, recorded, written};

/// A value as `--set` takes it: with its unit where one word says it, else the number alone.
fn settable(fact: &Fact, value: Value) -> String {
    let short = written(fact, value).replace(' ', "");
    let same = fact.kind.parse(&short).is_ok_and(|it| alike(it, value));
    match value {
        Value::Number(number) if !same => number.to_string(),
        _ => short,
    }
}

/// A text, or the number that it is.
fn plain(text: String) -> Json {
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => number.into(),
        _ => text.into(),
    }
}

/// The facts of a verdict that its record holds.
pub(super) struct Basis<'a>(pub(super) &'a Verdict);

impl<'a> Basis<'a> {
    /// The facts that it rests on and that nobody has said: they carry it, or another value of them
    /// flips it. Where facts are missing that decide, all that is known is what it rests on.
    pub(super) fn assumptions(&self) -> impl Iterator<Item = (&'static Fact, Value)> + use<'a> {
        let verdict = self.0;
        verdict.answers.all().filter_map(move |(fact, given)| {
            let given = given.filter(|it| matches!(it.origin, Origin::Default))?;
            let carries = verdict.carried.iter().any(|it| it.fact == fact.name);
            let flips = verdict.flips.iter().any(|it| it.fact == fact.name);
            (verdict.chosen.is_none() || carries || flips).then_some((fact, given.value))
        })
    }

    /// The same, as `--set` takes them.
    pub(super) fn assumed(&self) -> Vec<String> {
        let said =
            |(fact, value): (&Fact, Value)| format!("{}={}", fact.name, settable(fact, value));
        self.assumptions().map(said).collect()
    }

    /// The facts that it rests on: all that are known, and those of the assumed.
    pub(super) fn facts(&self) -> Vec<(&'static str, Json)> {
        let shown = |(fact, value): (&'static Fact, Value)| match value {
            Value::Flag(flag) => (fact.name, flag.into()),
            other => (fact.name, plain(written(fact, other))),
        };
        self.all().map(shown).collect()
    }

    /// Whether a record rests on the same: the same facts, known or assumed as they are today.
    pub(super) fn is_that_of(&self, entry: &Entry<'_>) -> bool {
        let topic = self.0.answers.topic;
        let mut count = 0;
        for (fact, value) in self.all() {
            let then = recorded(entry, fact.name).and_then(|it| fact.kind.parse(it).ok());
            let assumed = self.assumptions().any(|it| it.0.name == fact.name);
            if !then.is_some_and(|it| alike(it, value)) || entry.assumes(fact.name) != assumed {
                return false;
            }
            count += 1;
        }
        topic.facts.iter().filter(|it| recorded(entry, it.name).is_some()).count() == count
    }

    fn all(&self) -> impl Iterator<Item = (&'static Fact, Value)> {
        self.0.answers.all().filter_map(|(fact, given)| {
            let given = given?;
            let known = !matches!(given.origin, Origin::Default);
            let rests = || self.assumptions().any(|it| it.0.name == fact.name);
            (known || rests()).then_some((fact, given.value))
        })
    }
}
