//! The commands of a page, and what it shows of their answers.

use std::fmt;

use crate::book::Page;

/// A line that stands for lines that were left out.
const GAP: &str = "…";

/// A command of a page, and what the page shows of its answer.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) line: usize,
    pub(crate) command: Command,
    /// The text of the fence that follows.
    pub(crate) excerpt: Option<String>,
}

/// A use of the binary.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Command {
    pub(crate) words: Vec<String>,
    /// The exit code that the page promises: `# exits 1`.
    pub(crate) exits: i32,
}

impl Shown {
    /// What is wrong with it, with its place.
    pub(crate) fn complaint(&self, page: &Page, what: &str) -> String {
        format!("{}:{}: `{}` {what}", page.name, self.line, self.command)
    }
}

/// All commands of a page.
pub(crate) fn of(page: &Page) -> Vec<Shown> {
    let fences = page.fences();
    let mut all = Vec::new();
    for (nth, fence) in fences.iter().enumerate() {
        if fence.info.split(' ').next() != Some("sh") {
            continue;
        }
        let mut commands: Vec<Shown> = Vec::new();
        for (below, line) in fence.lines.iter().enumerate() {
            if let Some(command) = Command::parse(line) {
                commands.push(Shown { line: fence.line + 1 + below, command, excerpt: None });
            }
        }
        let text = fences.get(nth + 1).filter(|it| it.follows && it.info == "text");
        if let Some((last, text)) = commands.last_mut().zip(text) {
            last.excerpt = Some(text.lines.iter().flat_map(|it| [it, "\n"]).collect());
        }
        all.extend(commands);
    }
    all
}

impl Command {
    /// The command of a line, if it is one of ours; what follows a `|` or a `>` is not run.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let (line, comment) = line.split_once(" # ").unwrap_or((line, ""));
        let rest = line
            .strip_prefix("cargo run --release -- ")
            .or_else(|| line.strip_prefix("tradeoff "))?;
        let exits = comment.trim().strip_prefix("exits ").map_or(Ok(0), str::parse);
        let words = words(rest).into_iter().take_while(|it| it != "|" && it != ">");
        Some(Self { words: words.collect(), exits: exits.expect("an exit code") })
    }

    pub(crate) fn prints_json(&self) -> bool {
        let has = |word: &str| self.words.iter().any(|it| it == word);
        has("json") && !has("--output")
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "tradeoff {}", self.words.join(" "))
    }
}

/// The words of a line, as a shell splits them.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for character in line.trim().chars() {
        match (character, quote) {
            (' ', None) => words.push(String::new()),
            ('\'' | '"', None) => quote = Some(character),
            (_, Some(mark)) if mark == character => quote = None,
            _ => words.last_mut().expect("there is always one").push(character),
        }
    }
    words.retain(|it| !it.is_empty());
    words
}

/// An excerpt as the answer has it today: the same if it is fresh. The error is the part that
/// cannot be found.
///
/// It begins where the answer begins and ends where it ends, unless a gap stands there.
pub(crate) fn freshen(excerpt: &str, answer: &str) -> Result<String, String> {
    let answer: Vec<&str> = answer.lines().map(str::trim_end).collect();
    let lines: Vec<&str> = excerpt.lines().collect();
    let parts: Vec<&[&str]> = lines.split(|it| it.trim() == GAP).collect();
    let mut fresh: Vec<&str> = Vec::new();
    let mut from = 0;
    for (nth, part) in parts.iter().enumerate() {
        if nth > 0 {
            fresh.push(GAP);
        }
        if part.is_empty() {
            continue;
        }
        let fits = |at: &usize, same: &dyn Fn(&str, &str) -> bool| {
            let found = answer.get(*at..at + part.len());
            found.is_some_and(|it| it.iter().zip(*part).all(|(one, other)| same(one, other)))
        };
        let exact = |one: &str, other: &str| one == other;
        let alike = |one: &str, other: &str| masked(one) == masked(other);
        let mut starts = if nth == 0 { 0..1 } else { from..answer.len() };
        let at = starts.clone().find(|at| fits(at, &exact));
        let at = at.or_else(|| starts.find(|at| fits(at, &alike)));
        let at = at.ok_or_else(|| part.join("\n"))?;
        from = at + part.len();
        fresh.extend(&answer[at..from]);
    }
    let ends = parts.last().is_some_and(|it| it.is_empty()) || from == answer.len();
    if ends {
        Ok(fresh.iter().flat_map(|it| [it, "\n"]).collect())
    } else {
        Err(format!("the end: the answer goes on after it, so a line `{GAP}` is missing"))
    }
}

/// A line without its figures and its layout.
fn masked(line: &str) -> String {
    let figure = |it: char| it.is_ascii_digit() || "±.,<>".contains(it);
    let words = line.split_whitespace().map(|it| it.trim_matches(|it| "()".contains(it)));
    let words = words.map(|it| if it.chars().any(figure) { "#" } else { it });
    let mut words: Vec<&str> = words.collect();
    words.dedup();
    words.join(" ")
}
