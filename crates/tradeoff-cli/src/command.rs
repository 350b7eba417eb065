//! The verbs.

mod analyze;
mod check;
mod completions;
mod decide;
mod explain;
mod init;
mod review;
mod schema;
mod simulate;

use std::path::PathBuf;
use std::process::ExitCode;

use tradeoff::{Bounds, Design, Problems, SimulateOptions};

use crate::args::{self, Cli, Color, Common, Day, Format, Running, Verb};
use crate::beside::Beside;
use crate::failure::Failure;
use crate::io::{self, Stream};
use crate::text::Look;
use crate::write;

/// A gate failed.
const FAILED: u8 = 1;

/// Replications of a review's first look.
const FIRST_LOOK: u32 = 5;

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
        Some(Verb::Analyze(args)) => analyze::run(args, cli.color),
        Some(Verb::Simulate(args)) => simulate::run(args, cli.color),
        Some(Verb::Review(args)) => review::run(args, cli.color),
        Some(Verb::Decide(args)) => decide::run(args, cli.color),
        Some(Verb::Init(args)) => init::run(args, cli.color),
        Some(Verb::Explain(args)) => explain::run(args, cli.color),
        Some(Verb::Schema) => schema::run(),
        Some(Verb::Completions { shell }) => completions::run(*shell),
    }
}

/// Reads the architecture, with what `--set` replaces.
fn load(common: &Common, format: Format, color: Color) -> Result<Design, Failure> {
    let failed = |problems| failure(format, color, problems);
    let files = io::read(&common.path).map_err(failed)?;
    let reader = Beside::new(&common.path);
    let roots: Vec<PathBuf> = files.iter().map(|it| PathBuf::from(&it.name)).collect();
    let design =
        Design::load_in(files, common.env.as_deref(), &common.set, &reader).map_err(failed)?;
    if let Some(output) = &common.output {
        let inputs: Vec<PathBuf> = roots.into_iter().chain(reader.seen()).collect();
        write::possible_output(output, &inputs).map_err(failed)?;
    }
    let warnings = design.warnings();
    if !warnings.is_empty() && format != Format::Json {
        let problems =
            Problems { sources: design.sources().clone(), diagnostics: warnings.to_vec() };
        io::complain(&problems.text(io::wants_color(color, Stream::Error)));
    }
    Ok(design)
}

/// The same on the day that the command line states, or today.
fn load_on(common: &Common, format: Format, day: &Day, color: Color) -> Result<Design, Failure> {
    let design = load(common, format, color)?;
    Ok(match day.today.or_else(io::today) {
        Some(today) => design.on(today),
        None => design,
    })
}

fn failure(format: Format, color: Color, problems: Problems) -> Failure {
    Failure::Input(Box::new(problems), format, color)
}

/// What a simulation is told.
fn options(
    design: &Design,
    running: &Running,
    replications: Option<u32>,
) -> Result<SimulateOptions, Problems> {
    if let Some(threads) = running.threads {
        // It fails only if the pool is there already, and this is the first use.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
    }
    let duration = match &running.duration {
        Some(text) => Some(design.set("duration", text).map_err(duration)?.architecture().duration),
        None => None,
    };
    Ok(SimulateOptions {
        seed: running.seed,
        replications: replications.unwrap_or(FIRST_LOOK),
        adaptive: replications.is_none(),
        effort: 1,
        scenarios: running.scenario.clone(),
        duration,
        bounds: Bounds::default(),
    })
}

/// What is wrong with `--duration`, told of that and not of the key that it replaces.
fn duration(mut problems: Problems) -> Problems {
    for diagnostic in &mut problems.diagnostics {
        let own = |file| problems.sources.file(file).is_some_and(|it| it.name.starts_with("--set"));
        let before = diagnostic.labels.len();
        diagnostic.labels.retain(|it| !own(it.span.file));
        if diagnostic.labels.len() < before || before == 0 {
            diagnostic.message = format!("--duration: {}", diagnostic.message);
        }
    }
    problems
}

/// Gives the answer, to standard output or a file, as `print` makes it of how text is to look.
fn answer(
    common: &Common,
    format: Format,
    color: Color,
    print: impl FnOnce(Look) -> String,
) -> Result<(), Failure> {
    let file = common.output.as_deref();
    let look = match file {
        Some(_) => Look { color: color == Color::Always, ..Look::default() },
        None => io::look(color),
    };
    let page = print(look);
    match file {
        None => io::print(&page),
        Some(path) => write::output(path, &page).map_err(|it| failure(format, color, it)),
    }
}

/// The exit code of a gate.
fn gate(failed: bool) -> ExitCode {
    if failed { ExitCode::from(FAILED) } else { ExitCode::SUCCESS }
}
