//! What moves and changes data (section 6 of the guide).

mod etl_or_elt;
mod lambda_or_kappa;
mod medallion_layers;
mod processing_style;
mod transformation_tool;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] = &[
    &processing_style::TOPIC,
    &lambda_or_kappa::TOPIC,
    &etl_or_elt::TOPIC,
    &transformation_tool::TOPIC,
    &medallion_layers::TOPIC,
];
