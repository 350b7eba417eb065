//! How parts talk to each other (section 3 of the guide).

mod call_or_event;
mod protocol;
mod queue_or_stream;
mod saga_style;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] =
    &[&protocol::TOPIC, &call_or_event::TOPIC, &queue_or_stream::TOPIC, &saga_style::TOPIC];
