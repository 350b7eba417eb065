//! The file format as one table: lowering checks keys against it, the JSON Schema and
//! `tradeoff explain` are printed from it.

mod apis;
mod blocks;
mod caches;
mod choices;
mod copies;
mod data;
mod example;
mod files;
mod kinds;
mod learning;
mod observability;
mod places;
mod policies;
mod rules;
mod running;
mod security;
mod steps;
mod storage;
mod stores;
mod topics;

pub(crate) use blocks::{
    COUNT_DIST, DEFAULTS, DIST, EDGE, ENDPOINT, EVENT, EXTERNAL, EXTERNAL_OPERATION, LATENCY,
    OBSERVED, OPERATION, POOL, POOLER, ROOT, SCENARIO, SERVICE, SLO, STORE, TEAM, TRAFFIC,
};
pub(crate) use copies::{BALANCE, CORES};
pub(crate) use files::{OVERLAY_EDIT, STUB};
pub(crate) use policies::{BREAKER, BUDGET, BULKHEAD, DEADLINE, POLICY, RETRY};
pub(crate) use rules::{ACCEPTANCE, RULES};
pub(crate) use steps::{ALL_OF, LATER as LATER_STEPS, MAX_REPEAT, STEPS, TRANSACTION_OF};

use crate::quantity::grouped;

/// A map of the file with fixed keys.
#[derive(Debug)]
pub struct Block {
    /// What it is called: `service`.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub doc: &'static str,
    /// Its keys.
    pub fields: &'static [Field],
    /// Keys of the format that this version does not read yet.
    pub later: &'static [&'static str],
}

/// A key of a block.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key.
    pub key: &'static str,
    /// What its value looks like.
    pub kind: Kind,
    /// What it means, in a sentence.
    pub doc: &'static str,
    /// What holds when it is left out, as it would be written.
    pub default: Option<&'static str>,
    /// Whether it must be there.
    pub required: bool,
    /// The section of the guide that it belongs to.
    pub section: Option<&'static str>,
    /// A value that shows more than the one its kind gives; see [`Field::example_text`].
    pub example: Option<&'static str>,
    /// Whether it, and all below it, is read into [`crate::Facts`]: rules and decisions ask for
    /// it there, and the simulator does not move it.
    pub fact: bool,
}

/// What a value looks like.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Any text.
    Text,
    /// `true` or `false`.
    Bool,
    /// `2027-06-30`.
    Date,
    /// `250ms`.
    Duration,
    /// `600/s`.
    Rate,
    /// `99.9%`.
    Share,
    /// `$0.10/h`.
    Cost,
    /// `$5/month`, `$0.023/GB-month`: dollars per this.
    Money(&'static str),
    /// `2GiB`.
    Bytes,
    /// `18mo`: a duration that may be years.
    Period,
    /// `8%/month`.
    Growth,
    /// `12 person-weeks`.
    Effort,
    /// `5x`.
    Factor,
    /// `2.5`.
    Number {
        /// The largest.
        most: f64,
    },
    /// `3`, `100k`, `10 calls`.
    Count {
        /// A word that may follow it; empty for none.
        word: &'static str,
        /// The smallest.
        least: u64,
        /// The largest.
        most: u64,
    },
    /// One of these words.
    Choice(&'static [&'static str]),
    /// This word.
    Word(&'static str),
    /// The name of something that the file defines: `service`, `policy`, ..
    Reference(&'static str),
    /// A map with fixed keys.
    Block(&'static Block),
    /// A map from names of the author's choice.
    Map(&'static Self),
    /// A map from names of what the file defines elsewhere.
    Keyed(&'static str, &'static Self),
    /// A list.
    List(&'static Self),
    /// A list of steps.
    Steps,
    /// Any of these.
    Any(&'static [Self]),
    /// Whatever fits where it is put.
    Anything,
}

impl Block {
    /// The field of a key.
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.key == key)
    }
}

impl Field {
    const fn new(key: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self {
            key,
            kind,
            doc,
            default: None,
            required: false,
            section: None,
            example: None,
            fact: false,
        }
    }

    const fn example(mut self, text: &'static str) -> Self {
        self.example = Some(text);
        self
    }

    const fn fact(mut self) -> Self {
        self.fact = true;
        self
    }

    const fn default(mut self, text: &'static str) -> Self {
        self.default = Some(text);
        self
    }

    const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    const fn section(mut self, section: &'static str) -> Self {
        self.section = Some(section);
        self
    }

    /// The unit of its value, as it is written.
    pub fn unit(&self) -> Option<&'static str> {
        self.kind.unit()
    }
}

impl Kind {
    fn unit(self) -> Option<&'static str> {
        match self {
            Self::Duration => Some("ns, us, ms, s, m, h or d"),
            Self::Rate => Some("/s, /min or /h"),
            Self::Share => Some("%"),
            Self::Cost => Some("$../h"),
            Self::Bytes => Some("B, kB, MB, GB, TB, PB or KiB, MiB, GiB, TiB, PiB"),
            Self::Period => Some("ms, s, m, h, d, w, mo or y"),
            Self::Growth => Some("%/month or %/year"),
            Self::Effort => Some("person-days, person-weeks or person-months"),
            Self::Money(per) => Some(per),
            Self::Factor => Some("x"),
            Self::Count { word, .. } if !word.is_empty() => Some(word),
            Self::Any(kinds) => kinds.iter().find_map(|kind| kind.unit()),
            _ => None,
        }
    }

    /// Whether the text is one of the words that this may be.
    pub(crate) fn has_word(self, text: &str) -> bool {
        match self {
            Self::Word(word) => word == text,
            Self::Any(kinds) => kinds.iter().any(|kind| kind.has_word(text)),
            _ => false,
        }
    }

    /// The word and the bounds of a count.
    pub(crate) fn count(self) -> Option<(&'static str, u64, u64)> {
        match self {
            Self::Count { word, least, most } => Some((word, least, most)),
            Self::Any(kinds) => kinds.iter().find_map(|kind| kind.count()),
            _ => None,
        }
    }

    /// The words of a choice.
    pub(crate) fn choices(self) -> &'static [&'static str] {
        match self {
            Self::Choice(words) => words,
            Self::Any(kinds) => {
                kinds.iter().map(|kind| kind.choices()).find(|it| !it.is_empty()).unwrap_or(&[])
            }
            _ => &[],
        }
    }

    /// What is expected, in words, with an example: `a duration such as 250ms`.
    pub fn expected(self) -> String {
        match self {
            Self::Text => "a text".into(),
            Self::Bool => "`true` or `false`".into(),
            Self::Date => "a date such as `2027-06-30`".into(),
            Self::Duration => "a duration such as `250ms`".into(),
            Self::Rate => "a rate such as `600/s`".into(),
            Self::Share => "a share such as `99.9%`".into(),
            Self::Cost => "a price such as `$0.10/h`".into(),
            Self::Money(per) => format!("a price such as `$5/{per}`"),
            Self::Bytes => "a size such as `2GiB`".into(),
            Self::Period => "a period such as `18mo`".into(),
            Self::Growth => "a growth such as `8%/month`".into(),
            Self::Effort => "an effort such as `12 person-weeks`".into(),
            Self::Factor => "a factor such as `5x`".into(),
            Self::Number { .. } => "a number such as `2`".into(),
            Self::Count { word, least, most } => {
                let space = if word.is_empty() { "" } else { " " };
                let example = 10.clamp(least, most);
                let (least, most) = (grouped(least), grouped(most));
                format!(
                    "a whole number between {least} and {most} such as `{example}{space}{word}`"
                )
            }
            Self::Choice(words) => one_of(words),
            Self::Word(word) => format!("`{word}`"),
            Self::Reference(what) => {
                format!("the name of {} {what}", article(what))
            }
            Self::Block(block) => {
                let keys: Vec<&str> = block.fields.iter().map(|field| field.key).collect();
                format!("a map with the keys {}", keys.join(", "))
            }
            Self::Map(Self::Block(_)) | Self::Keyed(_, Self::Block(_)) => "a map of names".into(),
            Self::Map(inner) => format!("a map from names to {}", inner.expected()),
            Self::Keyed(what, inner) => {
                format!("a map from names of {what}s to {}", inner.expected())
            }
            Self::List(Self::Block(_) | Self::Steps | Self::List(_)) => "a list".into(),
            Self::List(Self::Reference(what)) => format!("a list of names of {what}s"),
            Self::List(Self::Text) => "a list of texts".into(),
            Self::List(inner) => format!("a list, each {}", inner.expected()),
            Self::Steps => "a list of steps".into(),
            Self::Any(kinds) => {
                let all: Vec<String> = kinds.iter().map(|kind| kind.expected()).collect();
                all.join(" or ")
            }
            Self::Anything => "what fits at its path".into(),
        }
    }
}

/// Pairs of keys of a block of which the first is at most the second.
pub(crate) fn ordered(block: &Block) -> impl Iterator<Item = (&'static str, &'static str)> {
    const PAIRS: [(&str, &str, &str); 5] = [
        ("autoscale", "min", "max"),
        ("burn window", "short", "long"),
        ("pagination", "size", "most"),
        ("resources", "memory", "memory_limit"),
        ("topic replication", "min_in_sync", "factor"),
    ];
    let name = block.name;
    PAIRS.into_iter().filter(move |it| it.0 == name).map(|it| (it.1, it.2))
}

/// One of some words, each in backticks.
pub(crate) fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    format!("one of {}", quoted.join(", "))
}

/// All blocks of the format, the whole file first.
pub fn blocks() -> Vec<&'static Block> {
    let mut found: Vec<&'static Block> = vec![&ROOT];
    let mut next = 0;
    while next < found.len() {
        for field in found[next].fields {
            collect(field.kind, &mut found);
        }
        next += 1;
    }
    found
}

fn collect(kind: Kind, found: &mut Vec<&'static Block>) {
    match kind {
        Kind::Block(block) if !found.iter().any(|it| std::ptr::eq(*it, block)) => {
            found.push(block);
        }
        Kind::Map(inner) | Kind::Keyed(_, inner) | Kind::List(inner) => collect(*inner, found),
        Kind::Any(kinds) => kinds.iter().for_each(|kind| collect(*kind, found)),
        Kind::Steps => STEPS.iter().for_each(|block| collect(Kind::Block(block), found)),
        _ => {}
    }
}

/// All keys of the format, each with the block that it stands in.
pub fn fields() -> Vec<(&'static Block, &'static Field)> {
    let all = blocks().into_iter();
    all.flat_map(|block| block.fields.iter().map(move |field| (block, field))).collect()
}

/// `a` or `an`.
pub(crate) fn article(name: &str) -> &'static str {
    if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}
