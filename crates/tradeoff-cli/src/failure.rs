//! Ways to end without an answer, and their exit codes.

use std::io::{Error, ErrorKind};
use std::panic;
use std::process::ExitCode;

use tradeoff::{ErrorReport, Problems};

use crate::args::{Color, Format};
use crate::io::{self, Stream};

/// The input is wrong.
const BAD_INPUT: u8 = 2;
/// We are wrong.
const OUR_FAULT: u8 = 3;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Help or the version was asked for.
    Help(String),
    /// The command line is wrong; the text says how.
    Usage(String),
    /// There is an answer, but it cannot be written.
    Unwritten(Error),
    /// The input is wrong.
    Input(Box<Problems>, Format, Color),
}

impl Failure {
    /// Says what is wrong, and gives the exit code.
    pub(crate) fn exit(self) -> ExitCode {
        match self {
            Self::Help(text) => match io::print(&text) {
                Ok(()) => ExitCode::SUCCESS,
                Err(unwritten) => unwritten.exit(),
            },
            Self::Unwritten(error) => {
                let why = match error.kind() {
                    ErrorKind::StorageFull => "the disk is full".into(),
                    _ => error.to_string(),
                };
                io::complain(&format!("error: cannot write the answer: {why}\n"));
                ExitCode::from(BAD_INPUT)
            }
            Self::Usage(text) => {
                io::complain(&text);
                ExitCode::from(BAD_INPUT)
            }
            Self::Input(problems, format, color) => {
                match format {
                    Format::Text | Format::Markdown | Format::Html => {
                        io::complain(&problems.text(io::wants_color(color, Stream::Error)));
                    }
                    Format::Json => {
                        if let Err(unwritten) = io::print(&json(&problems.report())) {
                            return unwritten.exit();
                        }
                    }
                }
                ExitCode::from(BAD_INPUT)
            }
        }
    }
}

/// An object as one indented JSON text.
pub(crate) fn json(object: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(object)
        .expect("maps have text keys and nothing fails to serialize");
    text.push('\n');
    text
}

/// Runs the command; a panic becomes a message that asks for a report, and exit code 3.
pub(crate) fn guarded(run: impl FnOnce() -> ExitCode + panic::UnwindSafe) -> ExitCode {
    panic::set_hook(Box::new(|info| {
        let message = info.payload_as_str().unwrap_or("no message");
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        io::complain(&format!(
            "error: tradeoff itself failed: {message}\n  at {place}\n\
             this is our mistake, not yours: please report it with the architecture, the command \
             and the lines above\n"
        ));
    }));
    panic::catch_unwind(run).unwrap_or_else(|_| {
        let words: Vec<_> = std::env::args_os().collect();
        if crate::args::wants_json(&words) {
            let report = ErrorReport::internal("tradeoff itself failed; please report it");
            // Its exit code says enough if this cannot be written.
            let _ = io::print(&json(&report));
        }
        ExitCode::from(OUR_FAULT)
    })
}

#[cfg(test)]
mod tests {
    use std::panic;
    use std::process::ExitCode;

    use super::{OUR_FAULT, guarded};

    #[test]
    fn a_panic_is_our_fault() {
        let code = guarded(|| panic!("as this test wants it"));
        drop(panic::take_hook());
        assert_eq!(code, ExitCode::from(OUR_FAULT));
        assert_eq!(guarded(|| ExitCode::SUCCESS), ExitCode::SUCCESS);
        drop(panic::take_hook());
    }
}
