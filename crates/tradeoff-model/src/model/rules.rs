//! What the file says to the rules.

use tradeoff_diag::Spanned;

use crate::date::Date;

/// Findings of one rule that are accepted until a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// The rule's id; whether there is such a rule is not known here.
    pub rule: Spanned<String>,
    /// The subject of the finding, or the dotted path of what it stands in.
    pub at: Spanned<String>,
    /// Why.
    pub reason: String,
    /// Index of the team that answers for it.
    pub owner: usize,
    /// The last day on which it holds.
    pub expires: Spanned<Date>,
}
