//! How much thought, novelty and money a choice deserves (section 1 of the guide).

mod build_or_buy;
mod innovation_tokens;
mod reversibility;
mod vendor_lock_in;

use crate::Topic;

pub(crate) static TOPICS: &[&Topic] = &[
    &reversibility::TOPIC,
    &innovation_tokens::TOPIC,
    &build_or_buy::TOPIC,
    &vendor_lock_in::TOPIC,
];

/// USD for a week of an engineer: median wage of US software developers, May 2024 ($133,080, BLS),
/// which is 70% of what they cost their employer, over 46 weeks of work; rounded.
const WEEK: f64 = 4000.0;
/// Weeks in a month.
const WEEKS: f64 = 52.0 / 12.0;
/// Months over which the guide looks ahead.
const MONTHS: f64 = 18.0;
