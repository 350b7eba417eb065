//! `tradeoff simulate`: how it behaves under load and through its scenarios.

use std::process::ExitCode;

use tradeoff::results::Verdict;

use super::{answer, failure, gate, load, options};
use crate::args::{Color, Format, SimulateArgs};
use crate::failure::{Failure, json};
use crate::progress::Bar;
use crate::text;

pub(super) fn run(args: &SimulateArgs, color: Color) -> Result<ExitCode, Failure> {
    let failed = |problems| failure(args.format, color, problems);
    let design = load(&args.common, args.format, color)?;
    let options = options(&design, &args.running, Some(args.replications)).map_err(failed)?;
    let bar = Bar::new();
    let simulation = tradeoff::simulate(&design, &options, &bar).map_err(failed)?;
    drop(bar);
    answer(&args.common, args.format, color, |look| match args.format {
        Format::Json => json(&simulation),
        _ => text::simulate::simulate(&simulation, look),
    })?;
    Ok(gate(args.gate && simulation.verdict == Verdict::Broken))
}
