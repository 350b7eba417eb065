//! The façade: load, check, analyze, decide, simulate, review. Plain data in and out; no I/O.

pub mod analyze;
pub mod check;
pub mod decide;
pub mod error;
pub mod explain;
pub mod fix;
pub mod horizon;
pub mod load;
pub mod review;
pub mod simulate;

pub use analyze::{AnalysisReport, analyze};
pub use check::check;
pub use error::{ErrorReport, Problems};
pub use fix::fix;
pub use horizon::{horizon, horizon_of};
pub use load::Design;
pub use review::review;
pub use simulate::{Progress, SimulateOptions, simulate};
pub use tradeoff_diag::{Diagnostic, Severity, SourceFile, Sources};
pub use tradeoff_model::{
    Date, Edit, Files, MAX_ALL_BYTES, MAX_BYTES, MAX_FILES, NoFiles, model, nearest, schema,
};
pub use tradeoff_sim::{Bounds, results};
