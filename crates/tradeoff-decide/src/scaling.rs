//! What happens when there is more of everything (section 11 of the guide).

mod connection_pool_sizing;
mod database_scaling;
mod load_balancing;
mod scale_up_or_out;
mod shard_key;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] = &[
    &scale_up_or_out::TOPIC,
    &database_scaling::TOPIC,
    &shard_key::TOPIC,
    &connection_pool_sizing::TOPIC,
    &load_balancing::TOPIC,
];
