//! What a rule reads.

use std::sync::OnceLock;

use tradeoff_model::{Architecture, Date, Document};

use crate::decided::Decided;
use crate::reliability::Worst;
use crate::repeat::Repeats;
use crate::stated::Stated;
use tradeoff_analyze::Analysis;

/// What a rule reads: the architecture, the file behind it, and what follows from both.
#[derive(Debug)]
pub struct Context<'a> {
    /// What the file means.
    pub architecture: &'a Architecture,
    /// What the file says.
    pub document: &'a Document,
    /// The day of the check, if it is known.
    pub today: Option<Date>,
    /// What is known of the decisions that it records.
    pub decided: &'a Decided,
    /// What follows from it.
    pub(crate) analysis: Analysis<'a>,
    /// What a second try of each endpoint does.
    pub(crate) repeats: Repeats,
    /// The policies of the file.
    pub(crate) policies: Stated,
    /// The longest that each endpoint may take, for the rules that ask.
    pub(crate) worst: OnceLock<Vec<Worst>>,
}

impl<'a> Context<'a> {
    /// Derives what the rules share.
    pub fn new(
        architecture: &'a Architecture,
        document: &'a Document,
        today: Option<Date>,
        decided: &'a Decided,
    ) -> Self {
        let analysis = Analysis::new(architecture);
        let repeats = Repeats::new(&analysis);
        let policies = Stated::new(document);
        let worst = OnceLock::new();
        Self { architecture, document, today, decided, analysis, repeats, policies, worst }
    }
}
