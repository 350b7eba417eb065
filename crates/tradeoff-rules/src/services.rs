//! Rules about how a system is cut into services.

mod sync_cycle;

use crate::Rule;

pub(crate) static RULES: &[&Rule] = &[&sync_cycle::RULE];
