//! Rules about growing beyond one machine.

mod connection_math;
pub(crate) mod need;
mod single_replica;
mod utilization;

use crate::Rule;

pub(crate) static RULES: &[&Rule] =
    &[&connection_math::RULE, &single_replica::RULE, &utilization::RULE];
