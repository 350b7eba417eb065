//! Who may do what, and how they show it (section 10 of the guide).

mod authorization_model;
mod oauth_flow;
mod service_authentication;
mod token_kind;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] = &[
    &oauth_flow::TOPIC,
    &token_kind::TOPIC,
    &authorization_model::TOPIC,
    &service_authentication::TOPIC,
];
