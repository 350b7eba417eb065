//! `tradeoff completions`: completion scripts.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Cli;
use crate::failure::Failure;
use crate::io;

pub(super) fn run(shell: Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tradeoff", &mut script);
    io::print(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}
