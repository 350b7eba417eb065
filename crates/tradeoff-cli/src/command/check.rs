//! `tradeoff check`: what the rules say.

use std::process::ExitCode;

use tradeoff::Design;

use super::{answer, gate, load_on};
use crate::args::{CheckArgs, Color, Format};
use crate::failure::{Failure, json};
use crate::text;

pub(super) fn run(args: &CheckArgs, color: Color) -> Result<ExitCode, Failure> {
    let design = load_on(&args.common, args.format, &args.day, color)?;
    let check = tradeoff::check(&design);
    answer(&args.common, args.format, color, |look| {
        if args.format == Format::Json {
            return json(&check);
        }
        let name = &design.architecture().name;
        let line = |file: &str, line| source_line(&design, file, line);
        text::check::check(name, &check, &line, look.color)
            + &stubs(&design)
            + &text::assumed::of_design(&design, look.color)
    })?;
    Ok(gate(check.reaches(args.fail_on.into())))
}

/// The stubs, which every answer rests on: `payments is a stub: time 0s, errors 0%`.
fn stubs(design: &Design) -> String {
    let assumed = design.architecture().assumptions.iter();
    let stubs = assumed.filter_map(|it| {
        let name = it.path.strip_prefix("stubs.")?;
        it.value.starts_with("a stub").then(|| format!("assumed: {name} is {}\n", it.value))
    });
    stubs.collect()
}

/// A line of one of the design's files.
fn source_line(design: &Design, file: &str, line: u32) -> Option<String> {
    let file = design.sources().files().find(|it| it.name == file)?;
    file.text.lines().nth(line.checked_sub(1)? as usize).map(Into::into)
}
