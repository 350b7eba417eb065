//! `tradeoff schema`: the JSON Schema of the file.

use std::process::ExitCode;

use crate::failure::json;
use crate::io;

pub(super) fn run() -> ExitCode {
    io::print(&json(&tradeoff::schema()));
    ExitCode::SUCCESS
}
