//! Ranges of quantities, `8ms..40ms`, and the one value of them that is simulated.

use crate::quantity::{self, Wrong};

/// Most significant digits that a middle needs to lie between two ends that differ.
const DIGITS: usize = 17;

/// What a quantity measures: how its text is read, and what its middle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// `8ms..40ms`.
    Duration,
    /// `80/s..200/s`.
    Rate,
    /// `1%..5%`.
    Share,
    /// `$0.05/h..$0.20/h`.
    Cost,
    /// `2x..8x`.
    Factor,
    /// `0.5..2`.
    Number,
    /// `2..8`, `5 calls..20 calls`.
    Count,
}

/// The two ends of a range; `None` if the text is none.
pub(crate) fn ends(text: &str) -> Option<(&str, &str)> {
    let (low, high) = text.split_once("..")?;
    Some((low.trim(), high.trim()))
}

/// Whether the first quantity is at most the second; both are known to be ones of the measure.
pub(crate) fn ordered(low: &str, high: &str, measure: Measure) -> bool {
    matches!((measure.value(low), measure.value(high)), (Some(low), Some(high)) if low <= high)
}

/// The middle of a range as it would be written, to three digits (more if the ends are closer):
/// the geometric mean, for shares and where an end is zero the arithmetic one; counts are rounded
/// to whole ones.
pub(crate) fn middle(low: &str, high: &str, measure: Measure) -> Option<String> {
    let (least, most) = (measure.value(low)?, measure.value(high)?);
    let geometric = measure != Measure::Share && least > 0.0;
    let mean =
        if geometric { libm::sqrt(least) * libm::sqrt(most) } else { f64::midpoint(least, most) };
    if measure == Measure::Count {
        let (_, unit) = quantity::split(high)?;
        let word = unit.trim_start_matches(['k', 'M']).trim();
        let space = if word.is_empty() { "" } else { " " };
        return Some(format!("{}{space}{word}", libm::round(mean)));
    }
    let between = |text: &String| measure.value(text).is_some_and(|it| least < it && it < most);
    let written = (3..=DIGITS).map(|digits| measure.write(mean, low, high, digits));
    Some(written.flatten().find(between).unwrap_or_else(|| low.into()))
}

/// The whole range with one of its ends written as it was probably meant: without a unit the low
/// end has that of the high one.
pub(crate) fn meant(wrong: Wrong, low: &str, high: &str, is_low: bool) -> Wrong {
    let Wrong::Unit { write } = wrong else { return wrong };
    let bare = is_low.then(|| quantity::split(low)).flatten().filter(|(_, unit)| unit.is_empty());
    let unit = quantity::split(high).map(|(_, unit)| unit);
    let write = match (bare, unit) {
        (Some((number, _)), Some(unit)) if !unit.is_empty() => {
            Some(format!("{number}{unit}..{high}"))
        }
        _ if is_low => write.map(|low| format!("{low}..{high}")),
        _ => write.map(|high| format!("{low}..{high}")),
    };
    Wrong::Unit { write }
}

impl Measure {
    /// The value of a text, in the measure's own unit.
    fn value(self, text: &str) -> Option<f64> {
        let value = match self {
            Self::Duration => quantity::seconds(text),
            Self::Rate => quantity::rate(text),
            Self::Share => quantity::share(text),
            Self::Cost => quantity::cost(text),
            Self::Factor => quantity::factor(text),
            Self::Number => quantity::number(text, f64::MAX),
            Self::Count => {
                let (number, unit) = quantity::split(text)?;
                let power = match unit.as_bytes().first() {
                    Some(b'k') => 3,
                    Some(b'M') => 6,
                    _ => 0,
                };
                Ok(quantity::scaled(number, power))
            }
        };
        value.ok()
    }

    /// A value as it would be written, in the unit of the high end if it is at least one of them,
    /// else in that of the low end.
    fn write(self, value: f64, low: &str, high: &str, digits: usize) -> Option<String> {
        let in_unit = |of: &str| {
            let dollar = if self == Self::Cost { "$" } else { "" };
            let (_, unit) = quantity::split(of.trim_start_matches('$'))?;
            let one = self.value(&format!("{dollar}1{unit}"))?;
            let number: f64 = format!("{:.*e}", digits - 1, value / one).parse().ok()?;
            Some((number, format!("{dollar}{number}{unit}")))
        };
        let (number, text) = in_unit(high)?;
        if number >= 1.0 { Some(text) } else { Some(in_unit(low)?.1) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Measure, middle, ordered};

    #[test]
    fn the_middle_is_written_as_its_ends_are() {
        let geometric = |low, high, measure| middle(low, high, measure).expect("a middle");
        assert_eq!(geometric("8ms", "40ms", Measure::Duration), "17.9ms");
        assert_eq!(geometric("800us", "2ms", Measure::Duration), "1.26ms");
        assert_eq!(geometric("10ms", "1s", Measure::Duration), "100ms");
        assert_eq!(geometric("0s", "3s", Measure::Duration), "1.5s");
        assert_eq!(geometric("1.0001ms", "1.0002ms", Measure::Duration), "1.00015ms");
        assert_eq!(geometric("5ms", "5ms", Measure::Duration), "5ms");
        assert_eq!(geometric("60/min", "4/s", Measure::Rate), "2/s");
        assert_eq!(geometric("1%", "4%", Measure::Share), "2.5%");
        assert_eq!(geometric("$0.05/h", "$0.2/h", Measure::Cost), "$0.1/h");
        assert_eq!(geometric("2x", "8", Measure::Factor), "4");
        assert_eq!(geometric("0.5", "2", Measure::Number), "1");
        assert_eq!(geometric("2", "7", Measure::Count), "4");
        assert_eq!(geometric("100", "10k", Measure::Count), "1000");
        assert_eq!(geometric("5 calls", "20 calls", Measure::Count), "10 calls");
        assert!(ordered("1ms", "1ms", Measure::Duration));
        assert!(!ordered("2s", "40ms", Measure::Duration));
    }
}
