//! What simulations say of the load that holds, as months.

use super::breaks::Key;
use super::growth::power;
use super::{Break, Grade, Growth, What, first_month, grown};

/// What simulations say of the load that holds.
#[derive(Clone, Copy, Debug)]
pub enum Measured<'a> {
    /// Of all sources together: which months that are follows from one growth of all of them.
    Load {
        /// So many times today's load, and each promise holds.
        holds: f64,
        /// So many times, and one does not; infinite if none was seen to break.
        breaks: f64,
        /// Which one.
        slo: Option<&'a str>,
    },
    /// Of single months, each source with the growth of its own; `None`: no promise was seen
    /// broken until the horizon.
    Months(Option<FirstBroken<'a>>),
}

/// The first month whose load was seen to break a promise.
#[derive(Clone, Copy, Debug)]
pub struct FirstBroken<'a> {
    /// At the high ends of growths.
    pub month: u32,
    /// At the low ends; `None`: not until the horizon.
    pub latest: Option<u32>,
    /// Which promise.
    pub slo: &'a str,
}

/// What was measured, as months.
pub(super) struct Settled {
    /// The promise that breaks, if it does before the horizon.
    pub(super) broken: Option<Break>,
    /// Which promise that is.
    slo: Option<String>,
    /// Before this month every promise is seen to hold; `None`: until the horizon.
    holds: Option<u32>,
}

impl Settled {
    /// The first month in which the load is more than what was seen to hold, and the first by which
    /// it is what was seen to break.
    ///
    /// `None` where sources grow differently and only one load of all was measured.
    pub(super) fn new(measured: Measured<'_>, growth: &Growth, months: u32) -> Option<Self> {
        match measured {
            Measured::Load { holds, breaks, slo } => {
                Some(Self::of_load((holds, breaks, slo), growth.all?, months))
            }
            Measured::Months(found) => Some(Self::of_months(found, growth)),
        }
    }

    fn of_months(found: Option<FirstBroken<'_>>, growth: &Growth) -> Self {
        let broken = found.map(|FirstBroken { month, latest, slo }| Break {
            name: slo.to_owned(),
            what: What::Slo,
            grade: Grade::Breaks,
            rung: "simulated",
            month,
            latest,
            date: None,
            arithmetic: match month {
                0 => "today's load is too much".to_owned(),
                _ => {
                    format!("{}; the month before holds", growth.times_text(month, exact))
                }
            },
        });
        let slo = found.map(|it| it.slo.to_owned());
        Self { broken, slo, holds: found.map(|it| it.month) }
    }

    fn of_load(
        (holds, breaks, slo): (f64, f64, Option<&str>),
        [low, high]: [f64; 2],
        months: u32,
    ) -> Self {
        let first = first_month(high, holds.next_up()).filter(|it| *it <= months);
        let last = first_month(low, breaks).filter(|it| *it <= months);
        let broken = first.zip(slo).map(|(month, slo)| Break {
            name: slo.to_owned(),
            what: What::Slo,
            grade: Grade::Breaks,
            rung: "simulated",
            month,
            latest: last,
            date: None,
            arithmetic: sum([holds, breaks], high, month),
        });
        Self { broken, slo: slo.map(ToOwned::to_owned), holds: first }
    }

    /// Whether what was worked out of a promise is known better.
    pub(super) fn settles(&self, key: &Key, month: u32) -> bool {
        let seen = self.slo.as_ref() == Some(&key.name) && self.broken.is_some();
        key.what == What::Slo && (seen || self.holds.is_none_or(|it| month < it))
    }
}

/// `1.08^9 = 2x today's load; it holds at 1.95x, and is broken at 1.99x`.
fn sum([holds, breaks]: [f64; 2], growth: f64, month: u32) -> String {
    let seen = format!("holds at {}x, is broken at {}x", exact(holds), exact(breaks));
    if month == 0 {
        return format!("today's load is too much: {seen}");
    }
    format!("{} = {}x today's load; {seen}", power(growth, month), exact(grown(growth, month)))
}

/// A factor with the digits that tell it from its neighbors.
fn exact(times: f64) -> String {
    let text = format!("{times:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
