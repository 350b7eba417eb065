//! The texts that spans point into.

use std::sync::Arc;

use crate::{Diagnostic, Span};

/// A file's name and text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name as it is printed.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A file that is not text.
#[derive(Clone, Debug)]
pub struct Unreadable {
    /// The file with what is not UTF-8 replaced, so that an excerpt can be shown.
    pub file: SourceFile,
    /// What is wrong; its span is in `file`, as file number 0.
    pub diagnostic: Diagnostic,
    /// The first byte that is not UTF-8.
    pub byte: usize,
}

impl SourceFile {
    /// A file of this name and text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// Reads a file's bytes as UTF-8.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Result<Self, Box<Unreadable>> {
        let name = name.into();
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self { name, text }),
            Err(error) => {
                let byte = error.utf8_error().valid_up_to();
                let value = error.as_bytes()[byte];
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let start = offset(byte);
                let diagnostic = Diagnostic::error(
                    "not-utf8",
                    format!("`{name}` is not UTF-8: its byte {byte} is 0x{value:02x}"),
                )
                .label(Span::new(0, start, start + 3), "not UTF-8 from here")
                .expected("a file in UTF-8")
                .help("save the file as UTF-8");
                Err(Box::new(Unreadable { file: Self { name, text }, diagnostic, byte }))
            }
        }
    }
}

/// A place as people read it. Lines and columns start at 1; columns count characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file's name.
    pub file: String,
    /// The first line.
    pub line: u32,
    /// The first column.
    pub column: u32,
    /// The last line.
    pub end_line: u32,
    /// One past the last column.
    pub end_column: u32,
}

/// The loaded files. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Arc<Indexed>>,
}

#[derive(Debug)]
struct Indexed {
    file: SourceFile,
    /// Byte offset of each line's first character.
    lines: Vec<u32>,
}

impl Sources {
    /// These files, numbered in this order.
    pub fn new(files: impl IntoIterator<Item = SourceFile>) -> Self {
        let mut sources = Self::default();
        for file in files {
            sources.add(file);
        }
        sources
    }

    /// Adds a file and gives its number.
    pub fn add(&mut self, file: SourceFile) -> u32 {
        let newlines = file.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(newlines.map(|(at, _)| offset(at + 1))).collect();
        self.files.push(Arc::new(Indexed { file, lines }));
        offset(self.files.len() - 1)
    }

    /// The file of this number.
    pub fn file(&self, number: u32) -> Option<&SourceFile> {
        self.files.get(number as usize).map(|it| &it.file)
    }

    /// All files in the order of their numbers.
    pub fn files(&self) -> impl ExactSizeIterator<Item = &SourceFile> {
        self.files.iter().map(|it| &it.file)
    }

    /// The text at a place; empty if there is no such place.
    pub fn text(&self, span: Span) -> &str {
        let text = self.file(span.file).map_or("", |file| &file.text);
        text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Whether the place exists and starts and ends between characters.
    pub fn contains(&self, span: Span) -> bool {
        self.file(span.file)
            .is_some_and(|file| file.text.get(span.start as usize..span.end as usize).is_some())
    }

    /// Where a place is, as people read it.
    pub fn line_column(&self, span: Span) -> Place {
        let Some(indexed) = self.files.get(span.file as usize) else {
            return Place { file: String::new(), line: 1, column: 1, end_line: 1, end_column: 1 };
        };
        let (line, column) = indexed.locate(span.start);
        let (end_line, end_column) = indexed.locate(span.end.max(span.start));
        Place { file: indexed.file.name.clone(), line, column, end_line, end_column }
    }

    /// The lines that hold `start..end`, with `context` more on each side: their bytes and the
    /// number of the first.
    pub(crate) fn window(&self, file: u32, start: u32, end: u32, context: usize) -> Option<Window> {
        let indexed = self.files.get(file as usize)?;
        let first = indexed.line(start).saturating_sub(context);
        let last = indexed.line(end) + context + 1;
        let until = indexed.lines.get(last).map_or(indexed.file.text.len(), |it| *it as usize);
        Some(Window { first_line: first + 1, bytes: indexed.lines[first] as usize..until })
    }
}

/// A run of lines of a file.
pub(crate) struct Window {
    /// Number of its first line, from 1.
    pub(crate) first_line: usize,
    /// Its bytes.
    pub(crate) bytes: std::ops::Range<usize>,
}

impl Indexed {
    /// The line that holds a byte, from 0.
    fn line(&self, at: u32) -> usize {
        self.lines.partition_point(|start| *start <= at).saturating_sub(1)
    }

    fn locate(&self, at: u32) -> (u32, u32) {
        let text = &self.file.text;
        let at = text.floor_char_boundary((at as usize).min(text.len()));
        let line = self.line(offset(at));
        let characters = text[self.lines[line] as usize..at].chars().count();
        (offset(line) + 1, offset(characters) + 1)
    }
}

/// Offsets into files are 32 bits wide; longer files are refused before anything points into them.
fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
