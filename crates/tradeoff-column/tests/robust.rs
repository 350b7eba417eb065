//! Whatever the file: reading it never panics, what is read is bounded, and every place that is
//! complained about exists.

use proptest::collection::vec;
use proptest::prelude::*;
use tradeoff_column::{MAX_ROWS, read};
use tradeoff_diag::{Sources, render};

const QUOTED: &[u8] = include_bytes!("../../../fuzz/seeds/column/quoted.csv");
const COMMAS: &[u8] = include_bytes!("../../../fuzz/seeds/column/commas.csv");
const PLAIN: &[u8] = include_bytes!("../../../fuzz/seeds/column/plain.parquet");
const SNAPPY: &[u8] = include_bytes!("../../../fuzz/seeds/column/snappy.parquet");

/// What means something in a CSV file, to get past the first mistake.
const WORDS: &[&[u8]] = &[
    b"amount",
    b",",
    b";",
    b"\t",
    b"|",
    b"\"",
    b"\"\"",
    b"\n",
    b"\r\n",
    b"\r",
    b"1",
    b"-2.5e3",
    b"0,5",
    b"1e999",
    b"NaN",
    b"NA",
    b"x",
    b"\xff",
    b"\xc3",
    "é".as_bytes(),
    b"\0",
    b"\xef\xbb\xbf",
    b"PAR1",
];

fn check(bytes: &[u8]) {
    for column in [None, Some("amount")] {
        match read("a.csv", bytes.to_vec(), column) {
            Ok(read) => {
                assert!(!read.values.is_empty());
                assert!(read.values.iter().all(|it| it.is_finite()));
                let rows = read.values.len() as u64 + read.missing + read.infinite;
                assert!(rows <= MAX_ROWS as u64, "{rows} rows of {} bytes", bytes.len());
            }
            Err(wrong) => {
                let sources = Sources::new(wrong.file);
                for label in &wrong.diagnostic.labels {
                    assert!(sources.contains(label.span), "{:?}", wrong.diagnostic);
                }
                assert!(!render(&sources, &wrong.diagnostic, true).is_empty());
            }
        }
    }
}

/// A file with some of its bytes replaced.
fn mutated(bytes: &[u8], cuts: &[(usize, usize, usize)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (at, length, word) in cuts {
        let start = at % (bytes.len() + 1);
        let end = (start + length).min(bytes.len());
        bytes.splice(start..end, WORDS[word % WORDS.len()].iter().copied());
    }
    bytes
}

/// A file with some of its bytes changed, all in their places: lengths stay right.
fn flipped(bytes: &[u8], flips: &[(usize, u8)]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (at, mask) in flips {
        let at = at % bytes.len();
        bytes[at] ^= mask;
    }
    bytes
}

proptest! {
    #[test]
    fn any_bytes(bytes in vec(any::<u8>(), 0..200)) {
        check(&bytes);
    }

    #[test]
    fn any_words(words in vec(0..WORDS.len(), 0..60)) {
        check(&words.into_iter().map(|word| WORDS[word]).collect::<Vec<_>>().concat());
    }

    #[test]
    fn rows_with_slips(cuts in vec((0..200_usize, 0..6_usize, 0..WORDS.len()), 1..6)) {
        check(&mutated(QUOTED, &cuts));
        check(&mutated(COMMAS, &cuts));
    }

    #[test]
    fn parquet_with_slips(flips in vec((0..4000_usize, 1..=255_u8), 1..8)) {
        check(&flipped(PLAIN, &flips));
        check(&flipped(SNAPPY, &flips));
    }
}
