//! What is seen of a running system (section 15 of the guide).

mod metric_labels;
mod signals;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] = &[&signals::TOPIC, &metric_labels::TOPIC];
