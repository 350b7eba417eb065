//! What is promised, and what keeps it (section 12 of the guide).

mod alert_windows;
mod region_topology;
mod resilience_set;
mod slo_target;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] =
    &[&resilience_set::TOPIC, &slo_target::TOPIC, &region_topology::TOPIC, &alert_windows::TOPIC];
