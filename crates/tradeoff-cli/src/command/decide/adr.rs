//! `--adr`: a decision becomes a file, and part of the architecture; both or neither.

use std::path::{Path, PathBuf};

use tradeoff::decide::{self, Adr, Inquiry};
use tradeoff::fix::Fix;
use tradeoff::{Design, Diagnostic, Files as _, Problems};

use crate::args::{Color, DecideArgs, Format};
use crate::beside::Beside;
use crate::failure::Failure;
use crate::io::{self, Stream};
use crate::{text, write};

/// What to do where a file cannot be written.
const MEND: &str = "nothing was written; mend this first";

/// What would be written.
pub(super) fn make(
    args: &DecideArgs,
    path: &Path,
    design: &Design,
    inquiries: &[Inquiry],
) -> Result<Adr, Problems> {
    let [inquiry] = inquiries else { return Err(several(inquiries)) };
    let beside = Beside::new(path);
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
    Ok(adr)
}

/// Writes the file and the architecture, and says what it wrote.
pub(super) fn write(
    adr: &Adr,
    args: &DecideArgs,
    path: &Path,
    color: Color,
) -> Result<(), Failure> {
    let told = |problems| Failure::Input(Box::new(problems), args.format, color);
    let target = PathBuf::from(Beside::new(path).name(&adr.path));
    for file in &adr.files {
        let now = io::bytes(Path::new(&file.name)).map_err(|it| told(Problems::one(*it)))?;
        if now != file.before.as_bytes() {
            let why = format!("`{}` has changed since it was read", file.name);
            let diagnostic = Diagnostic::error("cannot-write", why).help("decide it again");
            return Err(told(Problems::one(diagnostic)));
        }
    }
    let refused = |it: write::Refused| told(it.told(MEND));
    write::folder(target.parent().unwrap_or(Path::new("."))).map_err(refused)?;
    let mut files = vec![(target.as_path(), adr.text.as_str())];
    files.extend(adr.files.iter().map(|it| (Path::new(it.name.as_str()), it.after.as_str())));
    write::all(&files).map_err(refused)?;
    let beside = args.format == Format::Text && args.output.is_none();
    let stream = if beside { Stream::Output } else { Stream::Error };
    let mut mends = vec![format!("{}, recorded as {}", target.display(), adr.name)];
    if !adr.assumed.is_empty() {
        let assumed = adr.assumed.join(", ");
        mends.push(format!("proposed, not accepted: it rests on what is assumed ({assumed})"));
    }
    let fix = Fix { mends, files: adr.files.clone() };
    let page = text::fix::fix(&fix, io::wants_color(color, stream));
    match stream {
        Stream::Output => io::print(&page),
        Stream::Error => {
            io::complain(&page);
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
