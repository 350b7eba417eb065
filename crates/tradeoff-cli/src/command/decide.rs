//! `tradeoff decide`: which option of a choice fits, and what would flip it.

mod adr;
mod drift;
mod session;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tradeoff::decide::{self, Decide, Decision, Inquiry};
use tradeoff::{Design, Diagnostic, Problems};

use super::{answer, failure, load_on, options};
use crate::args::{Color, Common, DecideArgs, Format};
use crate::failure::{Failure, json};
use crate::progress::Bar;
use crate::{io, text};

/// Parts of an architecture whose options are simulated at once.
const MEASURED: usize = 4;
/// The register of debt stands beside the topics.
const DEBT: &str = "debt";
/// And so does the comparison of two samples.
const DRIFT: &str = "drift";

pub(super) fn run(args: &DecideArgs, color: Color) -> Result<ExitCode, Failure> {
    let failed = |problems| failure(args.format, color, problems);
    let (topic, path) = words(args);
    let common = Common {
        path: path.clone().unwrap_or_default(),
        env: args.env.clone(),
        set: Vec::new(),
        output: args.output.clone(),
    };
    if topic.as_deref() == Some(DRIFT) {
        return drift::run(args, &common, color);
    }
    if drift::is_asked(&args.drift) {
        return Err(failed(no_drift()));
    }
    if let Some(refused) = idle(args, topic.as_deref()) {
        return Err(failed(refused));
    }
    if args.env.is_some() && path.is_none() {
        let with = format!("{} shop.yaml --env prod", topic.as_deref().unwrap_or("debt"));
        return Err(failed(no_architecture(&with)));
    }
    let design = match path {
        Some(_) => Some(load_on(&common, args.format, &args.day, color)?),
        None => None,
    };
    let needed =
        || failed(no_architecture(if args.all { "--all shop.yaml" } else { "debt shop.yaml" }));
    let report = match topic.as_deref() {
        Some(topic) if topic != DEBT && !args.all => {
            return one(args, &common, topic, design.as_ref(), color);
        }
        _ if !args.set.is_empty()
            || args.about.is_some()
            || args.adr
            || args.ask
            || args.measure =>
        {
            return Err(failed(no_topic()));
        }
        _ if args.all => decide::all(design.as_ref().ok_or_else(needed)?),
        Some(_) => decide::debt(design.as_ref().ok_or_else(needed)?),
        None => decide::topics(design.as_ref()),
    };
    answer(&common, args.format, color, |look| match (args.format, topic.is_some(), args.all) {
        (Format::Json, ..) => json(&report),
        (_, _, true) => text::decide::records(&report, look),
        (_, true, false) => text::decide::debt(&report, look.color),
        (_, false, false) => text::decide::topics(&report, look.color),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// One topic, at each part of the architecture that it is about.
fn one(
    args: &DecideArgs,
    common: &Common,
    topic: &str,
    design: Option<&Design>,
    color: Color,
) -> Result<ExitCode, Failure> {
    let failed = |problems| failure(args.format, color, problems);
    let mut inquiries = Inquiry::open(design, topic, args.about.as_deref()).map_err(failed)?;
    say(&mut inquiries, &args.set).map_err(failed)?;
    let mut ended = session::Ended::Done;
    if args.adr && design.is_none() {
        return Err(failed(no_architecture(&format!("{topic} shop.yaml --adr"))));
    }
    if !args.non_interactive && (args.ask || io::asks()) {
        ended = session::run(&mut inquiries, design, color);
    }
    // What cannot be recorded is told before the answer, and is no answer.
    let adr = match (design.filter(|_| args.adr), ended) {
        (Some(design), session::Ended::Done) => {
            Some(adr::make(args, &common.path, design, &inquiries).map_err(failed)?)
        }
        (Some(_), session::Ended::Cut(before)) => return Err(failed(cut(&before))),
        (None, session::Ended::Cut(_)) => {
            io::complain("the input ended; this is what is known\n\n");
            None
        }
        (None, session::Ended::Done) => None,
    };
    let mut decisions: Vec<_> = inquiries.iter().map(|it| it.decide(design)).collect();
    if args.measure {
        let needed = || failed(no_architecture(&format!("{topic} shop.yaml --measure")));
        let design = design.ok_or_else(needed)?;
        measure(args, design, &inquiries, &mut decisions).map_err(failed)?;
    }
    let report = Decide { decisions, ..Decide::of(design) };
    answer(common, args.format, color, |look| match args.format {
        Format::Json => json(&report),
        _ => text::decide::decisions(&report, look.color),
    })?;
    if let Some(adr) = adr {
        adr::finish(&adr, args, &common.path, color)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Simulates the options of each inquiry.
fn measure(
    args: &DecideArgs,
    design: &Design,
    inquiries: &[Inquiry],
    decisions: &mut [Decision],
) -> Result<(), Problems> {
    let topic = inquiries[0].topic();
    let refused = |text: String, expected: String| {
        Err(Problems::one(Diagnostic::error("usage", text).expected(expected)))
    };
    if topic.changes.is_none() {
        let can = decide::catalogue().iter().filter(|it| it.changes.is_some());
        let names: Vec<String> = can.map(|it| format!("`{}`", it.id)).collect();
        let text = format!("no option of `{}` can be simulated", topic.id);
        return refused(text, format!("one of {}", names.join(", ")));
    }
    if inquiries.len() > MEASURED {
        let names: Vec<String> =
            inquiries.iter().filter_map(|it| Some(format!("`{}`", it.subject()?))).collect();
        let text = format!("`{}` arises at {} places", topic.id, inquiries.len());
        let first = names.iter().take(20).cloned().collect::<Vec<_>>().join(", ");
        return refused(text, format!("`--about` one of them, such as {first}"));
    }
    let options = options(design, &args.running, Some(args.replications))?;
    let bar = Bar::new();
    for (inquiry, decision) in inquiries.iter().zip(decisions) {
        decision.measured = decide::measure(design, inquiry, &options, &bar)?;
        if decision.measured.is_none() {
            let missing = decision.open.as_ref().map_or(&[][..], |it| it.missing.as_slice());
            let sets: Vec<String> = missing.iter().map(|it| format!("--set {it}=..")).collect();
            io::complain(&format!(
                "{} was not measured: what is not known has to be said with {}\n",
                topic.id,
                sets.join(" ")
            ));
        }
    }
    Ok(())
}

/// Takes what `--set` says; everything that is wrong with it is told at once.
fn say(inquiries: &mut [Inquiry], set: &[(String, String)]) -> Result<(), Problems> {
    let mut problems = Problems::default();
    for (nth, (fact, value)) in set.iter().enumerate() {
        if set[..nth].iter().any(|it| it.0 == *fact) {
            let message = format!("`{fact}` is set twice");
            problems.push(Diagnostic::error("usage", message).expected("one value for each fact"));
            continue;
        }
        for (nth, inquiry) in inquiries.iter_mut().enumerate() {
            match inquiry.say(fact, value) {
                Err(refused) if nth == 0 => problems.push(*refused),
                _ => {}
            }
        }
    }
    if problems.is_empty()
        && let Some(clash) = inquiries.iter().find_map(Inquiry::clash)
    {
        problems.push(*clash);
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// What was asked for and would do nothing.
fn idle(args: &DecideArgs, topic: Option<&str>) -> Option<Problems> {
    let refused = |message: String, expected: &str| {
        Some(Problems::one(Diagnostic::error("usage", message).expected(expected)))
    };
    if let Some(topic) = topic.filter(|_| args.all) {
        let message = format!("`--all` is about all topics, and not about `{topic}` alone");
        return refused(message, "`tradeoff decide --all PATH`");
    }
    let asked = simulating(args).filter(|_| !args.measure);
    asked.and_then(|it| refused(format!("`{it}` is of `--measure`"), "`--measure` beside it"))
}

/// An option that says how something is simulated.
fn simulating(args: &DecideArgs) -> Option<&'static str> {
    let running = &args.running;
    let options = [
        ("--scenario", !running.scenario.is_empty()),
        ("--seed", running.seed != 1),
        ("--threads", running.threads.is_some()),
        ("--duration", running.duration.is_some()),
    ];
    options.into_iter().find(|it| it.1).map(|it| it.0)
}

/// The topic and the architecture: a first word that is no topic may be the architecture.
fn words(args: &DecideArgs) -> (Option<String>, Option<PathBuf>) {
    let Some(first) = &args.topic else { return (None, args.path.clone()) };
    let name = first.to_string_lossy();
    let known = name == DEBT || name == DRIFT || decide::topic(&name.to_lowercase()).is_some();
    let file = Path::new(first);
    if !known && args.path.is_none() && (file.exists() || is_path(&name)) {
        return (None, Some(file.to_owned()));
    }
    if known || args.path.is_some() || !args.all {
        return (Some(name.to_lowercase()), args.path.clone());
    }
    (None, Some(file.to_owned()))
}

/// Whether a word is written as a path, so that it is told that there is no such file.
fn is_path(word: &str) -> bool {
    let yaml = Path::new(word).extension().is_some_and(|it| it == "yaml" || it == "yml");
    yaml || word.contains(['/', '\\'])
}

/// The command as it would be with one.
fn no_architecture(with: &str) -> Problems {
    let expected = format!("a YAML file or a folder, such as `tradeoff decide {with}`");
    Problems::one(Diagnostic::error("usage", "an architecture is missing").expected(expected))
}

/// What is recorded was answered, to the end.
fn cut(before: &str) -> Problems {
    let expected =
        "an answer to every question: an empty line takes the default, `done` all that are left";
    let diagnostic = Diagnostic::error("input-ended", format!("the input ended before {before}"));
    Problems::one(diagnostic.expected(expected).help("nothing was written"))
}

fn no_drift() -> Problems {
    let message = "two samples are compared by `drift` alone";
    Problems::one(
        Diagnostic::error("usage", message)
            .expected("`tradeoff decide drift --reference was.csv --current is.csv`"),
    )
}

fn no_topic() -> Problems {
    Problems::one(
        Diagnostic::error("usage", "a topic is missing")
            .expected("what is to be decided, such as `tradeoff decide primary-database`")
            .help("`tradeoff decide` lists the topics"),
    )
}
