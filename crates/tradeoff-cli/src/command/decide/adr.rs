//! `--adr`: a decision becomes a file, and part of the architecture; both or neither.

use std::path::{Path, PathBuf};

use tradeoff::decide::{self, Adr, Inquiry};
use tradeoff::fix::Fix;
use tradeoff::{Design, Diagnostic, Files as _, Problems};

use crate::args::{Color, DecideArgs, Format};
use crate::beside::Beside;
use crate::failure::Failure;
use crate::interrupt::Held;
use crate::io::{self, Stream};
use crate::{text, write};

/// What to do where a file cannot be written.
const MEND: &str = "nothing was written; mend this first";

/// What `--adr` comes to.
pub(super) enum Record {
    /// The same is recorded: its name, and the file.
    Already(String, PathBuf),
    /// What would be written.
    New(Box<Adr>),
}

/// What would be written, unless it is there.
pub(super) fn make(
    args: &DecideArgs,
    path: &Path,
    design: &Design,
    inquiries: &[Inquiry],
) -> Result<Record, Problems> {
    let [inquiry] = inquiries else { return Err(several(inquiries)) };
    let beside = Beside::new(path);
    if let Some((name, file)) = decide::already(design, inquiry, &beside) {
        return Ok(Record::Already(name, beside.name(&file).into()));
    }
    let folder = beside.inside(&args.adr_dir).map_err(|why| {
        let message = format!("`--adr-dir {}`: {why}", args.adr_dir);
        let diagnostic = Diagnostic::error("cannot-write", message);
        Problems::one(diagnostic.expected("a folder in that of the architecture"))
    })?;
    let present = io::names(&folder)?;
    let adr = decide::adr(design, inquiry, &args.adr_dir, &present, &beside)?;
    // Told before the options are simulated.
    for file in &adr.files {
        write::possible(Path::new(&file.name)).map_err(|it| it.told(MEND))?;
    }
    Ok(Record::New(Box::new(adr)))
}

/// Writes what is not there yet, and says what it wrote or where it is.
pub(super) fn finish(
    record: &Record,
    args: &DecideArgs,
    path: &Path,
    color: Color,
) -> Result<(), Failure> {
    match record {
        Record::New(adr) => write(adr, args, path, color),
        Record::Already(name, file) => {
            let file = file.display();
            tell(args, &format!("\nRECORDED ALREADY\n  {file}, as {name}: nothing was written\n"))
        }
    }
}

/// Writes the file and the architecture, and says what it wrote.
fn write(adr: &Adr, args: &DecideArgs, path: &Path, color: Color) -> Result<(), Failure> {
    let told = |problems| Failure::Input(Box::new(problems), args.format, color);
    let target = PathBuf::from(Beside::new(path).name(&adr.path));
    let refused = |it: write::Refused| told(it.told(MEND));
    // From the folder that is made on nothing is left half done.
    let _held = Held::new();
    // Two runs at once would each leave out what the other records.
    let locks = adr.files.iter().map(|it| write::lock(Path::new(&it.name)));
    let _locks = locks.collect::<Result<Vec<_>, _>>().map_err(refused)?;
    for file in &adr.files {
        let now = io::bytes(Path::new(&file.name)).map_err(|it| told(Problems::one(*it)))?;
        if now != file.before.as_bytes() {
            let why = format!("`{}` has changed since it was read", file.name);
            let diagnostic = Diagnostic::error("cannot-write", why).help("decide it again");
            return Err(told(Problems::one(diagnostic)));
        }
    }
    let folder = write::folder(target.parent().unwrap_or(Path::new("."))).map_err(refused)?;
    let mut files = vec![(target.as_path(), adr.text.as_str())];
    files.extend(adr.files.iter().map(|it| (Path::new(it.name.as_str()), it.after.as_str())));
    write::all(&files).map_err(refused)?;
    folder.keep();
    let mut mends = vec![format!("{}, recorded as {}", target.display(), adr.name)];
    if !adr.assumed.is_empty() {
        let assumed = adr.assumed.join(", ");
        mends.push(format!("proposed, not accepted: it rests on what is assumed ({assumed})"));
    }
    let fix = Fix { mends, files: adr.files.clone() };
    tell(args, &text::fix::fix(&fix, io::wants_color(color, stream(args))))
}

/// Where it is told what was written: below the answer, if that is for people.
fn stream(args: &DecideArgs) -> Stream {
    let beside = args.format == Format::Text && args.output.is_none();
    if beside { Stream::Output } else { Stream::Error }
}

fn tell(args: &DecideArgs, page: &str) -> Result<(), Failure> {
    match stream(args) {
        Stream::Output => io::print(page),
        Stream::Error => {
            io::complain(page);
            Ok(())
        }
    }
}

fn several(inquiries: &[Inquiry]) -> Problems {
    let names: Vec<String> =
        inquiries.iter().filter_map(|it| Some(format!("`{}`", it.subject()?))).collect();
    let message = "one decision is recorded at a time, and this one arises at several parts";
    let diagnostic = Diagnostic::error("usage", message);
    Problems::one(diagnostic.expected(format!("`--about` with one of {}", names.join(", "))))
}
