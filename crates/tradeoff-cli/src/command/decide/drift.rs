//! `tradeoff decide drift`: two samples of a column held against each other.

use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::process::ExitCode;

use tradeoff::decide::{self, Sample};
use tradeoff::{Diagnostic, Problems};

use crate::args::{Color, Common, DecideArgs, DriftArgs, Format};
use crate::command::{answer, failure, gate};
use crate::failure::{Failure, json};
use crate::{io, text, write};

pub(super) fn run(args: &DecideArgs, common: &Common, color: Color) -> Result<ExitCode, Failure> {
    let failed = |problems| failure(args.format, color, problems);
    let DriftArgs { reference, current, column, current_column, gate: gated } = &args.drift;
    let (Some(reference), Some(current)) = (reference, current) else {
        return Err(failed(no_samples()));
    };
    let of_designs = args.measure || args.all || args.env.is_some() || args.day.today.is_some();
    let simulates = super::simulating(args).is_some();
    if args.path.is_some()
        || args.about.is_some()
        || args.adr
        || args.ask
        || of_designs
        || simulates
    {
        return Err(failed(no_design()));
    }
    if let Some(output) = &args.output {
        write::possible_output(output, &[reference.clone(), current.clone()]).map_err(failed)?;
    }
    let other = current_column.as_deref().or(column.as_deref());
    let reference = read(reference, column.as_deref()).map_err(failed)?;
    let current = match other {
        Some(name) => read(current, Some(name)),
        // What is the same in both is called the same.
        None => read(current, Some(&reference.column.name)).map_err(|it| named(it, &reference)),
    };
    let current = current.map_err(failed)?;
    let report = decide::drift(&reference, &current, &args.set).map_err(failed)?;
    answer(common, args.format, color, |look| match args.format {
        Format::Json => json(&report),
        _ => text::decide::drifts(&report, look.color),
    })?;
    Ok(gate(*gated && report.drift.iter().any(|it| it.drifted)))
}

/// Whether something of it was asked for.
pub(super) fn is_asked(args: &DriftArgs) -> bool {
    let DriftArgs { reference, current, column, current_column, gate } = args;
    let files = reference.is_some() || current.is_some();
    files || column.is_some() || current_column.is_some() || *gate
}

fn read(path: &Path, column: Option<&str>) -> Result<Sample, Problems> {
    let bytes = io::data(path).map_err(|it| Problems::one(*it))?;
    let file = path.display().to_string();
    // The library that reads Parquet is not ours: what breaks it is a broken file.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let read = panic::catch_unwind(AssertUnwindSafe(|| Sample::read(&file, bytes, column)));
    panic::set_hook(hook);
    read.unwrap_or_else(|_| Err(Sample::broken(&file)))
}

/// With what to write where the columns have different names.
fn named(mut problems: Problems, reference: &Sample) -> Problems {
    for it in &mut problems.diagnostics {
        if it.code == "unknown-name" {
            let name = &reference.column.name;
            let help = format!(
                "`{name}` is the column of the reference; `--column '{name}' --current-column NAME` \
                 compares it with one of another name"
            );
            *it = it.clone().help(help);
        }
    }
    problems
}

fn no_samples() -> Problems {
    let diagnostic = Diagnostic::error("usage", "two samples of a column are missing");
    Problems::one(
        diagnostic
            .expected("`--reference` and `--current` with a CSV or Parquet file each")
            .help("`tradeoff decide drift-monitoring` decides from an index that is known"),
    )
}

fn no_design() -> Problems {
    let message = "`drift` reads two samples, and no architecture";
    Problems::one(
        Diagnostic::error("usage", message)
            .expected("`--reference`, `--current` and perhaps `--column` or `--set`"),
    )
}
