//! The `tradeoff` command.

mod args;
mod beside;
mod command;
mod course;
mod failure;
mod html;
mod interrupt;
mod io;
mod markdown;
mod progress;
mod text;
mod write;

use std::process::ExitCode;

fn main() -> ExitCode {
    failure::guarded(|| {
        let cli = match args::parse() {
            Ok(cli) => cli,
            Err(failure) => return failure.exit(),
        };
        command::run(&cli).unwrap_or_else(failure::Failure::exit)
    })
}
