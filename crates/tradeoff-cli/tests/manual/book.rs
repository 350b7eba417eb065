//! The pages of the manual: the README, `docs/` and the examples' own.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// All pages, and those that would have to change.
#[derive(Debug)]
pub(crate) struct Book {
    root: PathBuf,
    pages: Vec<Page>,
    stale: BTreeMap<String, String>,
}

/// A page of Markdown.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// Its path from the root of the repository.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// A fenced block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fence {
    /// What follows the first three backticks.
    pub(crate) info: String,
    /// The line of these backticks, from 1.
    pub(crate) line: usize,
    pub(crate) lines: Vec<String>,
    /// Whether only blank lines stand between it and the fence before.
    pub(crate) follows: bool,
}

impl Book {
    /// Reads all pages.
    pub(crate) fn open() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().and_then(Path::parent);
        let root = root.expect("a crate stands two folders below the root").to_owned();
        let mut found = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
        for folder in ["docs", "examples"] {
            markdown(&root.join(folder), &mut found);
        }
        found.sort();
        let pages = found.into_iter().map(|path| {
            let name = path.strip_prefix(&root).expect("it is below the root");
            let text = fs::read_to_string(&path).expect("a readable page");
            Page { name: name.display().to_string().replace('\\', "/"), text }
        });
        Self { pages: pages.collect(), root, stale: BTreeMap::new() }
    }

    pub(crate) fn pages(&self) -> &[Page] {
        &self.pages
    }

    pub(crate) fn page(&self, name: &str) -> Page {
        let page = self.pages.iter().find(|it| it.name == name).cloned();
        page.unwrap_or_else(|| panic!("there is no {name}"))
    }

    /// Whether stale pages are to be written anew.
    #[expect(clippy::unused_self, reason = "the book knows how it was opened")]
    pub(crate) fn updates(&self) -> bool {
        std::env::var_os("UPDATE").is_some_and(|it| !it.is_empty())
    }

    /// Expects a page to be this text.
    pub(crate) fn expect(&mut self, name: &str, text: &str) {
        if self.pages.iter().all(|it| it.name != name || it.text != text) {
            self.stale.insert(name.into(), text.into());
        }
    }

    /// Complains about stale pages, or writes them.
    pub(crate) fn close(&self) {
        if !self.updates() {
            let names: Vec<_> = self.stale.keys().collect();
            assert!(names.is_empty(), "stale, write them with UPDATE=1: {names:?}");
            return;
        }
        for (name, text) in &self.stale {
            let path = self.root.join(name);
            fs::create_dir_all(path.parent().expect("a page stands in a folder")).expect("made");
            fs::write(path, text).expect("a writable page");
        }
    }

    /// Whether a relative link of a page leads to a file, and to a heading of it.
    pub(crate) fn leads(&self, from: &str, link: &str) -> bool {
        let (path, heading) = link.split_once('#').unwrap_or((link, ""));
        let folder = self.root.join(from);
        let folder = folder.parent().expect("a page stands in a folder");
        let target = if path.is_empty() { self.root.join(from) } else { folder.join(path) };
        if heading.is_empty() {
            return target.exists();
        }
        let text = fs::read_to_string(target).unwrap_or_default();
        text.lines().filter_map(|it| it.strip_prefix('#')).any(|it| anchor(it) == heading)
    }
}

/// The anchor of a heading, as GitHub makes it.
pub(crate) fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|it| it.is_alphanumeric() || matches!(it, ' ' | '-' | '_'));
    kept.map(|it| if it == ' ' { '-' } else { it }).collect()
}

/// All pages below a folder.
fn markdown(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            markdown(&path, found);
        } else if path.extension().is_some_and(|it| it == "md") {
            found.push(path);
        }
    }
}

impl Page {
    /// Its fenced blocks, in order.
    pub(crate) fn fences(&self) -> Vec<Fence> {
        let mut fences: Vec<Fence> = Vec::new();
        let (mut open, mut follows) = (false, false);
        for (nth, line) in self.text.lines().enumerate() {
            if let Some(info) = line.strip_prefix("```") {
                if open {
                    (open, follows) = (false, true);
                } else {
                    open = true;
                    let info = info.to_owned();
                    fences.push(Fence { info, line: nth + 1, follows, ..Fence::default() });
                }
            } else if let Some(fence) = fences.last_mut().filter(|_| open) {
                fence.lines.push(line.into());
            } else if !line.trim().is_empty() {
                follows = false;
            }
        }
        assert!(!open, "{}: a fence is not closed", self.name);
        fences
    }

    /// Its links to places in the repository.
    pub(crate) fn links(&self) -> Vec<String> {
        let mut fenced = false;
        let mut links = Vec::new();
        for line in self.text.lines() {
            fenced ^= line.starts_with("```");
            if fenced {
                continue;
            }
            for part in line.split("](").skip(1) {
                links.extend(part.split_once(')').map(|it| it.0.to_owned()));
            }
        }
        links.retain(|it| !it.contains("://"));
        links
    }
}
