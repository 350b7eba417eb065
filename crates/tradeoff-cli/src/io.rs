//! All that touches the outside: files, the environment, standard output and error.

use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tradeoff::decide::MAX_DATA_BYTES;
use tradeoff::{Date, Diagnostic, MAX_ALL_BYTES, MAX_BYTES, MAX_FILES, Problems, SourceFile};

use crate::args::Color;
use crate::failure::Failure;
use crate::text::Look;

/// Today, in UTC.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the calendar")]
pub(crate) fn today() -> Option<Date> {
    const DAY: u64 = 86_400;
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Date::from_days(since.as_secs() / DAY)
}

/// Where text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    Output,
    Error,
}

/// Whether text that goes there is colored.
pub(crate) fn wants_color(color: Color, stream: Stream) -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|it| !it.is_empty());
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let terminal = match stream {
                Stream::Output => io::stdout().is_terminal(),
                Stream::Error => io::stderr().is_terminal(),
            };
            let dumb = std::env::var_os("TERM").is_some_and(|it| it == "dumb");
            terminal && !dumb && !set("NO_COLOR")
        }
    }
}

/// How text on standard output is to look.
pub(crate) fn look(color: Color) -> Look {
    look_at(color, Stream::Output)
}

/// How text that goes there is to look.
pub(crate) fn look_at(color: Color, stream: Stream) -> Look {
    let columns = match stream {
        Stream::Output => terminal_size::terminal_size_of(io::stdout()),
        Stream::Error => terminal_size::terminal_size_of(io::stderr()),
    };
    let default = Look::default();
    Look {
        color: wants_color(color, stream),
        columns: columns.map_or(default.columns, |(columns, _)| columns.0.into()),
        unicode: unicode(&|name| std::env::var_os(name)),
    }
}

/// Whether what reads the output knows more than ASCII: unless its terminal is dumb, or its locale
/// names another encoding. No locale at all says nothing.
fn unicode(variable: &dyn Fn(&str) -> Option<OsString>) -> bool {
    let dumb = variable("TERM").is_some_and(|it| it == "dumb");
    let mut locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(variable);
    let locale = locale.find(|it| !it.is_empty());
    let knows = locale.is_none_or(|it| {
        let it = it.to_string_lossy().to_lowercase();
        it.contains("utf-8") || it.contains("utf8")
    });
    knows && !dumb
}

/// Prints to standard output. A reader that has seen enough is no error.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut output = io::stdout().lock();
    let done = output.write_all(text.as_bytes()).and_then(|()| output.flush());
    match done {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Unwritten(error)),
        _ => Ok(()),
    }
}

/// Prints to standard error; who does not read it cannot be told.
pub(crate) fn complain(text: &str) {
    let mut output = io::stderr().lock();
    let _ = output.write_all(text.as_bytes()).and_then(|()| output.flush());
}

/// Whether somebody can be asked.
pub(crate) fn asks() -> bool {
    io::stdin().is_terminal()
}

/// The next line of standard input; `None` at its end, or if it cannot be read.
pub(crate) fn line() -> Option<String> {
    const LONGEST: u64 = 4096;
    let mut bytes = Vec::new();
    // What never ends is no answer.
    io::stdin().lock().take(LONGEST).read_until(b'\n', &mut bytes).ok().filter(|it| *it > 0)?;
    Some(String::from_utf8_lossy(&bytes).trim().to_owned())
}

/// Reads the files of an architecture: one file, or a folder's YAML files by name.
pub(crate) fn read(path: &Path) -> Result<Vec<SourceFile>, Problems> {
    let mut problems = Problems::default();
    let mut files = Vec::new();
    let mut all = 0;
    for path in listed(path)? {
        match bytes(&path) {
            Ok(bytes) => {
                all += bytes.len();
                match SourceFile::from_bytes(name(&path), bytes) {
                    Ok(file) => files.push(file),
                    Err(broken) => problems.push_in(broken.file, broken.diagnostic),
                }
            }
            Err(diagnostic) => problems.push(*diagnostic),
        }
        if all > MAX_ALL_BYTES {
            let most = MAX_ALL_BYTES >> 20;
            let message = format!("the files hold more than {most} MiB");
            let diagnostic = Diagnostic::error("too-large", message);
            problems.push(diagnostic.expected(format!("at most {most} MiB in all files")));
            break;
        }
    }
    if problems.is_empty() { Ok(files) } else { Err(problems) }
}

/// The files to read.
fn listed(path: &Path) -> Result<Vec<PathBuf>, Problems> {
    let found =
        metadata(path, "a YAML file, or a folder of them").map_err(|it| Problems::one(*it))?;
    if !found.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).map_err(|error| Problems::one(*unreadable(path, &error)))?;
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Problems::one(*unreadable(path, &error)))?;
        let file = entry.path();
        if is_yaml(&file) {
            files.push(file);
        }
        if files.len() > MAX_FILES {
            let message = format!("`{}` holds more than {MAX_FILES} YAML files", path.display());
            let diagnostic = Diagnostic::error("too-many-files", message)
                .expected(format!("at most {MAX_FILES} files in a folder"));
            return Err(Problems::one(diagnostic));
        }
    }
    if files.is_empty() {
        let message = format!("there is no YAML in the folder `{}`", path.display());
        let diagnostic = Diagnostic::error("no-yaml", message)
            .expected("at least one *.yaml or *.yml in the folder; folders in it are not read")
            .help(match below(path) {
                Some(found) => format!("name one folder: there is YAML in {found}"),
                None => "name the file or the folder that holds the architecture".into(),
            });
        return Err(Problems::one(diagnostic));
    }
    files.sort();
    Ok(files)
}

pub(crate) fn is_yaml(file: &Path) -> bool {
    file.extension().is_some_and(|it| it == "yaml" || it == "yml") && !file.is_dir()
}

/// The first folders of a folder that hold YAML: `a`, `b` and 2 more.
fn below(path: &Path) -> Option<String> {
    const SHOWN: usize = 5;
    let inside = |folder: &Path| fs::read_dir(folder).into_iter().flatten().take(MAX_FILES);
    let holds = |folder: &PathBuf| inside(folder).flatten().any(|it| is_yaml(&it.path()));
    let mut found: Vec<PathBuf> =
        inside(path).flatten().map(|it| it.path()).filter(|it| it.is_dir()).filter(holds).collect();
    found.sort();
    let names: Vec<String> =
        found.iter().take(SHOWN).map(|it| format!("`{}`", it.display())).collect();
    let more = match found.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!names.is_empty()).then(|| names.join(", ") + &more)
}

/// The names in a folder; none if it is not there.
pub(crate) fn names(folder: &Path) -> Result<Vec<String>, Problems> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Problems::one(*unreadable(folder, &error))),
    };
    Ok(entries.filter_map(|it| it.ok()?.file_name().into_string().ok()).collect())
}

fn metadata(path: &Path, what: &str) -> Result<Metadata, Box<Diagnostic>> {
    path.metadata().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let message = format!("there is no file `{}`", path.display());
            let diagnostic = Diagnostic::error("missing-file", message).expected(what);
            Box::new(match neighbor(path) {
                Some(near) => diagnostic.nearest(near),
                None => diagnostic,
            })
        }
        _ => unreadable(path, &error),
    })
}

/// The file beside a missing one that was probably meant.
fn neighbor(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let beside = fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?;
    let names: Vec<String> = beside
        .take(MAX_FILES)
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    // An ending that all share makes no two names alike.
    let stem = |name: &str| name.rsplit_once('.').map_or(name.len(), |it| it.0.len());
    let wanted = path.file_name()?.to_str()?;
    let stems = names.iter().map(|it| &it[..stem(it)]);
    let near = tradeoff::nearest(&wanted[..stem(wanted)], stems)?;
    let near = names.iter().find(|it| it[..stem(it)] == *near)?;
    Some(folder.map_or_else(|| near.into(), |it| it.join(near).display().to_string()))
}

fn unreadable(path: &Path, error: &io::Error) -> Box<Diagnostic> {
    let message = format!("cannot read `{}`: {error}", path.display());
    Box::new(Diagnostic::error("unreadable", message).expected("a file that can be read"))
}

/// The bytes of a regular file that is not too large for an architecture.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Box<Diagnostic>> {
    bounded(path, MAX_BYTES, "a YAML file, or a folder of them")
}

/// The bytes of a file of data.
pub(crate) fn data(path: &Path) -> Result<Vec<u8>, Box<Diagnostic>> {
    bounded(path, MAX_DATA_BYTES, "a CSV or Parquet file")
}

fn bounded(path: &Path, most: usize, what: &str) -> Result<Vec<u8>, Box<Diagnostic>> {
    let found = metadata(path, what)?;
    if !found.is_file() {
        // Reading a pipe or a device could wait for ever.
        let message = format!("`{}` is not a regular file", path.display());
        return Err(Box::new(Diagnostic::error("not-a-file", message).expected(what)));
    }
    let large = || {
        let message = format!("`{}` is larger than {} MiB", path.display(), most >> 20);
        let expected = format!("at most {} MiB in a file", most >> 20);
        Box::new(Diagnostic::error("too-large", message).expected(expected))
    };
    if found.len() > most as u64 {
        return Err(large());
    }
    let mut bytes = Vec::new();
    // The file may have grown since it was looked at.
    File::open(path)
        .and_then(|file| file.take(most as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(path, &error))?;
    if bytes.len() > most { Err(large()) } else { Ok(bytes) }
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::unicode;

    #[test]
    fn the_locale_and_the_terminal_say_whether_more_than_ascii_is_known() {
        let with = |set: &[(&str, &str)]| {
            unicode(&|name| set.iter().find(|it| it.0 == name).map(|it| it.1.into()))
        };
        assert!(with(&[]));
        assert!(with(&[("LANG", "en_US.UTF-8"), ("TERM", "xterm")]));
        assert!(with(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8"), ("LANG", "C")]));
        assert!(!with(&[("LANG", "de_DE.ISO-8859-1")]));
        assert!(!with(&[("LC_ALL", "POSIX"), ("LANG", "en_US.UTF-8")]));
        assert!(!with(&[("LANG", "en_US.UTF-8"), ("TERM", "dumb")]));
    }
}
