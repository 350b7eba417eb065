//! What the laws of queues say about an architecture, in milliseconds.
//!
//! [`Analysis`] derives who calls whom, how often everything is used, and how long it takes when
//! nothing waits; the rules and the review read it.

mod analysis;
mod edges;
mod graph;
mod processes;
mod timing;
mod visits;
pub mod words;

pub use analysis::{Analysis, Watch};
pub use edges::{Callee, Edge, attempts, each, patience};
pub use graph::{components, shortest_cycle};
pub use processes::Process;
pub use timing::Estimate;
pub use visits::Load;
