//! Any bytes as a file of data: a column is bounded and finite, and a complaint has a place.
//!
//! The library that reads Parquet is not ours, and the command catches what it panics on; here that
//! is found out, so that it can be refused before the library sees it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tradeoff_column::{MAX_ROWS, read};
use tradeoff_diag::{Sources, render};

fuzz_target!(|bytes: &[u8]| {
    for column in [None, Some("amount")] {
        match read("fuzz", bytes.to_vec(), column) {
            Ok(read) => {
                let rows = read.values.len() as u64 + read.missing + read.infinite;
                assert!(!read.values.is_empty() && rows <= MAX_ROWS as u64);
                assert!(read.values.iter().all(|it| it.is_finite()));
            }
            Err(wrong) => {
                let sources = Sources::new(wrong.file);
                for label in &wrong.diagnostic.labels {
                    assert!(sources.contains(label.span), "{:?}", wrong.diagnostic);
                }
                assert!(!render(&sources, &wrong.diagnostic, false).is_empty());
            }
        }
    }
});
