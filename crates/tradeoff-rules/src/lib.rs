//! The rules that an architecture is held against.
//!
//! [`check`] holds an architecture against every rule of the [`catalogue`] and says of each
//! subject that the rule fires, that it passes, or that the file does not say enough to know.
//! What a rule finds carries its arithmetic and, where the mend is mechanical, a patch.

#[macro_use]
mod rule;
mod accept;
mod acceptance;
mod api;
mod context;
mod decided;
mod decisions;
mod mend;
mod reliability;
mod repeat;
mod report;
mod scaling;
mod services;
mod stated;
mod sync;

use std::sync::LazyLock;

use rayon::prelude::*;
use tradeoff_model::{Architecture, Date, Document};

pub use acceptance::{Accepted, mistakes};
pub use context::Context;
pub use decided::{Adr, Against, Back, Decided, Door, Drifted, Recorded, Unread};
pub use mend::{named, together};
pub use report::{Arithmetic, Finding, Report, Unknown};
pub use rule::{Example, Rule, Source};

/// Every rule, in the order of the manual: family by family, sorted by id within each.
pub fn catalogue() -> &'static [&'static Rule] {
    static CATALOGUE: LazyLock<Vec<&Rule>> = LazyLock::new(|| {
        let families = [
            accept::RULES,
            api::RULES,
            decisions::RULES,
            reliability::RULES,
            scaling::RULES,
            services::RULES,
            sync::RULES,
        ];
        families.into_iter().flatten().copied().collect()
    });
    &CATALOGUE
}

/// Holds an architecture against every rule; `document` is what it was lowered from. No acceptance
/// has expired.
pub fn check(architecture: &Architecture, document: &Document) -> Report {
    check_on(architecture, document, None)
}

/// The same on a day, after which acceptances that expired before it hold no longer.
pub fn check_on(architecture: &Architecture, document: &Document, today: Option<Date>) -> Report {
    check_with(architecture, document, today, &Decided::default())
}

/// The same with what is known of the recorded decisions, which no rule finds out by itself.
pub fn check_with(
    architecture: &Architecture,
    document: &Document,
    today: Option<Date>,
    decided: &Decided,
) -> Report {
    let cx = Context::new(architecture, document, today, decided);
    let mut report = Report::default();
    let last = |rule: &Rule| accept::RULES.iter().any(|it| it.id == rule.id);
    let rules: Vec<&Rule> = catalogue().iter().filter(|it| !last(it)).copied().collect();
    let held = |rule: &&Rule| {
        let mut report = Report::default();
        (rule.check)(&cx, &mut report);
        report
    };
    // Each on its own, side by side: in the order of the catalogue they are joined.
    for of_rule in rules.par_iter().map(held).collect::<Vec<_>>() {
        report.join(of_rule);
    }
    acceptance::apply(&cx, &mut report);
    for rule in accept::RULES {
        (rule.check)(&cx, &mut report);
    }
    report.sort();
    report
}
