//! `tradeoff analyze`: what the laws of queues say.

use std::process::ExitCode;

use super::{answer, load_on};
use crate::args::{AnalyzeArgs, Color, Format};
use crate::failure::{Failure, json};
use crate::text;

pub(super) fn run(args: &AnalyzeArgs, color: Color) -> Result<ExitCode, Failure> {
    let design = load_on(&args.common, args.format, &args.day, color)?;
    let mut analysis = tradeoff::analyze(&design);
    analysis.horizon = args.ahead.horizon.map(|months| tradeoff::horizon(&design, months));
    answer(&args.common, args.format, color, |look| match args.format {
        Format::Json => json(&analysis),
        _ => text::analyze::analyze(&analysis, look),
    })?;
    Ok(ExitCode::SUCCESS)
}
