//! What differs between two trees, value by value.

use crate::tree::{Entry, Node, Value};

/// One thing to write.
pub(super) struct Change<'a> {
    /// Where: keys, and indices of lists.
    pub(super) path: Vec<String>,
    pub(super) what: What<'a>,
}

/// What is to be written.
pub(super) enum What<'a> {
    /// Another value.
    Set(&'a Node),
    /// A key of the map at the path.
    Add(&'a str, &'a Node),
    /// One more item of the list at the path.
    Append(&'a Node),
    /// Nothing: the key at the end of the path goes.
    Remove,
}

/// The changes that make one tree of another, outer ones before those inside them.
pub(super) fn differences<'a>(before: &Node, after: &'a Node) -> Vec<Change<'a>> {
    let mut all = Vec::new();
    compare(before, after, &mut Vec::new(), &mut all);
    all
}

fn compare<'a>(before: &Node, after: &'a Node, path: &mut Vec<String>, all: &mut Vec<Change<'a>>) {
    if same(before, after) {
        return;
    }
    let mut push = |path: &Vec<String>, what| all.push(Change { path: path.clone(), what });
    match (&before.value, &after.value) {
        (Value::Map(old), Value::Map(new)) if !new.is_empty() => {
            let find = |list: &'_ [Entry], key: &str| list.iter().position(|it| it.key == key);
            for entry in new.iter().filter(|it| find(old, &it.key).is_none()) {
                push(path, What::Add(&entry.key, &entry.node));
            }
            for entry in old {
                path.push(entry.key.clone());
                match find(new, &entry.key) {
                    Some(at) => compare(&entry.node, &new[at].node, path, all),
                    None => all.push(Change { path: path.clone(), what: What::Remove }),
                }
                path.pop();
            }
        }
        (Value::Seq(old), Value::Seq(new)) if old.len() == new.len() => {
            for (at, (old, new)) in old.iter().zip(new).enumerate() {
                path.push(at.to_string());
                compare(old, new, path, all);
                path.pop();
            }
        }
        (Value::Seq(old), Value::Seq(new))
            if !old.is_empty()
                && old.len() < new.len()
                && old.iter().zip(new).all(|(old, new)| same(old, new)) =>
        {
            new[old.len()..].iter().for_each(|it| push(path, What::Append(it)));
        }
        _ => push(path, What::Set(after)),
    }
}

/// Whether two trees say the same, wherever they stand.
fn same(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Null, Value::Null) => true,
        (Value::Scalar { text, .. }, Value::Scalar { text: other, .. }) => text == other,
        (Value::Seq(one), Value::Seq(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Map(one), Value::Map(other)) => {
            one.len() == other.len()
                && one.iter().all(|it| {
                    let there = other.iter().find(|other| other.key == it.key);
                    there.is_some_and(|other| same(&it.node, &other.node))
                })
        }
        _ => false,
    }
}
