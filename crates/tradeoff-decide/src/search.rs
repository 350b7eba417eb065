//! What finds things (section 8 of the guide).

mod search_engine;
mod search_method;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] = &[&search_engine::TOPIC, &search_method::TOPIC];
