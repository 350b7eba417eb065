//! What a rule reads.

use tradeoff_model::{Architecture, Document};

use tradeoff_analyze::Analysis;

/// What a rule reads: the architecture, the file behind it, and what follows from both.
#[derive(Debug)]
pub struct Context<'a> {
    /// What the file means.
    pub architecture: &'a Architecture,
    /// What the file says.
    pub document: &'a Document,
    /// What follows from it.
    pub(crate) analysis: Analysis<'a>,
}

impl<'a> Context<'a> {
    /// Derives what the rules share.
    pub(crate) fn new(architecture: &'a Architecture, document: &'a Document) -> Self {
        Self { architecture, document, analysis: Analysis::new(architecture) }
    }
}
