//! Parquet: flat columns of numbers, not packed, or packed by Snappy. Zstandard would need a C
//! compiler, and the library's gzip unpacks without a bound.

use bytes::Bytes;
use parquet::basic::{Compression, ConvertedType, LogicalType, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor};
use tradeoff_diag::Diagnostic;

use crate::{
    Column, MAX_COLUMNS, MAX_ROWS, Wrong, listed, none, pages, several, shown, too_many_columns,
    too_many_rows, unknown,
};

/// What such a file begins with.
pub(crate) const MAGIC: &[u8] = b"PAR1";
/// Rows that are read at once.
const BATCH: usize = 8192;

pub(crate) fn read(file: &str, bytes: Vec<u8>, column: Option<&str>) -> Result<Column, Box<Wrong>> {
    let broken = |error: ParquetError| broken(file, &error.to_string());
    let bytes = Bytes::from(bytes);
    let reader = SerializedFileReader::new(bytes.clone()).map_err(broken)?;
    let metadata = reader.metadata();
    let rows = metadata.file_metadata().num_rows();
    if rows > MAX_ROWS as i64 {
        return Err(too_many_rows(file));
    }
    let all = metadata.file_metadata().schema_descr().columns();
    if all.len() > MAX_COLUMNS {
        return Err(too_many_columns(file));
    }
    let at = chosen(file, column, all)?;
    let described = &all[at];
    let mut read = Column::new(described.path().string());
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).map_err(broken)?;
        let Some(chunk) = group.metadata().columns().get(at) else {
            return Err(self::broken(file, "a group of rows lacks the column"));
        };
        sound(file, &bytes, chunk)?;
        match group.get_column_reader(at).map_err(broken)? {
            ColumnReader::Int32ColumnReader(it) => {
                let scale = scale(described);
                let unsigned = is_unsigned(described);
                let number = |it: i32| if unsigned { f64::from(it as u32) } else { it.into() };
                take(it, described, &mut read, |it| number(it) / scale)
            }
            ColumnReader::Int64ColumnReader(it) => {
                let scale = scale(described);
                let unsigned = is_unsigned(described);
                let number = |it: i64| if unsigned { it as u64 as f64 } else { it as f64 };
                take(it, described, &mut read, |it| number(it) / scale)
            }
            ColumnReader::FloatColumnReader(it) => take(it, described, &mut read, f64::from),
            ColumnReader::DoubleColumnReader(it) => take(it, described, &mut read, |it| it),
            _ => return Err(none(file)),
        }
        .map_err(broken)?;
        if read.rows() > MAX_ROWS as u64 {
            return Err(too_many_rows(file));
        }
    }
    if i64::try_from(read.rows()) != Ok(rows) {
        return Err(self::broken(file, "it holds another number of rows than it says"));
    }
    Ok(read)
}

/// The column of a name, or the only one of numbers.
fn chosen(file: &str, column: Option<&str>, all: &[ColumnDescPtr]) -> Result<usize, Box<Wrong>> {
    let names = || all.iter().map(|it| it.path().string());
    let fits = |it: &ColumnDescPtr| unfit(it).is_none();
    if let Some(name) = column {
        let at = names().position(|it| it == name);
        let at = at.ok_or_else(|| unknown(file, name, names().collect()))?;
        return unfit(&all[at]).map_or(Ok(at), |why| {
            let message = format!("`{file}`: the column `{}` holds {why}", shown(name));
            let fit: Vec<String> =
                all.iter().filter(|it| fits(it)).map(|it| it.path().string()).collect();
            let wrong = Diagnostic::error("no-numbers", message);
            Err(match fit.as_slice() {
                [] => wrong.expected("a file with a column of numbers"),
                fit => wrong.expected(format!("a column of numbers: {}", listed(fit))),
            }
            .into())
        });
    }
    let fit: Vec<usize> = all.iter().enumerate().filter(|it| fits(it.1)).map(|it| it.0).collect();
    match fit.as_slice() {
        [one] => Ok(*one),
        [] => Err(none(file)),
        some => {
            let names: Vec<String> = names().collect();
            let some: Vec<String> = some.iter().map(|it| names[*it].clone()).collect();
            Err(several(file, &some))
        }
    }
}

/// What a column holds that is no number; `None` if it holds numbers.
fn unfit(it: &ColumnDescriptor) -> Option<&'static str> {
    if it.max_rep_level() > 0 {
        return Some("lists");
    }
    match it.physical_type() {
        Type::INT32 | Type::INT64 => {}
        Type::FLOAT | Type::DOUBLE => return None,
        Type::BOOLEAN => return Some("yes and no"),
        Type::INT96 => return Some("points in time"),
        Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY => {
            let decimal = it.converted_type() == ConvertedType::DECIMAL;
            return Some(if decimal { "decimals in bytes" } else { "text or bytes" });
        }
    }
    match it.logical_type_ref() {
        Some(LogicalType::Date | LogicalType::Time { .. } | LogicalType::Timestamp { .. }) => {
            Some("points in time")
        }
        _ => match it.converted_type() {
            ConvertedType::DATE
            | ConvertedType::TIME_MILLIS
            | ConvertedType::TIME_MICROS
            | ConvertedType::TIMESTAMP_MILLIS
            | ConvertedType::TIMESTAMP_MICROS => Some("points in time"),
            _ => None,
        },
    }
}

/// By what the integers of a column of decimals are divided.
fn scale(it: &ColumnDescriptor) -> f64 {
    let digits = if it.converted_type() == ConvertedType::DECIMAL { it.type_scale() } else { 0 };
    (0..digits.clamp(0, 18)).fold(1.0, |scale, _| scale * 10.0)
}

fn is_unsigned(it: &ColumnDescriptor) -> bool {
    use ConvertedType::{UINT_8, UINT_16, UINT_32, UINT_64};
    matches!(it.converted_type(), UINT_8 | UINT_16 | UINT_32 | UINT_64)
}

/// Adds the numbers of a group of rows.
fn take<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    described: &ColumnDescriptor,
    column: &mut Column,
    number: impl Fn(T::T) -> f64,
) -> Result<(), ParquetError> {
    let optional = described.max_def_level() > 0;
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    while column.rows() <= MAX_ROWS as u64 {
        values.clear();
        levels.clear();
        let wanted = optional.then_some(&mut levels);
        let (rows, read, _) = reader.read_records(BATCH, wanted, None, &mut values)?;
        if rows == 0 {
            break;
        }
        values.drain(..).for_each(|it| column.push(number(it)));
        column.missing += rows.saturating_sub(read) as u64;
    }
    Ok(())
}

/// Holds what a group of rows says of its column against the file, before the library believes it.
fn sound(file: &str, bytes: &Bytes, chunk: &ColumnChunkMetaData) -> Result<(), Box<Wrong>> {
    let packed = chunk.compression();
    if !matches!(packed, Compression::UNCOMPRESSED | Compression::SNAPPY) {
        let name = packed.to_string();
        let name = name.split('(').next().unwrap_or_default().to_lowercase();
        let message = format!("`{file}` is packed by {name}");
        let wrong = Diagnostic::error("packed", message)
            .expected("Parquet that is not packed, or packed by Snappy");
        return Err(wrong
            .help("write it anew, with one of these, such as `compression='snappy'`")
            .into());
    }
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    let range = usize::try_from(start).ok().zip(usize::try_from(chunk.compressed_size()).ok());
    let pages = range.and_then(|(start, size)| bytes.get(start..start.checked_add(size)?));
    if chunk.data_page_offset() < 0 || !pages.is_some_and(pages::sound) {
        return Err(broken(file, "its pages are not where or what they are said to be"));
    }
    Ok(())
}

fn broken(file: &str, why: &str) -> Box<Wrong> {
    let why = why.strip_prefix("Parquet error: ").unwrap_or(why);
    let message = format!("`{file}` is no whole Parquet file: {}", shown_reason(why));
    let wrong = Diagnostic::error("broken-file", message);
    wrong.expected("a file as its writer closed it").into()
}

/// The first line of what a library says.
fn shown_reason(why: &str) -> String {
    const LONGEST: usize = 160;
    why.lines().next().unwrap_or_default().chars().take(LONGEST).collect()
}
