//! Where the truth is kept (section 4 of the guide).

mod postgres_or_cassandra;
mod postgres_or_dynamodb;
mod primary_database;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] =
    &[&primary_database::TOPIC, &postgres_or_dynamodb::TOPIC, &postgres_or_cassandra::TOPIC];
