//! `tradeoff analyze`: what the laws of queues say.

use std::process::ExitCode;

use super::{answer, load};
use crate::args::{AnalyzeArgs, Color, Format};
use crate::failure::{Failure, json};
use crate::text;

pub(super) fn run(args: &AnalyzeArgs, color: Color) -> Result<ExitCode, Failure> {
    let design = load(&args.common, args.format, color)?;
    let analysis = tradeoff::analyze(&design);
    answer(&args.common, args.format, color, |look| match args.format {
        Format::Json => json(&analysis),
        _ => text::analyze::analyze(&analysis, look.color),
    })?;
    Ok(ExitCode::SUCCESS)
}
