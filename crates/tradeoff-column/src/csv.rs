//! CSV: the first line names the columns, unless it holds nothing but numbers.

use csv::{ByteRecord, ErrorKind, Reader, ReaderBuilder};
use tradeoff_diag::{Diagnostic, SourceFile, Span};

use crate::{
    Column, MAX_COLUMNS, MAX_ROWS, Wrong, listed, none, several, shown, too_many_columns,
    too_many_rows, unknown,
};

/// What may stand between two fields; of those in the first line the most frequent does.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// What stands for nothing, in any case.
const MISSING: [&str; 7] = ["", "na", "n/a", "nan", "null", "none", "\\n"];
/// The longest line that an error shows.
const LONGEST_LINE: usize = 1000;

/// What stands in a field.
enum Cell {
    Number(f64),
    Missing,
    Text,
}

/// The first field of a column that is no number.
#[derive(Clone, Copy)]
struct Text {
    record: u64,
    nth: usize,
}

/// What is known of a column after the first pass.
#[derive(Clone, Copy, Default)]
struct Seen {
    numbers: u64,
    /// Fields with a decimal comma.
    commas: u64,
    /// The first field that is no number.
    text: Option<Text>,
    /// Whether there is a text beside decimal commas.
    other: bool,
}

pub(crate) fn read(file: &str, bytes: &[u8], column: Option<&str>) -> Result<Column, Box<Wrong>> {
    let csv = Csv::open(file, bytes)?;
    let at = match column {
        Some(name) => csv.named(name)?,
        None => csv.only()?,
    };
    csv.column(at)
}

struct Csv<'a> {
    file: &'a str,
    bytes: &'a [u8],
    separator: u8,
    /// Names of the columns: their numbers if the first line holds none.
    names: Vec<String>,
    headed: bool,
}

impl<'a> Csv<'a> {
    fn open(file: &'a str, bytes: &'a [u8]) -> Result<Self, Box<Wrong>> {
        if !is_text(bytes) {
            return Err(no_text(file, bytes));
        }
        // A byte order mark is no part of the first name.
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut it = Self { file, bytes, separator: b',', names: Vec::new(), headed: true };
        let line = bytes.split(|it| *it == b'\n').next().unwrap_or_default();
        let count = |separator: u8| line.split(|it| *it == separator).count() - 1;
        // Of equals the first of the list.
        let best = SEPARATORS.into_iter().rev().max_by_key(|it| count(*it));
        it.separator = best.unwrap_or(b',');
        let mut first = ByteRecord::new();
        if !it.next(&mut it.reader(), &mut first)? {
            let wrong = Diagnostic::error("no-numbers", format!("`{file}` is empty"));
            return Err(wrong.expected("a line that names the columns, and rows below it").into());
        }
        if first.len() > MAX_COLUMNS {
            return Err(too_many_columns(file));
        }
        it.headed = !first.iter().all(|field| matches!(cell(field), Ok(Cell::Number(_))));
        it.names = if it.headed {
            first.iter().map(|it| String::from_utf8_lossy(it).trim().to_owned()).collect()
        } else {
            (1..=first.len()).map(|it| it.to_string()).collect()
        };
        Ok(it)
    }

    fn reader(&self) -> Reader<&'a [u8]> {
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).delimiter(self.separator);
        builder.from_reader(self.bytes)
    }

    /// Reads the next record; false after the last.
    fn next(
        &self,
        reader: &mut Reader<&[u8]>,
        record: &mut ByteRecord,
    ) -> Result<bool, Box<Wrong>> {
        let error = match reader.read_byte_record(record) {
            Ok(more) => return Ok(more),
            Err(error) => error,
        };
        match error.kind() {
            ErrorKind::UnequalLengths { pos, expected_len, len } => {
                let start = pos.as_ref().map_or(0, csv::Position::byte);
                let fields = |count: &u64| {
                    if *count == 1 { "1 field".to_owned() } else { format!("{count} fields") }
                };
                let message = format!(
                    "`{}`: a row has {}, and those above {expected_len}",
                    self.file,
                    fields(len)
                );
                let start = self.row(start);
                let end = self.bytes[start..].iter().position(|it| *it == b'\n');
                let end = end.map_or(self.bytes.len(), |it| start + it);
                let decimal = self.separator == b',' && has_decimal_comma(&self.bytes[start..end]);
                let wrong = Diagnostic::error("bad-row", message)
                    .expected(format!("{} in every row", fields(expected_len)))
                    .help(if decimal {
                        "if the comma is a decimal one, write a point"
                    } else {
                        "put a field that holds the separator between quotes"
                    });
                Err(self.placed(wrong, start, end, "this row"))
            }
            _ => Err(Diagnostic::error("unreadable", format!("`{}`: {error}", self.file)).into()),
        }
    }

    fn named(&self, name: &str) -> Result<usize, Box<Wrong>> {
        let mut all = (0..self.names.len()).filter(|it| self.names[*it] == name);
        match (all.next(), all.next()) {
            (Some(at), None) => Ok(at),
            (None, _) => Err(unknown(self.file, name, self.names.clone())),
            (Some(_), Some(_)) => {
                let message = format!("`{}` has two columns `{}`", self.file, shown(name));
                let wrong = Diagnostic::error("usage", message);
                Err(wrong.expected("columns with names of their own").into())
            }
        }
    }

    /// The only column in which nothing is a text.
    fn only(&self) -> Result<usize, Box<Wrong>> {
        let mut seen = vec![Seen::default(); self.names.len()];
        self.rows(|nth_record, record| {
            for (nth, (seen, field)) in seen.iter_mut().zip(record).enumerate() {
                match cell(field) {
                    Ok(Cell::Number(_)) => seen.numbers += 1,
                    Ok(Cell::Missing) => {}
                    Ok(Cell::Text) | Err(()) => {
                        seen.text.get_or_insert(Text { record: nth_record, nth });
                        let comma = has_decimal_comma(field);
                        seen.commas += u64::from(comma);
                        seen.other |= !comma;
                    }
                }
            }
            Ok(())
        })?;
        let numbers = |it: &&usize| seen[**it].text.is_none() && seen[**it].numbers > 0;
        let commas = |it: &Seen| !it.other && it.commas > 0;
        let all: Vec<usize> = (0..seen.len()).collect();
        match all.iter().filter(numbers).collect::<Vec<_>>().as_slice() {
            // Which of them is meant nobody can tell.
            [_] if let Some(text) = seen.iter().find(|it| commas(it)).and_then(|it| it.text) => {
                Err(self.text(text)?)
            }
            [one] => Ok(**one),
            [] => {
                let most = seen.iter().filter(|it| it.numbers > 0 || commas(it));
                let most = most.max_by_key(|it| it.numbers + it.commas);
                match most.and_then(|it| it.text) {
                    Some(text) => Err(self.text(text)?),
                    None => Err(none(self.file)),
                }
            }
            some => {
                let names: Vec<String> = some.iter().map(|it| self.names[**it].clone()).collect();
                Err(several(self.file, &names))
            }
        }
    }

    fn column(&self, nth: usize) -> Result<Column, Box<Wrong>> {
        let mut column = Column::new(self.names[nth].clone());
        let mut text = None;
        self.rows(|nth_record, record| {
            match record.get(nth).map(cell) {
                Some(Ok(Cell::Number(number))) => column.push(number),
                Some(Ok(Cell::Missing)) | None => column.missing += 1,
                Some(Ok(Cell::Text) | Err(())) => {
                    text = Some(Text { record: nth_record, nth });
                    return Err(());
                }
            }
            Ok(())
        })?;
        match text {
            Some(text) => Err(self.text(text)?),
            None => Ok(column),
        }
    }

    /// Shows every row below the names until it is enough.
    fn rows(
        &self,
        mut show: impl FnMut(u64, &ByteRecord) -> Result<(), ()>,
    ) -> Result<(), Box<Wrong>> {
        let mut reader = self.reader();
        let mut record = ByteRecord::new();
        let mut nth = 0;
        while self.next(&mut reader, &mut record)? {
            nth += 1;
            if nth > MAX_ROWS as u64 + u64::from(self.headed) {
                return Err(too_many_rows(self.file));
            }
            let names = nth == 1 && self.headed;
            if !names && show(nth, &record).is_err() {
                break;
            }
        }
        Ok(())
    }

    /// The complaint about a field that is no number, with its place.
    fn text(&self, text: Text) -> Result<Box<Wrong>, Box<Wrong>> {
        let mut reader = self.reader();
        let mut record = ByteRecord::new();
        for _ in 0..text.record {
            self.next(&mut reader, &mut record)?;
        }
        let field = String::from_utf8_lossy(record.get(text.nth).unwrap_or_default());
        let message = format!(
            "`{}`: `{}` of the column `{}` is no number",
            self.file,
            shown(&field),
            shown(&self.names[text.nth])
        );
        let start = self.row(record.position().map_or(0, csv::Position::byte));
        let (start, end) = self.field(start, text.nth);
        let wrong = Diagnostic::error("no-number", message)
            .expected("numbers such as `12.5` or `1e6`; nothing, `NA`, `null` or `NaN` is missing")
            .help(if has_decimal_comma(field.as_bytes()) {
                let others = listed(&self.names);
                format!("it has a decimal comma: write a point, or name another column of {others}")
            } else {
                format!("mend the row, or name another column of {}", listed(&self.names))
            });
        Ok(self.placed(wrong, start, end, "no number"))
    }

    /// Where a row begins: what ends the one before is no part of it.
    fn row(&self, start: u64) -> usize {
        let start = (start as usize).min(self.bytes.len());
        let ends = self.bytes[start..].iter().take_while(|it| matches!(it, b'\r' | b'\n'));
        start + ends.count()
    }

    /// Where a field of the row that begins at a byte begins and ends.
    fn field(&self, row: usize, nth: usize) -> (usize, usize) {
        let (mut start, mut field, mut quoted) = (row, 0, false);
        for (at, byte) in self.bytes.iter().enumerate().skip(row) {
            match byte {
                b'"' => quoted = !quoted,
                b'\n' | b'\r' if !quoted => return (start, at),
                it if *it == self.separator && !quoted => {
                    if field == nth {
                        return (start, at);
                    }
                    field += 1;
                    start = at + 1;
                }
                _ => {}
            }
        }
        (start, self.bytes.len())
    }

    /// Puts a complaint at its place, and shows the line.
    fn placed(&self, mut wrong: Diagnostic, start: usize, end: usize, what: &str) -> Box<Wrong> {
        let line = self.bytes[..start].iter().rposition(|it| *it == b'\n').map_or(0, |it| it + 1);
        let rest = &self.bytes[start..];
        let stop =
            rest.iter().position(|it| matches!(it, b'\n' | b'\r')).map_or(rest.len(), |it| it);
        let stop = start + stop;
        let above = self.bytes[..line].split(|it| *it == b'\n').count() - 1;
        if stop - line > LONGEST_LINE {
            let column = String::from_utf8_lossy(&self.bytes[line..start]).chars().count();
            wrong.message =
                format!("{} (line {}, column {})", wrong.message, above + 1, column + 1);
            return wrong.into();
        }
        // Lines above are only counted, so that a large file is not held twice.
        let mut text = "\n".repeat(above);
        let lossy = |from: usize, to: usize| String::from_utf8_lossy(&self.bytes[from..to]);
        text.push_str(&lossy(line, start));
        let from = text.len();
        text.push_str(&lossy(start, end.clamp(start, stop)));
        let to = text.len();
        text.push_str(&lossy(end.clamp(start, stop), stop));
        let span = Span::new(0, from as u32, to as u32);
        Box::new(Wrong {
            diagnostic: wrong.label(span, what),
            file: Some(SourceFile::new(self.file, text)),
            known: Vec::new(),
        })
    }
}

/// Whether there is nothing in it that only other files than texts hold. A text need not be in
/// UTF-8: what is asked for of it are numbers.
fn is_text(bytes: &[u8]) -> bool {
    let control = |it: &u8| matches!(it, 0..=8 | 0x0e..=0x1f);
    !bytes.iter().any(control)
}

/// The complaint about a file that is no text, as far as its first bytes tell what it is.
fn no_text(file: &str, bytes: &[u8]) -> Box<Wrong> {
    let wide = [&b"\xff\xfe"[..], b"\xfe\xff"].iter().any(|it| bytes.starts_with(it));
    let help = match bytes {
        _ if wide => "it looks like UTF-16: write it as UTF-8",
        [0x1f, 0x8b, ..] | [b'P', b'K', ..] => "it looks packed: unpack it first",
        _ => "name the file that holds the rows",
    };
    let wrong = Diagnostic::error("no-text", format!("`{file}` is no text, and no Parquet file"));
    wrong.expected("a CSV file in UTF-8, or a Parquet file").help(help).into()
}

/// Whether a field is a number but for its comma: `12,5`, `1.234,5`.
fn has_decimal_comma(field: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(field) else { return false };
    let text = text.trim().trim_matches('"').trim_start_matches(['-', '+']);
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    text.split_once(',')
        .is_some_and(|(whole, rest)| digits(&whole.replace('.', "")) && digits(rest))
}

/// Reads a field; the error is a field that is no text in UTF-8.
fn cell(field: &[u8]) -> Result<Cell, ()> {
    let text = std::str::from_utf8(field).map_err(|_| ())?.trim();
    if MISSING.iter().any(|it| text.eq_ignore_ascii_case(it)) {
        return Ok(Cell::Missing);
    }
    Ok(text.parse().map_or(Cell::Text, Cell::Number))
}
