//! Rules about what happens when a dependency is slow or down.

mod bounds;
mod breaker_ineffective;
mod no_breaker;
mod no_bulkhead;
mod no_retry;
mod no_slo;
mod no_timeout;
mod retry_amplification;
mod retry_no_backoff_jitter;
mod retry_unsafe;
mod slo_infeasible;
mod storm;
mod timeout_exceeds_slo;
mod timeout_inversion;
mod unbounded_queue;

use crate::Rule;

pub(crate) use bounds::Worst;

pub(crate) static RULES: &[&Rule] = &[
    &breaker_ineffective::RULE,
    &no_breaker::RULE,
    &no_bulkhead::RULE,
    &no_retry::RULE,
    &no_slo::RULE,
    &no_timeout::RULE,
    &retry_amplification::RULE,
    &retry_no_backoff_jitter::RULE,
    &retry_unsafe::RULE,
    &slo_infeasible::RULE,
    &timeout_exceeds_slo::RULE,
    &timeout_inversion::RULE,
    &unbounded_queue::RULE,
];
