//! What the laws of queues say about an architecture, in milliseconds.
//!
//! [`Analysis`] derives who calls whom, how often everything is used, and how long it takes when
//! nothing waits; the rules and the review read it. [`Steady`] adds what waits for what under the
//! steady traffic; each law has a module that turns it into figures with their arithmetic.

mod analysis;
pub mod availability;
pub mod blast;
mod closed;
pub mod connections;
pub mod cost;
pub mod databases;
mod edges;
pub mod erlang;
mod graph;
pub mod horizon;
pub mod latency;
mod moments;
pub mod mva;
mod offers;
mod processes;
pub mod promises;
pub mod resources;
pub mod retries;
mod steady;
mod structure;
pub mod timeouts;
mod timing;
pub mod traffic;
mod visits;
mod waits;
pub mod words;

pub use analysis::{Analysis, Watch};
pub use edges::{Callee, Edge, attempts, each, patience};
pub use graph::{components, shortest_cycle};
pub use moments::Moments;
pub use offers::Offer;
pub use processes::Process;
pub use steady::Steady;
pub use structure::Structure;
pub use timing::Estimate;
pub use visits::Load;
