//! Numbers, never with more digits than their intervals support.

use tradeoff::results::{Figure, Interval};

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Of time; printed as ms or whatever fits.
    Seconds,
    /// A ratio; printed in percent.
    Share,
    /// Things.
    Count,
    /// Things per second.
    PerSecond,
    /// A factor.
    Times,
}

/// Relative width below which an interval says nothing about digits.
const EXACT: f64 = 1e-6;

/// Whether the interval leaves a digit that means something: it is not wider to either side than
/// the value is large. Shares are told by their ends, which are never far.
pub(crate) fn told(figure: Figure, unit: Unit) -> bool {
    let wide = |it: Interval| precision(it).is_some_and(|half| half > it.value.abs());
    match unit {
        Unit::Share => true,
        _ => !figure.is_some_and(wide),
    }
}

/// `212 ± 9 ms`; of a lopsided interval `40 % (12..77 %)`; `–` where there is no figure.
pub(crate) fn figure(figure: Figure, unit: Unit) -> String {
    let Some(it) = figure else { return NOTHING.into() };
    if !told(figure, unit) {
        return UNTOLD.into();
    }
    if !it.high.is_finite() || !it.low.is_finite() {
        let bound = if it.low.is_finite() { it.low } else { it.high };
        let relation = if it.low.is_finite() { ">=" } else { "<=" };
        return format!("{relation}\u{a0}{}", amount(bound, unit));
    }
    let Some(half) = precision(it) else {
        return amount(it.value, unit);
    };
    let (scale, suffix) = scale(it.value.abs().max(half), unit);
    let (below, above) = (it.value - it.low, it.high - it.value);
    if below.min(above) < 0.8 * below.max(above) {
        let place = exponent(half / scale) - 1;
        let at = |end: f64| number(end / scale, place);
        return format!("{}{suffix}\u{a0}({}..{}{suffix})", at(it.value), at(it.low), at(it.high));
    }
    let place = place(half / scale);
    let value = number(it.value / scale, place);
    format!("{value}\u{a0}±\u{a0}{}{suffix}", number(half / scale, place))
}

/// The value alone, rounded to what its interval supports.
pub(crate) fn value(figure: Figure, unit: Unit) -> String {
    let Some(it) = figure else { return NOTHING.into() };
    let (scale, suffix) = scale(it.value, unit);
    match precision(it) {
        Some(half) => number(it.value / scale, place(half / scale)) + suffix,
        None => amount(it.value, unit),
    }
}

/// What stands for a figure that there is not.
pub(crate) const NOTHING: &str = "–";

/// What stands for a figure whose interval is wider than its value.
pub(crate) const UNTOLD: &str = "cannot\u{a0}be\u{a0}told";

/// Half the interval's width; `None` if it is as good as exact.
fn precision(it: Interval) -> Option<f64> {
    let half = (it.high - it.low) / 2.0;
    (half.is_finite() && half > EXACT * it.value.abs() && half > 0.0).then_some(half)
}

/// An exact amount with three digits, counts with all of theirs.
pub(crate) fn amount(value: f64, unit: Unit) -> String {
    let (scale, suffix) = scale(value, unit);
    let scaled = value / scale;
    let whole = unit == Unit::Count && scaled.fract() == 0.0;
    let place = if whole || scaled == 0.0 { 0 } else { (exponent(scaled) - 2).min(0) };
    trimmed(number(scaled, place)) + suffix
}

/// Zeros at the end of a fraction say nothing in an exact amount.
fn trimmed(text: String) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

/// The factor and name of the unit in which a value reads well.
fn scale(value: f64, unit: Unit) -> (f64, &'static str) {
    match unit {
        Unit::Seconds => match value.abs() {
            0.0 => (1e-3, "\u{a0}ms"),
            it if it < 0.999_5e-6 => (1e-9, "\u{a0}ns"),
            it if it < 0.999_5e-3 => (1e-6, "\u{a0}µs"),
            it if it < 0.999_5 => (1e-3, "\u{a0}ms"),
            _ => (1.0, "\u{a0}s"),
        },
        Unit::Share => (0.01, "\u{a0}%"),
        Unit::Count => (1.0, ""),
        Unit::PerSecond => (1.0, "/s"),
        Unit::Times => (1.0, "x"),
    }
}

/// The power of ten of a number's first digit.
fn exponent(value: f64) -> i32 {
    split(value).1
}

/// The first two digits and the power of ten.
fn split(value: f64) -> (f64, i32) {
    let text = format!("{value:.1e}");
    let (digits, power) = text.split_once('e').unwrap_or(("0", "0"));
    (digits.parse().unwrap_or(0.0), power.parse().unwrap_or(0))
}

/// The power of ten of the last digit that an interval of this half-width supports: its first
/// digit, its second if the first is 1.
fn place(half: f64) -> i32 {
    let (digits, power) = split(half);
    if digits < 2.0 { power - 1 } else { power }
}

/// A number rounded at a power of ten.
fn number(value: f64, place: i32) -> String {
    let decimals = place.min(0).unsigned_abs().min(9) as usize;
    let rounded = if place > 0 {
        let unit = (0..place).fold(1.0, |unit, _| unit * 10.0);
        (value / unit).round() * unit
    } else {
        value
    };
    let text = grouped(&format!("{:.decimals$}", rounded.abs()));
    let zero = text.chars().all(|it| matches!(it, '0' | '.'));
    if rounded < 0.0 && !zero { format!("-{text}") } else { text }
}

/// Thousands set apart: `48,200`.
fn grouped(text: &str) -> String {
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (at, digit) in whole.char_indices() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + fraction
}

/// A count: `576,000`.
pub(crate) fn count(value: u64) -> String {
    grouped(&value.to_string())
}

/// A share of things that were counted, with digits enough not to hide the rest.
pub(crate) fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return NOTHING.into();
    }
    if part == 0 || part == whole {
        return if part == 0 { "0\u{a0}%".into() } else { "100\u{a0}%".into() };
    }
    let percent = 100.0 * part as f64 / whole as f64;
    let decimals = (1..=5).find(|decimals| {
        let shown: f64 = format!("{percent:.decimals$}").parse().unwrap_or(percent);
        shown > 0.0 && shown < 100.0
    });
    format!("{percent:.*}\u{a0}%", decimals.unwrap_or(5))
}

/// Nothing was seen in `n`: what the rule of three leaves possible.
pub(crate) fn none_of(n: u64) -> String {
    format!("<\u{a0}3/{}", count(n))
}

/// A stated time, exactly: `8 min`, `1 min 30 s`, `250 ms`.
pub(crate) fn duration(seconds: f64) -> String {
    if seconds < 60.0 || seconds.fract() != 0.0 {
        return amount(seconds, Unit::Seconds);
    }
    let whole = seconds as u64;
    let parts = [(whole / 86_400, "d"), (whole / 3_600 % 24, "h"), (whole / 60 % 60, "min")];
    let mut text: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, unit)| format!("{number}\u{a0}{unit}"))
        .collect();
    if !whole.is_multiple_of(60) {
        text.push(format!("{}\u{a0}s", whole % 60));
    }
    text.join("\u{a0}")
}

/// USD per hour: `$0.096/h`.
pub(crate) fn cost(usd: Option<f64>) -> String {
    usd.map_or_else(|| "not stated".into(), |usd| format!("{}/h", dollars(usd)))
}

/// A difference in USD per hour.
pub(crate) fn cost_difference(usd: Option<f64>) -> String {
    match usd {
        None => "cost\u{a0}not\u{a0}stated".into(),
        Some(usd) if usd.abs() < 0.000_05 => "no\u{a0}cost".into(),
        Some(usd) if usd < 0.0 => format!("-{}/h", dollars(-usd)),
        Some(usd) => format!("+{}/h", dollars(usd)),
    }
}

fn dollars(usd: f64) -> String {
    let text = format!("{usd:.4}");
    let cents = text.len() - 2;
    let (kept, fine) = text.split_at(cents);
    format!("${}{}", grouped(kept), fine.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use tradeoff::results::Interval;

    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "a figure is an option")]
    fn of(value: f64, low: f64, high: f64) -> Figure {
        Some(Interval { value, low, high })
    }

    /// Compares as printed: glue is a space.
    fn same(text: String, expected: &str) {
        assert_eq!(text.replace('\u{a0}', " "), expected);
    }

    fn around(value: f64, half: f64) -> Figure {
        of(value, value - half, value + half)
    }

    #[test]
    fn digits_end_where_the_interval_begins() {
        same(figure(around(0.212_34, 0.008_7), Unit::Seconds), "212 ± 9 ms");
        same(figure(around(0.212_34, 0.012_3), Unit::Seconds), "212 ± 12 ms");
        same(figure(around(1.023, 0.091), Unit::Seconds), "1.02 ± 0.09 s");
        same(figure(around(0.000_412, 0.000_004), Unit::Seconds), "412 ± 4 µs");
        same(figure(around(48_231.0, 912.0), Unit::Count), "48,200 ± 900");
        same(figure(around(48_231.0, 1_912.0), Unit::Count), "48,200 ± 1,900");
        same(figure(around(0.999_12, 0.000_041), Unit::Share), "99.912 ± 0.004 %");
        same(figure(around(3.0, 2.2), Unit::Count), "3 ± 2");
        same(value(around(48_231.0, 912.0), Unit::Count), "48,200");
    }

    #[test]
    fn lopsided_intervals_show_their_ends() {
        same(figure(of(0.4, 0.118, 0.769), Unit::Share), "40 % (12..77 %)");
        same(figure(of(1.0, 0.57, 1.0), Unit::Share), "100 % (57..100 %)");
        same(figure(of(3.0, 2.0, f64::INFINITY), Unit::Count), ">= 2");
    }

    #[test]
    fn an_interval_wider_than_its_value_leaves_no_digits() {
        same(figure(around(1e7, 3e7), Unit::Count), "cannot be told");
        same(figure(around(-0.1, 2.0), Unit::Count), "cannot be told");
        same(figure(of(40.0, 0.0, 540.0), Unit::Seconds), "cannot be told");
        same(figure(around(0.000_2, 0.000_3), Unit::Share), "0.02 ± 0.03 %");
        same(figure(of(0.1, 0.005, 0.4), Unit::Share), "10 % (0..40 %)");
    }

    #[test]
    fn what_is_exact_or_absent_says_so() {
        same(figure(None, Unit::Seconds), "–");
        same(figure(around(0.0, 0.0), Unit::Count), "0");
        same(figure(around(0.0, 0.0), Unit::Seconds), "0 ms");
        same(figure(around(0.3, 0.0), Unit::Seconds), "300 ms");
        same(figure(around(576_000.0, 0.0), Unit::Count), "576,000");
        same(figure(around(-48_231.0, 912.0), Unit::Count), "-48,200 ± 900");
        same(none_of(36_000), "< 3/36,000");
    }

    #[test]
    fn shares_of_counts_never_hide_the_rest() {
        same(share(575_000, 576_000), "99.8 %");
        same(share(575_999, 576_000), "99.9998 %");
        same(share(1, 576_000), "0.0002 %");
        same(share(576_000, 576_000), "100 %");
        same(share(0, 0), "–");
    }

    #[test]
    fn times_and_money_read_well() {
        same(duration(480.0), "8 min");
        same(duration(90.0), "1 min 30 s");
        same(duration(0.25), "250 ms");
        same(duration(30.0 * 86_400.0), "30 d");
        same(cost(Some(0.768)), "$0.768/h");
        same(cost(Some(1_200.0)), "$1,200.00/h");
        same(cost_difference(Some(-0.1)), "-$0.10/h");
        same(cost_difference(Some(0.0)), "no cost");
    }
}
