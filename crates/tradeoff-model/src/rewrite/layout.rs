//! How a file is laid out: which bytes are which value, whether braces stand around a map.

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle, options};

/// A value and the bytes that it takes: all of them, also of a block.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) shape: Shape,
}

/// What a value looks like.
#[derive(Debug)]
pub(super) enum Shape {
    /// Nothing; it takes no bytes, or those of `~` or `null`.
    Null,
    /// A text of its own lines or quotes.
    Scalar,
    /// A text below `|` or `>`.
    BlockScalar,
    /// `*name`.
    Alias,
    Map {
        flow: bool,
        keys: Vec<Key>,
    },
    List {
        flow: bool,
        items: Vec<Part>,
    },
}

/// A key of a map and its value.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) part: Part,
}

impl Part {
    /// The value of a key, or the item of an index.
    pub(super) fn below(&self, part: &str) -> Option<&Self> {
        match &self.shape {
            Shape::Map { keys, .. } => keys.iter().find(|it| it.text == part).map(|it| &it.part),
            Shape::List { items, .. } => items.get(part.parse::<usize>().ok()?),
            _ => None,
        }
    }

    /// How many parts of a path it holds.
    pub(super) fn reach(&self, path: &[String]) -> usize {
        let mut here = self;
        for (depth, part) in path.iter().enumerate() {
            match here.below(part) {
                Some(next) => here = next,
                None => return depth,
            }
        }
        path.len()
    }
}

/// The layout of a file that is a map; `None` if it is not, or says things that are not kept.
pub(super) fn layout(text: &str) -> Option<Part> {
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    let options = options! { emit_comments: false };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.ok()?;
        let bytes = span.byte_range().unwrap_or(0..0);
        let (start, end) = (bytes.start, bytes.end);
        let part = match event {
            Event::Scalar(value, style, ..) => match style {
                ScalarStyle::Plain if matches!(&*value, "" | "~" | "null") => {
                    Part { start, end, shape: Shape::Null }
                }
                ScalarStyle::Literal | ScalarStyle::Folded => {
                    let end = text.get(..end)?.trim_end().len().max(start);
                    Part { start, end, shape: Shape::BlockScalar }
                }
                _ => {
                    attach(&mut open, Part { start, end, shape: Shape::Scalar }, Some(&value))?;
                    continue;
                }
            },
            Event::Alias(_) => Part { start, end, shape: Shape::Alias },
            Event::SequenceStart(style, ..) => {
                open.push(Open::new(start, style, Shape::List { flow: false, items: Vec::new() }));
                continue;
            }
            Event::MappingStart(style, ..) => {
                open.push(Open::new(start, style, Shape::Map { flow: false, keys: Vec::new() }));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop()?.close(end)?,
            _ => continue,
        };
        if open.is_empty() {
            root = Some(part);
        } else {
            attach(&mut open, part, None)?;
        }
    }
    root.filter(|it| matches!(it.shape, Shape::Map { .. }))
}

/// The comments of a file, in order.
pub(super) fn comments(text: &str) -> Vec<String> {
    let events = Parser::new_from_str_with_options(text, options! { emit_comments: true });
    let comments = events.filter_map(|it| match it {
        Ok((Event::Comment(text, _), _)) => Some(text.trim_end().to_owned()),
        _ => None,
    });
    comments.collect()
}

/// A list or map that is not at its end.
struct Open {
    start: usize,
    flow: bool,
    shape: Shape,
    key: Option<(String, usize, usize)>,
}

impl Open {
    fn new(start: usize, style: StructureStyle, shape: Shape) -> Self {
        Self { start, flow: style == StructureStyle::Flow, shape, key: None }
    }

    fn close(self, end: usize) -> Option<Part> {
        let flow = self.flow;
        let (last, shape) = match self.shape {
            Shape::Map { keys, .. } => {
                (keys.last().map(|it| it.part.end.max(it.end)), Shape::Map { flow, keys })
            }
            Shape::List { items, .. } => {
                (items.last().map(|it| it.end), Shape::List { flow, items })
            }
            _ => return None,
        };
        // The end of a block that the parser tells is where the next thing begins.
        let end = if flow { end } else { last? };
        Some(Part { start: self.start, end, shape })
    }
}

/// Gives a value to the list or map around it.
fn attach(open: &mut [Open], part: Part, value: Option<&str>) -> Option<()> {
    let around = open.last_mut()?;
    match &mut around.shape {
        Shape::List { items, .. } => items.push(part),
        Shape::Map { keys, .. } => match around.key.take() {
            Some((text, start, end)) => keys.push(Key { text, start, end, part }),
            // A key that is no word is not kept as it is.
            None => around.key = Some((value?.to_owned(), part.start, part.end)),
        },
        _ => return None,
    }
    Some(())
}
