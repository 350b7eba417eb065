//! `tradeoff explain`: rules, keys, words and defaults.

use std::process::ExitCode;

use tradeoff::Problems;
use tradeoff::explain::topics;

use crate::args::{Color, ExplainArgs, Format};
use crate::failure::Failure;
use crate::io::{self, Stream};
use crate::text;

pub(super) fn run(args: &ExplainArgs, color: Color) -> Result<ExitCode, Failure> {
    let colored = io::wants_color(color, Stream::Output);
    let page = match args.topic.as_deref() {
        None => text::explain::contents(colored),
        Some("defaults") => text::explain::default_table(colored),
        Some(name) => {
            let found = topics(name).map_err(|unknown| {
                Failure::Input(Box::new(Problems::one(*unknown)), Format::Text, color)
            })?;
            text::explain::topics(&found, colored)
        }
    };
    io::print(&page)?;
    Ok(ExitCode::SUCCESS)
}
