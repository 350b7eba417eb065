//! What is promised to those who call (section 9 of the guide).

mod pagination;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] = &[&pagination::TOPIC];
