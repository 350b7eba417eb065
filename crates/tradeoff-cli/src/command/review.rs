//! `tradeoff review`: what breaks, why, and the least that mends it.

use std::process::ExitCode;

use tradeoff::results::Verdict;

use super::{answer, failure, gate, load_on, options};
use crate::args::{Color, ReviewArgs};
use crate::failure::Failure;
use crate::progress::Bar;
use crate::text;

pub(super) fn run(args: &ReviewArgs, color: Color) -> Result<ExitCode, Failure> {
    let failed = |problems| failure(&args.common, color, problems);
    let design = load_on(&args.common, &args.day, color)?;
    let options = options(&design, &args.running, args.replications).map_err(failed)?;
    let bar = Bar::new();
    let review = tradeoff::review(&design, &options, &bar).map_err(failed)?;
    drop(bar);
    answer(&args.common, color, &review, |color| text::review::review(&review, color))?;
    let broken = review.verdict == Verdict::Broken;
    Ok(gate(args.gate && (broken || review.check.reaches(args.fail_on.into()))))
}
