//! YAML to a typed, checked architecture.
//!
//! [`Document::parse`] turns files into a tree that knows its places, [`Document::lower`] turns
//! the tree into an [`Architecture`]. Both give every mistake as a diagnostic beside a usable
//! result; neither does any I/O.

mod date;
mod document;
pub mod facts;
mod include;
mod lower;
mod merge;
pub mod model;
mod nearest;
mod overlay;
mod patch;
mod places;
mod pointer;
pub mod presets;
mod quantity;
mod range;
mod report;
mod rewrite;
mod schema;
mod set;
mod table;
mod tree;

pub use date::Date;
pub use document::Document;
pub use facts::{Fact, Facts};
pub use include::{MAX_ALL_BYTES, MAX_FILES, MAX_INCLUDES};
pub use lower::{Files, NoFiles};
pub use model::Architecture;
pub use nearest::nearest;
pub use patch::{Edit, Op, PatchError};
pub use places::Start;
pub use pointer::{dotted, split_dotted, undotted};
pub use quantity::{MAX_COST, MAX_DURATION, MAX_FACTOR, MAX_RATE, read_period};
pub use rewrite::Rewritten;
pub use schema::schema;
pub use table::{Block, Field, Kind, blocks, fields};
pub use tree::{MAX_BYTES, MAX_DEPTH, MAX_NODES};

/// Kinds of steps that only a later version reads.
pub const fn later_steps() -> &'static [&'static str] {
    table::LATER_STEPS
}
