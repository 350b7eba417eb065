//! Where the truth is kept (section 4 of the guide).

mod postgres_or_cassandra;
mod postgres_or_dynamodb;
mod primary_database;

use crate::{Seen, Subject, Topic};

pub(crate) static TOPICS: &[&Topic] =
    &[&primary_database::TOPIC, &postgres_or_dynamodb::TOPIC, &postgres_or_cassandra::TOPIC];

/// What a store is, if the file says so.
fn kind<'a>(seen: &Seen<'a>, subject: &Subject) -> Option<&'a str> {
    seen.architecture.stores[subject.at].kind.as_ref().map(|it| it.value.as_str())
}
