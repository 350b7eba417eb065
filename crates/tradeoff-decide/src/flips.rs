//! The nearest value of each fact that changes the answer.
//!
//! Choices and flags are tried. A number is searched outwards in both directions, in steps that are
//! equal on a logarithmic scale (shares on that of their odds, so that 99.9% and 99.99% are far
//! apart), and between the last step that keeps the answer and the first that changes it by
//! halving. A change within a single step that changes back is not seen.

use crate::decide::{Carried, settle};
use crate::value::Kind;
use crate::{Answers, Fact, Given, Opt, Value};

/// A value of a fact that changes the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Flip {
    /// Which fact.
    pub fact: &'static str,
    /// What it is now.
    pub now: Value,
    /// The nearest value at which the answer is another, written shortly.
    pub at: Value,
    /// The value up to which the answer stays: `at` is only just beyond it, and people read this.
    pub limit: Option<Value>,
    /// The other answer; `None`: nothing fits any more, or it is open.
    pub to: Option<&'static Opt>,
    /// Whether the answer then depends on what nobody knows.
    pub open: bool,
    /// What speaks against today's answer there; `None`: only the tie-break.
    pub why: Option<String>,
}

impl Flip {
    /// The value as people read it: `28 ms`, or `just above 99.9%` where that itself still keeps
    /// the answer.
    pub fn read(&self, fact: &Fact) -> String {
        match (self.limit, self.at) {
            (Some(Value::Number(limit)), Value::Number(at)) => {
                let side = if at > limit { "above" } else { "below" };
                format!("just {side} {}", fact.show(Value::Number(limit)))
            }
            _ => fact.show(self.at),
        }
    }

    /// The value as it can be set: with as many digits as it takes to change the answer.
    pub fn written(&self, fact: &Fact) -> String {
        let shown = fact.show(self.at);
        match (fact.kind, self.at) {
            (Kind::Number { unit, .. }, Value::Number(number))
                if fact.kind.parse(&shown) != Ok(self.at) =>
            {
                let gap = if matches!(unit, "%" | "/s" | "") { "" } else { " " };
                format!("{number}{gap}{unit}")
            }
            _ => shown,
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
/// Digits that a value is written with at most: a share of six nines has some of its own.
const DIGITS: i32 = 8;
/// Digits of a limit at most: more would be met by chance.
const SHORT: i32 = 6;
/// Facts that are said to have carried an answer.
const CARRIED: usize = 3;
/// Points of a number's range that are tried together with another fact's.
const ENDS_AND_MIDDLE: usize = 3;

/// The flips of every fact that is known. The completions are all that may be of what is not: the
/// answers themselves if nothing is missing.
pub(crate) fn flips(
    answers: &Answers,
    completions: &[Answers],
    now: Option<&'static Opt>,
) -> Vec<Flips> {
    let known = answers.all().filter_map(|(fact, given)| Some((fact, given?.value)));
    known.map(|(fact, value)| of_fact(completions.to_vec(), now, fact, value)).collect()
}

fn of_fact(
    completions: Vec<Answers>,
    now: Option<&'static Opt>,
    fact: &'static Fact,
    value: Value,
) -> Flips {
    let kind = completions.first().map_or(fact.kind, |it| it.room(fact));
    let mut search = Search { completions, fact, kind, now };
    let (nearest, share) = match (fact.kind, value) {
        (Kind::Number { .. }, Value::Number(value)) => search.number(value),
        _ => search.words(value),
    };
    Flips { fact, nearest, share }
}

/// Where fewer than two facts change the answer alone, or none that anybody has said, the fewest of
/// the others that change it together, so that they are three with those at most; each value is the
/// nearest for those of the others. Empty: two do alone, or so many do not do it together.
pub(crate) fn together(
    answers: &Answers,
    completions: &[Answers],
    now: Option<&'static Opt>,
    flips: &[Flips],
) -> Vec<Flip> {
    let alone = |name: &str| flips.iter().any(|it| it.fact.name == name && !it.nearest.is_empty());
    let known = answers.all().filter_map(|(fact, given)| Some((fact, given?.value)));
    let (alone, others): (Vec<_>, Vec<(&'static Fact, Value)>) =
        known.partition(|it| alone(it.0.name));
    let said = |it: &(&'static Fact, Value)| !is_assumed(answers, it.0.name);
    let found = if !alone.is_empty() && !alone.iter().any(said) {
        // Nobody has said what changes it alone: what was said may do so together.
        let said: Vec<_> = others.iter().copied().filter(said).collect();
        turn(&said, completions, now, 2)
    } else {
        None
    };
    let sizes = 2..=CARRIED.saturating_sub(alone.len());
    let found = found.or_else(|| {
        let few = alone.len() < 2;
        sizes.into_iter().filter(|_| few).find_map(|size| turn(&others, completions, now, size))
    });
    let known = others;
    let mut turn = found.unwrap_or_default();
    let mut outcome = None;
    for nth in 0..turn.len() {
        let (fact, far) = turn[nth];
        let mut others = completions.to_vec();
        for (fact, value) in turn.iter().filter(|it| it.0.name != fact.name) {
            others = with(&others, fact, *value);
        }
        let today = known.iter().find(|it| it.0.name == fact.name).map_or(far, |it| it.1);
        outcome = of_fact(others, now, fact, today).nearest.into_iter().next();
        turn[nth].1 = outcome.as_ref().map_or(far, |it| it.at);
    }
    let Some(outcome) = outcome else { return Vec::new() };
    let flips = turn.into_iter().filter_map(|(fact, at)| {
        let now = answers.given(fact.name)?.value;
        Some(Flip { fact: fact.name, now, at, limit: None, ..outcome.clone() })
    });
    flips.collect()
}

/// Completions with another value of one fact.
fn with(completions: &[Answers], fact: &Fact, value: Value) -> Vec<Answers> {
    let mut all = completions.to_vec();
    for it in &mut all {
        it.put(fact, value);
    }
    all
}

/// So many facts with values that change the answer: any word, an end or the middle of a range.
fn turn(
    known: &[(&'static Fact, Value)],
    completions: &[Answers],
    now: Option<&'static Opt>,
    size: usize,
) -> Option<Vec<(&'static Fact, Value)>> {
    for (nth, (fact, today)) in known.iter().enumerate() {
        let kind = completions.first().map_or(fact.kind, |it| it.room(fact));
        let mut search = Search { completions: completions.to_vec(), fact, kind, now };
        for value in kind.values(ENDS_AND_MIDDLE).into_iter().filter(|it| it != today) {
            let changes = search.changes(value);
            if size == 1 && changes {
                return Some(vec![(fact, value)]);
            }
            let moved = with(completions, fact, value);
            let rest = if size > 1 { turn(&known[nth + 1..], &moved, now, size - 1) } else { None };
            if let Some(mut rest) = rest {
                rest.insert(0, (fact, value));
                return Some(rest);
            }
        }
    }
    None
}

/// The facts that carried an answer: the most decisive of those that nobody had to assume, then the
/// most decisive; where fewer than two change it alone, those too that change it together.
pub(crate) fn carried(answers: &Answers, flips: &[Flips], together: &[Flip]) -> Vec<Carried> {
    let mut pivotal: Vec<&Flips> = flips.iter().filter(|it| !it.nearest.is_empty()).collect();
    pivotal.sort_by(|a, b| {
        let share = b.share.total_cmp(&a.share);
        let [a, b] = [a, b].map(|it| is_assumed(answers, it.fact.name));
        share.then(a.cmp(&b))
    });
    let known = pivotal.iter().position(|it| !is_assumed(answers, it.fact.name));
    if let Some(known) = known {
        pivotal[..=known].rotate_right(1);
    }
    let mut names: Vec<&'static str> = pivotal.iter().map(|it| it.fact.name).collect();
    // Before what nobody has said comes what was said, though it is no single fact.
    let said = together.iter().any(|it| !is_assumed(answers, it.fact));
    let at = if known.is_none() && said { 0 } else { names.len() };
    names.splice(at..at, together.iter().map(|it| it.fact));
    let names = names.into_iter().take(CARRIED);
    names.filter_map(|fact| Some(Carried { fact, given: answers.given(fact)?.clone() })).collect()
}

fn is_assumed(answers: &Answers, name: &str) -> bool {
    answers.given(name).is_none_or(Given::is_assumed)
}

struct Search {
    /// What may be, with the value of the fact that is tried.
    completions: Vec<Answers>,
    fact: &'static Fact,
    /// What it may be beside the others.
    kind: Kind,
    now: Option<&'static Opt>,
}

impl Search {
    /// Whether another value changes the answer, whatever is not known.
    fn changes(&mut self, value: Value) -> bool {
        let (fact, now) = (self.fact, self.now);
        self.completions.iter_mut().any(|it| {
            it.put(fact, value);
            settle(it).chosen != now
        })
    }

    /// The flip at a value that changes the answer.
    fn flip(&mut self, now: Value, at: Value, limit: Option<Value>) -> Flip {
        let fact = self.fact;
        let mut all = self.completions.iter_mut().map(|it| {
            it.put(fact, at);
            settle(it)
        });
        let first = all.next();
        let to = first.as_ref().and_then(|it| it.chosen);
        let open = all.any(|it| it.chosen != to);
        let why = || self.now.and_then(|it| first.as_ref()?.against(it));
        let why = if self.completions.len() == 1 { why() } else { None };
        Flip { fact: fact.name, now, at, limit, to: to.filter(|_| !open), open, why }
    }

    /// One flip to each other answer.
    fn words(&mut self, now: Value) -> (Vec<Flip>, f64) {
        let others: Vec<Value> =
            self.fact.kind.values(0).into_iter().filter(|it| *it != now).collect();
        let mut flips: Vec<Flip> = Vec::new();
        let mut changes = 0;
        for at in &others {
            if !self.changes(*at) {
                continue;
            }
            changes += 1;
            let flip = self.flip(now, *at, None);
            if flips.iter().all(|it| (it.to, it.open) != (flip.to, flip.open)) {
                flips.push(flip);
            }
        }
        (flips, f64::from(changes) / others.len().max(1) as f64)
    }

    /// At most one flip beneath, and one above.
    fn number(&mut self, now: f64) -> (Vec<Flip>, f64) {
        let scale = Scale::of(self.kind);
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
                if !self.changes(Value::Number(tried)) {
                    if found.is_none() {
                        keeps = tried;
                    }
                    continue;
                }
                changes += 1;
                found = found.or(Some((keeps, tried)));
            }
            if let Some((keeps, changed)) = found {
                let (at, limit) = self.nearest(scale, keeps, changed);
                let limit = limit.map(Value::Number);
                flips.push(self.flip(Value::Number(now), Value::Number(at), limit));
            }
        }
        (flips, f64::from(changes) / f64::from(2 * STEPS))
    }

    /// The value nearest to one that keeps the answer that changes it, written shortly; and, if
    /// that is only just beyond a short one that keeps it, this.
    fn nearest(&mut self, scale: Scale, mut keeps: f64, mut changes: f64) -> (f64, Option<f64>) {
        for _ in 0..HALVINGS {
            let middle = scale.back(f64::midpoint(scale.to(keeps), scale.to(changes)));
            if [keeps, changes].iter().any(|it| it.total_cmp(&middle).is_eq()) {
                break;
            }
            if self.changes(Value::Number(middle)) { changes = middle } else { keeps = middle }
        }
        let away = changes > keeps;
        let kind = self.kind;
        let limit = short(changes).filter(|it| !self.changes(Value::Number(*it)));
        for digits in 1..=DIGITS {
            let mut there = rounded(changes, digits, away);
            if limit.is_some_and(|it| it.total_cmp(&there).is_eq()) {
                there = beyond(there, digits, away);
            }
            let near = libm::fabs(scale.to(there) - scale.to(changes)) <= ROUNDING;
            // Beyond a limit no more digits are written: people read the limit.
            let near = near || (limit.is_some() && digits == DIGITS);
            if near && kind.allows(Value::Number(there)) && self.changes(Value::Number(there)) {
                return (there, limit);
            }
        }
        (changes, limit)
    }
}

/// The number of a few digits that another one is, but for the error of its last bits.
fn short(value: f64) -> Option<f64> {
    (1..=SHORT)
        .flat_map(|digits| [rounded(value, digits, true), rounded(value, digits, false)])
        .find(|it| libm::fabs(it - value) <= 1e-9 * libm::fabs(value))
}

/// The next number of so many digits.
fn beyond(value: f64, digits: i32, up: bool) -> f64 {
    let size = libm::floor(libm::log10(libm::fabs(value).max(1e-12))) as i32 + 1;
    let step = libm::pow(10.0, f64::from(size - digits));
    rounded(if up { value + step } else { value - step }, digits, up)
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
