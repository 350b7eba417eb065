//! How the code is cut into what runs (section 2 of the guide).

mod monolith_or_services;
mod service_boundaries;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] = &[&monolith_or_services::TOPIC, &service_boundaries::TOPIC];
