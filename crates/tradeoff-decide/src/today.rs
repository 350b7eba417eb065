//! What an architecture has today of what there is to choose.

use crate::{Seen, Subject, Topic};

/// Where an architecture says which of the options it has today.
#[derive(Clone, Copy, Debug)]
pub enum Today {
    /// Nowhere.
    Nowhere,
    /// At the first of these keys of the subject that is a word: that of an option, or one of those
    /// that mean an option.
    Word(&'static [&'static str], &'static [Means]),
    /// At several places.
    Seen(fn(&Seen<'_>, &Subject) -> Option<Standing>),
}

/// A word of the format, and the option that it means.
pub type Means = (&'static str, &'static str);

/// What an architecture has today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The option that it is.
    pub is: Is,
    /// In the words of the file.
    pub words: String,
    /// The dotted path that says so; `None`: it is the format's default, or it follows from several.
    pub path: Option<String>,
}

/// What something of an architecture is among the options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    /// This one.
    One(&'static str),
    /// None of them.
    NoneOf,
    /// The architecture does not say enough to tell.
    Untold,
}

impl Is {
    /// This one of a topic's, or none of them.
    pub(crate) fn of(option: Option<&'static str>) -> Self {
        option.map_or(Self::NoneOf, Self::One)
    }
}

impl Standing {
    /// What the file says at a path.
    pub(crate) fn at(path: String, words: impl Into<String>, is: Is) -> Self {
        Self { is, words: words.into(), path: Some(path) }
    }

    /// What follows from more than one place.
    pub(crate) fn derived(words: impl Into<String>, is: Is) -> Self {
        Self { is, words: words.into(), path: None }
    }
}

impl Topic {
    /// What an architecture has today of a part of it, as far as it says.
    pub fn standing(&'static self, seen: &Seen<'_>, subject: &Subject) -> Option<Standing> {
        match self.today {
            Today::Nowhere => None,
            Today::Seen(ask) => ask(seen, subject),
            Today::Word(keys, means) => {
                keys.iter().find_map(|key| word(self, seen, subject, key, means))
            }
        }
    }
}

fn word(
    topic: &'static Topic,
    seen: &Seen<'_>,
    subject: &Subject,
    key: &str,
    means: &[Means],
) -> Option<Standing> {
    let (fact, path) = seen.stated(subject, key)?;
    let word = fact.text()?;
    let translated = means.iter().find(|it| it.0 == word).map(|it| it.1);
    let option = translated.or_else(|| topic.option(word).map(|it| it.id));
    Some(Standing::at(path, word, Is::of(option)))
}
