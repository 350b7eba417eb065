//! The organization and the years: what breaks first as the load grows, and what the system asks of
//! the people who keep it.

use tradeoff_analyze::Analysis;
use tradeoff_analyze::horizon::{self, Ask, FirstBroken, Measured};
pub use tradeoff_analyze::horizon::{
    Break, Course, Grade, Growth, Horizon, Journey, MONTHS, People, Tokens, What,
};
use tradeoff_model::read_period;

use crate::error::Problems;
use crate::load::Design;
use crate::review::first_broken_month;
use crate::review::report::Review;
use crate::simulate::{SimulateOptions, engine_options};

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

/// Looks so many months ahead, from the design's day on, by analysis alone.
pub fn horizon(design: &Design, months: u32) -> Horizon {
    looked(design, months, None)
}

/// Looks as far ahead after a review, which was made with these options: of promises simulation
/// says what breaks when. Where all sources grow alike that follows from the headroom; where they
/// differ the baseline is simulated under the load of months until the first that breaks is found.
///
/// # Errors
/// As [`crate::simulate()`].
pub fn horizon_of(
    design: &Design,
    months: u32,
    review: &Review,
    options: &SimulateOptions,
) -> Result<Horizon, Problems> {
    let architecture = design.architecture();
    let growth = Growth::of(architecture).ok().filter(|it| it.all.is_none());
    let Some(growth) = growth else {
        let headroom = review.headroom.as_ref();
        let measured = headroom.and_then(|it| {
            let (factor, slo) = (it.load_factor?, it.first_broken.as_deref());
            Some(Measured::Load { holds: factor.low, breaks: factor.high, slo })
        });
        return Ok(looked(design, months, measured));
    };
    let options = engine_options(design, options)?;
    let first =
        |end| first_broken_month(architecture, &options, &review.today, (&growth, end), months);
    let Ok(fast) = first(1) else { return Ok(looked(design, months, None)) };
    let slow = if growth.is_range() { first(0).ok().flatten() } else { fast.clone() };
    let found = fast.as_ref().map(|(month, slo)| FirstBroken {
        month: *month,
        latest: slow.map(|it| it.0),
        slo,
    });
    Ok(looked(design, months, Some(Measured::Months(found))))
}

fn looked(design: &Design, months: u32, measured: Option<Measured<'_>>) -> Horizon {
    let analysis = Analysis::new(design.architecture());
    horizon::horizon(&analysis, design.document(), &Ask { months, today: design.today(), measured })
}
