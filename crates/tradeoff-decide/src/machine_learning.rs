//! Models: their inputs, their answers, and their age (section 14 of the guide).

mod drift_monitoring;
mod feature_store;
mod inference_mode;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] =
    &[&feature_store::TOPIC, &inference_mode::TOPIC, &drift_monitoring::TOPIC];
