//! What is missing, and whether it matters.
//!
//! Every combination of values of the missing facts is judged, numbers at a few points of their
//! range. If all lead to one answer, the missing facts do not matter; else the fact that leaves the
//! fewest answers once it is known is the one to ask for first.

use crate::decide::{Settled, settle};
use crate::value::Kind;
use crate::{Answers, Fact, Opt, Value};

/// What is missing, and what it leaves open.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// The facts that nobody knows, in the order of the topic.
    pub missing: Vec<&'static str>,
    /// What the answer may be, in the order of the options; `None` stands for nothing that fits.
    pub candidates: Vec<Option<&'static Opt>>,
    /// The fact that would decide most; `None` if none would change the answer.
    pub decides: Option<&'static str>,
}

/// Combinations that are judged at most.
const MOST: usize = 100;
/// Points of a number's range, the more the fewer facts are missing.
const POINTS: [usize; 5] = [17, 9, 5, 3, 2];

/// Everything that may be of what is missing.
pub(crate) struct Possible {
    pub(crate) open: Open,
    /// What follows from each completion of the answers that is tried.
    pub(crate) settled: Vec<Settled>,
}

/// What the missing facts leave open; `None` if none is missing.
pub(crate) fn possible(answers: &Answers) -> Option<Possible> {
    let missing = answers.missing();
    if missing.is_empty() {
        return None;
    }
    let settled: Vec<Settled> = completions(answers).iter().map(settle).collect();
    let values = domains(&missing);
    let mut at = vec![0; missing.len()];
    let mut tried: Vec<(Vec<usize>, Option<&'static Opt>)> = Vec::new();
    for it in &settled {
        tried.push((at.clone(), it.chosen));
        advance(&mut at, &values);
    }
    let options = answers.topic.options.iter().map(Some).chain([None]);
    let candidates: Vec<Option<&'static Opt>> =
        options.filter(|it| tried.iter().any(|that| that.1 == *it)).collect();
    let decides = if candidates.len() < 2 { None } else { decisive(&missing, &values, &tried) };
    let missing = missing.iter().map(|it| it.name).collect();
    Some(Possible { open: Open { missing, candidates, decides }, settled })
}

/// The answers with what is missing completed, in so few ways that other facts can still be tried
/// with each of them: the answers alone if nothing is missing.
pub(crate) fn completions(answers: &Answers) -> Vec<Answers> {
    let missing = answers.missing();
    let values = domains(&missing);
    let mut all = Vec::new();
    let mut at = vec![0; missing.len()];
    loop {
        let mut complete = answers.clone();
        for (fact, (values, at)) in missing.iter().zip(values.iter().zip(&at)) {
            complete.put(fact, values[*at]);
        }
        all.push(complete);
        if all.len() >= MOST || !advance(&mut at, &values) {
            return all;
        }
    }
}

/// The fact that leaves the fewest answers on average; of equals the one that is asked first.
fn decisive(
    missing: &[&'static Fact],
    values: &[Vec<Value>],
    tried: &[(Vec<usize>, Option<&'static Opt>)],
) -> Option<&'static str> {
    let left = |fact: usize| -> f64 {
        let mut groups: Vec<Vec<Option<&str>>> = (0..values[fact].len())
            .map(|value| {
                let with = tried.iter().filter(|it| it.0[fact] == value);
                let mut seen: Vec<Option<&str>> = with.map(|it| it.1.map(|it| it.id)).collect();
                seen.sort_unstable();
                seen.dedup();
                seen
            })
            .collect();
        // How wide a range is says nothing: values of one effect count once.
        groups.dedup();
        groups.iter().map(Vec::len).sum::<usize>() as f64 / groups.len() as f64
    };
    let all = (0..missing.len()).map(|fact| (fact, left(fact)));
    all.min_by(|a, b| a.1.total_cmp(&b.1)).map(|it| missing[it.0].name)
}

/// The values of each fact that are tried.
fn domains(missing: &[&'static Fact]) -> Vec<Vec<Value>> {
    let all = |points: usize| -> Vec<Vec<Value>> {
        missing.iter().map(|it| it.kind.values(points)).collect()
    };
    let size = |values: &[Vec<Value>]| values.iter().map(Vec::len).product::<usize>();
    let fits = POINTS.iter().map(|points| all(*points)).find(|it| size(it) <= MOST);
    fits.unwrap_or_else(|| all(POINTS[POINTS.len() - 1]))
}

/// The next combination; false after the last one.
fn advance(at: &mut [usize], values: &[Vec<Value>]) -> bool {
    for (at, values) in at.iter_mut().zip(values) {
        *at += 1;
        if *at < values.len() {
            return true;
        }
        *at = 0;
    }
    false
}

impl Kind {
    /// All values of a choice or flag, so many points of a number's range, its ends included.
    pub(crate) fn values(self, points: usize) -> Vec<Value> {
        match self {
            Self::Flag => vec![Value::Flag(false), Value::Flag(true)],
            Self::Choice(words) => words.iter().map(|it| Value::Choice(it)).collect(),
            Self::Number { .. } => {
                let scale = crate::flips::Scale::of(self);
                let last = (points - 1) as f64;
                let mut values: Vec<Value> = (0..points)
                    .map(|it| Value::Number(scale.back(scale.part(it as f64 / last))))
                    .collect();
                values.dedup();
                values
            }
        }
    }
}
