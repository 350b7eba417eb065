//! Which of the facts that nobody has said can change the answer at all.
//!
//! All of them are given values by lot, over and over: a fact matters if in one of these worlds
//! another value of it changes the answer. What matters in none changes figures only.

use crate::decide::settle;
use crate::{Answers, Fact, Given, Value};

/// Worlds that are looked at: a fact that needs five others to be true is met six times.
const WORLDS: u64 = 200;
/// Points of a number's range.
const POINTS: usize = 5;

/// The facts that neither the architecture nor anybody says, in the order in which they are asked:
/// first those that can change the answer, then those that only change figures beside it.
pub fn unsaid(answers: &Answers) -> (Vec<&'static Fact>, Vec<&'static Fact>) {
    let all = answers.all();
    let all = all.filter(|it| it.1.is_none_or(Given::is_assumed));
    let unsaid: Vec<&'static Fact> = all.map(|it| it.0).collect();
    let values: Vec<Vec<Value>> = unsaid.iter().map(|it| it.kind.values(POINTS)).collect();
    // What has no default has to be known, or must be seen not to matter.
    let mut matters: Vec<bool> = unsaid.iter().map(|it| it.default.is_none()).collect();
    let mut lot = Lot(0);
    for _ in 0..WORLDS {
        let mut world = answers.clone();
        for (fact, values) in unsaid.iter().zip(&values) {
            world.put(fact, values[lot.below(values.len())]);
        }
        let now = settle(&world).chosen;
        for nth in 0..unsaid.len() {
            if !matters[nth] {
                let changes = |it: &Value| {
                    let mut other = world.clone();
                    other.put(unsaid[nth], *it);
                    settle(&other).chosen != now
                };
                matters[nth] = values[nth].iter().any(changes);
            }
        }
        if matters.iter().all(|it| *it) {
            break;
        }
    }
    let (first, rest): (Vec<_>, Vec<_>) =
        unsaid.into_iter().zip(matters).partition(|(_, matters)| *matters);
    let facts = |it: Vec<(&'static Fact, bool)>| it.into_iter().map(|it| it.0).collect();
    (facts(first), facts(rest))
}

/// Numbers that are the same each time: splitmix64 (Steele, Lea and Flood, 2014).
struct Lot(u64);

impl Lot {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((it ^ (it >> 31)) % count.max(1) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::unsaid;
    use crate::{Answers, topic};

    fn names(id: &str, said: &[(&str, &str)]) -> [Vec<&'static str>; 2] {
        let mut answers = Answers::new(topic(id).expect("a topic"));
        for (fact, value) in said {
            answers.say(fact, value).expect("a value");
        }
        let (first, rest) = unsaid(&answers);
        [first, rest].map(|it| it.iter().map(|it| it.name).collect())
    }

    #[test]
    fn facts_that_matter_only_together_matter() {
        let [first, rest] = names("redis-or-memcached", &[]);
        assert_eq!(first, ["strings-only", "memory-bound", "rebuilds-cold"]);
        assert_eq!(rest, ["hit-ratio"]);
    }

    #[test]
    fn what_was_said_is_not_asked_and_leaves_less_to_ask() {
        let [before, figures] = names("monolith-or-services", &[("teams", "9")]);
        assert!(before.contains(&"engineers") && !before.contains(&"teams"), "{before:?}");
        assert!(figures.contains(&"growth"), "{figures:?}");
        let [one, _] = names("monolith-or-services", &[("teams", "1")]);
        assert!(one.len() < before.len(), "{one:?}");
    }
}
