//! `tradeoff check`: what the rules say.

use std::process::ExitCode;

use tradeoff::Design;

use super::{answer, gate, load};
use crate::args::{CheckArgs, Color, Format};
use crate::failure::{Failure, json};
use crate::text;

pub(super) fn run(args: &CheckArgs, color: Color) -> Result<ExitCode, Failure> {
    let design = load(&args.common, args.format, color)?;
    let check = tradeoff::check(&design);
    answer(&args.common, args.format, color, |look| {
        if args.format == Format::Json {
            return json(&check);
        }
        let (name, line) =
            (&design.architecture().name, |file: &str, line| source_line(&design, file, line));
        text::check::check(name, &check, &line, look.color)
    })?;
    Ok(gate(check.reaches(args.fail_on.into())))
}

/// A line of one of the design's files.
fn source_line(design: &Design, file: &str, line: u32) -> Option<String> {
    let file = design.sources().files().find(|it| it.name == file)?;
    file.text.lines().nth(line.checked_sub(1)? as usize).map(Into::into)
}
