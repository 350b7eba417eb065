//! One decision on its way: what the design answers, and what somebody says.

use tradeoff_decide::{
    Answers, Fact, Kind, Origin, Standing, Subject, Topic, Value, Verdict, catalogue, unsaid,
};
use tradeoff_diag::Diagnostic;
use tradeoff_model::nearest;

use super::records::{Record, alike};
use super::report::{Decision, decision};
use super::seen;
use crate::error::Problems;
use crate::load::Design;

/// A topic about one part of a design, with what is known and what was said.
#[derive(Clone, Debug)]
pub struct Inquiry {
    topic: &'static Topic,
    pub(super) subject: Option<Subject>,
    /// What is known before anybody is asked.
    before: Answers,
    said: Vec<(&'static str, String)>,
    /// What the design has today.
    pub(super) standing: Option<Standing>,
}

/// A fact to be asked for.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Which.
    pub fact: &'static Fact,
}

impl Question {
    /// What may be answered: `yes or no`, `a number of ms`.
    pub fn expected(self) -> String {
        expected(self.fact.kind)
    }

    /// What is taken if nobody answers.
    pub fn default(self) -> Option<String> {
        self.fact.default.map(|it| match it {
            Value::Flag(flag) => if flag { "yes" } else { "no" }.to_owned(),
            other => self.fact.show(other),
        })
    }
}

impl Inquiry {
    /// A topic about each part of a design that it arises at, or about the one of a name; about
    /// nothing known if there is no design, or if it does not arise there.
    ///
    /// # Errors
    /// There is no such topic, or no such part.
    pub fn open(
        design: Option<&Design>,
        topic: &str,
        about: Option<&str>,
    ) -> Result<Vec<Self>, Problems> {
        let topic = find(topic).map_err(|it| Problems::one(*it))?;
        let of_design = |design: &Design| {
            seen(design, |seen| {
                let subjects = (topic.subjects)(seen);
                let entries = super::records::entries(design);
                let all = subjects.iter().map(|subject| {
                    let before = Answers::of(topic, seen, subject);
                    // What was said when it was recorded nobody is asked again.
                    let record = super::records::find(&entries, topic, subject, &subjects);
                    let before = match record {
                        Some(record) => super::records::today(record, &before),
                        None => before,
                    };
                    let standing = topic.standing(seen, subject);
                    Self { topic, before, subject: Some(subject.clone()), said: vec![], standing }
                });
                all.collect::<Vec<_>>()
            })
        };
        let mut all = design.map_or_else(Vec::new, of_design);
        if let Some(about) = about {
            let path = |it: &Self| it.subject.as_ref().map(|it| (it.name.clone(), it.path.clone()));
            let known: Vec<(String, String)> = all.iter().filter_map(path).collect();
            all.retain(|it| {
                it.subject.as_ref().is_some_and(|it| it.name == about || it.path == about)
            });
            if all.is_empty() {
                return Err(Problems::one(unknown_subject(topic, about, &known)));
            }
        }
        if all.is_empty() {
            let before = Answers::new(topic);
            let entries = design.map(super::records::entries).unwrap_or_default();
            let record =
                entries.iter().find(|it| it.holds() && super::records::same(it.topic, topic));
            let before = record.map_or(before.clone(), |it| super::records::today(it, &before));
            all.push(Self { topic, subject: None, before, said: Vec::new(), standing: None });
        }
        Ok(all)
    }

    /// What is decided.
    pub const fn topic(&self) -> &'static Topic {
        self.topic
    }

    /// The name of what it is about.
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_ref().map(|it| it.name.as_str())
    }

    /// Takes a fact as it is written; an earlier value of it is replaced.
    ///
    /// # Errors
    /// There is no such fact, or it cannot be this.
    pub fn say(&mut self, name: &str, text: &str) -> Result<(), Box<Diagnostic>> {
        let Some(fact) = self.topic.fact(name) else {
            return Err(Box::new(unknown_fact(self.topic, name)));
        };
        fact.kind.parse(text).map_err(|why| {
            let message = format!("`{name}`: {why}");
            Box::new(Diagnostic::error("bad-fact", message).expected(expected(fact.kind)))
        })?;
        self.unsay(fact.name);
        self.said.push((fact.name, text.to_owned()));
        Ok(())
    }

    /// What cannot be true beside something else that is known.
    pub fn clash(&self) -> Option<Box<Diagnostic>> {
        let answers = self.answers();
        let (less, more) = answers.clash()?;
        let shown = |fact: &Fact| Some(fact.show(answers.given(fact.name)?.value));
        let (a, b) = (shown(less)?, shown(more)?);
        let message = format!("`{}` is {a}, more than `{}`, which is {b}", less.name, more.name);
        let expected = format!("`{}` at most `{}`", less.name, more.name);
        Some(Box::new(Diagnostic::error("bad-fact", message).expected(expected)))
    }

    /// What was said of a fact that the architecture says otherwise: a record of it would have
    /// drifted at once.
    pub(super) fn said_otherwise(&self) -> Option<Box<Diagnostic>> {
        let answers = self.answers();
        self.said.iter().find_map(|(name, _)| {
            let fact = self.topic.fact(name)?;
            let before = self.before.given(name)?;
            let (Origin::Stated(path) | Origin::Derived(path)) = &before.origin else {
                return None;
            };
            let now = answers.given(name)?.value;
            if alike(before.value, now) {
                return None;
            }
            let (said, is) = (fact.show(now), fact.show(before.value));
            let message =
                format!("`{name}` was said to be {said}, and by the architecture it is {is}");
            let diagnostic = Diagnostic::error("bad-fact", message);
            let expected = format!("what `{path}` says, or a change of it");
            let help = "nothing was written: the record would have drifted at once";
            Some(Box::new(diagnostic.expected(expected).help(help)))
        })
    }

    /// Whether something was said of a fact.
    pub fn has_said(&self, name: &str) -> bool {
        self.said.iter().any(|it| it.0 == name)
    }

    /// Takes back what was said of a fact.
    pub fn unsay(&mut self, name: &str) {
        self.said.retain(|it| it.0 != name);
    }

    /// The facts that neither the design nor anybody says and that can change the answer, in the
    /// order in which they are asked; and those that only change figures beside it.
    pub fn questions(&self) -> (Vec<Question>, Vec<&'static Fact>) {
        let (matter, figures) = unsaid(&self.answers());
        (matter.into_iter().map(|fact| Question { fact }).collect(), figures)
    }

    /// The answer, with all that led to it.
    pub fn decide(&self, design: Option<&Design>) -> Decision {
        let record = self.record(design);
        decision(&self.verdict(), self.subject.as_ref(), self.standing.as_ref(), record)
    }

    /// What the architecture records of it.
    pub(super) fn record(&self, design: Option<&Design>) -> Option<Record> {
        let subject = self.subject.as_ref()?;
        super::records::of(design?, self.topic, subject, &self.answers())
    }

    pub(super) fn verdict(&self) -> Verdict {
        tradeoff_decide::decide(&self.answers())
    }

    pub(super) fn answers(&self) -> Answers {
        let mut answers = self.before.clone();
        for (name, text) in &self.said {
            answers.say(name, text).expect("it was read when it was said");
        }
        answers
    }
}

/// The topic of a name.
pub(super) fn find(name: &str) -> Result<&'static Topic, Box<Diagnostic>> {
    if let Some(topic) = catalogue().iter().find(|it| it.id.eq_ignore_ascii_case(name)) {
        return Ok(topic);
    }
    let diagnostic = Diagnostic::error("unknown-topic", format!("no decision is called `{name}`"))
        .expected("a topic such as `primary-database`")
        .help("`tradeoff decide` lists them");
    let ids = || catalogue().iter().map(|it| it.id);
    let word = name.to_lowercase();
    // What is looked for may be a part of a name.
    let parts: Vec<&str> = ids().filter(|it| it.split('-').any(|it| it == word)).collect();
    Err(Box::new(match (nearest(name, ids()), parts.as_slice()) {
        (Some(near), _) => diagnostic.nearest(near),
        (None, [only]) => diagnostic.nearest(*only),
        (None, []) => diagnostic,
        (None, parts) => {
            let listed: Vec<String> = parts.iter().map(|it| format!("`{it}`")).collect();
            diagnostic.expected(format!("one of {}", listed.join(", ")))
        }
    }))
}

fn unknown_fact(topic: &Topic, name: &str) -> Diagnostic {
    let names: Vec<&str> = topic.facts.iter().map(|it| it.name).collect();
    let listed: Vec<String> = names.iter().map(|it| format!("`{it}`")).collect();
    let diagnostic = Diagnostic::error("unknown-fact", format!("`{}` has no `{name}`", topic.id))
        .expected(format!("one of {}", listed.join(", ")));
    match nearest(name, names) {
        Some(near) => diagnostic.nearest(near),
        None => diagnostic,
    }
}

fn unknown_subject(topic: &Topic, name: &str, known: &[(String, String)]) -> Diagnostic {
    let message = format!("`{}` does not arise at `{name}`", topic.id);
    let diagnostic = Diagnostic::error("unknown-name", message);
    if known.is_empty() {
        return diagnostic.expected("no `--about`: it arises nowhere in this architecture");
    }
    let listed: Vec<String> = known.iter().map(|it| format!("`{}`", it.0)).collect();
    let diagnostic = diagnostic.expected(format!("one of {}", listed.join(", ")));
    match nearest(name, known.iter().map(|it| it.0.as_str())) {
        Some(near) => diagnostic.nearest(near),
        None => diagnostic,
    }
}

fn expected(kind: Kind) -> String {
    match kind {
        Kind::Flag => "yes or no".into(),
        Kind::Choice(words) => {
            let words: Vec<String> = words.iter().map(|it| format!("`{it}`")).collect();
            format!("one of {}", words.join(", "))
        }
        Kind::Number { unit, low, high, whole } => {
            let whole = if whole { "whole " } else { "" };
            let unit = match unit {
                "" => String::new(),
                "%" => " in %".into(),
                "/s" => " a second".into(),
                unit => format!(" in {unit}"),
            };
            let [low, high] = [low, high].map(tradeoff_decide::plain);
            format!("a {whole}number{unit}, from {low} to {high}")
        }
    }
}
