//! The command line.

mod examples;

use std::error::Error as _;
use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use clap::builder::styling::{AnsiColor, Styles};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use tradeoff::horizon::MONTHS;
use tradeoff::{Date, Diagnostic, Problems, Severity};

use crate::failure::Failure;
use crate::io::{self, Stream};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::BrightWhite.on_default().bold())
    .usage(AnsiColor::BrightWhite.on_default().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Green.on_default());

const ABOUT: &str = "Architecture advice, with its effect on your own system measured.

Describe a system in YAML; Tradeoff holds it against the rules of its trade, simulates it under \
load, surges and faults, and measures what each mend buys.";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "tradeoff", version, about = ABOUT, after_help = examples::CODES, styles = STYLES)]
#[command(max_term_width = 100, subcommand_required = false)]
pub(crate) struct Cli {
    /// When to use color; `auto`: on a terminal, unless `NO_COLOR` is set.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(crate) color: Color,
    #[command(subcommand)]
    pub(crate) verb: Option<Verb>,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Hold an architecture against the rules.
    #[command(after_help = examples::CHECK)]
    Check(CheckArgs),
    /// Say what the laws of queues say: utilization, capacity, latency, blast radius. Instant.
    #[command(after_help = examples::ANALYZE)]
    Analyze(AnalyzeArgs),
    /// Run an architecture under load and through its scenarios.
    #[command(after_help = examples::SIMULATE)]
    Simulate(SimulateArgs),
    /// Say what breaks, why, and what the smallest set of mends is that holds, all measured.
    #[command(after_help = examples::REVIEW)]
    Review(ReviewArgs),
    /// Say which option of a choice fits, why, what would flip it, and what it costs to reverse.
    #[command(after_help = examples::DECIDE, override_usage = USES_OF_DECIDE)]
    Decide(DecideArgs),
    /// Write a first architecture to start from, with comments.
    #[command(after_help = examples::INIT)]
    Init(InitArgs),
    /// Explain a rule, a decision, a key of the format, a word or the defaults.
    #[command(after_help = examples::EXPLAIN)]
    Explain(ExplainArgs),
    /// Print the JSON Schema of the architecture file.
    #[command(after_help = examples::SCHEMA)]
    Schema,
    /// Print a completion script for a shell.
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// For which shell.
        shell: Shell,
    },
}

/// It is asked for four things.
const USES_OF_DECIDE: &str = "tradeoff decide [OPTIONS] [TOPIC] [PATH]
       tradeoff decide [OPTIONS] --all PATH
       tradeoff decide [OPTIONS] debt PATH
       tradeoff decide [OPTIONS] drift --reference FILE --current FILE";

/// What is read, and how the answer is printed.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// The architecture: a YAML file, or a folder whose *.yaml and *.yml are read as one.
    pub(crate) path: PathBuf,
    /// The environment: make the edits of this overlay of the architecture first.
    #[arg(long, value_name = "NAME")]
    pub(crate) env: Option<String>,
    /// Replace a value: a dotted path and what stands there, as in the file. Repeatable.
    #[arg(long, value_name = "PATH=VALUE", value_parser = setting)]
    pub(crate) set: Vec<(String, String)>,
    /// Write the answer to a file, whole or not at all.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// How far ahead is looked.
#[derive(Debug, Args)]
pub(crate) struct Ahead {
    /// Say what breaks first as the load grows by the file's `growth`, in which month, and what the
    /// system asks of its teams: 18mo, 1y, 90d.
    #[arg(long, value_name = "PERIOD", value_parser = months, allow_hyphen_values = true)]
    pub(crate) horizon: Option<u32>,
}

/// The day of the check.
#[derive(Debug, Args)]
pub(crate) struct Day {
    /// The day of the check: what was accepted until an earlier one counts again. Default: today,
    /// in UTC.
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(crate) today: Option<Date>,
}

/// `tradeoff check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) common: Common,
    /// `text` for people, `json` for scripts: one versioned object.
    #[arg(long, value_parser = Plain, default_value = "text")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) day: Day,
    /// The least finding that makes the exit code 1.
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "SEVERITY")]
    pub(crate) fail_on: FailOn,
}

/// `tradeoff analyze`.
#[derive(Debug, Args)]
pub(crate) struct AnalyzeArgs {
    #[command(flatten)]
    pub(crate) common: Common,
    /// `text` for people, `json` for scripts: one versioned object.
    #[arg(long, value_parser = Plain, default_value = "text")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) day: Day,
    #[command(flatten)]
    pub(crate) ahead: Ahead,
}

/// What simulate, review and measuring options share.
#[derive(Debug, Args)]
pub(crate) struct Running {
    /// Run only this scenario (and the baseline). Repeatable.
    #[arg(long, value_name = "NAME")]
    pub(crate) scenario: Vec<String>,
    /// The seed of every draw: the same seed gives the same bytes.
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = SEED)]
    pub(crate) seed: u64,
    /// Threads to run on; the result does not depend on it. Default: one per processor.
    #[arg(long, value_name = "N", value_parser = THREADS)]
    pub(crate) threads: Option<u16>,
    /// How long the baseline and the scenarios are measured, such as 10m.
    #[arg(long, value_name = "TIME")]
    pub(crate) duration: Option<String>,
}

/// `tradeoff simulate`.
#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    #[command(flatten)]
    pub(crate) common: Common,
    /// `text` for people, `json` for scripts: one versioned object.
    #[arg(long, value_parser = Plain, default_value = "text")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) running: Running,
    /// Independent runs of each scenario, 5 to 1000: more of them make intervals narrower.
    #[arg(long, default_value_t = 10, value_name = "N", value_parser = REPLICATIONS)]
    pub(crate) replications: u32,
    /// Exit with 1 if a promise is broken.
    #[arg(long)]
    pub(crate) gate: bool,
}

/// `tradeoff review`.
#[derive(Debug, Args)]
pub(crate) struct ReviewArgs {
    #[command(flatten)]
    pub(crate) common: Common,
    /// `text` for people, `json` for scripts: one versioned object, `markdown` for a pull request,
    /// `html` for a page that opens offline.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) day: Day,
    #[command(flatten)]
    pub(crate) ahead: Ahead,
    #[command(flatten)]
    pub(crate) running: Running,
    /// Independent runs of each design and scenario, 5 to 1000: exactly so many. Left out: 5, and
    /// 10 and 20 where fewer do not settle a verdict or a mend.
    #[arg(long, value_name = "N", value_parser = REPLICATIONS)]
    pub(crate) replications: Option<u32>,
    /// How many times the work of a quick review may be done, 1 to 100: more mends are measured and
    /// the smallest set is looked for longer.
    #[arg(long, value_name = "N", value_parser = EFFORT, default_value_t = 1)]
    pub(crate) effort: u32,
    /// Write mends into the architecture's files: those of the smallest set that holds, or of the
    /// findings with these fingerprints, as `check --format json` prints them. Comments and layout
    /// stay.
    #[arg(long, value_name = "FINGERPRINT,..", num_args = 0.., require_equals = true)]
    #[arg(value_delimiter = ',', conflicts_with_all = ["env", "set"])]
    pub(crate) fix: Option<Vec<String>>,
    /// Exit with 1 if a promise is broken or a finding is at or above --fail-on.
    #[arg(long)]
    pub(crate) gate: bool,
    /// The least finding that fails the gate.
    #[arg(long, value_enum, default_value_t = FailOn::Error, value_name = "SEVERITY")]
    pub(crate) fail_on: FailOn,
}

/// `tradeoff decide`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct DecideArgs {
    /// What is to be decided, or `debt`, or `drift`; left out: what there is.
    #[arg(value_name = "TOPIC|debt|drift")]
    pub(crate) topic: Option<OsString>,
    /// The architecture: a YAML file, or a folder. What it says nobody is asked for.
    pub(crate) path: Option<PathBuf>,
    /// A fact of the topic. Repeatable; it wins over what the architecture says.
    #[arg(long, value_name = "FACT=VALUE", value_parser = said)]
    pub(crate) set: Vec<(String, String)>,
    /// The part of the architecture that it is about, where the question arises at several.
    #[arg(long, value_name = "NAME")]
    pub(crate) about: Option<String>,
    /// Hold all that the architecture implies and records against its facts.
    #[arg(long, conflicts_with_all = ["about", "set", "adr", "ask"])]
    pub(crate) all: bool,
    /// Ask also where standard input is no terminal.
    #[arg(long, conflicts_with = "non_interactive")]
    pub(crate) ask: bool,
    /// Ask nothing, whatever standard input is.
    #[arg(long)]
    pub(crate) non_interactive: bool,
    /// Write the decision as an ADR (MADR 4), and record it in the architecture.
    #[arg(long)]
    pub(crate) adr: bool,
    /// Simulate the options on the architecture, side by side under the same luck.
    #[arg(long, conflicts_with = "all")]
    pub(crate) measure: bool,
    /// Independent runs of each option and scenario, 5 to 1000, of --measure.
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = REPLICATIONS)]
    #[arg(requires = "measure")]
    pub(crate) replications: u32,
    #[command(flatten)]
    pub(crate) running: Running,
    /// Where ADRs are: a folder in that of the architecture.
    #[arg(long, value_name = "FOLDER", default_value = "docs/adr", requires = "adr")]
    pub(crate) adr_dir: String,
    /// The environment: make the edits of this overlay of the architecture first.
    #[arg(long, value_name = "NAME", conflicts_with = "adr")]
    pub(crate) env: Option<String>,
    /// `text` for people, `json` for scripts: one versioned object.
    #[arg(long, value_parser = Plain, default_value = "text")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) day: Day,
    /// Write the answer to a file, whole or not at all.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) drift: DriftArgs,
}

/// `tradeoff decide drift`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Drift")]
pub(crate) struct DriftArgs {
    /// A CSV or Parquet file with the column as it was, such as in training.
    #[arg(long, value_name = "FILE")]
    pub(crate) reference: Option<PathBuf>,
    /// One with the column as it is now.
    #[arg(long, value_name = "FILE")]
    pub(crate) current: Option<PathBuf>,
    /// The column; left out: the only one of numbers.
    #[arg(long, value_name = "NAME")]
    pub(crate) column: Option<String>,
    /// What the column is called in the current file, if otherwise.
    #[arg(long, value_name = "NAME")]
    pub(crate) current_column: Option<String>,
    /// Exit with 1 if the column has drifted.
    #[arg(long)]
    pub(crate) gate: bool,
}

/// `tradeoff init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// The file to write, or the folder to write architecture.yaml into.
    #[arg(default_value = ".", value_name = "FILE|FOLDER")]
    pub(crate) path: PathBuf,
    /// What the architecture is called. Default: the name of its folder.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
}

/// `tradeoff explain`.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A rule, a decision, a key of the format, a word, or `defaults`; left out: what there is.
    #[arg(value_name = "RULE|FIELD|WORD|defaults")]
    pub(crate) topic: Option<String>,
}

const REPLICATIONS: fn(&str) -> Result<u32, String> = |text| whole(text, 5..=1000);
const EFFORT: fn(&str) -> Result<u32, String> = |text| whole(text, 1..=100);
const THREADS: fn(&str) -> Result<u16, String> = |text| whole(text, 1..=1024);
const SEED: fn(&str) -> Result<u64, String> = |text| whole(text, 0..=u64::MAX);

/// A whole number within bounds.
fn whole<T>(text: &str, bounds: RangeInclusive<T>) -> Result<T, String>
where
    T: FromStr + PartialOrd + Display,
{
    let number = text.parse().ok().filter(|it| bounds.contains(it));
    let (least, most) = bounds.into_inner();
    number.ok_or_else(|| format!("expected a whole number between {least} and {most}"))
}

/// How the answer is printed; each is a module beside `text` that a verb names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
    Markdown,
    Html,
}

/// The formats that every verb has.
const PLAIN: [&str; 2] = ["text", "json"];

/// Reads the formats that every verb has; those of a review alone are refused in words.
#[derive(Clone, Debug)]
struct Plain;

impl TypedValueParser for Plain {
    type Value = Format;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Format, clap::Error> {
        if let Some("markdown" | "html") = value.to_str() {
            let message = format!(
                "`{}` prints text or json: only `review` has `--format {}`",
                command.get_name(),
                value.display()
            );
            return Err(command.clone().error(ErrorKind::InvalidValue, message));
        }
        let known = PossibleValuesParser::new(PLAIN).parse_ref(command, arg, value)?;
        Ok(if known == "json" { Format::Json } else { Format::Text })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(PLAIN.into_iter().map(PossibleValue::new)))
    }
}

/// When to use color.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

/// The least severity that fails a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Error,
    Warning,
    Advice,
}

impl From<FailOn> for Severity {
    fn from(it: FailOn) -> Self {
        match it {
            FailOn::Error => Self::Error,
            FailOn::Warning => Self::Warning,
            FailOn::Advice => Self::Advice,
        }
    }
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "expected a date such as 2026-11-23".into())
}

fn months(text: &str) -> Result<u32, String> {
    let most = MONTHS.end() / 12;
    tradeoff::horizon::months(text)
        .ok_or_else(|| format!("expected a period from a month to {most} years: 18mo, 1y, 90d"))
}

fn setting(text: &str) -> Result<(String, String), String> {
    // A path may hold `->` between quotes, never `=`.
    match text.split_once('=') {
        Some((path, value)) if !path.is_empty() => Ok((path.into(), value.into())),
        _ => Err("expected PATH=VALUE such as services.orders.replicas=6".into()),
    }
}

fn said(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((fact, value)) if !fact.trim().is_empty() => {
            Ok((fact.trim().into(), value.trim().into()))
        }
        _ => Err("expected FACT=VALUE such as rows=2M".into()),
    }
}

/// Reads the command line. Help and the version are printed by a failure of exit code 0.
pub(crate) fn parse() -> Result<Cli, Failure> {
    let words: Vec<OsString> = std::env::args_os().collect();
    let json = wants_json(&words);
    Cli::try_parse_from(&words).map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let styled = io::wants_color(color(&words), Stream::Output);
            let text = error.render();
            Failure::Help(if styled { text.ansi().to_string() } else { text.to_string() })
        }
        _ if json => {
            let told = value(&error).unwrap_or_else(|| usage(&error));
            Failure::Input(Box::new(Problems::one(told)), Format::Json, Color::Auto)
        }
        _ => {
            if let Some(told) = value(&error) {
                let problems = Box::new(Problems::one(told));
                return Failure::Input(problems, Format::Text, color(&words));
            }
            let styled = io::wants_color(color(&words), Stream::Error);
            let text = error.render();
            Failure::Usage(if styled { text.ansi().to_string() } else { text.to_string() })
        }
    })
}

/// The help of the whole command.
pub(crate) fn help() -> clap::builder::StyledStr {
    Cli::command().render_help()
}

/// Whether the words ask for JSON, also where they are no valid command line.
pub(crate) fn wants_json(words: &[OsString]) -> bool {
    let pair = words.windows(2).any(|it| it[0] == "--format" && it[1] == "json");
    pair || words.iter().any(|it| it == "--format=json")
}

/// The `--color` of words that are no valid command line, or ask for help.
fn color(words: &[OsString]) -> Color {
    let asks = |when: &str| {
        let pair = words.windows(2).any(|it| it[0] == "--color" && it[1] == when);
        pair || words.iter().any(|it| it.to_str() == Some(&format!("--color={when}")))
    };
    if asks("never") {
        Color::Never
    } else if asks("always") {
        Color::Always
    } else {
        Color::Auto
    }
}

/// A value that an option does not take, told as one in a file is; `None` of other mistakes.
fn value(error: &clap::Error) -> Option<Diagnostic> {
    let stated = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) if !text.is_empty() => Some(text.as_str()),
        _ => None,
    };
    let option = stated(ContextKind::InvalidArg)?.split(' ').next()?;
    let found = stated(ContextKind::InvalidValue)?;
    let told = Diagnostic::error("usage", format!("`{option}` does not take `{found}`"));
    let told = match (error.get(ContextKind::ValidValue), error.source()) {
        (Some(ContextValue::Strings(words)), _) => {
            let words: Vec<String> = words.iter().map(|it| format!("`{it}`")).collect();
            told.expected(format!("one of {}", words.join(", ")))
        }
        (_, Some(why)) => {
            let why = why.to_string();
            told.expected(why.strip_prefix("expected ").unwrap_or(&why))
        }
        _ => return None,
    };
    Some(match stated(ContextKind::SuggestedValue) {
        Some(near) => told.nearest(near),
        None => told,
    })
}

/// Another mistake of the command line as data.
fn usage(error: &clap::Error) -> Diagnostic {
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let message = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let tip = lines.find_map(|line| line.strip_prefix("tip: ")).map(ToOwned::to_owned);
    let mut diagnostic = Diagnostic::error("usage", message);
    diagnostic.nearest = tip.and_then(|tip| tip.split('\'').nth(1).map(Into::into));
    diagnostic
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::{Cli, setting};

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_setting_is_split_at_its_first_equals_sign() {
        let path = "edges.\"order.place->payment.charge\".policy.timeout";
        let text = format!("{path}=1s");
        assert_eq!(setting(&text), Ok((path.into(), "1s".into())));
        assert!(setting("=1s").is_err());
        assert!(setting("services").is_err());
    }
}
