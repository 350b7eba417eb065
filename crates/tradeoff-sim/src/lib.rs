//! An architecture, simulated request by request.

mod alike;
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
pub use trial::{Frame, Known, Options, Trial, extend, touched, trial};
pub use warmup::frame;
