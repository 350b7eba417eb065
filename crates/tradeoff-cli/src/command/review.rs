//! `tradeoff review`: what breaks, why, and the least that mends it.

use std::process::ExitCode;

use tradeoff::results::Verdict;

use super::{answer, failure, gate, load, options};
use crate::args::{Color, Format, ReviewArgs};
use crate::failure::{Failure, json};
use crate::progress::Bar;
use crate::{html, markdown, text};

pub(super) fn run(args: &ReviewArgs, color: Color) -> Result<ExitCode, Failure> {
    let failed = |problems| failure(args.format, color, problems);
    let design = load(&args.common, args.format, color)?;
    let options = options(&design, &args.running, args.replications).map_err(failed)?;
    let bar = Bar::new();
    let review = tradeoff::review(&design, &options, &bar).map_err(failed)?;
    drop(bar);
    answer(&args.common, args.format, color, |look| match args.format {
        Format::Text => text::review::review(&review, look),
        Format::Json => json(&review),
        Format::Markdown => markdown::review(&review, design.architecture()),
        Format::Html => html::review(&review, design.architecture()),
    })?;
    let broken = review.verdict == Verdict::Broken;
    Ok(gate(args.gate && (broken || review.check.reaches(args.fail_on.into()))))
}
