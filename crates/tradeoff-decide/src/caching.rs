//! Copies that may lag behind (section 5 of the guide).

mod cache_invalidation;
mod cache_pattern;
mod redis_or_memcached;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] =
    &[&cache_pattern::TOPIC, &cache_invalidation::TOPIC, &redis_or_memcached::TOPIC];
