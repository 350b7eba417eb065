//! How the code is cut into what runs (section 2 of the guide).

mod monolith_or_services;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] = &[&monolith_or_services::TOPIC];
