//! One change written into the text of its file.

use std::ops::Range;

use super::difference::{Change, What};
use super::layout::{Key, Part, Shape};
use crate::tree::{Entry, Node, Value, scalar};

/// Columns of a line; what is longer is written as a block.
const WIDTH: usize = 100;

const BEHIND_ALIAS: &str = "it stands behind an alias";
const COMMENTS: &str = "comments in it would be lost";
const LAYOUT: &str = "it is laid out in a way that is not kept";

/// The text with a change made, or why it cannot be made.
pub(super) fn splice(text: &str, root: &Part, change: &Change<'_>) -> Result<String, &'static str> {
    let spot = Spot::find(text, root, &change.path)?;
    let (range, new) = match &change.what {
        What::Set(node) => spot.set(node)?,
        What::Add(key, node) => spot.add(key, node)?,
        What::Append(node) => spot.append(node)?,
        What::Remove => spot.remove()?,
    };
    let mut changed = text.to_owned();
    let kept = text.get(..range.start).is_some() && text.get(range.end..).is_some();
    if !kept || range.start > range.end {
        return Err(LAYOUT);
    }
    changed.replace_range(range, &new);
    Ok(changed)
}

type Splice = Result<(Range<usize>, String), &'static str>;

/// A value of a file and what stands around it.
struct Spot<'a> {
    text: &'a str,
    part: &'a Part,
    /// The map that it is in, and its index there.
    owner: Option<(&'a Part, &'a [Key], usize)>,
    /// Whether braces or brackets stand around it.
    in_flow: bool,
    top: bool,
}

impl<'a> Spot<'a> {
    fn find(text: &'a str, root: &'a Part, path: &[String]) -> Result<Self, &'static str> {
        let mut spot = Self { text, part: root, owner: None, in_flow: false, top: true };
        for name in path {
            let here = spot.part;
            spot.owner = None;
            spot.top = false;
            match &here.shape {
                Shape::Map { flow, keys } => {
                    let at = keys.iter().position(|it| it.text == *name);
                    let at = at.ok_or("it comes from elsewhere")?;
                    spot.in_flow |= *flow;
                    spot.owner = Some((here, keys, at));
                    spot.part = &keys[at].part;
                }
                Shape::List { flow, .. } => {
                    spot.in_flow |= *flow;
                    spot.part = here.below(name).ok_or("it comes from elsewhere")?;
                }
                Shape::Alias => return Err(BEHIND_ALIAS),
                _ => return Err(LAYOUT),
            }
        }
        Ok(spot)
    }

    fn key(&self) -> Option<&'a Key> {
        self.owner.map(|(_, keys, at)| &keys[at])
    }

    /// Another value in the place of this one.
    fn set(&self, node: &Node) -> Splice {
        let part = self.part;
        let inline = node.inline();
        match &part.shape {
            Shape::Alias => Err("it is an alias"),
            Shape::BlockScalar => Err("it is a text of several lines"),
            Shape::Scalar => {
                if let Some(block) = self.as_block(node, &inline) {
                    return block;
                }
                Ok((part.start..part.end, inline))
            }
            Shape::Null if part.start < part.end => Ok((part.start..part.end, inline)),
            Shape::Null => {
                let key = self.key().ok_or(LAYOUT)?;
                match self.colon(key) {
                    Some(colon) => Ok((colon + 1..colon + 1, format!(" {inline}"))),
                    None if self.in_flow => Ok((key.end..key.end, format!(": {inline}"))),
                    None => Err(LAYOUT),
                }
            }
            Shape::Map { flow, .. } | Shape::List { flow, .. } => {
                let colon = self.key().and_then(|it| self.colon(it));
                let (range, new) = match colon {
                    Some(colon) if !flow => (colon + 1..part.end, format!(" {inline}")),
                    _ => (part.start..part.end, inline),
                };
                if has_comment(&self.text[range.clone()]) {
                    return Err(COMMENTS);
                }
                Ok((range, new))
            }
        }
    }

    /// A map that is too wide for the line of a word that it replaces: as a block below the key.
    fn as_block(&self, node: &Node, inline: &str) -> Option<Splice> {
        let Value::Map(entries) = &node.value else { return None };
        let key = self.key().filter(|_| !self.in_flow)?;
        let line = line_start(self.text, key.start);
        let wide = self.text[line..self.part.start].chars().count() + inline.chars().count();
        let rest = &self.text[self.part.end..line_end(self.text, self.part.end)];
        if wide <= WIDTH || entries.is_empty() || !rest.trim().is_empty() {
            return None;
        }
        let indent = self.column(key.start)?;
        let colon = self.colon(key)?;
        let mut block = String::new();
        for entry in entries {
            self.lines(entry, indent + 2, &mut block);
        }
        Some(Ok((colon + 1..self.part.end, block)))
    }

    /// A key more in this map.
    fn add(&self, key: &str, node: &Node) -> Splice {
        let Shape::Map { flow, keys } = &self.part.shape else {
            return Err(if matches!(self.part.shape, Shape::Alias) {
                BEHIND_ALIAS
            } else {
                LAYOUT
            });
        };
        let Some(last) = keys.last() else {
            let new = format!("{{ {}: {} }}", scalar(key, false), node.inline());
            return self.whole(new);
        };
        if *flow {
            let end = self.end_of(last);
            return Ok((end..end, format!(", {}: {}", scalar(key, false), node.inline())));
        }
        let indent = self.column(keys[0].start).ok_or(LAYOUT)?;
        let mut lines = String::new();
        if self.top && self.is_airy(keys) {
            lines.push_str(self.newline());
        }
        let entry = Entry { key: key.into(), key_span: node.span, node: node.clone() };
        self.lines(&entry, indent, &mut lines);
        let end = line_end(self.text, self.end_of(last));
        Ok((end..end, lines))
    }

    /// An item more in this list.
    fn append(&self, node: &Node) -> Splice {
        let Shape::List { flow, items } = &self.part.shape else { return Err(LAYOUT) };
        let last = items.last().ok_or(LAYOUT)?;
        let inline = node.inline();
        if *flow {
            return Ok((last.end..last.end, format!(", {inline}")));
        }
        let line = line_start(self.text, last.start);
        let before = &self.text[line..last.start];
        if before.trim() != "-" {
            return Err(LAYOUT);
        }
        let end = line_end(self.text, last.end);
        Ok((end..end, format!("{}{before}{inline}", self.newline())))
    }

    /// This key and its value go.
    fn remove(&self) -> Splice {
        let Some((map, keys, at)) = self.owner else { return Err(LAYOUT) };
        if keys.len() < 2 {
            return Err(LAYOUT);
        }
        let Shape::Map { flow, .. } = map.shape else { return Err(LAYOUT) };
        let range = if flow {
            match at.checked_sub(1) {
                Some(before) => self.end_of(&keys[before])..self.end_of(&keys[at]),
                None => keys[0].start..keys[1].start,
            }
        } else {
            let start = line_start(self.text, keys[at].start);
            if !self.text[start..keys[at].start].trim().is_empty() {
                return Err(LAYOUT);
            }
            let end = line_end(self.text, self.end_of(&keys[at]));
            // With the line break behind it, or before it if it is the last line.
            match self.text[end..].find('\n') {
                Some(after) => start..end + after + 1,
                None => self.text[..start].trim_end_matches(['\r', '\n']).len()..end,
            }
        };
        if has_comment(&self.text[range.clone()]) {
            return Err(COMMENTS);
        }
        Ok((range, String::new()))
    }

    /// Another text for all of a flow map or list.
    fn whole(&self, new: String) -> Splice {
        let range = self.part.start..self.part.end;
        if has_comment(&self.text[range.clone()]) { Err(COMMENTS) } else { Ok((range, new)) }
    }

    /// A key and its value as lines of a block, each begun by a line break.
    fn lines(&self, entry: &Entry, indent: usize, out: &mut String) {
        let head =
            format!("{}{}{}:", self.newline(), " ".repeat(indent), scalar(&entry.key, false));
        let inline = entry.node.inline();
        let entries = match &entry.node.value {
            Value::Map(entries) => &entries[..],
            _ => &[],
        };
        let fits = head.trim_start_matches(['\r', '\n']).chars().count() + inline.chars().count();
        let block = indent == 0 || fits >= WIDTH;
        out.push_str(&head);
        if block && !entries.is_empty() {
            for entry in entries {
                self.lines(entry, indent + 2, out);
            }
        } else {
            out.push(' ');
            out.push_str(&inline);
        }
    }

    /// Where a key and its value end.
    fn end_of(&self, key: &Key) -> usize {
        if key.part.end > key.end {
            return key.part.end;
        }
        self.colon(key).map_or(key.end, |colon| colon + 1)
    }

    /// The colon behind a key.
    fn colon(&self, key: &Key) -> Option<usize> {
        let rest = &self.text[key.end..];
        let space = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        rest[space..].starts_with(':').then_some(key.end + space)
    }

    /// The column of a key that begins its line, or an item of a list that does.
    fn column(&self, start: usize) -> Option<usize> {
        let before = &self.text[line_start(self.text, start)..start];
        // A mark of the byte order takes no column.
        let before = before.strip_prefix('\u{feff}').unwrap_or(before);
        before.chars().all(|it| matches!(it, ' ' | '-')).then_some(before.len())
    }

    /// Whether empty lines stand between the keys of a map.
    fn is_airy(&self, keys: &[Key]) -> bool {
        let (Some(first), Some(last)) = (keys.first(), keys.last()) else { return false };
        // Of a single key nothing stands between.
        let between = self.text.get(first.end..last.start).unwrap_or_default();
        between.lines().skip(1).any(|it| it.trim().is_empty())
    }

    fn newline(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |it| it + 1)
}

/// The end of a line, before its break.
fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |it| at + it);
    if text[at..end].ends_with('\r') { end - 1 } else { end }
}

/// Whether there may be a comment in a text; a `#` behind a space in quotes counts as one.
fn has_comment(text: &str) -> bool {
    text.contains(" #") || text.contains("\t#") || text.contains("\n#")
}
