//! What a fact can be, and how it is written.

use std::fmt;

/// What a fact is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// One of a few words.
    Choice(&'static str),
    /// A number, in the unit of its fact.
    Number(f64),
    /// Yes or no.
    Flag(bool),
}

impl Value {
    /// The number that it is.
    pub(crate) const fn number(self) -> Option<f64> {
        match self {
            Self::Number(it) => Some(it),
            Self::Choice(_) | Self::Flag(_) => None,
        }
    }
}

/// What values a fact may take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A number between two bounds.
    Number {
        /// What it counts: `ms`, `%`, `rows`; empty if nothing.
        unit: &'static str,
        /// The least that makes sense.
        low: f64,
        /// The most that makes sense.
        high: f64,
        /// Whether there are no parts of one.
        whole: bool,
    },
    /// Yes or no.
    Flag,
}

/// Durations that a number may be written in, in seconds.
const DURATIONS: [(&str, f64); 10] = [
    ("us", 1e-6),
    ("ms", 1e-3),
    ("s", 1.0),
    ("min", 60.0),
    ("h", 3600.0),
    ("d", 86_400.0),
    ("days", 86_400.0),
    ("w", 604_800.0),
    ("mo", 2_628_000.0),
    ("y", 31_536_000.0),
];

/// Sizes that a number may be written in, in bytes.
const SIZES: [(&str, f64); 6] =
    [("B", 1.0), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("PB", 1e15)];

/// Factors that stand directly behind a number.
const FACTORS: [(&str, f64); 3] = [("k", 1e3), ("M", 1e6), ("G", 1e9)];

impl Kind {
    /// Reads a value as it is written: `true`, a word, `99.9%`, `10 ms`, `5M`, `3d`.
    ///
    /// What went wrong is told in a sentence.
    pub fn parse(self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        match self {
            Self::Flag => match text {
                "true" | "yes" | "y" => Ok(Value::Flag(true)),
                "false" | "no" | "n" => Ok(Value::Flag(false)),
                _ => Err(format!("`{text}` is neither `true` nor `false`")),
            },
            Self::Choice(words) => match words.iter().find(|word| **word == text) {
                Some(word) => Ok(Value::Choice(word)),
                None => Err(format!("`{text}` is none of {}", listed(words))),
            },
            Self::Number { unit, low, high, whole } => {
                let number = number(text, unit)
                    .ok_or_else(|| format!("`{text}` is no number{}", in_unit(unit)))?;
                if !(low..=high).contains(&number) {
                    let [low, high] = [low, high].map(plain);
                    return Err(format!("`{text}` is not between {low} and {high}"));
                }
                if whole && !is_whole(number) {
                    return Err(format!("`{text}` is no whole number"));
                }
                Ok(Value::Number(number))
            }
        }
    }

    /// A value as it is written, with its unit.
    pub fn show(self, value: Value) -> String {
        match (self, value) {
            (Self::Number { unit, .. }, Value::Number(number)) => with_unit(number, unit),
            _ => value.to_string(),
        }
    }

    /// Whether this may be the value of such a fact.
    pub fn allows(self, value: Value) -> bool {
        match (self, value) {
            (Self::Flag, Value::Flag(_)) => true,
            (Self::Choice(words), Value::Choice(word)) => words.contains(&word),
            (Self::Number { low, high, whole, .. }, Value::Number(number)) => {
                (low..=high).contains(&number) && (!whole || is_whole(number))
            }
            _ => false,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Choice(word) => f.write_str(word),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => f.write_str(&plain(*number)),
        }
    }
}

/// A number with its unit: `10 ms`, `99.9%`, `2,000 rows`.
pub fn with_unit(number: f64, unit: &str) -> String {
    match unit {
        "" => plain(number),
        "%" => format!("{}%", plain(number)),
        "/s" => format!("{}/s", plain(number)),
        _ if number.to_bits() == 1.0_f64.to_bits() => format!("1 {}", singular(unit)),
        _ => format!("{} {unit}", plain(number)),
    }
}

/// A unit of one: `replica`, `person-week a year`.
fn singular(unit: &str) -> String {
    let (word, rest) = unit.split_at(unit.find(' ').unwrap_or(unit.len()));
    let one = match word {
        "people" => "person".to_owned(),
        "series" | "USD" => word.to_owned(),
        // Not `ms` and `MB/s`.
        _ if word.len() > 3 && !word.contains('/') => {
            match (word.strip_suffix("ies"), word.strip_suffix('s')) {
                (Some(stem), _) => format!("{stem}y"),
                (None, Some(stem)) => stem.to_owned(),
                _ => word.to_owned(),
            }
        }
        _ => word.to_owned(),
    };
    one + rest
}

/// Below it whole numbers are written with all of their digits: counts of a fact end there.
const EXACT: f64 = 1e13;

/// A number to six digits, thousands apart, without zeros behind the point.
pub fn plain(number: f64) -> String {
    if !number.is_finite() {
        return if number.is_nan() { "unknown" } else { "endless" }.to_owned();
    }
    let size = libm::fabs(number);
    if size >= 1e9 {
        // Whole numbers of a fact are told as they were said.
        if is_whole(number) && size < EXACT {
            return format!("{number:e}");
        }
        let text = format!("{number:.5e}");
        let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
        return format!("{}e{power}", digits.trim_end_matches('0').trim_end_matches('.'));
    }
    let digits = if size >= 1.0 { libm::floor(libm::log10(size)) as i32 + 1 } else { 1 };
    let mut text = format!("{number:.*}", (6 - digits).clamp(0, 6) as usize);
    let short = 100.0 - number;
    if (1e-9..1.0).contains(&short) && text.parse() == Ok(100.0) {
        // What is nearly all is not all: as many nines as there are, and two digits more.
        let nines = libm::ceil(-libm::log10(short)) as usize;
        text = format!("{number:.*}", nines + 1);
    }
    if text.contains('.') {
        text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    }
    let point = text.find('.').unwrap_or(text.len());
    let start = usize::from(text.starts_with('-'));
    let mut at = point;
    while at > start + 3 {
        at -= 3;
        text.insert(at, ',');
    }
    text
}

fn is_whole(number: f64) -> bool {
    libm::fmod(number, 1.0) == 0.0
}

fn number(text: &str, unit: &str) -> Option<f64> {
    let clean = text.replace(',', "");
    let (digits, mut suffix) = clean.split_at(mantissa(&clean));
    let mut value: f64 = digits.parse().ok()?;
    for (letter, factor) in FACTORS {
        let rest = suffix.strip_prefix(letter);
        // `MB` is a size and `min` a duration, `M rows` is not.
        if let Some(rest) = rest.filter(|it| !it.starts_with(|it: char| it.is_alphabetic())) {
            value *= factor;
            suffix = rest;
            break;
        }
    }
    let suffix = suffix.trim();
    if suffix.is_empty() || suffix == unit || suffix == singular(unit) || a_time(suffix, unit) {
        return Some(value);
    }
    for table in [&DURATIONS[..], &SIZES[..]] {
        let factor = |name: &str| table.iter().find(|it| it.0 == name).map(|it| it.1);
        if let (Some(from), Some(to)) = (factor(suffix), factor(unit)) {
            return Some(value * from / to);
        }
    }
    None
}

/// Whether a suffix is short for a unit of so much in each of a time: `%` and `%/month` for
/// `% a month`.
fn a_time(suffix: &str, unit: &str) -> bool {
    let Some((what, each)) = unit.split_once(" a ") else { return false };
    (what == "%" && suffix == what)
        || suffix.split_once('/').is_some_and(|it| it.0.trim() == what && it.1.trim() == each)
}

/// Where a number ends and its unit begins: `1e12` is a number, `3 entities` one with a unit.
fn mantissa(text: &str) -> usize {
    let end = |text: &str, also: &str| {
        text.find(|it: char| !(it.is_ascii_digit() || also.contains(it))).unwrap_or(text.len())
    };
    let plain = end(text, "+-.");
    let Some(rest) = text[plain..].strip_prefix(['e', 'E']) else { return plain };
    let sign = usize::from(rest.starts_with(['+', '-']));
    match end(&rest[sign..], "") {
        0 => plain,
        digits => plain + 1 + sign + digits,
    }
}

/// What a number was to be of, and in which units it may be written.
fn in_unit(unit: &str) -> String {
    if unit.is_empty() {
        return String::new();
    }
    for table in [&DURATIONS[..], &SIZES[..]] {
        let names: Vec<&str> = table.iter().map(|it| it.0).collect();
        if names.contains(&unit) {
            return format!(" of `{unit}`, nor of another of {}", listed(&names));
        }
    }
    format!(" of `{unit}`")
}

fn listed(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Kind, Value, plain, with_unit};

    const MS: Kind = Kind::Number { unit: "ms", low: 0.0, high: 1e6, whole: false };
    const ROWS: Kind = Kind::Number { unit: "rows", low: 1.0, high: 1e12, whole: true };

    #[test]
    fn numbers_are_read_in_their_unit() {
        let read = |kind: Kind, text: &str| kind.parse(text).ok();
        assert_eq!(read(MS, "10"), Some(Value::Number(10.0)));
        assert_eq!(read(MS, "1.5s"), Some(Value::Number(1500.0)));
        assert_eq!(read(MS, "10 ms"), Some(Value::Number(10.0)));
        assert_eq!(read(ROWS, "5M"), Some(Value::Number(5e6)));
        assert_eq!(read(ROWS, "2,000 rows"), Some(Value::Number(2000.0)));
        assert_eq!(read(ROWS, "2M rows"), Some(Value::Number(2e6)));
        assert_eq!(read(ROWS, "1e12"), Some(Value::Number(1e12)));
        assert_eq!(read(MS, "1.5e3ms"), Some(Value::Number(1500.0)));
        assert_eq!(read(MS, "2E-1 s"), Some(Value::Number(200.0)));
        assert_eq!(read(ROWS, "1e"), None);
        assert_eq!(read(ROWS, "1.5"), None);
        assert_eq!(read(ROWS, "0"), None);
        assert_eq!(read(MS, "10 rows"), None);
        assert_eq!(read(Kind::Flag, "maybe"), None);
        assert_eq!(read(Kind::Choice(&["a", "b"]), "b"), Some(Value::Choice("b")));
    }

    #[test]
    fn shares_of_a_time_are_read_shortly() {
        let growth = Kind::Number { unit: "% a month", low: -50.0, high: 1e3, whole: false };
        for text in ["5", "5%", "5%/month", "5 % / month", "5% a month", "5 % a month"] {
            assert_eq!(growth.parse(text), Ok(Value::Number(5.0)), "{text}");
        }
        assert!(growth.parse("5%/year").is_err());
        let weeks = Kind::Number { unit: "days a month", low: 0.0, high: 31.0, whole: false };
        assert_eq!(weeks.parse("3 days/month"), Ok(Value::Number(3.0)));
        assert!(weeks.parse("3%").is_err());
    }

    #[test]
    fn what_is_ambiguous_is_told_with_what_is_not() {
        let told = MS.parse("5m").unwrap_err();
        assert!(told.starts_with("`5m` is no number of `ms`"), "{told}");
        assert!(told.contains("`min`") && told.contains("`mo`"), "{told}");
        let rows = ROWS.parse("5x").unwrap_err();
        assert_eq!(rows, "`5x` is no number of `rows`");
    }

    #[test]
    fn one_of_something_is_told_and_read_so() {
        let told = ["replicas", "entities", "MB/s", "series", "person-weeks a year", "%"]
            .map(|unit| with_unit(1.0, unit));
        let one = ["1 replica", "1 entity", "1 MB/s", "1 series", "1 person-week a year", "1%"];
        assert_eq!(told, one);
        assert_eq!(ROWS.parse("1 row"), Ok(Value::Number(1.0)));
    }

    #[test]
    fn what_is_nearly_all_is_not_all() {
        let written = [100.0, 99.999_97, 99.999_999_95, 99.999].map(plain);
        assert_eq!(written, ["100", "99.99997", "99.99999995", "99.999"]);
    }

    #[test]
    fn what_is_huge_is_short_and_read_again() {
        for (number, text) in [
            (1.510_670_510_514_946_6e11, "1.51067e11"),
            (-2.5e20, "-2.5e20"),
            (5e9, "5e9"),
            (4_294_967_296.0, "4.294967296e9"),
        ] {
            assert_eq!(plain(number), text);
            let read: f64 = text.parse().unwrap();
            assert!((read - number).abs() <= 1e-5 * number.abs());
        }
    }

    #[test]
    fn numbers_are_written_plainly() {
        let written = [0.0, 0.5, 99.95, 2000.0, 1_234_567.0, -1500.0, 0.000_123].map(plain);
        assert_eq!(written, ["0", "0.5", "99.95", "2,000", "1,234,567", "-1,500", "0.00012"]);
    }
}
