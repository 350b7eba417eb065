//! `tradeoff simulate`: how it behaves under load and through its scenarios.

use std::process::ExitCode;

use tradeoff::results::Verdict;

use super::{answer, failure, gate, load, options};
use crate::args::{Color, SimulateArgs};
use crate::failure::Failure;
use crate::progress::Bar;
use crate::text;

pub(super) fn run(args: &SimulateArgs, color: Color) -> Result<ExitCode, Failure> {
    let failed = |problems| failure(&args.common, color, problems);
    let design = load(&args.common, color)?;
    let options = options(&design, &args.running, Some(args.replications)).map_err(failed)?;
    let bar = Bar::new();
    let simulation = tradeoff::simulate(&design, &options, &bar).map_err(failed)?;
    drop(bar);
    answer(&args.common, color, &simulation, |color| text::simulate::simulate(&simulation, color))?;
    Ok(gate(args.gate && simulation.verdict == Verdict::Broken))
}
