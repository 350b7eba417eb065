//! What is promised, and what keeps it (section 12 of the guide).

mod slo_target;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] = &[&slo_target::TOPIC];
