//! Rules about what a service offers.

mod post_not_idempotent;

use crate::Rule;

pub(crate) static RULES: &[&Rule] = &[&post_not_idempotent::RULE];
