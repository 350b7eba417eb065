//! The verbs.

mod check;
mod completions;
mod explain;
mod review;
mod schema;
mod simulate;

use std::process::ExitCode;

use tradeoff::{Bounds, Design, Problems, SimulateOptions};

use crate::args::{self, Cli, Color, Common, Day, Format, Running, Verb};
use crate::failure::{Failure, json};
use crate::io::{self, Beside, Stream};

/// A gate failed.
const FAILED: u8 = 1;

/// Does what the command line asks for.
pub(crate) fn run(cli: &Cli) -> Result<ExitCode, Failure> {
    match &cli.verb {
        None => {
            let help = args::help();
            let color = io::wants_color(cli.color, Stream::Output);
            io::print(&if color { help.ansi().to_string() } else { help.to_string() })?;
            Ok(ExitCode::SUCCESS)
        }
        Some(Verb::Check(args)) => check::run(args, cli.color),
        Some(Verb::Simulate(args)) => simulate::run(args, cli.color),
        Some(Verb::Review(args)) => review::run(args, cli.color),
        Some(Verb::Explain(args)) => explain::run(args, cli.color),
        Some(Verb::Schema) => schema::run(),
        Some(Verb::Completions { shell }) => completions::run(*shell),
    }
}

/// Reads the architecture, with what `--set` replaces.
fn load(common: &Common, color: Color) -> Result<Design, Failure> {
    let failed = |problems| failure(common, color, problems);
    let files = io::read(&common.path).map_err(failed)?;
    let reader = Beside::new(&common.path);
    let design = Design::load_with(files, &common.set, &reader).map_err(failed)?;
    let warnings = design.warnings();
    if !warnings.is_empty() && common.format == Format::Text {
        let problems =
            Problems { sources: design.sources().clone(), diagnostics: warnings.to_vec() };
        io::complain(&problems.text(io::wants_color(color, Stream::Error)));
    }
    Ok(design)
}

/// The same on the day that the command line states, or today.
fn load_on(common: &Common, day: &Day, color: Color) -> Result<Design, Failure> {
    let design = load(common, color)?;
    Ok(match day.today.or_else(io::today) {
        Some(today) => design.on(today),
        None => design,
    })
}

fn failure(common: &Common, color: Color, problems: Problems) -> Failure {
    Failure::Input(Box::new(problems), common.format, color)
}

/// What a simulation is told.
fn options(
    design: &Design,
    running: &Running,
    replications: u32,
) -> Result<SimulateOptions, Problems> {
    if let Some(threads) = running.threads {
        // It fails only if the pool is there already, and this is the first use.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
    }
    let duration = match &running.duration {
        Some(text) => Some(design.set("duration", text)?.architecture().duration),
        None => None,
    };
    Ok(SimulateOptions {
        seed: running.seed,
        replications,
        scenarios: running.scenario.clone(),
        duration,
        bounds: Bounds::default(),
    })
}

/// Gives the answer: as text or JSON, to standard output or a file.
fn answer(
    common: &Common,
    color: Color,
    object: &impl serde::Serialize,
    text: impl FnOnce(bool) -> String,
) -> Result<(), Failure> {
    let file = common.output.as_deref();
    let page = match common.format {
        Format::Json => json(object),
        Format::Text => text(match file {
            Some(_) => color == Color::Always,
            None => io::wants_color(color, Stream::Output),
        }),
    };
    match file {
        None => io::print(&page),
        Some(path) => io::write_whole(path, &page).map_err(|it| failure(common, color, it)),
    }
}

/// The exit code of a gate.
fn gate(failed: bool) -> ExitCode {
    if failed { ExitCode::from(FAILED) } else { ExitCode::SUCCESS }
}
