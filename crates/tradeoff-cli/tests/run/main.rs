//! Runs the built binary on files of a temporary folder and looks at what comes out.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests write files, and an unwrap is an assertion"
)]

mod analyze;
mod bad_input;
mod bounds;
mod decide;
mod drift;
mod files;
mod fix;
mod help;
mod horizon;
mod init;
mod output;
mod verbs;

use std::fs;
use std::io::{Seek, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// One run of the command. Expectations stand last: the first of them runs it.
#[derive(Debug)]
struct Run {
    folder: TempDir,
    args: Vec<String>,
    environment: Vec<(String, String)>,
    input: Option<String>,
    done: Option<Output>,
}

impl Run {
    /// Runs a verb.
    fn new(verb: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, args: vec![verb.into()], environment: Vec::new(), input: None, done: None }
    }

    /// Puts a file into the folder.
    fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// Adds arguments.
    fn args<const N: usize>(mut self, args: [&str; N]) -> Self {
        self.args.extend(args.map(Into::into));
        self
    }

    /// Sets a variable of the environment.
    fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// What it reads from its standard input, to its end.
    fn input(mut self, text: &str) -> Self {
        self.input = Some(text.into());
        self
    }

    /// The folder in which it runs.
    fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn output(&mut self) -> &Output {
        let Self { folder, args, environment, input, done } = self;
        done.get_or_insert_with(|| {
            let stdin = match input {
                Some(text) => {
                    let mut file = tempfile::tempfile().unwrap();
                    file.write_all(text.as_bytes()).unwrap();
                    file.rewind().unwrap();
                    Stdio::from(file)
                }
                None => Stdio::null(),
            };
            Command::new(env!("CARGO_BIN_EXE_tradeoff"))
                .current_dir(folder.path())
                .args(args)
                .env_remove("NO_COLOR")
                .envs(environment.iter().map(|(name, value)| (name, value)))
                .stdin(stdin)
                .output()
                .unwrap()
        })
    }

    /// What it printed.
    fn stdout(&mut self) -> String {
        String::from_utf8(self.output().stdout.clone()).unwrap()
    }

    /// What it complained about.
    fn stderr(&mut self) -> String {
        String::from_utf8(self.output().stderr.clone()).unwrap()
    }

    /// What it printed, as JSON.
    fn json(&mut self) -> serde_json::Value {
        let text = self.stdout();
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text}"))
    }

    /// Expects an exit code.
    fn exits(mut self, code: i32) -> Self {
        let found = self.output().status.code();
        let (out, err) = (self.stdout(), self.stderr());
        assert_eq!(found, Some(code), "stdout:\n{out}\nstderr:\n{err}");
        self
    }

    /// Expects a text among what it prints.
    fn stdout_contains(mut self, text: &str) -> Self {
        let found = self.stdout();
        assert!(found.contains(text), "no `{text}` in\n{found}");
        self
    }

    /// Expects a text among its complaints.
    fn stderr_contains(mut self, text: &str) -> Self {
        let found = self.stderr();
        assert!(found.contains(text), "no `{text}` in\n{found}");
        self
    }

    /// Expects bad input: exit code 2, a message with these words, nothing on standard output and
    /// no new file.
    fn refused(mut self, words: &[&str]) -> Self {
        let before = self.entries();
        self = self.exits(2);
        for word in words {
            self = self.stderr_contains(word);
        }
        assert_eq!(self.stdout(), "");
        assert_eq!(self.entries(), before, "something was written");
        self
    }

    fn entries(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// A shop in which nothing is wrong with the file.
const SHOP: &str = "\
tradeoff: 1
name: shop
duration: 30s
warmup: 5s
defaults: { policy: internal }
policies:
  internal: { timeout: 250ms, retry: { attempts: 3 } }
services:
  order:
    replicas: 2
    cores: 2
    concurrency: 64
    queue: 64
    endpoints:
      place:
        steps:
          - work: { mean: 2ms }
          - call: payment.charge
  payment:
    replicas: 2
    cores: 2
    cost: $0.10/h
    endpoints:
      charge: { steps: [ { work: { mean: 8ms } } ] }
traffic:
  users: { rate: 100/s, mix: { order.place: 100% } }
slos:
  place: { endpoint: order.place, availability: 99.9%, latency: { p99: 300ms } }
scenarios:
  brownout: { duration: 40s, events: [ { at: 10s, for: 5s, slow: payment, by: 9x } ] }
";
