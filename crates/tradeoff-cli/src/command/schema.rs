//! `tradeoff schema`: the JSON Schema of the file.

use std::process::ExitCode;

use crate::failure::{Failure, json};
use crate::io;

pub(super) fn run() -> Result<ExitCode, Failure> {
    io::print(&json(&tradeoff::schema()))?;
    Ok(ExitCode::SUCCESS)
}
