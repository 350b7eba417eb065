//! One pass over the parser's events builds the tree; every bound of a file is kept here.

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle, options};
use tradeoff_diag::{Diagnostic, Span};

use super::{Entry, Node, Value, shorten};
use crate::report::Report;

/// Longest file.
pub const MAX_BYTES: usize = 16 << 20;
/// Deepest nesting of lists and maps.
pub const MAX_DEPTH: usize = 64;
/// Most values of all files, those that aliases repeat included.
pub const MAX_NODES: usize = 2_000_000;

/// The tree of file number `file`; `None` after a mistake beyond which nothing can be read.
/// `nodes` counts the values of all files that are read together.
pub(crate) fn parse(file: u32, text: &str, nodes: &mut usize, report: &mut Report) -> Option<Node> {
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes; the most that is read is 16 MB", text.len());
        report.push(
            Diagnostic::error("file-too-large", message)
                .label(Span::new(file, 0, 0), "")
                .expected(format!("at most {MAX_BYTES} bytes"))
                .help("split it into several files of one folder"),
        );
        return None;
    }
    let mut builder = Builder::new(file, text, *nodes);
    let done = builder.run(report);
    *nodes = builder.nodes;
    done.ok()?;
    Some(builder.root.unwrap_or_else(|| Node::empty(Span::new(file, 0, 0))))
}

/// The tree of one value given apart from a file, as on a command line.
pub(crate) fn parse_value(file: u32, text: &str) -> Result<Node, Box<Diagnostic>> {
    let mut report = Report::default();
    let node = parse(file, text, &mut 0, &mut report);
    match (node, report.into_diagnostics().into_iter().next()) {
        (Some(node), None) => Ok(node),
        (_, diagnostic) => Err(Box::new(diagnostic.expect("what stops the parser is reported"))),
    }
}

struct Builder<'a> {
    file: u32,
    text: &'a str,
    /// Lists and maps that are still open, outermost first.
    open: Vec<Open>,
    root: Option<Node>,
    /// What anchors stand for, by the parser's number, with the number of nodes in each.
    anchors: Vec<Option<(Node, usize)>>,
    nodes: usize,
    documents: usize,
}

struct Open {
    kind: Kind,
    span: Span,
    flow: bool,
    anchor: usize,
    /// Nodes before this one.
    before: usize,
}

enum Kind {
    Seq(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<(String, Span)> },
}

/// The file cannot be read further; the complaint is made.
struct Stop;

impl<'a> Builder<'a> {
    fn new(file: u32, text: &'a str, nodes: usize) -> Self {
        let (open, anchors) = (Vec::new(), Vec::new());
        Self { file, text, open, root: None, anchors, nodes, documents: 0 }
    }

    fn run(&mut self, report: &mut Report) -> Result<(), Stop> {
        let options = options! { emit_comments: false };
        for event in Parser::new_from_str_with_options(self.text, options) {
            match event {
                Ok((event, span)) => {
                    let bytes = span.byte_range().unwrap_or(0..0);
                    self.event(event, self.span(bytes), report)?;
                }
                Err(error) => {
                    report.push(self.syntax(&error));
                    return Err(Stop);
                }
            }
        }
        Ok(())
    }

    fn event(&mut self, event: Event<'_>, span: Span, report: &mut Report) -> Result<(), Stop> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    report.push(
                        Diagnostic::error("second-document", "a file holds one document")
                            .label(span, "a second one starts here")
                            .help("put it into a file of its own"),
                    );
                    return Err(Stop);
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.count(span, 1, false, report)?;
                let plain = matches!(style, ScalarStyle::Plain)
                    && !tag.is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
                let value = match &*text {
                    "" | "~" | "null" if plain => Value::Null,
                    _ => Value::Scalar { text: text.into_owned(), plain },
                };
                self.add(Node { span, value }, anchor, 1, report)?;
            }
            Event::SequenceStart(style, anchor, _) => {
                self.start(Kind::Seq(Vec::new()), style, span, anchor, report)?;
            }
            Event::MappingStart(style, anchor, _) => {
                let kind = Kind::Map { entries: Vec::new(), key: None };
                self.start(kind, style, span, anchor, report)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(mut open) = self.open.pop() {
                    if open.flow {
                        open.span.end = span.end;
                    }
                    let (anchor, count) = (open.anchor, self.nodes - open.before);
                    let node = open.into_node(report);
                    self.add(node, anchor, count, report)?;
                }
            }
            Event::Alias(id) => {
                let Some(Some((node, count))) = self.anchors.get(id) else {
                    report.push(
                        Diagnostic::error(
                            "alias-in-itself",
                            "an alias stands inside its own anchor",
                        )
                        .label(span, "would repeat itself without end")
                        .help("write the value out"),
                    );
                    return Err(Stop);
                };
                let (node, count) = (node.clone(), *count);
                self.count(span, count, true, report)?;
                self.attach(node, report);
            }
            _ => {}
        }
        Ok(())
    }

    fn start(
        &mut self,
        kind: Kind,
        style: StructureStyle,
        span: Span,
        anchor: usize,
        report: &mut Report,
    ) -> Result<(), Stop> {
        if self.open.len() >= MAX_DEPTH {
            report.push(Self::too_deep(span));
            return Err(Stop);
        }
        let before = self.nodes;
        self.count(span, 1, false, report)?;
        let flow = style == StructureStyle::Flow;
        // An entry is known by its key: a block has no first character of its own.
        let span = match self.open.last() {
            Some(Open { kind: Kind::Map { key: Some((_, key)), .. }, .. }) if !flow => *key,
            _ => span,
        };
        self.open.push(Open { kind, span, flow, anchor, before });
        Ok(())
    }

    /// Counts more nodes, or refuses them.
    fn count(
        &mut self,
        span: Span,
        more: usize,
        alias: bool,
        report: &mut Report,
    ) -> Result<(), Stop> {
        self.nodes += more;
        if self.nodes <= MAX_NODES {
            return Ok(());
        }
        let (code, message) = if alias {
            ("alias-bomb", "aliases repeat more than 2,000,000 values")
        } else {
            ("too-many-values", "the files hold more than 2,000,000 values")
        };
        report.push(
            Diagnostic::error(code, message)
                .label(span, "goes beyond the bound")
                .expected("at most 2,000,000 values, aliases expanded"),
        );
        Err(Stop)
    }

    fn add(
        &mut self,
        node: Node,
        anchor: usize,
        count: usize,
        report: &mut Report,
    ) -> Result<(), Stop> {
        if anchor > 0 {
            // The copy that aliases repeat takes room as well.
            self.count(node.span, count, true, report)?;
            if self.anchors.len() <= anchor {
                self.anchors.resize(anchor + 1, None);
            }
            self.anchors[anchor] = Some((node.clone(), count));
        }
        self.attach(node, report);
        Ok(())
    }

    /// Gives a finished node to the list or map around it.
    fn attach(&mut self, node: Node, report: &mut Report) {
        match self.open.last_mut().map(|open| (&mut open.kind, open.flow, &mut open.span)) {
            None => self.root = Some(node),
            Some((Kind::Seq(items), ..)) => items.push(node),
            Some((Kind::Map { entries, key }, flow, span)) => {
                if let Some((key, key_span)) = key.take() {
                    entries.push(Entry { key, key_span, node });
                    return;
                }
                if !flow && entries.is_empty() && span.start == span.end {
                    *span = node.span;
                }
                let span = node.span;
                *key = Some((key_text(node, report), span));
            }
        }
    }

    fn syntax(&self, error: &granit_parser::ScanError) -> Diagnostic {
        use granit_parser::ErrorKind;
        let start = error.marker().byte_offset().unwrap_or(0).min(self.text.len());
        let start = self.text.floor_char_boundary(start);
        let length = self.text[start..].chars().next().map_or(0, char::len_utf8);
        let span = self.span(start..start + length);
        if let Some(tab) = self.tab(start) {
            return Diagnostic::error("yaml-syntax", "not YAML: a tab stands where a line begins")
                .label(self.span(tab..tab + 1), "this tab")
                .expected("spaces: YAML is indented with nothing else");
        }
        match error.kind() {
            ErrorKind::RecursionLimitExceeded => Self::too_deep(span),
            ErrorKind::UnknownAnchor => {
                Diagnostic::error("unknown-anchor", "an alias without an anchor before it")
                    .label(span, "no anchor of this name")
                    .help("define it above with `&name`")
            }
            kind => {
                Diagnostic::error("yaml-syntax", format!("not YAML: {kind}")).label(span, "here")
            }
        }
    }

    /// The tab in the indentation of the line that the parser stumbled over, or of the next: what
    /// it tells is where the value before the tab ends.
    fn tab(&self, at: usize) -> Option<usize> {
        let start = self.text[..at].rfind('\n').map_or(0, |it| it + 1);
        let mut from = start;
        for line in self.text[start..].split_inclusive('\n').take(2) {
            let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
            if let Some(tab) = line[..indentation].find('\t') {
                return Some(from + tab);
            }
            from += line.len();
        }
        None
    }

    fn too_deep(span: Span) -> Diagnostic {
        Diagnostic::error("too-deep", format!("lists and maps nest more than {MAX_DEPTH} deep"))
            .label(span, "one level too many")
            .expected(format!("at most {MAX_DEPTH} levels"))
    }

    const fn span(&self, bytes: std::ops::Range<usize>) -> Span {
        Span::new(self.file, bytes.start as u32, bytes.end as u32)
    }
}

impl Open {
    fn into_node(self, report: &mut Report) -> Node {
        let value = match self.kind {
            Kind::Seq(items) => Value::Seq(items),
            Kind::Map { mut entries, key } => {
                if let Some((key, key_span)) = key {
                    entries.push(Entry {
                        key,
                        key_span,
                        node: Node { span: key_span, value: Value::Null },
                    });
                }
                drop_duplicates(&mut entries, report);
                Value::Map(entries)
            }
        };
        Node { span: self.span, value }
    }
}

/// The text of a node that stands as a key.
fn key_text(node: Node, report: &mut Report) -> String {
    match node.value {
        Value::Scalar { text, .. } => text,
        Value::Null => "null".into(),
        _ => {
            report.push(
                Diagnostic::error("bad-key", "a key is a word, not a list or map")
                    .label(node.span, "stands as a key"),
            );
            String::new()
        }
    }
}

/// Keeps the first of entries with the same key and complains about the others.
fn drop_duplicates(entries: &mut Vec<Entry>, report: &mut Report) {
    // Nearly every map is small, and then comparing all pairs is quicker than sorting.
    let small = entries.len() <= 8;
    let pair = |(at, entry): (usize, &Entry)| entries[..at].iter().any(|it| it.key == entry.key);
    if small && !entries.iter().enumerate().any(pair) {
        return;
    }
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by(|a, b| entries[*a].key.cmp(&entries[*b].key).then(a.cmp(b)));
    let mut again = vec![false; entries.len()];
    let mut first = 0;
    for position in 1..order.len() {
        let (here, kept) = (order[position], order[first]);
        if entries[here].key == entries[kept].key {
            report.push(duplicate(&entries[here], entries[kept].key_span));
            again[here] = true;
        } else {
            first = position;
        }
    }
    let mut again = again.into_iter();
    entries.retain(|_| !again.next().unwrap_or(false));
}

/// The complaint about a key that stands twice.
pub(crate) fn duplicate(entry: &Entry, first: Span) -> Diagnostic {
    Diagnostic::error("duplicate-key", format!("`{}` is defined twice", shorten(&entry.key)))
        .label(entry.key_span, "defined again here")
        .secondary(first, "first defined here")
        .help("keep one of them, or give one another name")
}
