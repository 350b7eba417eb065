//! Where the truth is kept (section 4 of the guide).

mod primary_database;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] = &[&primary_database::TOPIC];
