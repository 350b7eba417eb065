//! Asks for facts, one line each: a terminal, or whatever stands in for it.
//!
//! Everything here goes to standard error, so that the answer stays by itself. Nothing is written
//! to a file before the last line, so that an interrupt leaves nothing half done.

use tradeoff::decide::{Inquiry, Question};
use tradeoff::{Design, Diagnostic};

use crate::args::Color;
use crate::io::{self, Stream};
use crate::text::Look;
use crate::text::decide as page;

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// With the last question, or because whoever answered said so.
    Done,
    /// With the end of the input, before this.
    Cut(String),
}

/// What a line asks for.
enum Said {
    /// The default, or nothing.
    Skip,
    Why,
    Back,
    Done,
    /// Another fact than the one that is asked for.
    Other(String, String),
    Value(String),
}

fn read(line: &str) -> Said {
    match line {
        "" => Said::Skip,
        "?" | "why" | "help" => Said::Why,
        "back" | "<" => Said::Back,
        "done" | "quit" | "exit" => Said::Done,
        line => match line.split_once('=') {
            Some((fact, value)) => Said::Other(fact.trim().into(), value.trim().into()),
            None => Said::Value(line.into()),
        },
    }
}

/// Asks for what nobody has said yet; of several parts first which one is meant.
pub(super) fn run(inquiries: &mut Vec<Inquiry>, design: Option<&Design>, color: Color) -> Ended {
    let look = io::look_at(color, Stream::Error);
    if inquiries.len() > 1 && !which(inquiries, look) {
        return Ended::Cut("it was said which part is meant".into());
    }
    let Some(inquiry) = inquiries.first_mut() else { return Ended::Done };
    let (questions, figures) = inquiry.questions();
    let known = inquiry.decide(design);
    io::complain(&page::opening(inquiry.topic(), &known, &questions, &figures, look));
    let ended = ask(inquiry, &questions, design, look);
    io::complain("\n");
    ended
}

/// Keeps the part that is meant; false if the input ended before it was told.
fn which(inquiries: &mut Vec<Inquiry>, look: Look) -> bool {
    let names: Vec<String> =
        inquiries.iter().filter_map(|it| it.subject().map(ToOwned::to_owned)).collect();
    loop {
        io::complain(&page::which(&names, look));
        let Some(line) = io::line() else { return false };
        let at = match line.parse::<usize>() {
            _ if line.is_empty() => Some(0),
            Ok(number) => number.checked_sub(1),
            Err(_) => names.iter().position(|it| *it == line),
        };
        if let Some(at) = at.filter(|it| *it < inquiries.len()) {
            let chosen = inquiries.swap_remove(at);
            *inquiries = vec![chosen];
            return true;
        }
    }
}

/// Asks one question after another, then whether something is to be corrected.
fn ask(
    inquiry: &mut Inquiry,
    questions: &[Question],
    design: Option<&Design>,
    look: Look,
) -> Ended {
    let mut at = 0;
    let mut forward = true;
    loop {
        let mut question = questions.get(at);
        // What was answered since may have settled it.
        let left = inquiry.questions().0;
        let matters = |it: &Question| {
            let name = it.fact.name;
            inquiry.has_said(name) || left.iter().any(|it| it.fact.name == name)
        };
        while forward && question.is_some_and(|it| !matters(it)) {
            at += 1;
            question = questions.get(at);
        }
        forward = true;
        io::complain(&match question {
            Some(it) => page::question(*it, at + 1, questions.len(), look),
            None => page::correction(look),
        });
        let Some(line) = io::line() else {
            return Ended::Cut(match question {
                Some(it) => format!("`{}` was answered", it.fact.name),
                None => "the answer was confirmed".into(),
            });
        };
        let said = match (read(&line), question) {
            (Said::Done, _) | (Said::Skip, None) => return Ended::Done,
            (Said::Why, Some(it)) => {
                io::complain(&page::reason(*it, look));
                continue;
            }
            (Said::Back, _) => {
                at = at.saturating_sub(1);
                forward = false;
                continue;
            }
            (Said::Skip, Some(it)) => {
                inquiry.unsay(it.fact.name);
                at += 1;
                Ok(())
            }
            (Said::Other(fact, value), _) => {
                let own = question.is_some_and(|it| it.fact.name == fact);
                let done = say(inquiry, &fact, &value);
                at += usize::from(own && done.is_ok());
                done
            }
            (Said::Value(value), Some(it)) => {
                let done = say(inquiry, it.fact.name, &value);
                at += usize::from(done.is_ok());
                done
            }
            (Said::Why | Said::Value(_), None) => {
                io::complain("  write fact=value to correct a fact\n");
                continue;
            }
        };
        io::complain(&match said {
            Ok(()) => page::running(&inquiry.decide(design), look),
            Err(refused) => page::refused(&refused, look),
        });
    }
}

/// Takes an answer, unless it cannot be true beside another one.
fn say(inquiry: &mut Inquiry, fact: &str, value: &str) -> Result<(), Box<Diagnostic>> {
    let before = inquiry.clone();
    inquiry.say(fact, value)?;
    match inquiry.clash() {
        Some(clash) => {
            *inquiry = before;
            Err(clash)
        }
        None => Ok(()),
    }
}
