//! Reads `a..b`: both ends as the field's values, the middle to simulate, the range for the list.

use tradeoff_diag::{Diagnostic, Span};

use super::Cx;
use super::fields::wrong_value;
use crate::model::Range;
use crate::pointer::dotted;
use crate::quantity::Wrong;
use crate::range::{Measure, ends, meant, middle, ordered};
use crate::tree::shorten;

/// A value that is read: three times the same unless the file gives a range.
#[derive(Clone, Copy)]
pub(super) struct Taken<T> {
    pub(super) low: T,
    /// What is simulated.
    pub(super) used: T,
    pub(super) high: T,
}

/// A text of the file, where it stands, and how it is to be read.
pub(super) struct Reading<'a> {
    pub(super) text: &'a str,
    pub(super) span: Span,
    /// The JSON Pointer of the value.
    pub(super) pointer: &'a str,
    /// `None`: it is no quantity, so two dots in it are two dots.
    pub(super) measure: Option<Measure>,
    /// What is expected, in words.
    pub(super) expected: &'a str,
}

/// One value or a range of them, or `None` after a complaint.
pub(super) fn read<T: Clone>(
    cx: &mut Cx<'_>,
    it: &Reading<'_>,
    parse: impl Fn(&str) -> Result<T, Wrong>,
) -> Option<Taken<T>> {
    let range = it.measure.and_then(|measure| Some((measure, ends(it.text)?)));
    let Some((measure, (low, high))) = range else {
        return match parse(it.text) {
            Ok(used) => Some(Taken { low: used.clone(), high: used.clone(), used }),
            Err(wrong) => {
                cx.error(wrong_value(it.text, it.span, &wrong, it.expected));
                None
            }
        };
    };
    let mut end = |text: &str, is_low: bool| match parse(text) {
        Ok(value) => Some(value),
        Err(wrong) => {
            let wrong = meant(wrong, low, high, is_low);
            cx.error(wrong_value(text, it.span, &wrong, it.expected));
            None
        }
    };
    let (least, most) = (end(low, true), end(high, false));
    let (least, most) = (least?, most?);
    if !ordered(low, high, measure) {
        let message = format!("`{}` is more than `{}`", shorten(low), shorten(high));
        cx.error(
            Diagnostic::error("range-order", message)
                .label(it.span, "this range")
                .expected("the low end first")
                .help(format!("write `{}..{}`", shorten(high), shorten(low))),
        );
        return None;
    }
    let used = middle(low, high, measure)?;
    let value = parse(&used).ok()?;
    cx.ranges.push(Range {
        path: dotted(it.pointer),
        low: low.into(),
        high: high.into(),
        used,
        span: it.span,
    });
    Some(Taken { low: least, used: value, high: most })
}
