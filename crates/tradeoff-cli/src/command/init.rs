//! `tradeoff init`: a first architecture that holds, to be changed into one's own.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tradeoff::{Design, Diagnostic, NoFiles, Problems, SourceFile};

use crate::args::{Color, Format, InitArgs};
use crate::failure::Failure;
use crate::{io, write};

const TEMPLATE: &str = include_str!("init/architecture.yaml");
/// The name in the template.
const NAME: &str = "my-system";

pub(super) fn run(args: &InitArgs, color: Color) -> Result<ExitCode, Failure> {
    let failed = |problems| Failure::Input(Box::new(problems), Format::Text, color);
    if args.name.as_ref().is_some_and(|it| it.trim().is_empty()) {
        return Err(failed(no_name()));
    }
    let path = target(&args.path);
    let name = args.name.clone().or_else(|| folder_name(&path));
    let text = named(name.as_deref().unwrap_or(NAME)).map_err(failed)?;
    write::new(&path, &text).map_err(|error| failed(refused(&path, &error)))?;
    let shown = path.display();
    let check = format!("tradeoff check {shown}");
    let review = format!("tradeoff review {shown}");
    let width = review.chars().count();
    io::print(&format!(
        "wrote {shown}: two services, a database, a promise and two scenarios; all of it holds\n\n\
         Next:\n  \
         {check:width$}   what do the rules say?\n  \
         {review:width$}   what breaks, why, and what is the least that mends it?\n  \
         {:width$}   what do the rules and the words mean?\n",
        "tradeoff explain",
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// The file to write: in a folder one of the usual name.
fn target(path: &Path) -> PathBuf {
    let folder = path.is_dir() || path.as_os_str().to_string_lossy().ends_with('/');
    match folder {
        true if path == Path::new(".") => "architecture.yaml".into(),
        true => path.join("architecture.yaml"),
        false => path.to_owned(),
    }
}

/// The name of the folder that a file stands in.
fn folder_name(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
    folder.file_name()?.to_str().map(Into::into)
}

/// The template under another name.
fn named(name: &str) -> Result<String, Problems> {
    let template = SourceFile::new("architecture.yaml", TEMPLATE);
    let design = Design::load(vec![template], &NoFiles)?;
    design.renamed(name)
}

fn no_name() -> Problems {
    Problems::one(
        Diagnostic::error("usage", "`--name` is empty")
            .expected("what the architecture is called, such as `--name shop`")
            .help("left out, it is called as its folder is"),
    )
}

fn refused(path: &Path, error: &std::io::Error) -> Problems {
    let shown = path.display();
    let diagnostic = match error.kind() {
        ErrorKind::AlreadyExists => {
            Diagnostic::error("cannot-write", format!("`{shown}` is there already"))
                .help("name another file, or remove this one first")
        }
        ErrorKind::NotFound => {
            Diagnostic::error("cannot-write", format!("there is no folder for `{shown}`"))
                .help("make the folder first")
        }
        _ => Diagnostic::error("cannot-write", format!("cannot write `{shown}`: {error}")),
    };
    Problems::one(diagnostic)
}
