//! How what runs is changed (section 16 of the guide).

mod column_change;
mod deployment_strategy;
mod migration_strategy;
mod technical_debt;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] = &[
    &migration_strategy::TOPIC,
    &deployment_strategy::TOPIC,
    &column_change::TOPIC,
    &technical_debt::TOPIC,
];
