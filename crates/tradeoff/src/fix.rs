//! The mends of findings, written into the files of a design.

use std::collections::BTreeSet;

use tradeoff_diag::Diagnostic;
use tradeoff_model::{Edit, Op, nearest};

use crate::error::Problems;
use crate::load::Design;
use crate::review::{Mendable, mendable};

/// What mends change in the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Fingerprints of the findings that are mended.
    pub mends: Vec<String>,
    /// The files that change.
    pub files: Vec<FixedFile>,
}

/// A file that mends change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedFile {
    /// Its name, as it was loaded.
    pub name: String,
    /// What it says today.
    pub before: String,
    /// What it says then, with all of its comments.
    pub after: String,
}

/// The files with the mends of these findings, whole or not at all. Nothing is written.
///
/// # Errors
/// A fingerprint that no finding with a mend has, or edits that these files cannot take: the message
/// then holds them all, to be made by hand.
pub fn fix(design: &Design, fingerprints: &[String]) -> Result<Fix, Problems> {
    let known = mendable(design);
    let mut problems = Problems { sources: design.sources().clone(), diagnostics: Vec::new() };
    for name in fingerprints {
        if known.iter().all(|it| it.fingerprint != *name) {
            problems.push(unknown(name, &known));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    // In the order of the check, in which the review measured them together.
    let chosen: Vec<_> = known.iter().filter(|it| fingerprints.contains(&it.fingerprint)).collect();
    let patches: Vec<&[Edit]> = chosen.iter().map(|it| it.patch.as_slice()).collect();
    let edits = tradeoff_rules::together(&patches);
    let files = design.document().rewritten(&edits).map_err(|refused| {
        let lines: Vec<String> = edits.iter().map(|it| format!("  - {it}")).collect();
        let lines = lines.join("\n");
        let help = format!("nothing was written; make these edits by hand:\n{lines}");
        problems.push(refused.help(help));
        problems
    })?;
    let name = |number| design.sources().file(number).map(|it| (it.name.clone(), it.text.clone()));
    let files = files.into_iter().filter_map(|it| {
        let (name, before) = name(it.file)?;
        Some(FixedFile { name, before, after: it.text })
    });
    Ok(Fix {
        mends: chosen.iter().map(|it| it.fingerprint.clone()).collect(),
        files: files.collect(),
    })
}

/// The files that some mend of the design would change; of mends that these files cannot take none.
pub fn touched(design: &Design) -> BTreeSet<String> {
    let alone = mendable(design).into_iter().map(|it| vec![it.fingerprint]);
    let fixes = alone.filter_map(|it| fix(design, &it).ok());
    fixes.flat_map(|it| it.files).map(|it| it.name).collect()
}

fn unknown(name: &str, known: &[Mendable]) -> Diagnostic {
    let known = known.iter().map(|it| it.fingerprint.as_str());
    let message = format!("no finding with a mend is called `{name}`");
    let diagnostic = Diagnostic::error("unknown-name", message)
        .expected("the fingerprint of a finding, such as `rel-no-breaker:order.place->bank`");
    match nearest(name, known) {
        Some(near) => diagnostic.nearest(near),
        None => diagnostic.help("`tradeoff check --format json` lists the findings"),
    }
}

impl Design {
    /// The text of a design of one file under another name, with its comments.
    ///
    /// # Errors
    /// The file cannot take the name.
    pub fn renamed(&self, name: &str) -> Result<String, Problems> {
        let value = Some(name.into());
        let edits = [Edit { op: Op::Replace, path: "/name".into(), value }];
        self.with(&edits)?;
        let refused = |diagnostic: Box<Diagnostic>| Problems {
            sources: self.sources().clone(),
            diagnostics: vec![*diagnostic],
        };
        let changed = self.document().rewritten(&edits).map_err(refused)?.pop();
        let today = || self.sources().file(0).map(|it| it.text.clone()).unwrap_or_default();
        Ok(changed.map_or_else(today, |it| it.text))
    }
}
