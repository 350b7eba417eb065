//! What a decision topic is.

use std::fmt;

use crate::{Answers, Changes, Judge, Kind, Known, Seen, Subject, Today, Value};

/// An entry in the catalogue: one choice of the guide.
#[derive(Debug)]
pub struct Topic {
    /// Stable, unique, in kebab-case: `connection-pool-sizing`.
    pub id: &'static str,
    /// What it is called above a record of it, before the answer: `Primary database`.
    pub noun: &'static str,
    /// What is decided, as a question.
    pub title: &'static str,
    /// The section of the guide.
    pub section: &'static str,
    /// What has to be known, in the order in which it is asked.
    pub facts: &'static [Fact],
    /// Pairs of numbers of which the first is never more than the second: teams and engineers.
    pub orders: &'static [(&'static str, &'static str)],
    /// What there is to choose from, in the order of the page.
    pub options: &'static [Opt],
    /// What in an architecture it is about: each store, each promise; none if it does not arise.
    pub subjects: fn(&Seen<'_>) -> Vec<Subject>,
    /// Says which options the facts exclude, which serve them better, and the arithmetic.
    pub judge: fn(&Answers, &mut Judge),
    /// How its options are written into an architecture; `None`: none of them can be simulated.
    pub changes: Option<Changes>,
    /// Which facts an option moves once it is carried out: they are what came of it, no longer what
    /// it was decided by.
    pub moves: &'static [Moves],
    /// Where an architecture says which of the options it has today.
    pub today: Today,
    /// Its page in the manual, a line of Markdown each; the examples in it are run as tests.
    pub docs: &'static [&'static str],
}

/// An option, and the facts that it moves once it is carried out.
pub type Moves = (&'static str, &'static [&'static str]);

/// Something that has to be known.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    /// What it is called, in kebab-case, unique in its topic.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// How it is asked for.
    pub question: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// Where it comes from that it matters.
    pub source: &'static str,
    /// What is taken if nobody says; `None`: it must be known.
    pub default: Option<Value>,
    /// How an architecture answers it.
    pub from: fn(&Seen<'_>, &Subject) -> Option<Known>,
}

/// Something to choose.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    /// Its id, in kebab-case, unique in its topic.
    pub id: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// How hard it is to go back.
    pub reversal: Reversal,
    /// What going back takes.
    pub undo: &'static str,
    /// What to do first, so that going back stays possible.
    pub door: &'static str,
    /// How proven and how little to learn, 1 the most; it decides between equally reversible ones.
    pub boring: u8,
}

/// How long it takes to undo a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reversal {
    /// A two-way door: a change of configuration, a deploy.
    Days,
    /// Work that fits beside other work.
    Weeks,
    /// A project.
    Months,
    /// A one-way door: what was done outside cannot be taken back.
    Never,
}

impl fmt::Display for Reversal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Days => "days",
            Self::Weeks => "weeks",
            Self::Months => "months",
            Self::Never => "a one-way door",
        })
    }
}

impl PartialEq for Topic {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl PartialEq for Opt {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Topic {
    /// One that decides nothing: what a topic need not say.
    pub(crate) const BARE: Self = Self {
        id: "",
        noun: "",
        title: "",
        section: "",
        facts: &[],
        orders: &[],
        options: &[],
        subjects: |_| Vec::new(),
        judge: |_, _| (),
        changes: None,
        moves: &[],
        today: Today::Nowhere,
        docs: &[],
    };

    /// The same with its page.
    pub(crate) const fn documented(self, docs: &'static [&'static str]) -> Self {
        Self { docs, ..self }
    }

    /// The fact of this name.
    pub fn fact(&self, name: &str) -> Option<&'static Fact> {
        self.facts.iter().find(|it| it.name == name)
    }

    /// The option of this id.
    pub fn option(&self, id: &str) -> Option<&'static Opt> {
        self.options.iter().find(|it| it.id == id)
    }

    /// The facts that an option moves once it is carried out.
    pub fn moved_by(&self, option: &str) -> &'static [&'static str] {
        self.moves.iter().find(|it| it.0 == option).map_or(&[], |it| it.1)
    }
}

impl Fact {
    const fn new(name: &'static str, kind: Kind) -> Self {
        let from: fn(&Seen<'_>, &Subject) -> Option<Known> = |_, _| None;
        Self { name, kind, question: "", why: "", source: "", default: None, from }
    }

    /// Yes or no.
    pub const fn flag(name: &'static str) -> Self {
        Self::new(name, Kind::Flag)
    }

    /// One of a few words.
    pub const fn choice(name: &'static str, words: &'static [&'static str]) -> Self {
        Self::new(name, Kind::Choice(words))
    }

    /// A number in a unit, between two bounds.
    pub const fn number(name: &'static str, unit: &'static str, low: f64, high: f64) -> Self {
        Self::new(name, Kind::Number { unit, low, high, whole: false })
    }

    /// A whole number of something, between two bounds.
    pub const fn count(name: &'static str, unit: &'static str, low: f64, high: f64) -> Self {
        Self::new(name, Kind::Number { unit, low, high, whole: true })
    }

    /// A value as it is written beside the name of the fact: without a unit that is in the name,
    /// so that it is `engineers: 10`, and `exit-weeks: 8 person-weeks`.
    pub fn show(&self, value: Value) -> String {
        match self.kind {
            Kind::Number { unit, .. } if self.name.split('-').any(|it| it == unit) => {
                value.to_string()
            }
            kind => kind.show(value),
        }
    }

    /// How it is asked for.
    #[must_use]
    pub const fn asks(mut self, question: &'static str) -> Self {
        self.question = question;
        self
    }

    /// Why it matters, and who says so.
    #[must_use]
    pub const fn why(mut self, why: &'static str, source: &'static str) -> Self {
        self.why = why;
        self.source = source;
        self
    }

    /// What is taken if nobody says.
    #[must_use]
    pub const fn or(mut self, default: Value) -> Self {
        self.default = Some(default);
        self
    }

    /// How an architecture answers it.
    #[must_use]
    pub const fn from(mut self, from: fn(&Seen<'_>, &Subject) -> Option<Known>) -> Self {
        self.from = from;
        self
    }
}

/// Declares the topic of a module: its doc comment is its page in the manual. What it leaves out is
/// that of [`Topic::BARE`].
macro_rules! topic {
    ($(#[doc = $line:literal])+ pub const TOPIC = Topic { $($field:tt)* };) => {
        $(#[doc = $line])+
        pub(super) static TOPIC: $crate::Topic =
            $crate::Topic { $($field)* ..$crate::Topic::BARE }.documented(&[$($line),+]);
    };
}
