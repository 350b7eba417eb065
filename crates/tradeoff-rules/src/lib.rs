//! The rules that an architecture is held against.
//!
//! [`check`] holds an architecture against every rule of the [`catalogue`] and says of each
//! subject that the rule fires, that it passes, or that the file does not say enough to know.
//! What a rule finds carries its arithmetic and, where the mend is mechanical, a patch.

#[macro_use]
mod rule;
mod context;
mod mend;
mod reliability;
mod report;
mod scaling;
mod services;

use std::sync::LazyLock;

use tradeoff_model::{Architecture, Document};

pub use context::Context;
pub use mend::together;
pub use report::{Arithmetic, Finding, Report, Unknown};
pub use rule::{Example, Rule, Source};

/// Every rule, in the order of the manual: family by family, sorted by id within each.
pub fn catalogue() -> &'static [&'static Rule] {
    static CATALOGUE: LazyLock<Vec<&Rule>> = LazyLock::new(|| {
        let families = [reliability::RULES, scaling::RULES, services::RULES];
        families.into_iter().flatten().copied().collect()
    });
    &CATALOGUE
}

/// Holds an architecture against every rule; `document` is what it was lowered from.
pub fn check(architecture: &Architecture, document: &Document) -> Report {
    let cx = Context::new(architecture, document);
    let mut report = Report::default();
    for rule in catalogue() {
        (rule.check)(&cx, &mut report);
    }
    report.sort();
    report
}
