//! From files to a design: what every other verb starts with.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use tradeoff_diag::{Diagnostic, SourceFile, Sources};
use tradeoff_model::model::{Assumption, Range};
use tradeoff_model::{Architecture, Date, Document, Edit, Files};

use crate::error::Problems;

/// An architecture without mistakes, and the files that it was read from.
#[derive(Clone, Debug)]
pub struct Design {
    document: Document,
    architecture: Architecture,
    warnings: Vec<Diagnostic>,
    samples: Samples,
    /// The texts of the ADRs that the architecture names, or why they cannot be read. They are no
    /// part of the digest: they move no figure.
    adrs: Samples,
    /// The day of the check, if it is known.
    today: Option<Date>,
}

/// The files beside the architecture that it names, as they were when it was loaded: a patched
/// design is lowered from them again.
#[derive(Clone, Debug, Default)]
struct Samples(BTreeMap<String, Result<String, String>>);

impl Files for Samples {
    fn read(&self, path: &str) -> Result<String, String> {
        let missing = || Err("it was not there when the architecture was loaded".into());
        self.0.get(path).cloned().unwrap_or_else(missing)
    }
}

/// Reads files and remembers what it read.
struct Recorder<'a> {
    files: &'a dyn Files,
    read: RefCell<Samples>,
}

impl Files for Recorder<'_> {
    fn read(&self, path: &str) -> Result<String, String> {
        if let Some(known) = self.read.borrow().0.get(path) {
            return known.clone();
        }
        let text = self.files.read(path);
        self.read.borrow_mut().0.insert(path.into(), text.clone());
        text
    }
}

impl Design {
    /// Reads the files of one architecture; `reader` reads what they name beside themselves.
    pub fn load(files: Vec<SourceFile>, reader: &dyn Files) -> Result<Self, Problems> {
        Self::load_with(files, &[], reader)
    }

    /// The same with some values replaced: dotted paths and values as they would be written.
    pub fn load_with(
        files: Vec<SourceFile>,
        settings: &[(String, String)],
        reader: &dyn Files,
    ) -> Result<Self, Problems> {
        Self::load_in(files, None, settings, reader)
    }

    /// The same in an environment: with the edits of an overlay made before values are replaced.
    /// Every overlay is checked, whichever is chosen.
    pub fn load_in(
        files: Vec<SourceFile>,
        environment: Option<&str>,
        settings: &[(String, String)],
        reader: &dyn Files,
    ) -> Result<Self, Problems> {
        let (mut document, mut diagnostics) = Document::parse_with(files, reader);
        if !diagnostics.iter().any(Diagnostic::is_error) {
            match chosen(&document, environment, reader) {
                Ok(chosen) => document = chosen,
                Err(diagnostics) => {
                    return Err(Problems { sources: document.sources, diagnostics });
                }
            }
        }
        for (path, value) in settings {
            match document.set(path, value) {
                Ok(set) => document = set,
                Err(refused) => diagnostics.push(*refused),
            }
        }
        let recorder = Recorder { files: reader, read: RefCell::default() };
        let (architecture, lowered) = document.lower(&recorder);
        diagnostics.extend(lowered);
        let samples = recorder.read.into_inner();
        let design = Self::checked(document, architecture, diagnostics, samples)?;
        let decisions = design.architecture.facts.entries("decisions");
        let named = decisions.filter_map(|it| it.1.get("adr")?.text());
        let adrs = named.map(|path| (path.to_owned(), reader.read(path))).collect();
        Ok(Self { adrs: Samples(adrs), ..design })
    }

    /// The design with these edits made.
    pub fn with(&self, edits: &[Edit]) -> Result<Self, Problems> {
        let document = self.document.patched(edits).map_err(|refused| {
            Problems::one(
                Diagnostic::error("bad-patch", refused.to_string())
                    .expected("edits of values that the architecture has"),
            )
        })?;
        self.lowered(document)
    }

    /// The design on a day, after which acceptances that expired before it hold no longer.
    #[must_use]
    pub fn on(self, today: Date) -> Self {
        Self { today: Some(today), ..self }
    }

    /// The day of the check, if it is known.
    pub const fn today(&self) -> Option<Date> {
        self.today
    }

    /// The design with the value at a dotted path replaced, written as in the file.
    pub fn set(&self, path: &str, value: &str) -> Result<Self, Problems> {
        self.set_all(&[(path, value)])
    }

    /// The same with several values, which need to agree only together.
    pub fn set_all(&self, settings: &[(&str, &str)]) -> Result<Self, Problems> {
        let mut document = self.document.clone();
        for (path, value) in settings {
            document = document.set(path, value).map_err(|refused| Problems {
                sources: self.document.sources.clone(),
                diagnostics: vec![*refused],
            })?;
        }
        self.lowered(document)
    }

    fn lowered(&self, document: Document) -> Result<Self, Problems> {
        let (architecture, diagnostics) = document.lower(&self.samples);
        let design = Self::checked(document, architecture, diagnostics, self.samples.clone())?;
        Ok(Self { today: self.today, adrs: self.adrs.clone(), ..design })
    }

    fn checked(
        document: Document,
        architecture: Architecture,
        mut diagnostics: Vec<Diagnostic>,
        samples: Samples,
    ) -> Result<Self, Problems> {
        diagnostics.extend(tradeoff_rules::mistakes(&architecture));
        if diagnostics.iter().any(Diagnostic::is_error) {
            return Err(Problems { sources: document.sources, diagnostics });
        }
        Ok(Self {
            document,
            architecture,
            warnings: diagnostics,
            samples,
            adrs: Samples::default(),
            today: None,
        })
    }

    /// What the files say, with every name resolved and every unit read.
    pub const fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// The numbers that the files give as ranges, sorted by path: each with the value of it that is
    /// simulated. [`Design::set`] takes the paths and the ends as they are.
    pub fn ranges(&self) -> &[Range] {
        &self.architecture.ranges
    }

    /// What was taken because the files do not say it, sorted by path.
    pub fn assumptions(&self) -> &[Assumption] {
        &self.architecture.assumptions
    }

    /// The files as a tree that knows its places.
    pub const fn document(&self) -> &Document {
        &self.document
    }

    /// The text of an ADR that the architecture names, as it was when it was loaded.
    pub(crate) fn adr(&self, path: &str) -> Result<String, String> {
        self.adrs.read(path)
    }

    /// The files.
    pub const fn sources(&self) -> &Sources {
        &self.document.sources
    }

    /// What is worth saying about the files although it is no mistake.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// `sha256:` and the digest of what the files say, whatever their order and layout; samples
    /// that they name are part of it.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        hash.update(self.document.canonical());
        for (path, text) in &self.samples.0 {
            hash.update(format!("\n{path}\n"));
            hash.update(text.as_deref().unwrap_or_default());
        }
        let mut digest = String::from("sha256:");
        for byte in hash.finalize() {
            write!(digest, "{byte:02x}").expect("a String takes every write");
        }
        digest
    }
}

/// The document of an environment, once every overlay is known to fit.
fn chosen(
    document: &Document,
    environment: Option<&str>,
    reader: &dyn Files,
) -> Result<Document, Vec<Diagnostic>> {
    if !document.environments().is_empty() {
        let mut mistakes = document.lower(reader).1;
        if !mistakes.iter().any(Diagnostic::is_error) {
            mistakes = document.check_overlays(reader);
        }
        if mistakes.iter().any(Diagnostic::is_error) {
            return Err(mistakes);
        }
    }
    environment.map_or_else(|| Ok(document.clone()), |name| document.overlaid(name))
}
