//! An architecture, simulated request by request.

pub mod compare;
mod engine;
mod observed;
mod outcome;
mod plan;
mod recovery;
pub mod results;
mod sampler;
mod simulate;
mod slab;
mod summary;
mod trial;
mod warmup;

pub use engine::{Bounded, Bounds};
pub use outcome::Outcome;
pub use plan::Plan;
pub use simulate::{Title, prove_loops, summarize};
pub use trial::{Frame, Options, Trial, trial};
pub use warmup::frame;
