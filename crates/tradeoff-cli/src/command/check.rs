//! `tradeoff check`: what the rules say.

use std::process::ExitCode;

use tradeoff::Design;

use super::{answer, gate, load_on};
use crate::args::{CheckArgs, Color};
use crate::failure::Failure;
use crate::text;

pub(super) fn run(args: &CheckArgs, color: Color) -> Result<ExitCode, Failure> {
    let design = load_on(&args.common, &args.day, color)?;
    let check = tradeoff::check(&design);
    answer(&args.common, color, &check, |color| {
        let name = &design.architecture().name;
        text::check::check(name, &check, &|file, line| source_line(&design, file, line), color)
    })?;
    Ok(gate(check.reaches(args.fail_on.into())))
}

/// A line of one of the design's files.
fn source_line(design: &Design, file: &str, line: u32) -> Option<String> {
    let file = design.sources().files().find(|it| it.name == file)?;
    file.text.lines().nth(line.checked_sub(1)? as usize).map(Into::into)
}
