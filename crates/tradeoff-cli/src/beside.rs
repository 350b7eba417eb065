//! Files below the folder of an architecture: samples that it names, fragments that it includes.

use std::cell::RefCell;
use std::fs;
use std::path::{Component, Path, PathBuf};

use glob::{MatchOptions, Pattern};
use tradeoff::{Files, SourceFile};

use crate::io;

/// Most entries of folders that a pattern looks at.
const MAX_ENTRIES: usize = 100_000;
/// Most folders inside each other that a pattern enters.
const MAX_FOLDERS: usize = 32;

/// Files beside an architecture, which it names; none outside its folder.
#[derive(Debug)]
pub(crate) struct Beside {
    folder: PathBuf,
    seen: RefCell<Vec<PathBuf>>,
}

impl Beside {
    /// The files beside `path`, or in it if it is a folder.
    pub(crate) fn new(path: &Path) -> Self {
        let folder = if path.is_dir() { Some(path) } else { path.parent() };
        Self { folder: folder.unwrap_or(Path::new("")).to_owned(), seen: RefCell::default() }
    }

    /// The files that were read.
    pub(crate) fn seen(&self) -> Vec<PathBuf> {
        self.seen.borrow().clone()
    }

    /// Where a file is, unless it is outside: by its path, or by a link on the way.
    pub(crate) fn inside(&self, path: &str) -> Result<PathBuf, String> {
        let normal = |it: Component<'_>| matches!(it, Component::Normal(_) | Component::CurDir);
        if !Path::new(path).components().all(normal) {
            return Err("it must stand beside the architecture".into());
        }
        let here = self.folder.as_os_str().is_empty();
        let folder = if here { Path::new(".") } else { &self.folder };
        let found = folder.join(path);
        // What is to be made stands where the folder around it does. What cannot be resolved is
        // told by whoever opens it.
        let there = found.ancestors().find(|it| it.symlink_metadata().is_ok()).unwrap_or(&found);
        match (there.canonicalize(), folder.canonicalize()) {
            (Ok(there), Ok(folder)) if !there.starts_with(&folder) => {
                Err("it is a link that leads out of the architecture's folder".into())
            }
            _ => Ok(found),
        }
    }
}

impl Files for Beside {
    fn read(&self, path: &str) -> Result<String, String> {
        let found = self.inside(path)?;
        let bytes = io::bytes(&found).map_err(|it| it.message)?;
        self.seen.borrow_mut().push(found);
        let file = SourceFile::from_bytes(path, bytes).map_err(|it| it.diagnostic.message)?;
        Ok(file.text)
    }

    fn list(&self, pattern: &str) -> Result<Vec<String>, String> {
        let pattern = Pattern::new(pattern).map_err(|error| error.msg.to_owned())?;
        let text = pattern.as_str();
        // Nothing that is written out needs a search.
        let special = text.find(['*', '?', '[']).unwrap_or(text.len());
        let start = text[..special].rsplit_once('/').map_or("", |it| it.0);
        let rest = text[start.len()..].trim_start_matches('/');
        let deepest = if rest.contains("**") { MAX_FOLDERS } else { rest.matches('/').count() };
        let mut walk = Walk { pattern: &pattern, found: Vec::new(), entries: 0 };
        walk.folder(&self.inside(start)?, start, deepest)?;
        walk.found.sort();
        Ok(walk.found)
    }

    fn name(&self, path: &str) -> String {
        self.folder.join(path).display().to_string()
    }
}

/// One search for the files of a pattern.
struct Walk<'a> {
    pattern: &'a Pattern,
    found: Vec<String>,
    entries: usize,
}

impl Walk<'_> {
    /// Looks into a folder and into those in it, `deeper` levels of them. Links to folders are not
    /// followed: they could lead in a circle.
    fn folder(&mut self, folder: &Path, path: &str, deeper: usize) -> Result<(), String> {
        const OPTIONS: MatchOptions = MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: true,
        };
        if !folder.is_dir() {
            return Ok(());
        }
        let told = |error: std::io::Error| format!("`{}`: {error}", folder.display());
        for entry in fs::read_dir(folder).map_err(told)? {
            let entry = entry.map_err(told)?;
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                return Err(format!("it looks at more than {MAX_ENTRIES} files and folders"));
            }
            let Ok(name) = entry.file_name().into_string() else { continue };
            let here = if path.is_empty() { name } else { format!("{path}/{name}") };
            let file = entry.path();
            if io::is_yaml(&file) && self.pattern.matches_with(&here, OPTIONS) {
                self.found.push(here);
            } else if deeper > 0 && entry.file_type().is_ok_and(|it| it.is_dir()) {
                self.folder(&file, &here, deeper - 1)?;
            }
        }
        Ok(())
    }
}
