//! What is known of the facts of a topic, and from where.

use crate::{Fact, Kind, Seen, Subject, Topic, Value};

/// What is known of the facts of a topic.
#[derive(Clone, Debug)]
pub struct Answers {
    /// What is decided.
    pub topic: &'static Topic,
    given: Vec<Option<Given>>,
}

/// A value, and from where it is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// What it is.
    pub value: Value,
    /// Who says so.
    pub origin: Origin,
}

/// Who says what a fact is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Whoever was asked.
    Said,
    /// The architecture, at this dotted path.
    Stated(String),
    /// The architecture: it follows from this part.
    Derived(String),
    /// Nobody: the topic's default, or what a record assumed.
    Default,
}

impl Given {
    /// Whether nobody says it: it is the topic's default, or what a record assumed.
    pub fn is_assumed(&self) -> bool {
        self.origin == Origin::Default
    }

    fn number(&self) -> Option<f64> {
        self.value.number()
    }
}

impl Answers {
    /// Nothing but defaults.
    pub fn new(topic: &'static Topic) -> Self {
        let default =
            |fact: &Fact| fact.default.map(|value| Given { value, origin: Origin::Default });
        Self { topic, given: topic.facts.iter().map(default).collect() }
    }

    /// What an architecture says of a subject, and defaults for the rest.
    pub fn of(topic: &'static Topic, seen: &Seen<'_>, subject: &Subject) -> Self {
        let mut it = Self::new(topic);
        for (fact, given) in topic.facts.iter().zip(&mut it.given) {
            // What the architecture says may be beyond what the topic was made for.
            let Some(known) = (fact.from)(seen, subject) else { continue };
            if !fact.kind.allows(known.value) {
                continue;
            }
            let origin = if known.derived {
                Origin::Derived(known.path)
            } else {
                Origin::Stated(known.path)
            };
            *given = Some(Given { value: known.value, origin });
        }
        it.give_way();
        it
    }

    /// Takes an answer as it is written.
    ///
    /// What went wrong is told in a sentence.
    pub fn say(&mut self, name: &str, text: &str) -> Result<(), String> {
        self.take(name, text, Origin::Said)
    }

    /// Takes what is assumed in place of the topic's default.
    ///
    /// What went wrong is told in a sentence.
    pub fn assume(&mut self, name: &str, text: &str) -> Result<(), String> {
        self.take(name, text, Origin::Default)
    }

    fn take(&mut self, name: &str, text: &str, origin: Origin) -> Result<(), String> {
        let Some(at) = self.place(name) else {
            let names: Vec<&str> = self.topic.facts.iter().map(|it| it.name).collect();
            return Err(format!("`{name}` is none of {}", names.join(", ")));
        };
        let value = self.topic.facts[at].kind.parse(text)?;
        self.given[at] = Some(Given { value, origin });
        self.give_way();
        Ok(())
    }

    /// What is known of a fact.
    pub fn given(&self, name: &str) -> Option<&Given> {
        self.given[self.place(name)?].as_ref()
    }

    /// Facts with what is known of them, in the order of the topic.
    pub fn all(&self) -> impl Iterator<Item = (&'static Fact, Option<&Given>)> {
        self.topic.facts.iter().zip(self.given.iter().map(Option::as_ref))
    }

    /// A pair of numbers that cannot both be true: the first is never more than the second. What
    /// is only assumed gives way.
    pub fn clash(&self) -> Option<(&'static Fact, &'static Fact)> {
        let known = |name: &str| match self.given(name) {
            Some(it) if !it.is_assumed() => it.number(),
            _ => None,
        };
        let (less, more) = self.topic.orders.iter().find(|(less, more)| {
            known(less).zip(known(more)).is_some_and(|(less, more)| less > more)
        })?;
        Some((self.topic.fact(less)?, self.topic.fact(more)?))
    }

    /// What is only assumed is never on the wrong side of what is known: a default upper bound is
    /// not below the lower one that somebody said.
    fn give_way(&mut self) {
        for (less, more) in self.topic.orders {
            let number = |name: &str| {
                let given = self.given(name)?;
                Some((given.number()?, given.is_assumed()))
            };
            let (Some((low, low_assumed)), Some((high, high_assumed))) =
                (number(less), number(more))
            else {
                continue;
            };
            let default = |name: &str| self.topic.fact(name)?.default?.number();
            let (name, value) = match (low_assumed, high_assumed) {
                (false, true) => (more, default(more).unwrap_or(high).max(low)),
                (true, false) => (less, default(less).unwrap_or(low).min(high)),
                _ => continue,
            };
            if let Some(at) = self.place(name) {
                let value = Value::Number(value);
                self.given[at] = Some(Given { value, origin: Origin::Default });
            }
        }
    }

    /// What a fact may be beside the others that are known.
    pub(crate) fn room(&self, fact: &Fact) -> Kind {
        let Kind::Number { unit, mut low, mut high, whole } = fact.kind else { return fact.kind };
        for (less, more) in self.topic.orders {
            // What is only assumed gives way.
            let known = |name: &str| self.given(name).filter(|it| !it.is_assumed())?.number();
            if *less == fact.name {
                high = high.min(known(more).unwrap_or(high)).max(low);
            }
            if *more == fact.name {
                low = low.max(known(less).unwrap_or(low)).min(high);
            }
        }
        let room = Kind::Number { unit, low, high, whole };
        // Beside a value by lot that contradicts it there is no room to speak of.
        let fits = self.given(fact.name).is_none_or(|it| room.allows(it.value));
        if fits { room } else { fact.kind }
    }

    /// The facts that nobody knows.
    pub fn missing(&self) -> Vec<&'static Fact> {
        self.all().filter(|it| it.1.is_none()).map(|it| it.0).collect()
    }

    /// A yes or no.
    ///
    /// # Panics
    /// If the topic has no such fact: a mistake in the topic, which its examples show.
    pub fn flag(&self, name: &str) -> bool {
        match self.value(name) {
            Value::Flag(value) => value,
            other => panic!("`{name}` of `{}` is {other:?}, no flag", self.topic.id),
        }
    }

    /// A number, in the unit of its fact.
    ///
    /// # Panics
    /// As [`flag`](Self::flag).
    pub fn number(&self, name: &str) -> f64 {
        match self.value(name) {
            Value::Number(value) => value,
            other => panic!("`{name}` of `{}` is {other:?}, no number", self.topic.id),
        }
    }

    /// A word.
    ///
    /// # Panics
    /// As [`flag`](Self::flag).
    pub fn choice(&self, name: &str) -> &'static str {
        match self.value(name) {
            Value::Choice(value) => value,
            other => panic!("`{name}` of `{}` is {other:?}, no choice", self.topic.id),
        }
    }

    /// Takes another value of one fact, as if it had been said.
    pub(crate) fn put(&mut self, fact: &Fact, value: Value) {
        if let Some(at) = self.place(fact.name) {
            self.given[at] = Some(Given { value, origin: Origin::Said });
            self.give_way();
        }
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.topic.facts.iter().position(|it| it.name == name)
    }

    fn value(&self, name: &str) -> Value {
        let given = self.given(name);
        given.unwrap_or_else(|| panic!("`{}` has no fact `{name}`", self.topic.id)).value
    }
}
