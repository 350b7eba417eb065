//! What we say about a file, and how it is printed.

pub mod diagnostic;
pub mod render;
pub mod source;
pub mod span;

pub use diagnostic::{Diagnostic, Label, Severity};
pub use render::render;
pub use source::{Place, SourceFile, Sources, Unreadable};
pub use span::{Span, Spanned};
