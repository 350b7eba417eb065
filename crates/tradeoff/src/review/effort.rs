//! What the parts of a review may take, in simulated events: a measure that is the same on every
//! machine. Two cores do some 14 million a second.

/// Events that parts of a review may take. What does not fit is said to be not measured.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    /// Measuring mends alone.
    pub(super) alone: u64,
    /// Measuring what is lost without each; among the others the smallest set is not looked for.
    pub(super) left_out: u64,
    /// Both for the first few mends, which are measured although they take more than that.
    pub(super) most: u64,
    /// More looks and the search for the smallest set.
    pub(super) search: u64,
    /// Measuring beside the smallest set what was measured alone only.
    pub(super) further: u64,
    /// All tries of numbers that may flip the verdict.
    pub(super) flips: u64,
}

/// Mends that are measured although they take more than the rest may.
pub(super) const LEAST: usize = 5;

impl Effort {
    /// What a review takes by itself, so many times; a review of one ends within some 15 seconds.
    pub(super) fn times(effort: u32) -> Self {
        let millions = |it: u64| it * 1_000_000 * u64::from(effort.max(1));
        Self {
            alone: millions(40),
            left_out: millions(30),
            most: millions(48),
            search: millions(12),
            further: millions(12),
            flips: millions(24),
        }
    }

    /// Of mends in the order in which they are wanted, by what each takes: whether it is measured.
    /// What takes nothing always is.
    pub(super) fn affords(self, budget: u64, events: impl Iterator<Item = u64>) -> Vec<bool> {
        let bound = |place: usize| match place {
            0 => u64::MAX,
            _ if place < LEAST => budget.max(self.most),
            _ => budget,
        };
        within(events, bound)
    }
}

/// Of what takes so many events, one after the other, what fits into the bound of its place beside
/// what was taken before it.
pub(super) fn within(events: impl Iterator<Item = u64>, bound: impl Fn(usize) -> u64) -> Vec<bool> {
    let mut spent: u64 = 0;
    let each = events.enumerate().map(|(place, takes)| {
        let fits = takes == 0 || spent.saturating_add(takes) <= bound(place);
        spent += if fits { takes } else { 0 };
        fits
    });
    each.collect()
}
