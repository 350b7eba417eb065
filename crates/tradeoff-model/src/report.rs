//! The list of complaints of one pass, bounded so that a broken file cannot fill the memory.

use tradeoff_diag::{Diagnostic, Severity};

/// Most complaints of one pass.
const MOST: usize = 500;

/// Complaints in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Report {
    list: Vec<Diagnostic>,
    dropped: usize,
}

impl Report {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.list.len() < MOST {
            self.list.push(diagnostic);
        } else {
            self.dropped += 1;
        }
    }

    /// Whether more complaints would be dropped: building them is then a waste.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() >= MOST
    }

    /// The complaints, those of one file in the order of their places.
    pub(crate) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.list.sort_by_key(Diagnostic::place);
        if self.dropped > 0 {
            let message = format!("{} more mistakes are not shown", self.dropped);
            self.list.push(
                Diagnostic::new("too-many-mistakes", Severity::Error, message)
                    .help("mend those above first"),
            );
        }
        self.list
    }
}
