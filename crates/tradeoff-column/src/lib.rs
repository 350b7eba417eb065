//! One column of numbers out of a file of data: CSV or Parquet, told apart by their first bytes.
//!
//! A file may be anybody's: it is bounded in bytes, rows and pages before anything is allocated for
//! it, and what is wrong with it is told with its place. What is no number is counted, never guessed.

mod csv;
mod pages;
mod parquet;

use tradeoff_diag::{Diagnostic, SourceFile};

/// The most bytes of a file.
pub const MAX_BYTES: usize = 256 << 20;
/// The most rows of a file: more add nothing to what two samples say of each other.
pub const MAX_ROWS: usize = 10_000_000;
/// The most columns of a file.
const MAX_COLUMNS: usize = 10_000;

/// The numbers of a column, and what of it is none.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// What it is called in its file.
    pub name: String,
    /// Its finite numbers, in the order of the rows.
    pub values: Vec<f64>,
    /// Rows in which nothing stands: an empty field, `NA`, `null`, `NaN`.
    pub missing: u64,
    /// Rows that hold an infinity, or a number that is too large to be one.
    pub infinite: u64,
}

/// Why there is no column.
#[derive(Clone, Debug)]
pub struct Wrong {
    /// What is wrong; its places lie in the file beside it.
    pub diagnostic: Diagnostic,
    /// The file as far as the place; `None` if it has no lines, or one that is too long to show.
    pub file: Option<SourceFile>,
    /// The columns that there are, if another one was asked for.
    pub known: Vec<String>,
}

/// Reads the column of a name, or the only one of numbers.
///
/// ```
/// let text = b"day,amount\nmon,1.5\ntue,\nwed,4\n".to_vec();
/// let column = tradeoff_column::read("orders.csv", text, None).unwrap();
/// assert_eq!((column.name.as_str(), column.values), ("amount", vec![1.5, 4.0]));
/// assert_eq!(column.missing, 1);
/// ```
///
/// # Errors
/// It is no such file, it is larger than the bounds, there is no such column or there are several,
/// or something in it is no number.
pub fn read(file: &str, bytes: Vec<u8>, column: Option<&str>) -> Result<Column, Box<Wrong>> {
    if bytes.len() > MAX_BYTES {
        let message = format!("`{file}` is larger than {} MiB", MAX_BYTES >> 20);
        let wrong = Diagnostic::error("too-large", message);
        return Err(wrong.expected(format!("at most {} MiB", MAX_BYTES >> 20)).into());
    }
    let read = if bytes.starts_with(parquet::MAGIC) {
        parquet::read(file, bytes, column)
    } else {
        csv::read(file, &bytes, column)
    }?;
    if read.values.is_empty() {
        let message = format!("`{file}`: the column `{}` holds no number", read.name);
        let wrong = Diagnostic::error("no-numbers", message);
        return Err(wrong.expected("at least one row with a number").into());
    }
    Ok(read)
}

impl Column {
    const fn new(name: String) -> Self {
        Self { name, values: Vec::new(), missing: 0, infinite: 0 }
    }

    fn push(&mut self, value: f64) {
        if value.is_finite() {
            self.values.push(value);
        } else if value.is_nan() {
            self.missing += 1;
        } else {
            self.infinite += 1;
        }
    }

    fn rows(&self) -> u64 {
        self.values.len() as u64 + self.missing + self.infinite
    }
}

impl From<Diagnostic> for Box<Wrong> {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::new(Wrong { diagnostic, file: None, known: Vec::new() })
    }
}

fn too_many_rows(file: &str) -> Box<Wrong> {
    let message = format!("`{file}` holds more than {MAX_ROWS} rows");
    let wrong = Diagnostic::error("too-large", message).expected(format!("at most {MAX_ROWS}"));
    wrong.help("draw a sample: more rows say nothing more").into()
}

fn too_many_columns(file: &str) -> Box<Wrong> {
    let message = format!("`{file}` has more than {MAX_COLUMNS} columns");
    Diagnostic::error("too-large", message).expected(format!("at most {MAX_COLUMNS}")).into()
}

/// Which of the columns is meant, by its name or as the only one of numbers.
fn unknown(file: &str, column: &str, known: Vec<String>) -> Box<Wrong> {
    let message = format!("`{file}` has no column `{}`", shown(column));
    let diagnostic =
        Diagnostic::error("unknown-name", message).expected(format!("one of {}", listed(&known)));
    Box::new(Wrong { diagnostic, file: None, known })
}

fn several(file: &str, known: &[String]) -> Box<Wrong> {
    let message = format!("`{file}` has {} columns of numbers", known.len());
    let wrong = Diagnostic::error("usage", message);
    wrong.expected(format!("`--column` with one of {}", listed(known))).into()
}

fn none(file: &str) -> Box<Wrong> {
    let wrong = Diagnostic::error("no-numbers", format!("`{file}` has no column of numbers"));
    wrong.expected("a CSV or Parquet file with at least one").into()
}

/// The first names: `a`, `b` and 12 more.
fn listed(names: &[String]) -> String {
    const FIRST: usize = 12;
    let first: Vec<String> =
        names.iter().take(FIRST).map(|it| format!("`{}`", shown(it))).collect();
    let more = match names.len().saturating_sub(FIRST) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    first.join(", ") + &more
}

/// A text from a file, short enough for a sentence.
fn shown(text: &str) -> String {
    const LONGEST: usize = 40;
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
