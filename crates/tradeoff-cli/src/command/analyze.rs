//! `tradeoff analyze`: what the laws of queues say.

use std::process::ExitCode;

use super::{answer, load};
use crate::args::{AnalyzeArgs, Color};
use crate::failure::Failure;
use crate::text;

pub(super) fn run(args: &AnalyzeArgs, color: Color) -> Result<ExitCode, Failure> {
    let design = load(&args.common, color)?;
    let analysis = tradeoff::analyze(&design);
    answer(&args.common, color, &analysis, |color| text::analyze::analyze(&analysis, color))?;
    Ok(ExitCode::SUCCESS)
}
