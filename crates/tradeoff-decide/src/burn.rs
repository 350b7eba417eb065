//! The arithmetic of burn rates.
//!
//! A budget that burns at rate 1 is spent when its window ends; at rate 10, in a tenth of it. An
//! alert looks at two windows: the long one proves that a share of the budget is gone, the short
//! one ends the alert soon after the trouble ends.

/// Minutes in a day.
const DAY: f64 = 1440.0;
/// The short window is a twelfth of the long one.
const SHORT: f64 = 12.0;

/// A pair of windows that fires when the budget burns at a rate in both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// The share of the budget that is gone when it fires.
    pub spends: f64,
    /// How much faster than the budget lasts.
    pub burn: f64,
    /// Whether it wakes somebody; else it opens a ticket.
    pub pages: bool,
}

/// The pairs of the SRE Workbook, chapter 5, and the ticket a day that it recommends with them.
pub const PAIRS: [Pair; 4] = [
    Pair { spends: 0.02, burn: 14.4, pages: true },
    Pair { spends: 0.05, burn: 6.0, pages: true },
    Pair { spends: 0.1, burn: 3.0, pages: false },
    Pair { spends: 0.1, burn: 1.0, pages: false },
];

impl Pair {
    /// Minutes of the long window, of a promise over so many days.
    pub fn long(&self, days: f64) -> f64 {
        self.spends * days * DAY / self.burn
    }

    /// Minutes of the short window.
    pub fn short(&self, days: f64) -> f64 {
        self.long(days) / SHORT
    }

    /// The share of failures from which on it fires.
    pub fn threshold(&self, target: f64) -> f64 {
        self.burn * (1.0 - target)
    }

    /// Minutes until it fires if from now on a share of the requests fails and none did before;
    /// `None` if it does not.
    pub fn detects(&self, days: f64, target: f64, bad: f64) -> Option<f64> {
        let threshold = self.threshold(target);
        // Not to miss the threshold itself by the last bit.
        (bad * (1.0 + 1e-9) >= threshold).then(|| self.long(days) * threshold / bad)
    }

    /// Minutes until it falls silent after such a failure that filled the short window.
    pub fn resets(&self, days: f64, target: f64, bad: f64) -> f64 {
        self.short(days) * self.excess(target, bad)
    }

    /// Minutes until the long window would fall silent on its own, after a failure that filled it:
    /// what the short one saves.
    pub fn resets_alone(&self, days: f64, target: f64, bad: f64) -> f64 {
        self.long(days) * self.excess(target, bad)
    }

    /// The share of a window full of failures that has to pass before it holds too few of them.
    fn excess(&self, target: f64, bad: f64) -> f64 {
        (1.0 - self.threshold(target) / bad).max(0.0)
    }
}

/// How fast a share of failures burns the budget.
pub fn rate(target: f64, bad: f64) -> f64 {
    bad / (1.0 - target)
}

/// Minutes until a share of failures has spent the budget of so many days.
pub fn exhausts(days: f64, target: f64, bad: f64) -> f64 {
    days * DAY / rate(target, bad)
}
