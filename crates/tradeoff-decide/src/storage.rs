//! Where files lie, and how they are written (section 7 of the guide).

mod file_format;
mod lake_or_warehouse;
mod storage_tier;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] =
    &[&lake_or_warehouse::TOPIC, &file_format::TOPIC, &storage_tier::TOPIC];
