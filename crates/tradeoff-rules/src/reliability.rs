//! Rules about what happens when a dependency is slow or down.

mod no_breaker;
mod no_timeout;
mod retry_amplification;
mod slo_infeasible;
mod unbounded_queue;

use crate::Rule;

pub(crate) static RULES: &[&Rule] = &[
    &no_breaker::RULE,
    &no_timeout::RULE,
    &retry_amplification::RULE,
    &slo_infeasible::RULE,
    &unbounded_queue::RULE,
];
