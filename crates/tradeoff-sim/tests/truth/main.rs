//! truth
#[path = "../support/mod.rs"]
mod support;

mod balance;
mod closed;
mod coverage;
mod general;
mod hold;
mod loss;
mod networks;
mod parallel;
mod single;
