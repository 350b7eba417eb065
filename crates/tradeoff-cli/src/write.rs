//! Writes files whole or not at all: beside them first, then in their places.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tradeoff::{Diagnostic, Problems};

use crate::interrupt::Held;

/// What to do where an answer cannot be written.
const OTHER: &str = "choose another --output";

/// Writes the answer to a file.
pub(crate) fn output(path: &Path, text: &str) -> Result<(), Problems> {
    all(&[(path, text)]).map_err(|refused| refused.told(OTHER))
}

/// Refuses an output file that is one of the files that are read, or that cannot be written.
pub(crate) fn possible_output(path: &Path, inputs: &[PathBuf]) -> Result<(), Problems> {
    not_an_input(path, inputs)?;
    possible(path).map_err(|refused| refused.told(OTHER))
}

/// Refuses an output file that is one of the files that are read.
pub(crate) fn not_an_input(path: &Path, inputs: &[PathBuf]) -> Result<(), Problems> {
    let Ok(target) = path.canonicalize() else { return Ok(()) };
    if inputs.iter().any(|it| it.canonicalize().is_ok_and(|it| it == target)) {
        let why = "the answer would overwrite what it is about";
        return Err(Refused::new(path, why.into()).told(OTHER));
    }
    Ok(())
}

/// Refuses a file that cannot be written, before anything takes time. It leaves nothing behind.
pub(crate) fn possible(path: &Path) -> Result<(), Refused> {
    let _held = Held::new();
    let part = Part::new(path)?;
    part.fill("").map_err(|error| Refused::new(path, told(&error)))
}

/// A file that cannot be written, and why.
#[derive(Debug)]
pub(crate) struct Refused {
    path: PathBuf,
    why: String,
}

impl Refused {
    fn new(path: &Path, why: String) -> Self {
        Self { path: path.to_owned(), why }
    }

    /// The complaint, with what to do.
    pub(crate) fn told(&self, help: &str) -> Problems {
        let message = format!("cannot write `{}`: {}", self.path.display(), self.why);
        Problems::one(Diagnostic::error("cannot-write", message).help(help))
    }
}

/// Makes a folder, and those around it.
pub(crate) fn folder(path: &Path) -> Result<Folder, Refused> {
    let missing = path.ancestors().take_while(|it| !it.as_os_str().is_empty() && !it.exists());
    let made = Folder { made: missing.map(Path::to_owned).collect() };
    fs::create_dir_all(path).map_err(|error| Refused::new(path, told(&error)))?;
    Ok(made)
}

/// A folder that was made for what is to come into it: it goes again unless it is kept.
#[derive(Debug)]
pub(crate) struct Folder {
    /// The folders that were not there, the innermost first.
    made: Vec<PathBuf>,
}

impl Folder {
    /// What was to come has come.
    pub(crate) fn keep(mut self) {
        self.made.clear();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        for folder in &self.made {
            // Whatever somebody else has put into it stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Writes all of these files or, as far as the system lets one, none. Links are followed, and a
/// file that is there keeps its mode.
pub(crate) fn all(files: &[(&Path, &str)]) -> Result<(), Refused> {
    let _held = Held::new();
    let mut parts: Vec<Part> = Vec::new();
    for (path, text) in files {
        let part = Part::new(path)?;
        parts.push(part);
        parts[parts.len() - 1].fill(text).map_err(|error| Refused::new(path, told(&error)))?;
    }
    place(&mut parts)
}

/// Brings files to their places; if one cannot come, those that have come go back.
fn place(parts: &mut [Part]) -> Result<(), Refused> {
    // One alone comes or does not.
    let before: Vec<_> =
        if parts.len() > 1 { parts.iter().map(Part::before).collect() } else { Vec::new() };
    for nth in 0..parts.len() {
        let part = &mut parts[nth];
        if let Err(error) = fs::rename(&part.beside, &part.target) {
            let refused = Refused::new(&part.named, told(&error));
            for (part, before) in parts[..nth].iter().zip(&before) {
                part.undo(before.as_deref());
            }
            return Err(refused);
        }
        part.done = true;
    }
    Ok(())
}

/// Keeps another run of the product from writing a file in the meantime; `None` where the system
/// has no locks.
pub(crate) fn lock(path: &Path) -> Result<Option<File>, Refused> {
    let file = File::open(path).map_err(|error| Refused::new(path, told(&error)))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {
            Err(Refused::new(path, "another run is writing it: try again".into()))
        }
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// A new file, which must not be there.
pub(crate) fn new(path: &Path, text: &str) -> io::Result<()> {
    let _held = Held::new();
    let mut file = File::create_new(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(path);
    }
    written
}

fn told(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full".into(),
        _ => error.to_string(),
    }
}

/// A file's new text on its way; it is gone unless it has come to its place.
struct Part {
    /// As it was asked for.
    named: PathBuf,
    beside: PathBuf,
    target: PathBuf,
    mode: Option<Permissions>,
    done: bool,
}

impl Part {
    fn new(path: &Path) -> Result<Self, Refused> {
        let refused = |why: &str| Refused::new(path, why.into());
        let link = path.symlink_metadata().is_ok_and(|it| it.is_symlink());
        let target = match path.canonicalize() {
            Ok(target) => target,
            Err(_) if link => return Err(refused("it is a link to nothing")),
            Err(_) => path.to_owned(),
        };
        let there = target.metadata().ok();
        if there.as_ref().is_some_and(|it| !it.is_file()) {
            return Err(refused("it is there and is not a regular file"));
        }
        let mode = there.map(|it| it.permissions());
        if mode.as_ref().is_some_and(Permissions::readonly) {
            return Err(refused("it is read-only"));
        }
        let name = target.file_name().ok_or_else(|| refused("it has no name"))?;
        let mut hidden = OsStr::new(".").to_owned();
        hidden.push(name);
        hidden.push(format!(".{}.part", std::process::id()));
        let beside = target.with_file_name(hidden);
        Ok(Self { named: path.to_owned(), beside, target, mode, done: false })
    }

    /// What stands in its place until it comes.
    fn before(&self) -> Option<Vec<u8>> {
        fs::read(&self.target).ok()
    }

    /// Puts back what stood in its place, as far as the system lets one.
    fn undo(&self, before: Option<&[u8]>) {
        let Some(before) = before else {
            let _ = fs::remove_file(&self.target);
            return;
        };
        let back = self.fill(before).and_then(|()| fs::rename(&self.beside, &self.target));
        if back.is_err() {
            let _ = fs::remove_file(&self.beside);
        }
    }

    fn fill(&self, text: impl AsRef<[u8]>) -> io::Result<()> {
        let mut file = File::create_new(&self.beside)?;
        if let Some(mode) = &self.mode {
            file.set_permissions(mode.clone())?;
        }
        file.write_all(text.as_ref())?;
        file.sync_all()
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.beside);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Part, place};

    /// A file that cannot come to its place takes back those that have.
    #[test]
    fn all_or_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        super::new(&at("was"), "old").expect("a file");
        let mut parts: Vec<Part> = ["was", "new", "taken"]
            .map(|it| {
                let part = Part::new(&at(it)).expect("a place");
                part.fill("changed").expect("room");
                part
            })
            .into();
        // In the meantime something stands in the place of the last.
        fs::create_dir_all(at("taken/by")).expect("a folder");
        assert!(place(&mut parts).is_err());
        drop(parts);
        assert_eq!(fs::metadata(at("was")).expect("the file").len(), 3);
        let mut names: Vec<_> = fs::read_dir(folder.path())
            .expect("the folder")
            .map(|it| it.expect("an entry").file_name())
            .collect();
        names.sort();
        assert_eq!(names, ["taken", "was"]);
    }
}
