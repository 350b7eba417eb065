//! Writes edits into the files of a document, keeping comments and layout.
//!
//! What is written is what differs between the tree before and after the edits, one value at a
//! time, each at the place where it stands in its file. The safety net is in the end: the new texts
//! are parsed again and must say exactly what the edited document says, with every comment that was
//! there; else nothing is rewritten.

mod difference;
mod layout;
mod splice;

use std::fmt::Write as _;

use tradeoff_diag::{Diagnostic, SourceFile, Span};

use crate::document::Document;
use crate::patch::Edit;
use crate::pointer::child;
use difference::{Change, differences};
use layout::{Part, comments, layout};
use splice::splice;

impl Document {
    /// The files of the document that change if these edits are made, with their new texts.
    ///
    /// # Errors
    /// The edits cannot be made, or not in these files: where a value stands behind an alias, say.
    /// No file is then rewritten.
    pub fn rewritten(&self, edits: &[Edit]) -> Result<Vec<Rewritten>, Box<Diagnostic>> {
        let patched = self
            .patched(edits)
            .map_err(|refused| Box::new(Diagnostic::error("bad-patch", refused.to_string())))?;
        let mut files: Vec<File> =
            self.sources.files().take(self.files).map(|it| File::new(&it.text)).collect();
        for change in differences(&self.root, &patched.root) {
            if let Err((number, why)) = write(&mut files, &change) {
                return Err(self.refused(&change, number, why));
            }
        }
        let texts = files.iter().zip(self.sources.files());
        let texts = texts.map(|(it, file)| SourceFile::new(&*file.name, &*it.text)).collect();
        let (again, mistakes) = Self::parse_all(texts);
        let sound = again.meaning() == patched.meaning()
            && !mistakes.iter().any(Diagnostic::is_error)
            && files
                .iter()
                .zip(self.sources.files())
                .all(|it| comments(&it.0.text) == comments(&it.1.text));
        if !sound {
            let message = "the edits cannot be written without changing something else";
            return Err(Box::new(Diagnostic::error("cannot-rewrite", message)));
        }
        let changed = files.into_iter().enumerate().filter(|(_, it)| it.changed);
        Ok(changed.map(|(at, it)| Rewritten { file: at as u32, text: it.text }).collect())
    }

    /// All that the files say: the tree and what `--env` would change in it.
    fn meaning(&self) -> String {
        let mut text = self.canonical();
        for overlay in &self.overlays {
            text.push_str(&overlay.name.value);
            for change in &overlay.changes {
                write!(text, "{:?} {}", change.op, change.path.value)
                    .expect("a String takes every write");
                if let Some(value) = &change.value {
                    value.canonical(&mut text);
                }
            }
        }
        text
    }

    fn refused(&self, change: &Change<'_>, file: u32, why: &str) -> Box<Diagnostic> {
        let pointer = change.path.iter().fold(String::new(), |all, it| child(&all, it));
        let what = if pointer.is_empty() { "the top of the file" } else { &format!("`{pointer}`") };
        let message = format!("{what} cannot be rewritten: {why}");
        let diagnostic = Diagnostic::error("cannot-rewrite", message);
        // The nearest place around it in the file in which it would have been written.
        let mut around = pointer.as_str();
        let place = loop {
            let place = self.span_of(around).filter(|it| it.file == file);
            match around.rsplit_once('/') {
                Some((above, _)) if place.is_none() => around = above,
                _ => break place,
            }
        };
        Box::new(diagnostic.label(place.unwrap_or(Span::new(file, 0, 0)), "here"))
    }
}

/// A file with edits made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// Its number among the document's files.
    pub file: u32,
    /// Its new text.
    pub text: String,
}

/// A file on its way.
struct File {
    text: String,
    changed: bool,
    /// How the text is laid out; `None`: not as a map that can be rewritten.
    layout: Option<Part>,
}

impl File {
    fn new(text: &str) -> Self {
        Self { text: text.into(), changed: false, layout: layout(text) }
    }
}

/// Writes a change into the file that holds most of its path.
fn write(files: &mut [File], change: &Change<'_>) -> Result<(), (u32, &'static str)> {
    // Of equals the one that says that it is an architecture, rather than a fragment.
    let head = ["tradeoff".to_owned()];
    let holds = |it: &File| {
        let layout = it.layout.as_ref();
        layout.map_or((0, 0), |it| (1 + it.reach(&change.path), it.reach(&head)))
    };
    let best = files.iter().map(holds).max().unwrap_or((0, 0));
    let at = files.iter().position(|it| holds(it) == best).filter(|_| best.0 > 0);
    let Some(at) = at else { return Err((0, "the file is no map in a known layout")) };
    let file = &mut files[at];
    let Some(root) = &file.layout else { return Err((at as u32, "it has no known layout")) };
    let text = splice(&file.text, root, change).map_err(|why| (at as u32, why))?;
    *file = File { layout: layout(&text), text, changed: true };
    Ok(())
}
