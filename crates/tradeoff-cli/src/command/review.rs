//! `tradeoff review`: what breaks, why, and the least that mends it.

use std::path::Path;
use std::process::ExitCode;

use tradeoff::fix::Fix;
use tradeoff::results::Verdict;
use tradeoff::review::report::Review;
use tradeoff::{Design, Diagnostic, Problems, SimulateOptions};

use super::{answer, failure, gate, load_on, options};
use crate::args::{Color, Format, ReviewArgs};
use crate::failure::{Failure, json};
use crate::io::{self, Stream};
use crate::progress::Bar;
use crate::{html, markdown, text, write};

pub(super) fn run(args: &ReviewArgs, color: Color) -> Result<ExitCode, Failure> {
    let failed = |problems| failure(args.format, color, problems);
    let design = load_on(&args.common, args.format, &args.day, color)?;
    let options = options(&design, &args.running, args.replications).map_err(failed)?;
    let options = SimulateOptions { effort: args.effort, ..options };
    // What is named wrongly is told before anything takes time.
    let named = args.fix.as_deref().filter(|it| !it.is_empty());
    let named = named.map(|it| tradeoff::fix(&design, it)).transpose().map_err(failed)?;
    if args.fix.is_some() {
        fixable(&design, named.as_ref()).map_err(failed)?;
    }
    let bar = Bar::new();
    let mut review = tradeoff::review(&design, &options, &bar).map_err(failed)?;
    drop(bar);
    let ahead = |months| tradeoff::horizon_of(&design, months, &review, &options).map_err(failed);
    review.horizon = args.ahead.horizon.map(ahead).transpose()?;
    answer(&args.common, args.format, color, |look| match args.format {
        Format::Text => text::review::review(&review, look),
        Format::Json => json(&review),
        Format::Markdown => markdown::review(&review, design.architecture()),
        Format::Html => html::review(&review, design.architecture()),
    })?;
    let unmended = args.fix.is_some() && !fix(args, color, &design, &review, named)?;
    let broken = review.verdict == Verdict::Broken;
    let gated = args.gate && (broken || review.check.reaches(args.fail_on.into()));
    Ok(gate(gated || unmended))
}

/// Refuses files that cannot be written: those that the named mends change, or that any may.
fn fixable(design: &Design, named: Option<&Fix>) -> Result<(), Problems> {
    let all = design.sources().files().map(|it| it.name.as_str());
    let refused = all.filter_map(|it| Some((it, write::possible(Path::new(it)).err()?)));
    let refused: Vec<(&str, write::Refused)> = refused.collect();
    if refused.is_empty() {
        return Ok(());
    }
    let touched = match named {
        Some(named) => named.files.iter().map(|it| it.name.clone()).collect(),
        None => tradeoff::fix::touched(design),
    };
    match refused.iter().find(|(name, _)| touched.contains(*name)) {
        Some((_, why)) => Err(why.told("nothing was written; mend this first")),
        None => Ok(()),
    }
}

/// Writes mends into the files and says what it wrote; false if there is nothing that holds.
fn fix(
    args: &ReviewArgs,
    color: Color,
    design: &Design,
    review: &Review,
    named: Option<Fix>,
) -> Result<bool, Failure> {
    let told = |problems| Failure::Input(Box::new(problems), Format::Text, color);
    // The answer stays by itself where a script reads it.
    let beside = args.format == Format::Text && args.common.output.is_none();
    let stream = if beside { Stream::Output } else { Stream::Error };
    let chosen = match (named, &review.smallest_set) {
        (Some(named), _) => named,
        (None, _) if review.verdict == Verdict::Kept => {
            say(stream, "\nnothing was written: every promise is kept\n")?;
            return Ok(true);
        }
        (None, Some(set)) => tradeoff::fix(design, set).map_err(told)?,
        (None, None) => {
            say(stream, "\nnothing was written: no set of these mends holds\n")?;
            return Ok(false);
        }
    };
    for file in &chosen.files {
        let now = io::bytes(Path::new(&file.name)).map_err(|it| told(Problems::one(*it)))?;
        if now != file.before.as_bytes() {
            let why = format!("`{}` has changed since it was read", file.name);
            let diagnostic = Diagnostic::error("cannot-write", why).help("review it again");
            return Err(told(Problems::one(diagnostic)));
        }
    }
    let files: Vec<(&Path, &str)> =
        chosen.files.iter().map(|it| (Path::new(&it.name), it.after.as_str())).collect();
    write::all(&files).map_err(|it| told(it.told("nothing was written; mend this first")))?;
    say(stream, &text::fix::fix(&chosen, io::wants_color(color, stream)))?;
    Ok(true)
}

fn say(stream: Stream, text: &str) -> Result<(), Failure> {
    match stream {
        Stream::Output => io::print(text)?,
        Stream::Error => io::complain(text),
    }
    Ok(())
}
