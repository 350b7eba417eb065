//! The nearest value of each fact that changes the answer.
//!
//! Choices and flags are tried. A number is searched outwards in both directions, in steps that are
//! equal on a logarithmic scale (shares on that of their odds, so that 99.9% and 99.99% are far
//! apart), and between the last step that keeps the answer and the first that changes it by
//! halving. A change within a single step that changes back is not seen.

use crate::decide::{Carried, Exclusion, Settled, settle};
use crate::value::Kind;
use crate::{Answers, Fact, Given, Opt, Value};

/// A value of a fact that changes the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Flip {
    /// Which fact.
    pub fact: &'static str,
    /// What it is now.
    pub now: Value,
    /// The nearest value at which the answer is another.
    pub at: Value,
    /// The other answer; `None`: nothing fits any more.
    pub to: Option<&'static Opt>,
    /// What speaks against today's answer there; `None`: only the tie-break.
    pub why: Option<String>,
}

impl Flip {
    /// The value as people read it: `28 ms`, or `just above 99.9%` where six digits do not tell it
    /// from what it is now.
    pub fn read(&self, fact: &Fact) -> String {
        let at = fact.show(self.at);
        match (self.now, self.at) {
            (Value::Number(now), Value::Number(number)) if fact.show(self.now) == at => {
                format!("just {} {at}", if number > now { "above" } else { "below" })
            }
            _ => at,
        }
    }

    /// The value as it can be set, with as many digits as it needs.
    pub fn written(&self, fact: &Fact) -> String {
        match (fact.kind, self.at) {
            (Kind::Number { unit, .. }, Value::Number(number))
                if fact.show(self.now) == fact.show(self.at) =>
            {
                let gap = if matches!(unit, "%" | "/s" | "") { "" } else { " " };
                format!("{number}{gap}{unit}")
            }
            _ => fact.show(self.at),
        }
    }
}

/// The flips of a fact, and how decisive it is.
pub(crate) struct Flips {
    fact: &'static Fact,
    pub(crate) nearest: Vec<Flip>,
    /// The share of other values that change the answer.
    share: f64,
}

/// Steps on either side of a number.
const STEPS: u32 = 24;
/// Halvings between two steps.
const HALVINGS: u32 = 40;
/// How far a flip may be rounded, on the scale: half a percent.
const ROUNDING: f64 = 0.005;
/// Facts that are said to have carried an answer.
const CARRIED: usize = 3;

/// The flips of every fact; each must be known.
pub(crate) fn flips(answers: &Answers) -> Vec<Flips> {
    let now = settle(answers).chosen;
    let mut all = Vec::new();
    for (fact, given) in answers.all() {
        let Some(Given { value, .. }) = given else { continue };
        let mut search = Search { answers: answers.clone(), fact, now };
        let (nearest, share) = match (fact.kind, *value) {
            (Kind::Number { .. }, Value::Number(value)) => search.number(value),
            _ => search.words(*value),
        };
        all.push(Flips { fact, nearest, share });
    }
    all
}

/// The facts that carried an answer: those that change it, the most decisive first; where no
/// single one does, those that exclude the rest.
pub(crate) fn carried(answers: &Answers, excluded: &[Exclusion], flips: &[Flips]) -> Vec<Carried> {
    let mut pivotal: Vec<&Flips> = flips.iter().filter(|it| !it.nearest.is_empty()).collect();
    pivotal.sort_by(|a, b| b.share.total_cmp(&a.share));
    let mut names: Vec<&'static str> = pivotal.iter().map(|it| it.fact.name).collect();
    for name in excluded.iter().flat_map(|it| &it.because) {
        if names.len() >= 2 {
            break;
        }
        if !names.contains(name) {
            names.push(name);
        }
    }
    let names = names.into_iter().take(CARRIED);
    names.filter_map(|fact| Some(Carried { fact, given: answers.given(fact)?.clone() })).collect()
}

struct Search {
    /// What is known, with the value of the fact that is tried.
    answers: Answers,
    fact: &'static Fact,
    now: Option<&'static Opt>,
}

impl Search {
    /// What follows with another value.
    fn settled(&mut self, value: Value) -> Settled {
        self.answers.put(self.fact, value);
        settle(&self.answers)
    }

    /// Whether another number changes the answer.
    fn changes(&mut self, number: f64) -> bool {
        self.settled(Value::Number(number)).chosen != self.now
    }

    /// The flip at a value that changes the answer.
    fn flip(&mut self, now: Value, at: Value) -> Flip {
        let there = self.settled(at);
        let why = self.now.and_then(|it| there.against(it));
        Flip { fact: self.fact.name, now, at, to: there.chosen, why }
    }

    /// One flip to each other answer.
    fn words(&mut self, now: Value) -> (Vec<Flip>, f64) {
        let others: Vec<Value> =
            self.fact.kind.values(0).into_iter().filter(|it| *it != now).collect();
        let mut flips: Vec<Flip> = Vec::new();
        let mut changes = 0;
        for at in &others {
            let to = self.settled(*at).chosen;
            if to == self.now {
                continue;
            }
            changes += 1;
            if flips.iter().all(|it| it.to != to) {
                flips.push(self.flip(now, *at));
            }
        }
        (flips, f64::from(changes) / others.len().max(1) as f64)
    }

    /// At most one flip beneath, and one above.
    fn number(&mut self, now: f64) -> (Vec<Flip>, f64) {
        let scale = Scale::of(self.fact.kind);
        let mut flips = Vec::new();
        let mut changes = 0;
        for (end, bound) in [(scale.low, scale.bounds.0), (scale.high, scale.bounds.1)] {
            let start = scale.to(now);
            let mut keeps = now;
            let mut found = None;
            for step in 1..=STEPS {
                let part = f64::from(step) / f64::from(STEPS);
                // The last step is the bound itself: a scale need not reach it, such as zero.
                let inner = scale.back(start + (end - start) * part);
                let tried = if step == STEPS { bound } else { inner };
                if !self.changes(tried) {
                    if found.is_none() {
                        keeps = tried;
                    }
                    continue;
                }
                changes += 1;
                found = found.or(Some((keeps, tried)));
            }
            if let Some((keeps, changed)) = found {
                let at = Value::Number(self.nearest(scale, keeps, changed));
                flips.push(self.flip(Value::Number(now), at));
            }
        }
        (flips, f64::from(changes) / f64::from(2 * STEPS))
    }

    /// The value nearest to one that keeps the answer that changes it, written shortly.
    fn nearest(&mut self, scale: Scale, mut keeps: f64, mut changes: f64) -> f64 {
        for _ in 0..HALVINGS {
            let middle = scale.back(f64::midpoint(scale.to(keeps), scale.to(changes)));
            if [keeps, changes].iter().any(|it| it.total_cmp(&middle).is_eq()) {
                break;
            }
            if self.changes(middle) { changes = middle } else { keeps = middle }
        }
        let away = changes > keeps;
        for digits in 1..=6 {
            let short = rounded(changes, digits, away);
            let near = libm::fabs(scale.to(short) - scale.to(changes)) <= ROUNDING;
            if near && self.fact.kind.allows(Value::Number(short)) && self.changes(short) {
                return short;
            }
        }
        changes
    }
}

/// A number with so many digits, rounded up or down.
fn rounded(value: f64, digits: i32, up: bool) -> f64 {
    if value == 0.0 {
        return 0.0;
    }
    let size = libm::floor(libm::log10(libm::fabs(value))) as i32 + 1;
    let places = digits - size;
    let factor = libm::pow(10.0, f64::from(places.abs()));
    let scaled = if places >= 0 { value * factor } else { value / factor };
    // What is a whole number but for the last bit is one.
    let near = libm::round(scaled);
    let whole = if libm::fabs(scaled - near) < 1e-9 * libm::fabs(near) {
        near
    } else if up {
        libm::ceil(scaled)
    } else {
        libm::floor(scaled)
    };
    if places >= 0 { whole / factor } else { whole * factor }
}

/// A scale on which equal steps are equally far: logarithms, or for shares those of the odds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    odds: bool,
    whole: bool,
    bounds: (f64, f64),
    low: f64,
    high: f64,
}

/// Where a scale begins whose least value is none.
const LEAST: f64 = 1e-4;
/// The smallest share, and its distance from the largest, in percent.
const SHARE: f64 = 1e-4;

impl Scale {
    pub(crate) fn of(kind: Kind) -> Self {
        let Kind::Number { unit, low, high, whole } = kind else {
            return Self { odds: false, whole: false, bounds: (0.0, 0.0), low: 0.0, high: 0.0 };
        };
        let odds = unit == "%" && low >= 0.0 && high <= 100.0;
        let mut it = Self { odds, whole, bounds: (low, high), low: 0.0, high: 0.0 };
        it.low = it.to(low);
        it.high = it.to(high);
        it
    }

    /// A point between the ends.
    pub(crate) fn part(self, part: f64) -> f64 {
        self.low + (self.high - self.low) * part
    }

    fn to(self, value: f64) -> f64 {
        if self.odds {
            let share = value.clamp(SHARE, 100.0 - SHARE);
            return libm::log(share / (100.0 - share));
        }
        // Negative numbers have their own side of the scale.
        let size = libm::fabs(value).max(LEAST);
        libm::copysign(libm::log(size / LEAST), value)
    }

    /// The value at a point, within the bounds.
    pub(crate) fn back(self, point: f64) -> f64 {
        let value = if self.odds {
            let odds = libm::exp(point);
            100.0 * odds / (1.0 + odds)
        } else {
            libm::copysign(libm::exp(libm::fabs(point)) * LEAST, point)
        };
        // Near the least of a scale the least value is meant.
        let value = if point <= self.low { self.bounds.0 } else { value };
        let value = if self.whole { libm::round(value) } else { value };
        value.clamp(self.bounds.0, self.bounds.1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Scale, rounded};
    use crate::value::Kind;

    #[test]
    fn scales_lead_there_and_back() {
        for (unit, low, high) in [("ms", 0.0, 1e6), ("%", 0.0, 100.0), ("", -50.0, 50.0)] {
            let scale = Scale::of(Kind::Number { unit, low, high, whole: false });
            for value in [0.5, 3.0, 49.0] {
                let again = scale.back(scale.to(value));
                assert!((again - value).abs() < 1e-9 * value, "{value} {unit} became {again}");
            }
        }
    }

    #[test]
    fn rounding_goes_the_way_that_is_asked_for() {
        for (value, digits, up, text) in [
            (1_000_001.0, 4, true, "1001000"),
            (1_000_001.0, 4, false, "1000000"),
            (0.012_31, 2, true, "0.013"),
        ] {
            assert_eq!(rounded(value, digits, up).to_string(), text);
        }
    }
}
