//! From facts to an answer: exclusions, dominance, then the more reversible, then the more boring.

use crate::flips::{Flips, carried, flips, together};
use crate::judge::Mark;
use crate::open::{Open, Possible, completions, possible};
use crate::{Answers, Flip, Given, Judge, Line, Opt, Reversal};

/// What follows from the facts, and how firmly.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What was known.
    pub answers: Answers,
    /// What to choose; `None` if nothing fits, or if facts are missing that would decide.
    pub chosen: Option<&'static Opt>,
    /// What it was decided by.
    pub grounds: Grounds,
    /// What the facts exclude, in the order of the options.
    pub excluded: Vec<Exclusion>,
    /// What another option does at least as well, and something better.
    pub beaten: Vec<Beaten>,
    /// What would do as well, best first; the tie-break chose.
    pub alternatives: Vec<&'static Opt>,
    /// The two or three facts that carried the answer, the most decisive first.
    pub carried: Vec<Carried>,
    /// What is given up: what another option does better, excluded or not.
    pub given_up: Vec<GivenUp>,
    /// The nearest value of each fact that changes the answer.
    pub flips: Vec<Flip>,
    /// Two or three facts that change it together, where fewer than two do alone, or none that
    /// anybody has said.
    pub together: Vec<Flip>,
    /// What is missing; `None` if every fact is known.
    pub open: Option<Open>,
    /// The arithmetic, if the topic does any and every fact is known.
    pub table: Vec<Line>,
    /// What else the topic has to say.
    pub advice: Vec<String>,
}

/// What an answer was decided by, the firmest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grounds {
    /// Everything else is excluded.
    Only,
    /// What else is left does nothing better, and something worse.
    Better,
    /// Of what is left it is the easiest to undo.
    Reversible,
    /// Of what is as easy to undo it is the most proven.
    Boring,
    /// Nothing tells them apart: it stands first.
    Listed,
    /// Everything is excluded: something has to give, see the flips.
    Nothing,
    /// It depends on what nobody knows.
    Missing,
}

/// An option that the facts exclude.
#[derive(Clone, Debug, PartialEq)]
pub struct Exclusion {
    /// Which.
    pub option: &'static Opt,
    /// The facts that it rests on.
    pub because: Vec<&'static str>,
    /// Why.
    pub sentence: String,
}

/// An option that another one is better than.
#[derive(Clone, Debug, PartialEq)]
pub struct Beaten {
    /// Which.
    pub option: &'static Opt,
    /// What is better.
    pub by: &'static Opt,
    /// In what.
    pub at: Vec<String>,
}

/// Something that another option than the answer does better.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenUp {
    /// The option that does it best.
    pub to: &'static Opt,
    /// What.
    pub what: String,
}

/// A fact that carried the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    /// Which.
    pub fact: &'static str,
    /// What it is, and who says so.
    pub given: Given,
}

impl Verdict {
    /// What undoing the choice takes, if there is one.
    pub fn reversal(&self) -> Option<(Reversal, &'static str)> {
        self.chosen.map(|it| (it.reversal, it.undo))
    }

    /// What to do first so that going back stays possible, if there is a choice.
    pub fn door(&self) -> Option<&'static str> {
        self.chosen.map(|it| it.door)
    }
}

/// Decides a topic.
pub fn decide(answers: &Answers) -> Verdict {
    let mut verdict = reasons(answers);
    if verdict.grounds != Grounds::Missing {
        let (flips, together) = turns(answers, verdict.chosen);
        verdict.carried = carried(answers, &flips, &together);
        verdict.flips = flips.into_iter().flat_map(|it| it.nearest).collect();
        verdict.together = together;
    }
    verdict
}

/// The answer and what speaks against the others, some hundred times as fast: what flips it, and
/// so what carried it, is not looked for.
pub fn reasons(answers: &Answers) -> Verdict {
    if let Some(possible) = possible(answers) {
        return undecided(answers, possible);
    }
    let settled = settle(answers);
    Verdict {
        carried: Vec::new(),
        given_up: settled.given_up(answers),
        answers: answers.clone(),
        chosen: settled.chosen,
        grounds: settled.grounds,
        excluded: settled.excluded,
        beaten: settled.beaten,
        alternatives: settled.alternatives,
        flips: Vec::new(),
        together: Vec::new(),
        open: None,
        table: settled.table,
        advice: settled.advice,
    }
}

/// The answer alone.
pub fn answer(answers: &Answers) -> Option<&'static Opt> {
    match possible(answers) {
        Some(it) => only(&it.open),
        None => settle(answers).chosen,
    }
}

/// What changes an answer: single facts, and where those are fewer than two, some together.
fn turns(answers: &Answers, chosen: Option<&'static Opt>) -> (Vec<Flips>, Vec<Flip>) {
    let completions = completions(answers);
    let flips = flips(answers, &completions, chosen);
    let together = together(answers, &completions, chosen, &flips);
    (flips, together)
}

/// The only answer there is, whatever the missing facts are.
fn only(open: &Open) -> Option<&'static Opt> {
    match open.candidates.as_slice() {
        [only] => *only,
        _ => None,
    }
}

/// The answer where facts are missing: there is one if they do not matter.
fn undecided(answers: &Answers, possible: Possible) -> Verdict {
    let Possible { open, settled } = possible;
    let (chosen, agree) = (only(&open), open.candidates.len() == 1);
    let grounds = settled.iter().map(|it| it.grounds).max().filter(|_| agree);
    let known = |it: &&Exclusion| it.because.iter().all(|name| answers.given(name).is_some());
    let excluded = in_all(&settled, |it| &it.excluded, |a, b| a.option == b.option);
    let none = || if agree { &settled[..] } else { &[] };
    let mut excluded: Vec<Exclusion> = excluded.into_iter().filter(|it| known(&it)).collect();
    let mut beaten = in_all(none(), |it| &it.beaten, PartialEq::eq);
    let alternatives = in_all(none(), |it| &it.alternatives, PartialEq::eq);
    for option in answers.topic.options.iter().filter(|it| agree && chosen != Some(*it)) {
        let told = excluded.iter().any(|it| it.option == option)
            || beaten.iter().any(|it: &Beaten| it.option == option)
            || alternatives.contains(&option);
        if !told {
            // Now this speaks against it, now that, depending on what is missing.
            let mut better = settled.iter().flat_map(|it| &it.beaten);
            match better.find(|it| it.option == option) {
                Some(it) => beaten.push(it.clone()),
                None => excluded.extend(whatever(&settled, option, &open.missing)),
            }
        }
    }
    Verdict {
        carried: Vec::new(),
        answers: answers.clone(),
        chosen,
        grounds: grounds.unwrap_or(Grounds::Missing),
        excluded,
        beaten,
        alternatives,
        given_up: Vec::new(),
        flips: Vec::new(),
        together: Vec::new(),
        open: Some(open),
        table: Vec::new(),
        advice: in_all(none(), |it| &it.advice, PartialEq::eq),
    }
}

/// That an option is excluded, though not always by the same.
fn whatever(
    settled: &[Settled],
    option: &'static Opt,
    missing: &[&'static str],
) -> Option<Exclusion> {
    let mut all = settled.iter().flat_map(|it| &it.excluded);
    let because = all.find(|it| it.option == option)?.because.clone();
    let sentence = format!("it is excluded, whatever {}", is_or_are(missing));
    Some(Exclusion { option, because, sentence })
}

/// `rows is`, `rows and jump are`.
fn is_or_are(names: &[&str]) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => format!("{} and {last} are", first.join(", ")),
        [only] => format!("{only} is"),
        _ => "is missing".to_owned(),
    }
}

/// What holds whatever is missing: what is the same in all that may follow.
fn in_all<T: Clone>(
    settled: &[Settled],
    list: impl Fn(&Settled) -> &Vec<T>,
    same: impl Fn(&T, &T) -> bool,
) -> Vec<T> {
    let Some((first, rest)) = settled.split_first() else { return Vec::new() };
    let mut all = list(first).clone();
    all.retain(|it| rest.iter().all(|that| list(that).iter().any(|that| same(it, that))));
    all
}

/// What follows where everything is known.
pub(crate) struct Settled {
    pub(crate) chosen: Option<&'static Opt>,
    pub(crate) excluded: Vec<Exclusion>,
    grounds: Grounds,
    beaten: Vec<Beaten>,
    alternatives: Vec<&'static Opt>,
    marks: Vec<Mark>,
    table: Vec<Line>,
    advice: Vec<String>,
}

impl Settled {
    /// What speaks against an option: why it is excluded, or what is better at what.
    pub(crate) fn against(&self, option: &Opt) -> Option<String> {
        if let Some(it) = self.excluded.iter().find(|it| it.option == option) {
            return Some(it.sentence.clone());
        }
        let it = self.beaten.iter().find(|it| it.option == option)?;
        Some(format!("\"{}\" does better: {}", it.by.title, it.at.join(", ")))
    }

    /// What other options do better than the answer.
    fn given_up(&self, answers: &Answers) -> Vec<GivenUp> {
        let Some(chosen) = self.chosen else { return Vec::new() };
        let best = |mark: &Mark| {
            let options = answers.topic.options.iter();
            let to = options.min_by(|a, b| mark.order(a.id, b.id))?;
            let better = mark.order(to.id, chosen.id).is_lt();
            better.then(|| GivenUp { to, what: mark.what.clone() })
        };
        self.marks.iter().filter_map(best).collect()
    }
}

/// Judges, and chooses; every fact must be known.
pub(crate) fn settle(answers: &Answers) -> Settled {
    let topic = answers.topic;
    let mut judge = Judge::default();
    (topic.judge)(answers, &mut judge);
    let left: Vec<&'static Opt> =
        topic.options.iter().filter(|it| !judge.is_excluded(it.id)).collect();
    let mut beaten = Vec::new();
    for option in &left {
        let better = left.iter().find(|it| dominates(&judge, it, option));
        if let Some(by) = better {
            let better_at = judge.marks.iter().filter(|it| it.order(by.id, option.id).is_lt());
            let at = better_at.map(|it| it.what.clone()).collect();
            beaten.push(Beaten { option, by, at });
        }
    }
    let mut best: Vec<&'static Opt> =
        left.iter().copied().filter(|it| beaten.iter().all(|that| that.option != *it)).collect();
    // Stable, so that of equals the one that stands first wins.
    best.sort_by_key(|it| (it.reversal, it.boring));
    let grounds = match best.as_slice() {
        [] => Grounds::Nothing,
        [_] if left.len() == 1 => Grounds::Only,
        [_] => Grounds::Better,
        [first, second, ..] if first.reversal < second.reversal => Grounds::Reversible,
        [first, second, ..] if first.boring < second.boring => Grounds::Boring,
        _ => Grounds::Listed,
    };
    let order = |id: &str| topic.options.iter().position(|it| it.id == id);
    let mut excluded: Vec<Exclusion> = judge
        .excluded
        .into_iter()
        .filter_map(|(id, because, sentence)| {
            Some(Exclusion { option: topic.option(id)?, because, sentence })
        })
        .collect();
    excluded.sort_by_key(|it| order(it.option.id));
    Settled {
        chosen: best.first().copied(),
        excluded,
        grounds,
        beaten,
        alternatives: best.into_iter().skip(1).collect(),
        marks: judge.marks,
        table: judge.table,
        advice: judge.advice,
    }
}

/// Whether an option is worse in nothing, and better in something.
fn dominates(judge: &Judge, a: &Opt, b: &Opt) -> bool {
    let orders = || judge.marks.iter().map(|it| it.order(a.id, b.id));
    orders().all(std::cmp::Ordering::is_le) && orders().any(std::cmp::Ordering::is_lt)
}
