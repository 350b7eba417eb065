//! What a topic says of its options under given facts.

use crate::value::with_unit;

/// Collects what a topic says of its options: what excludes one, what one does better, and the
/// arithmetic. It never chooses; see [`decide`](crate::decide).
#[derive(Clone, Debug, Default)]
pub struct Judge {
    pub(crate) excluded: Vec<(&'static str, Vec<&'static str>, String)>,
    pub(crate) marks: Vec<Mark>,
    pub(crate) table: Vec<Line>,
    pub(crate) advice: Vec<String>,
}

/// Something that options are compared by; less is better.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) what: String,
    pub(crate) of: Vec<(&'static str, f64)>,
}

/// A line of arithmetic.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What is calculated.
    pub name: String,
    /// How: `200 x 10`.
    pub text: String,
    /// What it comes to.
    pub value: f64,
    /// In what; empty if it is a plain number.
    pub unit: &'static str,
}

/// The least value that is told.
const LEAST: f64 = 1e-5;

impl Line {
    /// The value with its unit; what is too small to be told is not nothing.
    pub fn shown(&self) -> String {
        if self.value > 0.0 && self.value < LEAST {
            return format!("< {}", with_unit(LEAST, self.unit));
        }
        with_unit(self.value, self.unit)
    }
}

impl Judge {
    /// Excludes an option because of some facts; the sentence says why, with its arithmetic.
    pub fn exclude(
        &mut self,
        option: &'static str,
        because: &[&'static str],
        sentence: impl Into<String>,
    ) {
        // The first reason is the one that is told.
        if !self.is_excluded(option) {
            self.excluded.push((option, because.to_vec(), sentence.into()));
        }
    }

    /// Excludes an option if something holds.
    pub fn exclude_if(
        &mut self,
        holds: bool,
        option: &'static str,
        because: &[&'static str],
        sentence: impl Into<String>,
    ) {
        if holds {
            self.exclude(option, because, sentence);
        }
    }

    /// Whether an option is excluded so far.
    pub fn is_excluded(&self, option: &str) -> bool {
        self.excluded.iter().any(|it| it.0 == option)
    }

    /// Says that of all options only these meet a wish that the facts express.
    pub fn serves(&mut self, wish: impl Into<String>, options: &[&'static str]) {
        let of = options.iter().map(|it| (*it, 0.0)).collect();
        self.marks.push(Mark { what: wish.into(), of });
    }

    /// A figure of each option by which they are compared, less being better; those left out have
    /// the worst.
    pub fn compare(&mut self, what: impl Into<String>, figures: &[(&'static str, f64)]) {
        self.marks.push(Mark { what: what.into(), of: figures.to_vec() });
    }

    /// A line of arithmetic.
    pub fn line(
        &mut self,
        name: impl Into<String>,
        text: impl Into<String>,
        value: f64,
        unit: &'static str,
    ) {
        self.table.push(Line { name: name.into(), text: text.into(), value, unit });
    }

    /// A sentence that is told beside the answer.
    pub fn advise(&mut self, sentence: impl Into<String>) {
        self.advice.push(sentence.into());
    }
}

impl Mark {
    /// Whether one option has a smaller figure than another, an equal one, or a larger one.
    pub(crate) fn order(&self, a: &str, b: &str) -> std::cmp::Ordering {
        let figure =
            |id: &str| self.of.iter().find(|it| it.0 == id).map_or(f64::INFINITY, |it| it.1);
        figure(a).total_cmp(&figure(b))
    }
}
