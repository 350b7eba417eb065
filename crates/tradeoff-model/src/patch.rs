//! Patches: the part of RFC 6902 that mends and overlays need.

use std::fmt;

use serde_json::Value as Json;
use tradeoff_diag::Span;

use crate::document::Document;
use crate::pointer::parts;
use crate::tree::{Entry, Node, Value, scalar};

/// One change of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is done.
    pub op: Op,
    /// JSON Pointer of the value; `-` at its end appends to a list.
    pub path: String,
    /// The new value, of `Add` and `Replace`.
    pub value: Option<Json>,
}

/// What an edit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Sets a key or inserts into a list; maps that are missing on the way are made.
    Add,
    /// Sets a value that is there.
    Replace,
    /// Takes a value away.
    Remove,
}

/// As it would stand in an overlay: `{ op: replace, path: /services/order/replicas, value: 3 }`.
impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let op = match self.op {
            Op::Add => "add",
            Op::Replace => "replace",
            Op::Remove => "remove",
        };
        write!(f, "{{ op: {op}, path: {}", scalar(&self.path, false))?;
        if let Some(value) = &self.value {
            write!(f, ", value: {}", Node::from_json(value, Span::default()).inline())?;
        }
        f.write_str(" }")
    }
}

/// Why an edit cannot be made. Each names the edit's path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatchError {
    /// The path is not a JSON Pointer to something inside the document.
    Pointer(String),
    /// There is no value at the path.
    Missing(String),
    /// The path goes through a value that is neither a map nor a list.
    NoContainer(String),
    /// The path's index is not one of the list.
    Index(String),
    /// The edit needs a value.
    NoValue(String),
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pointer(path) => write!(f, "`{path}` is not a JSON Pointer into the file"),
            Self::Missing(path) => write!(f, "there is nothing at `{path}`"),
            Self::NoContainer(path) => {
                write!(f, "`{path}` goes through a value that is neither a map nor a list")
            }
            Self::Index(path) => write!(f, "`{path}` has an index that its list does not have"),
            Self::NoValue(path) => write!(f, "the edit of `{path}` needs a value"),
        }
    }
}

impl std::error::Error for PatchError {}

impl Document {
    /// The document with these edits made, in order. New values stand at the place of the nearest
    /// value around them that the files have.
    pub fn patched(&self, edits: &[Edit]) -> Result<Self, PatchError> {
        let mut document = self.clone();
        for edit in edits {
            document.edit(edit)?;
        }
        Ok(document)
    }

    fn edit(&mut self, edit: &Edit) -> Result<(), PatchError> {
        let path = || edit.path.clone();
        let parts = parts(&edit.path).ok_or_else(|| PatchError::Pointer(path()))?;
        if parts.is_empty() {
            return Err(PatchError::Pointer(path()));
        }
        let span = self.nearest_place(&parts);
        let node = || {
            let value = edit.value.as_ref().ok_or_else(|| PatchError::NoValue(path()))?;
            Ok(Node::from_json(value, span))
        };
        let done = match edit.op {
            Op::Add => self.root.put(&parts, node()?, span),
            Op::Replace => self.root.replace(&parts, node()?),
            Op::Remove => self.root.remove(&parts),
        };
        done.map_err(|refused| refused.at(path()))
    }

    /// The place of the deepest value on a path that is there.
    fn nearest_place(&self, parts: &[String]) -> Span {
        let mut node = &self.root;
        let mut place = node.span;
        for part in parts {
            let next = match &node.value {
                Value::Map(_) => node.get(part),
                Value::Seq(items) => part.parse().ok().and_then(|at: usize| items.get(at)),
                _ => None,
            };
            let Some(next) = next else { break };
            (node, place) = (next, next.span);
        }
        place
    }
}

/// Why a tree refuses an edit.
pub(crate) enum Refused {
    Missing,
    NoContainer,
    Index,
}

impl Refused {
    fn at(self, path: String) -> PatchError {
        match self {
            Self::Missing => PatchError::Missing(path),
            Self::NoContainer => PatchError::NoContainer(path),
            Self::Index => PatchError::Index(path),
        }
    }
}

impl Node {
    /// Puts a node at a path; maps that are missing on the way are made.
    pub(crate) fn put(&mut self, parts: &[String], node: Self, span: Span) -> Result<(), Refused> {
        let [part, rest @ ..] = parts else {
            *self = node;
            return Ok(());
        };
        if matches!(self.value, Value::Null) {
            self.value = Value::Map(Vec::new());
        }
        match &mut self.value {
            Value::Map(entries) => {
                let at = entries.iter().position(|entry| entry.key == *part);
                let at = at.unwrap_or_else(|| {
                    let node = Self { span, value: Value::Null };
                    entries.push(Entry { key: part.clone(), key_span: span, node });
                    entries.len() - 1
                });
                entries[at].node.put(rest, node, span)
            }
            Value::Seq(items) if rest.is_empty() => {
                let at = if part == "-" { items.len() } else { index(part)? };
                if at > items.len() {
                    return Err(Refused::Index);
                }
                items.insert(at, node);
                Ok(())
            }
            Value::Seq(items) => {
                items.get_mut(index(part)?).ok_or(Refused::Index)?.put(rest, node, span)
            }
            _ => Err(Refused::NoContainer),
        }
    }

    pub(crate) fn replace(&mut self, parts: &[String], node: Self) -> Result<(), Refused> {
        *self.at_mut(parts)? = node;
        Ok(())
    }

    pub(crate) fn remove(&mut self, parts: &[String]) -> Result<(), Refused> {
        let Some((last, parents)) = parts.split_last() else { return Err(Refused::Missing) };
        match &mut self.at_mut(parents)?.value {
            Value::Map(entries) => {
                let at = entries.iter().position(|entry| entry.key == *last);
                entries.remove(at.ok_or(Refused::Missing)?);
            }
            Value::Seq(items) => {
                let at = index(last)?;
                if at >= items.len() {
                    return Err(Refused::Index);
                }
                items.remove(at);
            }
            _ => return Err(Refused::Missing),
        }
        Ok(())
    }

    fn at_mut(&mut self, parts: &[String]) -> Result<&mut Self, Refused> {
        let mut node = self;
        for part in parts {
            node = match &mut node.value {
                Value::Map(entries) => {
                    let entry = entries.iter_mut().find(|entry| entry.key == *part);
                    &mut entry.ok_or(Refused::Missing)?.node
                }
                Value::Seq(items) => items.get_mut(index(part)?).ok_or(Refused::Index)?,
                _ => return Err(Refused::Missing),
            };
        }
        Ok(node)
    }
}

/// RFC 6901: digits without leading zeros.
fn index(part: &str) -> Result<usize, Refused> {
    let digits = !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    if !digits || (part.len() > 1 && part.starts_with('0')) {
        return Err(Refused::Index);
    }
    part.parse().map_err(|_| Refused::Index)
}
