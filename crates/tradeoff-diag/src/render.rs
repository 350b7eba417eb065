//! Diagnostics as people read them: an excerpt of the file with the places marked.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::{Diagnostic, Label, Severity, Sources, Span};

/// Lines shown above and below a marked one.
const CONTEXT: usize = 1;

/// Prints a diagnostic with excerpts of the files that it points into, ending in a line break.
pub fn render(sources: &Sources, diagnostic: &Diagnostic, color: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Advice => Level::NOTE.with_name("advice"),
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let title = level.primary_title(printable(&diagnostic.message)).id(diagnostic.code);
    let mut group = Group::with_title(title);
    for labels in by_file(&diagnostic.labels) {
        if let Some(snippet) = excerpt(sources, &labels) {
            group = group.element(snippet);
        }
    }
    if let Some(expected) = &diagnostic.expected {
        group = group.element(Level::NOTE.message(printable(&format!("expected {expected}"))));
    }
    if let Some(nearest) = &diagnostic.nearest {
        let text = format!("did you mean `{nearest}`?");
        group = group.element(Level::HELP.message(printable(&text)));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut page = renderer.decor_style(DecorStyle::Unicode).render(&[group]);
    page.push('\n');
    page
}

/// Labels grouped by file, the file of the first primary label first.
fn by_file(labels: &[Label]) -> Vec<Vec<&Label>> {
    let mut groups: Vec<Vec<&Label>> = Vec::new();
    let primary_first = |primary| labels.iter().filter(move |it| it.primary == primary);
    for label in primary_first(true).chain(primary_first(false)) {
        match groups.iter_mut().find(|group| group[0].span.file == label.span.file) {
            Some(group) => group.push(label),
            None => groups.push(vec![label]),
        }
    }
    groups
}

fn excerpt<'a>(
    sources: &'a Sources,
    labels: &[&Label],
) -> Option<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let number = labels.first()?.span.file;
    let file = sources.file(number)?;
    let spans: Vec<Span> = labels.iter().map(|label| clamp(label.span, &file.text)).collect();
    let start = spans.iter().map(|span| span.start).min()?;
    let end = spans.iter().map(|span| span.end).max()?;
    let window = sources.window(number, start, end, CONTEXT)?;
    let mut snippet = Snippet::source(&file.text[window.bytes.clone()])
        .line_start(window.first_line)
        .path(printable(&file.name));
    for (label, span) in labels.iter().zip(spans) {
        let kind = if label.primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let bytes =
            span.start as usize - window.bytes.start..span.end as usize - window.bytes.start;
        snippet = snippet.annotation(kind.span(bytes).label(printable(&label.text)));
    }
    Some(snippet)
}

/// The part of a place that exists in the text.
fn clamp(span: Span, text: &str) -> Span {
    let start = text.floor_char_boundary((span.start as usize).min(text.len()));
    let end = text.ceil_char_boundary((span.end as usize).clamp(start, text.len()));
    Span::new(span.file, start as u32, end as u32)
}

/// Names come from files; a control character among them must not reach a terminal.
fn printable(text: &str) -> String {
    text.chars().map(|it| if it.is_control() && it != '\n' { '\u{fffd}' } else { it }).collect()
}
