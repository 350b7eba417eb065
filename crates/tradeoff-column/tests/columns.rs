//! Columns of files of both kinds, and what is wrong with files that are anybody's.

use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use tradeoff_column::{Column, Wrong, read};

fn csv(text: &str, column: Option<&str>) -> Result<Column, Box<Wrong>> {
    read("a.csv", text.as_bytes().to_vec(), column)
}

fn values(text: &str, column: Option<&str>) -> Vec<f64> {
    csv(text, column).map(|it| it.values).expect("a column")
}

/// Line and column, and the text that is marked there.
fn place(wrong: &Wrong) -> (usize, usize, String) {
    let text = &wrong.file.as_ref().expect("a file").text;
    let span = wrong.diagnostic.place().expect("a place");
    let above = &text[..span.start as usize];
    let line = above.matches('\n').count() + 1;
    let column = above.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column, text[span.start as usize..span.end as usize].to_owned())
}

#[test]
fn the_only_column_of_numbers_is_read() {
    assert_eq!(values("a,b\nx,1\ny,2.5e1\n", None), [1.0, 25.0]);
    assert_eq!(values("a;b\nx;1\ny;2\n", None), [1.0, 2.0]);
    assert_eq!(values("a\tb\r\nx\t1\r\ny\t2\r\n", None), [1.0, 2.0]);
    assert_eq!(values("\u{feff}b\n 1 \n\n2", None), [1.0, 2.0], "a mark, spaces, an empty line");
    assert_eq!(values("\"a,\nb\",\"c\"\n\"x\n\"\"y\",\"1\"\n", None), [1.0], "quotes");
    let column = csv("1\n2\n3\n", None).expect("a column");
    assert_eq!((column.name.as_str(), column.values), ("1", vec![1.0, 2.0, 3.0]), "no names");
    assert_eq!(values("a,b\n1,2\n3,4\n", Some("b")), [2.0, 4.0]);
}

#[test]
fn what_is_no_number_is_counted() {
    let column = csv("b,c\n1,x\n,x\nNA,x\nnull,x\nNaN,x\n-inf,x\n1e999,x\n", None);
    let column = column.expect("a column");
    assert_eq!((column.values, column.missing, column.infinite), (vec![1.0], 4, 2));
}

#[test]
fn mistakes_have_a_place() {
    let wrong = csv("day,b\nmon,1\ntue,1O\n", Some("b")).unwrap_err();
    assert_eq!(place(&wrong), (3, 5, "1O".into()), "{wrong:?}");
    assert!(wrong.diagnostic.message.contains("`1O` of the column `b` is no number"));
    let wrong = csv("day,b\n\"m\no\",1\r\ntué,\"1,5\"\r\n", None).unwrap_err();
    assert_eq!(place(&wrong), (4, 5, "\"1,5\"".into()), "the only one that has numbers");
    let wrong = csv("a,b\n1,2\n3\n5,6\n", Some("b")).unwrap_err();
    assert_eq!(place(&wrong), (3, 1, "3".into()), "{wrong:?}");
    let wrong = csv(&format!("b\n{}\n", "x".repeat(5000)), Some("b")).unwrap_err();
    assert!(wrong.diagnostic.message.contains("(line 2, column 1)"), "{wrong:?}");
    assert!(wrong.diagnostic.message.len() < 200 && wrong.file.is_none());
}

#[test]
fn names_must_say_which() {
    let wrong = csv("a,b\n1,2\n", Some("c")).unwrap_err();
    assert_eq!(wrong.known, ["a", "b"]);
    let several = csv("a,b,c\n1,2,x\n", None).unwrap_err().diagnostic.expected;
    assert_eq!(several.as_deref(), Some("`--column` with one of `a`, `b`"));
    for text in ["", "a,b\n", "a,b\nx,y\n", "a\nNA\n"] {
        let wrong = csv(text, None).unwrap_err();
        assert_eq!(wrong.diagnostic.code, "no-numbers", "{text:?}");
    }
    let wrong = csv("a,a\n1,2\n", Some("a")).unwrap_err();
    assert!(wrong.diagnostic.message.contains("two columns `a`"));
    let wide = format!("a{}\n", ",a".repeat(20_000));
    assert_eq!(csv(&wide, None).unwrap_err().diagnostic.code, "too-large");
}

#[test]
fn what_is_no_data_is_refused() {
    for bytes in
        [&b"\xff\xfe\x00"[..], b"\x00\x01\x02\n\x03", b"PAR1", b"PAR1\x15\x00PAR1", b"\"\n"]
    {
        assert!(read("x", bytes.to_vec(), None).is_err(), "{bytes:?}");
    }
    let wrong = read("x", b"b\n1\n\xff\n".to_vec(), Some("b")).unwrap_err();
    assert_eq!(place(&wrong).0, 3);
    for (bytes, help) in [
        (&b"b\n1\n\x00\x01\n"[..], "name the file"),
        (b"\xff\xfeb\x00\n\x001\x00", "UTF-16"),
        (b"\x1f\x8b\x08\x00", "unpack"),
    ] {
        let wrong = read("x", bytes.to_vec(), Some("b")).unwrap_err().diagnostic;
        assert!(wrong.message.contains("no text") && wrong.help.unwrap().contains(help));
    }
    // Numbers are numbers in any encoding of the text beside them.
    let column = read("x", b"gr\xf6\xdfe,b\nx\xe4,1\n".to_vec(), None).expect("a column");
    assert_eq!(column.values, [1.0]);
}

#[test]
fn decimal_commas_are_told() {
    let help = |text: &str, column: Option<&str>| {
        let wrong = csv(text, column).unwrap_err().diagnostic;
        wrong.help.unwrap()
    };
    for text in ["day;b\n1;0,5\n2;1,5\n", "b;c\n-1.234,5;x\n2,5;y\n", "b,c\n\"1,5\",x\n"] {
        assert!(help(text, Some("b")).contains("decimal comma"), "{text}");
        assert!(help(text, None).contains("decimal comma"), "the day is not meant: {text}");
    }
    assert!(help("b\n1,5\n2,5\n", None).contains("decimal"));
    assert!(help("b,c\n1,x,y\n", None).contains("quotes"));
    assert_eq!(values("day;b\nx,y;1\nz;2\n", None), [1.0, 2.0], "a text with a comma");
}

const SCHEMA: &str = "message m {
    required binary name (UTF8);
    optional double amount;
    required int64 cents (DECIMAL(18, 2));
    required int32 count (UINT_32);
    required int64 at (TIMESTAMP_MILLIS);
}";

/// Two groups of three rows, with one amount missing in each.
fn parquet(packed: Compression) -> Vec<u8> {
    let schema = parquet::schema::parser::parse_message_type(SCHEMA).expect("a schema");
    let properties = WriterProperties::builder().set_compression(packed).build();
    let mut bytes = Vec::new();
    let mut writer =
        SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties)).expect("it");
    for group in 0..2 {
        let mut rows = writer.next_row_group().expect("a group");
        let mut column = rows.next_column().expect("a column").expect("name");
        let names = ["x", "y", "z"].map(Into::into);
        column.typed::<ByteArrayType>().write_batch(&names, None, None).expect("written");
        column.close().expect("closed");
        let mut column = rows.next_column().expect("a column").expect("amount");
        let amounts = [1.5, f64::from(group)];
        let levels = Some(&[1, 0, 1][..]);
        column.typed::<DoubleType>().write_batch(&amounts, levels, None).expect("written");
        column.close().expect("closed");
        for cents in [[150, 250, -350], [-1, 0, 1]] {
            let mut column = rows.next_column().expect("a column").expect("cents, count");
            if cents[0] > 0 {
                column.typed::<Int64Type>().write_batch(&cents, None, None).expect("written");
            } else {
                let counts = cents.map(|it| it as i32);
                column.typed::<Int32Type>().write_batch(&counts, None, None).expect("written");
            }
            column.close().expect("closed");
        }
        let mut column = rows.next_column().expect("a column").expect("at");
        column.typed::<Int64Type>().write_batch(&[1, 2, 3], None, None).expect("written");
        column.close().expect("closed");
        rows.close().expect("closed");
    }
    writer.close().expect("closed");
    bytes
}

#[test]
fn columns_of_parquet_are_read() {
    for packed in [Compression::UNCOMPRESSED, Compression::SNAPPY] {
        let column = |name| read("a.parquet", parquet(packed), Some(name)).expect("a column");
        let amount = column("amount");
        assert_eq!((amount.values, amount.missing), (vec![1.5, 0.0, 1.5, 1.0], 2), "{packed}");
        assert_eq!(column("cents").values[..3], [1.5, 2.5, -3.5], "{packed}");
        assert_eq!(column("count").values[..3], [4_294_967_295.0, 0.0, 1.0], "{packed}");
    }
    let wrong = read("a.parquet", parquet(Compression::SNAPPY), None).unwrap_err();
    let expected = "`--column` with one of `amount`, `cents`, `count`";
    assert_eq!(wrong.diagnostic.expected.as_deref(), Some(expected));
    for (name, holds) in [("name", "text or bytes"), ("at", "points in time")] {
        let wrong = read("a.parquet", parquet(Compression::SNAPPY), Some(name)).unwrap_err();
        assert!(wrong.diagnostic.message.contains(holds), "{wrong:?}");
    }
    let wrong = read("a.parquet", parquet(Compression::SNAPPY), Some("amuont")).unwrap_err();
    assert!(wrong.known.contains(&"amount".to_owned()));
}

/// A file of which bytes are missing or others is read, or refused: it never panics.
#[test]
fn broken_parquet_is_read_or_refused() {
    for packed in [Compression::UNCOMPRESSED, Compression::SNAPPY] {
        let whole = parquet(packed);
        for end in 0..whole.len() {
            let _ = read("a.parquet", whole[..end].to_vec(), Some("amount"));
        }
        for at in 4..whole.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff, whole[at] ^ 1, whole[at].wrapping_add(16)] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let _ = read("a.parquet", bytes, Some("amount"));
            }
        }
    }
}
