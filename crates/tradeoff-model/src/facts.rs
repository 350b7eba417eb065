//! What the file says beside what the simulator moves: typed values, asked for by path.
//!
//! ```
//! use tradeoff_diag::SourceFile;
//! use tradeoff_model::{Document, NoFiles};
//!
//! let text = "tradeoff: 1\nname: shop\nsecurity: { tokens: { access: { lifetime: 10m } } }\n";
//! let (document, _) = Document::parse(vec![SourceFile::new("shop.yaml", text)]);
//! let (architecture, mistakes) = document.lower(&NoFiles);
//! assert!(mistakes.is_empty());
//! let access = architecture.facts.get("security.tokens.access").unwrap();
//! assert_eq!(access.get("lifetime").and_then(|it| it.duration()), Some(600_000_000_000));
//! // What is left out has its default, and says so.
//! let format = access.get("format").unwrap();
//! assert_eq!((format.text(), format.stated), (Some("jwt"), false));
//! ```

use std::collections::BTreeMap;

use tradeoff_diag::Span;

use crate::date::Date;
use crate::model::{Dist, Nanos};
use crate::pointer::split_dotted;

/// All facts of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub(crate) root: BTreeMap<String, Fact>,
    pub(crate) not_moved: Vec<String>,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Its place; that of the map that it is missing from, if it is a default.
    pub span: Span,
    /// Whether the file says it; else it is the format's default.
    pub stated: bool,
    /// What it is.
    pub value: Value,
}

/// What a fact is.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Any text, or a word of a choice.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
    /// Nanoseconds, of durations and periods.
    Duration(Nanos),
    /// A time that may vary, in seconds.
    Time(Dist),
    /// Per second.
    Rate(f64),
    /// Between 0 and 1.
    Share(f64),
    /// USD per hour, month or whatever the format says of its key.
    Money(f64),
    /// Bytes.
    Bytes(u64),
    /// A whole number.
    Count(u64),
    /// A number, or a factor.
    Number(f64),
    /// A day.
    Date(Date),
    /// Share per month, negative where it shrinks: the least and the most of a range, else twice
    /// the same.
    Growth {
        /// The low end.
        low: f64,
        /// The high end.
        high: f64,
    },
    /// Person-weeks.
    Effort(f64),
    /// The name of something that the file defines.
    Reference(String),
    /// In the order of the file.
    List(Vec<Fact>),
    /// Sorted by name.
    Map(BTreeMap<String, Fact>),
}

impl Facts {
    /// The fact at a dotted path; a part that holds a dot stands in double quotes, items of lists
    /// are numbered from 0.
    pub fn get(&self, path: &str) -> Option<&Fact> {
        let parts = split_dotted(path)?;
        let (first, rest) = parts.split_first()?;
        below(self.root.get(first)?, rest)
    }

    /// The entries of the map at a dotted path, sorted by name; none if nothing is there.
    pub fn entries(&self, path: &str) -> impl Iterator<Item = (&str, &Fact)> {
        self.get(path).into_iter().flat_map(Fact::entries)
    }

    /// Dotted paths of the blocks of the file that the simulator does not move, sorted.
    pub fn not_moved(&self) -> &[String] {
        &self.not_moved
    }

    /// The fact of these names.
    pub(crate) fn at(&self, parts: [&str; 3]) -> Option<&Fact> {
        self.root.get(parts[0])?.map()?.get(parts[1])?.map()?.get(parts[2])
    }
}

impl Fact {
    /// The fact at a dotted path below this one.
    pub fn get(&self, path: &str) -> Option<&Self> {
        below(self, &split_dotted(path)?)
    }

    /// The entries of a map, sorted by name; none if it is no map.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Self)> {
        self.map().into_iter().flatten().map(|(name, fact)| (name.as_str(), fact))
    }

    /// The items of a list; none if it is no list.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    fn map(&self) -> Option<&BTreeMap<String, Self>> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The text, the word or the name that it is.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Reference(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is this word, or a list that has it.
    pub fn says(&self, word: &str) -> bool {
        self.text() == Some(word) || self.items().iter().any(|item| item.text() == Some(word))
    }

    /// The truth value that it is.
    pub fn flag(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The nanoseconds that it is, of a duration, a period or a constant time.
    pub fn duration(&self) -> Option<Nanos> {
        match self.value {
            Value::Duration(nanos) => Some(nanos),
            Value::Time(Dist::Constant(seconds)) => Some((seconds * 1e9).round() as Nanos),
            _ => None,
        }
    }

    /// The time that it is, in seconds.
    pub fn time(&self) -> Option<&Dist> {
        match &self.value {
            Value::Time(dist) => Some(dist),
            _ => None,
        }
    }

    /// The whole number that it is, of a count or a size in bytes.
    pub fn count(&self) -> Option<u64> {
        match self.value {
            Value::Count(value) | Value::Bytes(value) => Some(value),
            _ => None,
        }
    }

    /// The number that it is, in the unit of its kind, if it is one.
    pub fn number(&self) -> Option<f64> {
        match self.value {
            Value::Rate(value)
            | Value::Share(value)
            | Value::Money(value)
            | Value::Number(value)
            | Value::Effort(value) => Some(value),
            Value::Growth { low, high } => Some(f64::midpoint(low, high)),
            Value::Count(value) | Value::Bytes(value) => Some(value as f64),
            _ => None,
        }
    }

    /// The growth that it is, as a share per month: its least and its most.
    pub fn growth(&self) -> Option<[f64; 2]> {
        match self.value {
            Value::Growth { low, high } => Some([low, high]),
            _ => None,
        }
    }

    /// The day that it is.
    pub fn date(&self) -> Option<Date> {
        match self.value {
            Value::Date(date) => Some(date),
            _ => None,
        }
    }
}

fn below<'a>(fact: &'a Fact, parts: &[String]) -> Option<&'a Fact> {
    parts.iter().try_fold(fact, |fact, part| match &fact.value {
        Value::Map(map) => map.get(part),
        Value::List(items) => items.get(part.parse::<usize>().ok()?),
        _ => None,
    })
}
