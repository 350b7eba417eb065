//! JSON Pointers and dotted paths: the two ways in which a place of the tree is named.
//!
//! A dotted path is what people write: `services.order.replicas`. A part that holds a dot stands
//! in double quotes: `edges."order.place->payment.charge".network`.

use std::borrow::Cow;

/// The pointer of a key under another pointer.
pub(crate) fn child(pointer: &str, key: &str) -> String {
    let mut text = String::with_capacity(pointer.len() + key.len() + 1);
    text.push_str(pointer);
    text.push('/');
    if key.contains(['~', '/']) {
        text.push_str(&key.replace('~', "~0").replace('/', "~1"));
    } else {
        text.push_str(key);
    }
    text
}

/// The parts of a JSON Pointer; `None` if it is not one.
pub(crate) fn parts(pointer: &str) -> Option<Vec<String>> {
    Some(each_part(pointer)?.map(Cow::into_owned).collect())
}

/// The same one by one.
pub(crate) fn each_part(pointer: &str) -> Option<impl Iterator<Item = Cow<'_, str>>> {
    let rest = if pointer.is_empty() { None } else { Some(pointer.strip_prefix('/')?) };
    Some(rest.into_iter().flat_map(|rest| rest.split('/')).map(|part| {
        if part.contains('~') {
            Cow::Owned(part.replace("~1", "/").replace("~0", "~"))
        } else {
            Cow::Borrowed(part)
        }
    }))
}

/// The dotted path of a pointer.
pub fn dotted(pointer: &str) -> String {
    let mut dotted = String::with_capacity(pointer.len());
    for part in each_part(pointer).into_iter().flatten() {
        if !dotted.is_empty() {
            dotted.push('.');
        }
        dotted.push_str(&quoted(&part));
    }
    dotted
}

/// The pointer of a dotted path; `None` if a quote is left open or a part is empty.
pub fn undotted(path: &str) -> Option<String> {
    let parts = split_dotted(path)?;
    Some(parts.iter().fold(String::new(), |pointer, part| child(&pointer, part)))
}

/// One part of a dotted path.
pub(crate) fn quoted(part: &str) -> String {
    let plain = !part.is_empty() && !part.contains(['.', '"']);
    if plain { part.into() } else { format!("\"{part}\"") }
}

/// The parts of a dotted path; `None` if a quote is left open or a part is empty.
pub fn split_dotted(path: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = path;
    loop {
        let after = if let Some(quoted) = rest.strip_prefix('"') {
            let (part, after) = quoted.split_once('"')?;
            parts.push(part.into());
            after
        } else {
            let end = rest.find('.').unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            parts.push(rest[..end].into());
            &rest[end..]
        };
        if after.is_empty() {
            return Some(parts);
        }
        rest = after.strip_prefix('.')?;
    }
}

#[cfg(test)]
mod tests {
    use super::{child, dotted, parts, split_dotted, undotted};

    #[test]
    fn paths_and_pointers_name_the_same_place() {
        let pointer = child(&child("/edges", "order.place->pay/x"), "network");
        assert_eq!(pointer, "/edges/order.place->pay~1x/network");
        assert_eq!(dotted(&pointer), "edges.\"order.place->pay/x\".network");
        assert_eq!(split_dotted(&dotted(&pointer)), parts(&pointer));
        assert_eq!(undotted(&dotted(&pointer)), Some(pointer));
        assert_eq!(split_dotted("a..b"), None);
        assert_eq!(split_dotted("a.\"b"), None);
    }
}
