//! Resilience policies as pure state machines.
//!
//! A policy never reads a clock, sleeps, locks, logs or rolls dice. It is told what happened and
//! when, and it answers with a decision; what it needs to remember is allocated when it is built.
//! Whoever drives it, a simulator with virtual time or a client with the machine's, runs the very
//! same code.
//!
//! | module | decides |
//! |---|---|
//! | [`breaker`] | whether a call may be sent at all |
//! | [`retry`] | whether to try again, and how long to wait first |
//! | [`budget`] | whether the callee can afford one more retry |
//! | [`bulkhead`] | whether a callee may occupy one more of the caller's places |
//! | [`timeout`] | when to stop waiting |
//! | [`balance`] | which replica gets the call |

#![no_std]

extern crate alloc;

pub mod balance;
pub mod breaker;
pub mod budget;
pub mod bulkhead;
pub mod retry;
mod time;
pub mod timeout;

pub use time::Time;
