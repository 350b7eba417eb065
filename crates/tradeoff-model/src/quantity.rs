//! Numbers with units in their text: `250ms`, `600/s`, `99.9%`, `10 calls`, `$0.10/h`, `5x`.

mod amounts;

pub use amounts::read_period;
pub(crate) use amounts::{bytes, date, effort, growth, money, period};

use crate::model::Nanos;

/// Longest duration, 400 d, in nanoseconds.
pub const MAX_DURATION: Nanos = 400 * 86_400 * 1_000_000_000;
/// Highest rate, per second.
pub const MAX_RATE: f64 = 1e7;
/// Highest price, in USD per hour.
pub const MAX_COST: f64 = 1e6;
/// Largest factor.
pub const MAX_FACTOR: f64 = 1e6;

/// Why a text is not the quantity that it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// Not a number with a unit that fits; how it might have been meant.
    Unit {
        /// The text with the unit that was probably meant.
        write: Option<String>,
    },
    /// A number outside what makes sense; the bound in words.
    Range(String),
}

impl Wrong {
    const UNIT: Self = Self::Unit { write: None };

    fn range(text: &str) -> Self {
        Self::Range(text.into())
    }
}

/// The number at the start of a text and what follows it.
pub(crate) fn split(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let bytes = text.as_bytes();
    let mut end = usize::from(text.starts_with(['-', '+']));
    let digits = end;
    while bytes.get(end).is_some_and(|it| it.is_ascii_digit() || *it == b'.') {
        end += 1;
    }
    let number = &text[..end];
    let is_number = number[digits..].bytes().any(|it| it.is_ascii_digit())
        && number.bytes().filter(|it| *it == b'.').count() <= 1;
    is_number.then(|| (number, text[end..].trim_start()))
}

/// A decimal number times a power of ten, rounded once.
pub(crate) fn scaled(number: &str, power: i32) -> f64 {
    format!("{number}e{power}").parse().unwrap_or(f64::NAN)
}

fn not_negative(value: f64) -> Result<f64, Wrong> {
    if value >= 0.0 { Ok(value) } else { Err(Wrong::range("0 or more")) }
}

fn at_most(value: f64, most: f64, words: &str) -> Result<f64, Wrong> {
    let value = not_negative(value)?;
    if value <= most { Ok(value) } else { Err(Wrong::range(words)) }
}

/// The power of ten and the factor that turn a duration's unit into seconds.
fn time_unit(unit: &str) -> Option<(i32, f64)> {
    Some(match unit {
        "ns" => (-9, 1.0),
        "us" | "µs" | "μs" => (-6, 1.0),
        "ms" => (-3, 1.0),
        "s" => (0, 1.0),
        "m" | "min" => (0, 60.0),
        "h" => (0, 3_600.0),
        "d" => (0, 86_400.0),
        _ => return None,
    })
}

fn bare(number: &str, unit: &str, suffix: &str) -> Wrong {
    let write = (unit.is_empty() && !number.starts_with('-')).then(|| format!("{number}{suffix}"));
    Wrong::Unit { write }
}

/// A duration in seconds, for distributions.
pub(crate) fn seconds(text: &str) -> Result<f64, Wrong> {
    let (number, unit) = split(text).ok_or(Wrong::UNIT)?;
    let (power, factor) = time_unit(unit).ok_or_else(|| bare(number, unit, "ms"))?;
    at_most(scaled(number, power) * factor, MAX_DURATION as f64 / 1e9, "at most 400 d")
}

/// A duration in nanoseconds.
pub(crate) fn duration(text: &str) -> Result<Nanos, Wrong> {
    let (number, unit) = split(text).ok_or(Wrong::UNIT)?;
    let (power, factor) = time_unit(unit).ok_or_else(|| bare(number, unit, "ms"))?;
    let nanos = scaled(number, power + 9) * factor;
    Ok(at_most(nanos, MAX_DURATION as f64, "at most 400 d")?.round() as Nanos)
}

/// A rate per second.
pub(crate) fn rate(text: &str) -> Result<f64, Wrong> {
    let (number, unit) = split(text).ok_or(Wrong::UNIT)?;
    let per = match unit {
        "/s" => 1.0,
        "/m" | "/min" => 60.0,
        "/h" => 3_600.0,
        _ => return Err(bare(number, unit, "/s")),
    };
    at_most(scaled(number, 0) / per, MAX_RATE, "at most 10,000,000/s")
}

/// A share between 0 and 1, written in percent.
pub(crate) fn share(text: &str) -> Result<f64, Wrong> {
    let (number, unit) = split(text).ok_or(Wrong::UNIT)?;
    if unit != "%" {
        let small = scaled(number, 0) < 1.0;
        let percent = scaled(number, 2);
        let meant = if small { format!("{percent}") } else { number.into() };
        return Err(bare(&meant, unit, "%"));
    }
    at_most(scaled(number, -2), 1.0, "between 0% and 100%")
}

/// A whole number, `k`, `M` and `G` for thousands, millions and milliards, with an optional word after it.
pub(crate) fn count(text: &str, word: &str, least: u64, most: u64) -> Result<u64, Wrong> {
    let (number, unit) = split(text).ok_or(Wrong::UNIT)?;
    let (power, rest) = match unit.as_bytes().first() {
        Some(b'k') => (3, &unit[1..]),
        Some(b'M') => (6, &unit[1..]),
        Some(b'G') => (9, &unit[1..]),
        _ => (0, unit),
    };
    let rest = rest.trim_start();
    let word_fits = rest == word || (rest.len() + 1 == word.len() && word.starts_with(rest));
    if !(rest.is_empty() || word_fits) {
        return Err(Wrong::UNIT);
    }
    let value = scaled(number, power);
    if value < 0.0 || value.fract() != 0.0 {
        return Err(Wrong::range("a whole number"));
    }
    let (low, high) = (least as f64, most as f64);
    if value < low || value > high {
        return Err(Wrong::Range(format!("between {} and {}", grouped(least), grouped(most))));
    }
    Ok(value as u64)
}

/// A plain number, not negative.
pub(crate) fn number(text: &str, most: f64) -> Result<f64, Wrong> {
    let (number, unit) = split(text).ok_or(Wrong::UNIT)?;
    if !unit.is_empty() {
        return Err(Wrong::UNIT);
    }
    at_most(scaled(number, 0), most, &format!("at most {}", grouped(most as u64)))
}

/// A factor, more than zero: `5x` or `5`.
pub(crate) fn factor(text: &str) -> Result<f64, Wrong> {
    let (number, unit) = split(text).ok_or(Wrong::UNIT)?;
    if !matches!(unit, "" | "x") {
        return Err(Wrong::UNIT);
    }
    let value = at_most(scaled(number, 0), MAX_FACTOR, "at most 1,000,000x")?;
    if value > 0.0 { Ok(value) } else { Err(Wrong::range("more than 0")) }
}

/// A price in USD per hour.
pub(crate) fn cost(text: &str) -> Result<f64, Wrong> {
    let Some(rest) = text.trim().strip_prefix('$') else {
        let (number, unit) = split(text).ok_or(Wrong::UNIT)?;
        let write = matches!(unit, "" | "/h").then(|| format!("${number}/h"));
        return Err(Wrong::Unit { write });
    };
    let (number, unit) = split(rest).ok_or(Wrong::UNIT)?;
    if unit != "/h" {
        let write = unit.is_empty().then(|| format!("${number}/h"));
        return Err(Wrong::Unit { write });
    }
    at_most(scaled(number, 0), MAX_COST, "at most $1,000,000/h")
}

/// A number with its thousands set apart: `10,000`.
pub(crate) fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Wrong, cost, count, duration, factor, grouped, rate, seconds, share};

    #[test]
    fn units_are_read_exactly() {
        assert_eq!(duration("250ms"), Ok(250_000_000));
        assert_eq!(duration("1.5 us"), Ok(1_500));
        assert_eq!(duration("30d"), Ok(30 * 86_400 * 1_000_000_000));
        assert_eq!(seconds("5ms"), Ok(0.005));
        assert_eq!(rate("120/min"), Ok(2.0));
        assert_eq!(share("99.9%"), Ok(0.999));
        assert_eq!(count("100k", "", 0, 1_000_000), Ok(100_000));
        assert_eq!(count("10 calls", "calls", 1, 100), Ok(10));
        assert_eq!(count("1 call", "calls", 1, 100), Ok(1));
        assert_eq!(factor("2.222"), Ok(2.222));
        assert_eq!(cost("$0.096/h"), Ok(0.096));
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn a_missing_unit_is_suggested() {
        assert_eq!(duration("250"), Err(Wrong::Unit { write: Some("250ms".into()) }));
        assert_eq!(share("0.3"), Err(Wrong::Unit { write: Some("30%".into()) }));
        assert_eq!(share("30"), Err(Wrong::Unit { write: Some("30%".into()) }));
        assert_eq!(rate("600"), Err(Wrong::Unit { write: Some("600/s".into()) }));
        assert_eq!(cost("0.1"), Err(Wrong::Unit { write: Some("$0.1/h".into()) }));
        assert_eq!(duration("soon"), Err(Wrong::Unit { write: None }));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for text in ["-1ms", "401d", "99999999999999999999999999999999999999s"] {
            assert!(matches!(duration(text), Err(Wrong::Range(_))), "{text}");
        }
        for text in ["NaN", ".nan", "inf", "1e3s", "", ".", "1.2.3s", "--1s"] {
            assert_eq!(duration(text), Err(Wrong::UNIT), "{text}");
        }
    }
}
