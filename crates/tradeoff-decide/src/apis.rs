//! What is promised to those who call (section 9 of the guide).

mod api_maturity;
mod api_versioning;
mod idempotency;
mod pagination;
mod rate_limiting;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] = &[
    &api_maturity::TOPIC,
    &api_versioning::TOPIC,
    &pagination::TOPIC,
    &idempotency::TOPIC,
    &rate_limiting::TOPIC,
];
