//! How an option is written into an architecture, so that it can be simulated.

use tradeoff_analyze::words;

use crate::{Answers, Seen, Subject};

/// Says what an option changes; `None` where an architecture cannot say it.
pub type Changes = fn(&Seen<'_>, &Subject, &Answers, &'static str) -> Option<Vec<Change>>;

/// One change. Values are YAML, as `--set` takes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Sets a value at a dotted path.
    Set(String, String),
    /// Sets a key of the policy of a call, wherever the call keeps its policy: the number of its
    /// edge, the key, the value.
    Policy(usize, &'static str, String),
    /// Puts another step in the place of a call: the number of its edge, the step.
    Step(usize, String),
}

impl Change {
    /// Sets a key below a subject.
    pub(crate) fn below(subject: &Subject, key: &str, value: impl ToString) -> Self {
        Self::Set(subject.below(key), value.to_string())
    }
}

/// A time in milliseconds as a file states it.
pub(crate) fn time(milliseconds: f64) -> String {
    words::stated((milliseconds * 1e3) as u64 * 1_000)
}
