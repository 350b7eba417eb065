//! Rules about how a system is cut into services.

mod hub;
mod lockstep_deploy;
mod no_owner;
mod premature_split;
mod shared_database;
mod sync_cycle;

use crate::Rule;

pub(crate) static RULES: &[&Rule] = &[
    &hub::RULE,
    &lockstep_deploy::RULE,
    &no_owner::RULE,
    &premature_split::RULE,
    &shared_database::RULE,
    &sync_cycle::RULE,
];
