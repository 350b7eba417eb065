//! Rules about what the file accepts. They are held last, when it is known what the others found.

mod expired;
mod unused;

use crate::Rule;

pub(crate) static RULES: &[&Rule] = &[&expired::RULE, &unused::RULE];
