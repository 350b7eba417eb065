//! What happens when there is more of everything (section 11 of the guide).

mod connection_pool_sizing;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] = &[&connection_pool_sizing::TOPIC];
