//! Places are what people count: lines and characters from 1; excerpts survive any span.

use tradeoff_diag::{Diagnostic, SourceFile, Sources, Span, render};

fn place(text: &str, start: u32, end: u32) -> (u32, u32, u32, u32) {
    let sources = Sources::new([SourceFile::new("a.yaml", text)]);
    let place = sources.line_column(Span::new(0, start, end));
    (place.line, place.column, place.end_line, place.end_column)
}

#[test]
fn columns_count_characters() {
    assert_eq!(place("a: 1\nb: 2\n", 5, 6), (2, 1, 2, 2));
    assert_eq!(place("é: ü\n", 4, 6), (1, 4, 1, 5));
    assert_eq!(place("a\nb", 0, 3), (1, 1, 2, 2));
    assert_eq!(place("a\n", 99, 99), (2, 1, 2, 1));
    assert_eq!(place("", 0, 0), (1, 1, 1, 1));
}

#[test]
fn any_span_can_be_rendered() {
    let sources =
        Sources::new([SourceFile::new("a\u{1b}.yaml", "é: 1\r\n\tb: 2"), SourceFile::new("b", "")]);
    for file in 0..3 {
        for start in 0..14 {
            for end in 0..14 {
                let diagnostic = Diagnostic::error("code", "an \u{1b}[31m error")
                    .label(Span::new(file, start, end), "here")
                    .secondary(Span::new(0, end, start), "there");
                let page = render(&sources, &diagnostic, false);
                assert!(page.starts_with("error[code]: an \u{fffd}[31m error"), "{page}");
                assert!(!page.contains('\u{1b}'), "{page}");
            }
        }
    }
}
