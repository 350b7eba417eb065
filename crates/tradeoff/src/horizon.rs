//! The organization and the years: what breaks first as the load grows, and what the system asks of
//! the people who keep it.

use tradeoff_analyze::Analysis;
use tradeoff_analyze::horizon::{self, Ask, Measured};
pub use tradeoff_analyze::horizon::{
    Break, Course, Grade, Growth, Horizon, Journey, MONTHS, People, Tokens, What,
};
use tradeoff_model::read_period;

use crate::load::Design;
use crate::review::report::Headroom;

/// Nanoseconds of a month: a twelfth of 365 days.
const MONTH: f64 = 365.0 / 12.0 * 86_400.0 * 1e9;

/// The months of a period written as in the file: `18mo`, `1y`, `90d`; rounded to whole ones.
/// `None` if it is no period, or not within [`MONTHS`].
///
/// ```
/// use tradeoff::horizon::months;
///
/// assert_eq!(months("18mo"), Some(18));
/// assert_eq!(months("1y"), Some(12));
/// assert_eq!(months("90d"), Some(3));
/// assert_eq!(months("1000y"), None);
/// ```
pub fn months(text: &str) -> Option<u32> {
    let months = (read_period(text)? as f64 / MONTH).round();
    let whole = if months <= f64::from(u32::MAX) { months as u32 } else { u32::MAX };
    MONTHS.contains(&whole).then_some(whole)
}

/// Looks so many months ahead, from the design's day on. What a review measured of the load that
/// holds wins over what analysis says of promises.
pub fn horizon(design: &Design, months: u32, headroom: Option<&Headroom>) -> Horizon {
    let measured = headroom.and_then(|it| {
        let factor = it.load_factor?;
        Some(Measured { holds: factor.low, breaks: factor.high, slo: it.first_broken.as_deref() })
    });
    let analysis = Analysis::new(design.architecture());
    horizon::horizon(&analysis, design.document(), &Ask { months, today: design.today(), measured })
}
