//! Quantities that only facts have: sizes, dates, long periods, growth, effort, prices per thing.

use super::{Wrong, at_most, bare, scaled, split, time_unit};
use crate::date::Date;
use crate::model::Nanos;
use crate::range;

/// Largest size, 1 EB.
const MAX_BYTES: f64 = 1e18;
/// Longest period, 100 years, in seconds.
const MAX_PERIOD: f64 = 100.0 * YEAR;
/// Seconds of a year of 365 days.
const YEAR: f64 = 365.0 * 86_400.0;
/// Largest growth, per month or year.
const MAX_GROWTH: f64 = 100.0;
/// Most work, in person-weeks.
const MAX_EFFORT: f64 = 1e6;
/// Highest price of anything, in USD.
const MAX_MONEY: f64 = 1e12;

/// A size in bytes: `2GiB`, `500 MB`.
pub(crate) fn bytes(text: &str) -> Result<u64, Wrong> {
    let (number, unit) = split(text).ok_or(Wrong::UNIT)?;
    let factor = match unit {
        "B" => 1.0,
        "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "TB" => 1e12,
        "PB" => 1e15,
        "KiB" => 1024.0,
        "MiB" => 1_048_576.0,
        "GiB" => 1_073_741_824.0,
        "TiB" => 1_099_511_627_776.0,
        "PiB" => 1_125_899_906_842_624.0,
        _ => return Err(misspelled(number, unit)),
    };
    Ok(at_most(scaled(number, 0) * factor, MAX_BYTES, "at most 1,000 PB")?.round() as u64)
}

/// What was probably meant by a unit of size that is not one.
fn misspelled(number: &str, unit: &str) -> Wrong {
    let meant = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => "B",
        "k" | "kb" => "kB",
        "m" | "mb" => "MB",
        "g" | "gb" => "GB",
        "t" | "tb" => "TB",
        "ki" | "kib" => "KiB",
        "mi" | "mib" => "MiB",
        "gi" | "gib" => "GiB",
        "ti" | "tib" => "TiB",
        _ => return Wrong::UNIT,
    };
    if number.starts_with('-') {
        return Wrong::UNIT;
    }
    Wrong::Unit { write: Some(format!("{number}{meant}")) }
}

/// A price in USD per `per`: `$0.023/GB-month`.
pub(crate) fn money(text: &str, per: &str) -> Result<f64, Wrong> {
    let dollars = text.trim().strip_prefix('$');
    let (number, unit) = split(dollars.unwrap_or(text)).ok_or(Wrong::UNIT)?;
    let unit = unit.strip_prefix('/').map_or(unit, str::trim_start);
    if dollars.is_none() || unit != per {
        let write = (unit.is_empty() || unit == per).then(|| format!("${number}/{per}"));
        return Err(Wrong::Unit { write });
    }
    at_most(scaled(number, 0), MAX_MONEY, "at most $1,000,000,000,000")
}

/// A day of the calendar: `2027-06-30`.
pub(crate) fn date(text: &str) -> Result<Date, Wrong> {
    let text = text.trim();
    let like = |(letter, pattern): (u8, u8)| match pattern {
        b'-' => letter == b'-',
        _ => letter.is_ascii_digit(),
    };
    let pattern = b"dddd-dd-dd";
    let shaped = text.len() == pattern.len() && text.bytes().zip(*pattern).all(like);
    let wrong = || if shaped { Wrong::Range("a day of the calendar".into()) } else { Wrong::UNIT };
    Date::parse(text).ok_or_else(wrong)
}

/// A period in nanoseconds: a duration, or `w`, `mo` (a twelfth of a year) and `y` (365 days).
pub(crate) fn period(text: &str) -> Result<Nanos, Wrong> {
    let (number, unit) = split(text).ok_or(Wrong::UNIT)?;
    let (power, factor) = match unit {
        "w" => (0, 7.0 * 86_400.0),
        "mo" => (0, YEAR / 12.0),
        "y" => (0, YEAR),
        unit => time_unit(unit).ok_or_else(|| bare(number, unit, "d"))?,
    };
    let nanos = scaled(number, power + 9) * factor;
    Ok(at_most(nanos, MAX_PERIOD * 1e9, "at most 100 y")?.round() as Nanos)
}

/// The nanoseconds of a period written as in the file: `18mo`, `1y`, `90d`; `None` if it is none.
pub fn read_period(text: &str) -> Option<Nanos> {
    period(text).ok()
}

/// A growth as a share per month, or a range of them: its least and its most.
pub(crate) fn growth(text: &str) -> Result<[f64; 2], Wrong> {
    let Some((low, high)) = range::ends(text) else { return monthly(text).map(|it| [it; 2]) };
    let end = |text, is_low| monthly(text).map_err(|wrong| range::meant(wrong, low, high, is_low));
    let (least, most) = (end(low, true)?, end(high, false)?);
    if least > most { Err(Wrong::Range("the low end first".into())) } else { Ok([least, most]) }
}

/// A growth as a share per month; a year's is spread over its months, compounded.
fn monthly(text: &str) -> Result<f64, Wrong> {
    let (number, unit) = split(text).ok_or(Wrong::UNIT)?;
    let rate = match scaled(number, -2) {
        shrinks if shrinks <= -1.0 => Err(Wrong::Range("more than -100%".into())),
        most if most > MAX_GROWTH => Err(Wrong::Range("at most 10,000%".into())),
        rate => Ok(rate),
    };
    match unit {
        "%/month" | "% /month" => rate,
        "%/year" | "% /year" => Ok(libm::expm1(libm::log1p(rate?) / 12.0)),
        "x/month" | "x/year" => {
            let percent = (scaled(number, 0) - 1.0) * 100.0;
            Err(Wrong::Unit { write: Some(format!("{percent}%{}", &unit[1..])) })
        }
        "%" => Err(bare(number, "", "%/month")),
        _ => Err(bare(number, unit, "%/month")),
    }
}

/// An effort in person-weeks; a month has 52 / 12 weeks, a week five days.
pub(crate) fn effort(text: &str) -> Result<f64, Wrong> {
    let (number, unit) = split(text).ok_or(Wrong::UNIT)?;
    let weeks = match unit.strip_suffix('s').unwrap_or(unit) {
        "person-day" => 0.2,
        "person-week" => 1.0,
        "person-month" => 52.0 / 12.0,
        _ => return Err(bare(number, unit, " person-weeks")),
    };
    at_most(scaled(number, 0) * weeks, MAX_EFFORT, "at most 1,000,000 person-weeks")
}

#[cfg(test)]
mod tests {
    use super::{Date, Wrong, bytes, date, effort, growth, money, period};

    #[test]
    fn amounts_are_read_exactly() {
        assert_eq!(bytes("2GiB"), Ok(2_147_483_648));
        assert_eq!(bytes("1.5 kB"), Ok(1_500));
        assert_eq!(money("$0.023/GB-month", "GB-month"), Ok(0.023));
        assert_eq!(date("2028-02-29"), Date::parse("2028-02-29").ok_or(Wrong::UNIT));
        assert_eq!(period("18mo"), Ok(18 * 2_628_000 * 1_000_000_000));
        assert_eq!(period("2w"), period("14d"));
        assert_eq!(growth("8%/month"), Ok([0.08; 2]));
        assert_eq!(growth("-2%/month..8%/month"), Ok([-0.02, 0.08]));
        let [year, _] = growth("100%/year").expect("a growth");
        assert!((libm::pow(1.0 + year, 12.0) - 2.0).abs() < 1e-12);
        assert_eq!(effort("12 person-weeks"), Ok(12.0));
        assert_eq!(effort("1 person-day"), Ok(0.2));
    }

    #[test]
    fn what_was_meant_is_suggested() {
        let write = |text: &str| Wrong::Unit { write: Some(text.into()) };
        assert_eq!(bytes("2GB "), Ok(2_000_000_000));
        assert_eq!(bytes("2gb"), Err(write("2GB")));
        assert_eq!(bytes("2Gi"), Err(write("2GiB")));
        assert_eq!(money("5", "month"), Err(write("$5/month")));
        assert_eq!(money("$5/h", "month"), Err(Wrong::UNIT));
        assert_eq!(growth("8%"), Err(write("8%/month")));
        assert_eq!(growth("2x/year"), Err(write("100%/year")));
        assert_eq!(growth("4..8%/month"), Err(write("4%/month..8%/month")));
        assert_eq!(effort("12"), Err(write("12 person-weeks")));
        assert_eq!(period("30"), Err(write("30d")));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for text in ["2027-02-29", "2027-13-01", "2027-00-10", "2027-04-31"] {
            assert!(matches!(date(text), Err(Wrong::Range(_))), "{text}");
        }
        for text in ["27-06-30", "2027-6-30", "2027-06-30-1", "2027/06/30", "soon", ""] {
            assert_eq!(date(text), Err(Wrong::UNIT), "{text}");
        }
        assert!(matches!(period("101y"), Err(Wrong::Range(_))));
        assert!(matches!(bytes("-1B"), Err(Wrong::Range(_))));
        for text in ["10001%/month", "-100%/month", "8%/month..4%/month"] {
            assert!(matches!(growth(text), Err(Wrong::Range(_))), "{text}");
        }
    }
}
