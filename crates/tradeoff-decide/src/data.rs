//! Data engineering at scale (section 13 of the guide).

mod change_capture;
mod data_quality_checks;
mod delivery_guarantee;
mod orchestrator;
mod schema_compatibility;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] = &[
    &schema_compatibility::TOPIC,
    &change_capture::TOPIC,
    &delivery_guarantee::TOPIC,
    &orchestrator::TOPIC,
    &data_quality_checks::TOPIC,
];
