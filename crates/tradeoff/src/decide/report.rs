//! A decision as plain data.

use serde::Serialize;
use serde_json::Value as Json;
use tradeoff_decide::{
    Fact, Flip, Given, Grounds, Is, Kind, Opt, Origin, Reversal, Standing, Subject, Value, Verdict,
};

use super::measure::Measured;
use super::records::Record;

/// What follows from the facts of a topic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decision {
    /// The topic.
    pub topic: &'static str,
    /// What is decided, as a question.
    pub title: &'static str,
    /// The section of the guide.
    pub section: &'static str,
    /// What in the architecture it is about; null: nothing of it.
    pub subject: Option<String>,
    /// Its dotted path; null: the whole architecture, or nothing of it.
    pub path: Option<String>,
    /// What the architecture has today; null: it does not say.
    pub today: Option<StandingReport>,
    /// What to choose; null: nothing fits, or facts are missing that decide.
    pub answer: Option<OptionReport>,
    /// What it was decided by.
    pub grounds: &'static str,
    /// The facts that carried the answer, the most decisive first.
    pub carried: Vec<&'static str>,
    /// What the facts exclude.
    pub excluded: Vec<ExclusionReport>,
    /// What another option does at least as well, and something better.
    pub beaten: Vec<BeatenReport>,
    /// What would do as well, best first.
    pub alternatives: Vec<OptionReport>,
    /// The arithmetic.
    pub table: Vec<LineReport>,
    /// What else there is to say.
    pub advice: Vec<String>,
    /// The nearest value of each fact that changes the answer.
    pub flips: Vec<FlipReport>,
    /// Values of two or three facts that change it together, where fewer than two do alone, or none
    /// that anybody has said.
    pub together: Vec<FlipReport>,
    /// How hard it is to go back; null without an answer.
    pub reversal: Option<ReversalReport>,
    /// What is missing; null: nothing.
    pub open: Option<OpenReport>,
    /// Every fact, with who says it.
    pub facts: Vec<FactReport>,
    /// What the architecture records of it; null: nothing.
    pub record: Option<Record>,
    /// What its options do to the architecture, simulated; null: they were not.
    pub measured: Option<Measured>,
}

/// Something to choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OptionReport {
    /// Its id.
    pub option: &'static str,
    /// What it is.
    pub title: &'static str,
}

/// What an architecture has today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StandingReport {
    /// The option; null: it is none of them, or nobody can tell.
    pub option: Option<&'static str>,
    /// In the words of the file.
    pub words: String,
    /// The dotted path that says so; null: it follows from several, or is the format's default.
    pub path: Option<String>,
    /// Whether it is the answer; null: there is none, or nobody can tell.
    pub agrees: Option<bool>,
}

/// An option that the facts exclude.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExclusionReport {
    /// Which.
    pub option: &'static str,
    /// The facts that it rests on.
    pub because: Vec<&'static str>,
    /// Why.
    pub sentence: String,
}

/// An option that another is better than.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BeatenReport {
    /// Which.
    pub option: &'static str,
    /// What is better.
    pub by: &'static str,
    /// In what.
    pub better_at: Vec<String>,
}

/// A line of arithmetic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineReport {
    /// What is calculated.
    pub name: String,
    /// How.
    pub text: String,
    /// What it comes to; null: endless.
    pub value: Option<f64>,
    /// In what.
    pub unit: &'static str,
    /// Value and unit as they are read.
    #[serde(skip)]
    pub shown: String,
}

/// A value of a fact at which the answer is another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FlipReport {
    /// Which fact.
    pub fact: &'static str,
    /// What it is now, with its unit.
    pub now: String,
    /// The nearest value that changes the answer, as `--set` takes it.
    pub at: String,
    /// The same as people read it.
    #[serde(skip)]
    pub read: String,
    /// The other answer; null: nothing fits, or it is open.
    pub to: Option<&'static str>,
    /// Whether the answer then depends on what nobody knows.
    pub open: bool,
}

/// How hard it is to go back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReversalReport {
    /// `days`, `weeks`, `months` or `never`.
    pub takes: &'static str,
    /// Whether it is a one-way door.
    pub one_way: bool,
    /// What going back takes.
    pub undo: &'static str,
    /// What to do first, so that going back stays possible.
    pub door: &'static str,
}

/// What is missing, and whether it matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpenReport {
    /// The facts that nobody knows.
    pub missing: Vec<&'static str>,
    /// What the answer may be; null among them: nothing fits.
    pub candidates: Vec<Option<&'static str>>,
    /// The fact that would decide most; null: none would change the answer.
    pub decides: Option<&'static str>,
}

/// A fact, and who says it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FactReport {
    /// Its name, as `--set` takes it.
    pub fact: &'static str,
    /// How it is asked for.
    pub question: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// Who says that it matters.
    pub source: &'static str,
    /// Its unit; empty: none.
    pub unit: &'static str,
    /// What it is; null: nobody knows.
    pub value: Json,
    /// The same with its unit.
    pub text: Option<String>,
    /// `said`, `stated`, `derived`, `assumed` or `missing`.
    pub origin: &'static str,
    /// The dotted path that says it, or that it follows from.
    pub path: Option<String>,
}

pub(super) fn decision(
    verdict: &Verdict,
    subject: Option<&Subject>,
    standing: Option<&Standing>,
    record: Option<Record>,
) -> Decision {
    let topic = verdict.answers.topic;
    let show = |name: &str, value: Value| match topic.fact(name) {
        Some(fact) => fact.show(value),
        None => value.to_string(),
    };
    let exclusions = verdict.excluded.iter().map(|it| ExclusionReport {
        option: it.option.id,
        because: it.because.clone(),
        sentence: it.sentence.clone(),
    });
    let beaten = verdict.beaten.iter().map(|it| BeatenReport {
        option: it.option.id,
        by: it.by.id,
        better_at: it.at.clone(),
    });
    let table = verdict.table.iter().map(|it| LineReport {
        name: it.name.clone(),
        text: it.text.clone(),
        value: it.value.is_finite().then_some(it.value),
        unit: it.unit,
        shown: it.shown(),
    });
    let flip = |it: &Flip| FlipReport {
        fact: it.fact,
        now: show(it.fact, it.now),
        at: topic.fact(it.fact).map_or_else(String::new, |of| it.written(of)),
        read: topic.fact(it.fact).map_or_else(String::new, |of| it.read(of)),
        to: it.to.map(|it| it.id),
        open: it.open,
    };
    Decision {
        topic: topic.id,
        title: topic.title,
        section: topic.section,
        subject: subject.map(|it| it.name.clone()),
        path: subject.map(|it| it.path.clone()).filter(|it| !it.is_empty()),
        today: standing.map(|it| StandingReport {
            option: match it.is {
                Is::One(option) => Some(option),
                Is::NoneOf | Is::Untold => None,
            },
            words: it.words.clone(),
            path: it.path.clone(),
            agrees: verdict.chosen.and_then(|answer| match it.is {
                Is::One(option) => Some(option == answer.id),
                Is::NoneOf => Some(false),
                Is::Untold => None,
            }),
        }),
        answer: verdict.chosen.map(option),
        grounds: grounds(verdict.grounds),
        carried: verdict.carried.iter().map(|it| it.fact).collect(),
        excluded: exclusions.collect(),
        beaten: beaten.collect(),
        alternatives: verdict.alternatives.iter().map(|it| option(it)).collect(),
        table: table.collect(),
        advice: verdict.advice.clone(),
        flips: verdict.flips.iter().map(flip).collect(),
        together: verdict.together.iter().map(flip).collect(),
        reversal: verdict.chosen.map(|it| ReversalReport {
            takes: takes(it.reversal),
            one_way: it.reversal == Reversal::Never,
            undo: it.undo,
            door: it.door,
        }),
        open: verdict.open.as_ref().map(|it| OpenReport {
            missing: it.missing.clone(),
            candidates: it.candidates.iter().map(|it| it.map(|it| it.id)).collect(),
            decides: it.decides,
        }),
        facts: verdict.answers.all().map(|(fact, given)| fact_report(fact, given)).collect(),
        record,
        measured: None,
    }
}

const fn option(it: &Opt) -> OptionReport {
    OptionReport { option: it.id, title: it.title }
}

const fn takes(it: Reversal) -> &'static str {
    match it {
        Reversal::Days => "days",
        Reversal::Weeks => "weeks",
        Reversal::Months => "months",
        Reversal::Never => "never",
    }
}

const fn grounds(it: Grounds) -> &'static str {
    match it {
        Grounds::Only => "only",
        Grounds::Better => "better",
        Grounds::Reversible => "reversible",
        Grounds::Boring => "boring",
        Grounds::Listed => "listed",
        Grounds::Nothing => "nothing",
        Grounds::Missing => "missing",
    }
}

fn fact_report(fact: &'static Fact, given: Option<&Given>) -> FactReport {
    let (origin, path) = match given.map(|it| &it.origin) {
        None => ("missing", None),
        Some(Origin::Said) => ("said", None),
        Some(Origin::Stated(path)) => ("stated", Some(path.clone())),
        Some(Origin::Derived(path)) => ("derived", Some(path.clone())),
        Some(Origin::Default) => ("assumed", None),
    };
    let unit = match fact.kind {
        Kind::Number { unit, .. } => unit,
        _ => "",
    };
    FactReport {
        fact: fact.name,
        question: fact.question,
        why: fact.why,
        source: fact.source,
        unit,
        value: given.map_or(Json::Null, |it| json(it.value)),
        text: given.map(|it| fact.show(it.value)),
        origin,
        path,
    }
}

fn json(value: Value) -> Json {
    match value {
        Value::Choice(word) => word.into(),
        Value::Number(number) => number.into(),
        Value::Flag(flag) => flag.into(),
    }
}
