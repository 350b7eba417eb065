//! What the built binary answers.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::{Command as Process, Output, Stdio},
};

use tempfile::TempDir;

use crate::{book::Page, commands::Command};

/// Runs commands, each once.
#[derive(Debug)]
pub(crate) struct Answers {
    folder: TempDir,
    known: BTreeMap<(String, Command), Answer>,
}

/// What one command answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer(Output);

impl Default for Answers {
    /// A folder with nothing but the examples in it.
    fn default() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
        copy(&examples, &folder.path().join("examples"));
        Self { folder, known: BTreeMap::new() }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a new folder");
    for entry in fs::read_dir(from).expect("a readable folder").flatten() {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(path, target).expect("a copy");
        }
    }
}

impl Answers {
    /// Runs a command beside the architectures of its page: those whose first line names a file
    /// that the command names, and those that one of these includes. Data has its name beside the
    /// word `csv`, for it knows no comments.
    pub(crate) fn ask(&mut self, page: &Page, command: &Command) -> Answer {
        let mut own = String::new();
        let fences = page.fences();
        let files: Vec<_> = fences
            .iter()
            .filter(|it| it.info.starts_with("yaml"))
            .filter_map(|it| Some((it, it.lines.first()?.strip_prefix("# ")?)))
            .filter(|(_, name)| Path::new(name).extension().is_some_and(|it| it == "yaml"))
            .collect();
        let asked = |name: &str| command.words.iter().any(|it| it == name);
        for fence in &fences {
            if let Some(name) = fence.info.strip_prefix("csv ").filter(|it| asked(it)) {
                let text = fence.lines.join("\n") + "\n";
                fs::write(self.folder.path().join(name), text).expect("a new file");
                own.clone_from(&page.name);
            }
        }
        let includes = |line: &&String| line.starts_with("include:");
        let named: String = files
            .iter()
            .filter(|(_, name)| asked(name))
            .flat_map(|(fence, _)| fence.lines.iter().filter(includes).map(String::as_str))
            .collect();
        for (fence, name) in files {
            if asked(name) || named.contains(name) {
                fs::write(self.folder.path().join(name), fence.lines.join("\n") + "\n")
                    .expect("a new file");
                own.clone_from(&page.name);
            }
        }
        let run = || {
            let mut process = Process::new(env!("CARGO_BIN_EXE_tradeoff"));
            process.current_dir(self.folder.path()).args(&command.words).stdin(Stdio::null());
            Answer(process.output().expect("the binary runs"))
        };
        self.known.entry((own, command.clone())).or_insert_with(run).clone()
    }
}

impl Answer {
    /// What it printed, or else what it complained about.
    pub(crate) fn text(&self) -> String {
        let bytes = if self.0.stdout.is_empty() { &self.0.stderr } else { &self.0.stdout };
        String::from_utf8(bytes.clone()).expect("it prints text")
    }

    pub(crate) fn exits(&self, code: i32) -> Result<(), String> {
        let found = self.0.status.code();
        let complaint = || format!("exits with {found:?} instead of {code}\n{}", self.text());
        if found == Some(code) { Ok(()) } else { Err(complaint()) }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text()).expect("it prints JSON")
    }
}

/// Objects whose keys are names of the architecture, not of the format.
const NAMED: [&str; 13] = [
    "blast",
    "connections",
    "edges",
    "endpoints",
    "falls",
    "passed",
    "requests",
    "resources",
    "retries",
    "series",
    "slos",
    "timeouts",
    "traffic",
];

/// All keys of an object that are the format's.
pub(crate) fn keys(value: &serde_json::Value, found: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Array(items) => items.iter().for_each(|it| keys(it, found)),
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                found.insert(key.clone());
                match value {
                    // A course over time has bins beside its names; series of parts are names alone.
                    serde_json::Value::Object(named)
                        if NAMED.contains(&key.as_str()) && !named.contains_key("width") =>
                    {
                        named.values().for_each(|it| keys(it, found));
                    }
                    // What a patch puts in is written in the format of the architecture.
                    _ if map.contains_key("op") => {}
                    _ => keys(value, found),
                }
            }
        }
        _ => {}
    }
}
