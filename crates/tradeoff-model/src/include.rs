//! `include: [services/*.yaml]`: fragments that a file names, and those that they name in turn.

use std::collections::BTreeMap;

use tradeoff_diag::{Diagnostic, SourceFile, Sources, Span};

use crate::lower::{Files, NoFiles};
use crate::nearest::nearest;
use crate::report::Report;
use crate::tree::{self, MAX_BYTES, MAX_NODES, Node, Value, shorten};

/// Most files of an architecture.
pub const MAX_FILES: usize = 1_000;
/// Most bytes of all files of an architecture.
pub const MAX_ALL_BYTES: usize = 4 * MAX_BYTES;
/// How deep includes may nest: a file that is not included has depth 0.
pub const MAX_INCLUDES: usize = 8;

/// All files of an architecture, those that are included behind the others.
pub(crate) struct Loaded {
    pub(crate) sources: Sources,
    /// One for each file; `None`: it cannot be read to its end.
    pub(crate) trees: Vec<Option<Node>>,
    /// Whether something that is included could not be read.
    pub(crate) cut: bool,
}

/// Parses files and reads what they include, each file once; without a reader these are all files.
pub(crate) fn load(
    roots: Vec<SourceFile>,
    reader: Option<&dyn Files>,
    report: &mut Report,
) -> Loaded {
    let files = reader.unwrap_or(&NoFiles);
    let paths: Vec<String> = roots.iter().map(|it| last_part(&it.name).to_owned()).collect();
    let mut loader = Loader {
        files,
        report,
        sources: Sources::default(),
        trees: Vec::new(),
        known: BTreeMap::new(),
        nodes: 0,
        bytes: 0,
        full: false,
        cut: false,
    };
    let mut wanted = Vec::new();
    for (path, file) in paths.iter().zip(roots) {
        let (number, includes) = loader.parse(file);
        loader.known.insert(path.clone(), State::Waiting(includes));
        debug_assert_eq!(number as usize, wanted.len());
        wanted.push(path);
    }
    for path in wanted.into_iter().filter(|_| reader.is_some()) {
        loader.follow(path, &mut Vec::new());
    }
    Loaded { sources: loader.sources, trees: loader.trees, cut: loader.cut }
}

/// Where a file is on the way through the includes.
enum State {
    /// It is parsed; these patterns of it are not followed yet.
    Waiting(Vec<Node>),
    /// It is being followed.
    Open,
    /// It is read with all that it includes.
    Done,
}

struct Loader<'a> {
    files: &'a dyn Files,
    report: &'a mut Report,
    sources: Sources,
    trees: Vec<Option<Node>>,
    /// Files by their paths.
    known: BTreeMap<String, State>,
    nodes: usize,
    bytes: usize,
    /// A bound is reached: nothing more is read.
    full: bool,
    cut: bool,
}

impl Loader<'_> {
    /// Parses a file and takes its `include` out: what is left says what the architecture is.
    fn parse(&mut self, file: SourceFile) -> (u32, Vec<Node>) {
        self.bytes += file.text.len();
        let number = self.sources.add(file);
        let text = self.sources.file(number).map_or("", |it| &it.text);
        let mut tree = None;
        if !self.full {
            tree = tree::parse(number, text, &mut self.nodes, self.report);
            self.full = self.nodes > MAX_NODES;
        }
        let mut includes = Vec::new();
        if let Some(Value::Map(entries)) = tree.as_mut().map(|it| &mut it.value)
            && let Some(at) = entries.iter().position(|it| it.key == "include")
        {
            let entry = entries.remove(at);
            match entry.node.value {
                Value::Null => {}
                Value::Seq(items) => includes = items,
                _ => self.complain(
                    Diagnostic::error("wrong-type", "`include` is a list")
                        .label(entry.place(), "this value")
                        .expected("a list of paths such as `[services/*.yaml]`"),
                ),
            }
        }
        self.trees.push(tree);
        (number, includes)
    }

    /// Something that is included is missing.
    fn complain(&mut self, diagnostic: Diagnostic) {
        self.cut = true;
        self.report.push(diagnostic);
    }

    /// Reads what a file includes; `chain` leads to it.
    fn follow(&mut self, path: &str, chain: &mut Vec<String>) {
        let Some(state) = self.known.get_mut(path) else { return };
        let State::Waiting(includes) = std::mem::replace(state, State::Open) else {
            *state = State::Done;
            return;
        };
        chain.push(path.into());
        for item in includes {
            self.include(&item, path, chain);
        }
        chain.pop();
        self.known.insert(path.into(), State::Done);
    }

    fn include(&mut self, item: &Node, from: &str, chain: &mut Vec<String>) {
        let Some(text) = item.text() else {
            let message = format!("{} is not a path", item.describe());
            self.complain(
                Diagnostic::error("wrong-type", message)
                    .label(item.span, "this item")
                    .expected("a path such as `services/*.yaml`"),
            );
            return;
        };
        let Some(pattern) = below(from, text) else {
            let message = format!("`{}` leads out of the architecture's folder", shorten(text));
            self.complain(
                Diagnostic::error("bad-include", message)
                    .label(item.span, "this path")
                    .expected("a relative path to files beside or below the architecture"),
            );
            return;
        };
        if chain.len() > MAX_INCLUDES {
            let message = format!("includes nest more than {MAX_INCLUDES} deep");
            self.complain(
                Diagnostic::error("include-too-deep", message)
                    .label(item.span, "one level too many")
                    .expected(format!("at most {MAX_INCLUDES} levels")),
            );
            return;
        }
        match self.files.list(&pattern) {
            Ok(found) if found.is_empty() => self.nothing(&pattern, text, item.span),
            Ok(found) => {
                for path in found {
                    self.take(path, item.span, chain);
                }
            }
            Err(why) => self.complain(
                Diagnostic::error(
                    "bad-include",
                    format!("cannot include `{}`: {why}", shorten(text)),
                )
                .label(item.span, "this path")
                .expected("a path such as `services/*.yaml`"),
            ),
        }
    }

    /// Reads a file, unless it is read already.
    fn take(&mut self, path: String, span: Span, chain: &mut Vec<String>) {
        match self.known.get(&path) {
            Some(State::Done) => return,
            Some(State::Waiting(_)) => {}
            Some(State::Open) => {
                let from = chain.iter().position(|it| *it == path).unwrap_or(0);
                let way: Vec<String> =
                    chain[from..].iter().chain([&path]).map(|it| format!("`{it}`")).collect();
                let message = format!("a file includes itself: {}", way.join(" includes "));
                self.complain(
                    Diagnostic::error("include-cycle", message)
                        .label(span, "leads back here")
                        .help("name the fragments, or put them into a folder of their own"),
                );
                return;
            }
            None => {
                if self.full {
                    return;
                }
                let Some(file) = self.read(&path, span) else { return };
                let (_, includes) = self.parse(file);
                self.known.insert(path.clone(), State::Waiting(includes));
            }
        }
        self.follow(&path, chain);
    }

    fn read(&mut self, path: &str, span: Span) -> Option<SourceFile> {
        let text = match self.files.read(path) {
            Ok(text) => text,
            Err(why) => {
                self.complain(
                    Diagnostic::error("unreadable", format!("cannot include `{path}`: {why}"))
                        .label(span, "included here")
                        .expected("a file that can be read"),
                );
                return None;
            }
        };
        let beyond = if self.trees.len() >= MAX_FILES {
            format!("the architecture has more than {MAX_FILES} files")
        } else if self.bytes + text.len() > MAX_ALL_BYTES {
            format!("the files hold more than {} MiB", MAX_ALL_BYTES >> 20)
        } else {
            return Some(SourceFile::new(self.files.name(path), text));
        };
        self.full = true;
        self.complain(
            Diagnostic::error("too-many-files", beyond)
                .label(span, "goes beyond the bound")
                .expected(format!(
                    "at most {MAX_FILES} files of {} MiB in all",
                    MAX_ALL_BYTES >> 20
                )),
        );
        None
    }

    /// The complaint about a pattern that no file fits, with the file that was probably meant.
    fn nothing(&mut self, pattern: &str, text: &str, span: Span) {
        let diagnostic =
            Diagnostic::error("no-match", format!("no YAML file is `{}`", shorten(text)))
                .label(span, "fits no file")
                .expected("a path from this file's folder that fits a *.yaml or *.yml");
        let folder = pattern.rsplit_once('/').map_or("", |it| it.0);
        let beside = if folder.is_empty() { "*".into() } else { format!("{folder}/*") };
        let names = self.files.list(&beside).unwrap_or_default();
        // As it would be written: the part that is wrong is the last one.
        let start = text.rsplit_once('/').map_or(String::new(), |it| format!("{}/", it.0));
        let near = nearest(last_part(pattern), names.iter().map(|it| last_part(it)));
        self.complain(match near {
            Some(near) => diagnostic.nearest(start + near),
            None => diagnostic,
        });
    }
}

/// A path that a file names, from the architecture's folder; `None` if it leads out of it.
fn below(from: &str, path: &str) -> Option<String> {
    let drive = path.as_bytes().get(1) == Some(&b':');
    if path.is_empty() || path.starts_with('/') || path.contains('\\') || drive {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn paths_stay_below_the_folder() {
        let from = |file, path| below(file, path);
        assert_eq!(from("a.yaml", "services/*.yaml").as_deref(), Some("services/*.yaml"));
        assert_eq!(from("services/a.yaml", "../shared/./x.yaml").as_deref(), Some("shared/x.yaml"));
        for path in ["../x.yaml", "/etc/x.yaml", "a/../../x.yaml", "", ".", "C:\\x.yaml"] {
            assert_eq!(from("a.yaml", path), None, "{path}");
        }
    }
}
