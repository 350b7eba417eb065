//! Rules about waiting for an answer, and about not waiting for it.

mod chain_depth;

use crate::Rule;

pub(crate) static RULES: &[&Rule] = &[&chain_depth::RULE];
