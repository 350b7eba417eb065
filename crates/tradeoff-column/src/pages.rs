//! The headers of a column's pages, read ahead of the library: it believes what they say of sizes,
//! and allocates so much.
//!
//! A header is a struct in the compact protocol of Thrift: fields of known types, one after another.
//! Two of them are needed, and the end of it.

/// The most bytes of a page, unpacked: more than every row of a file of ten million.
const MAX_PAGE: i64 = 128 << 20;
/// Structs in structs, of which a header has three.
const DEEPEST: u32 = 16;

/// Whether the pages of a column are as large as they say, as far as that can be seen: each lies in
/// the column, and none unpacks to more than a page may.
pub(crate) fn sound(mut chunk: &[u8]) -> bool {
    while !chunk.is_empty() {
        let mut header = Header { bytes: chunk, unpacked: None, packed: None };
        let Some(()) = header.fields(0) else { return false };
        let (Some(unpacked), Some(packed)) = (header.unpacked, header.packed) else { return false };
        let fits = (0..=MAX_PAGE).contains(&unpacked);
        let rest = usize::try_from(packed).ok().and_then(|it| header.bytes.get(it..));
        let Some(rest) = rest.filter(|_| fits) else { return false };
        chunk = rest;
    }
    true
}

struct Header<'a> {
    /// What is left to read.
    bytes: &'a [u8],
    unpacked: Option<i64>,
    packed: Option<i64>,
}

impl Header<'_> {
    /// Reads the fields of a struct; `None` if they end too early.
    fn fields(&mut self, depth: u32) -> Option<()> {
        let mut id = 0;
        loop {
            let byte = self.byte()?;
            let kind = byte & 0x0f;
            if kind == 0 {
                return Some(());
            }
            id = match byte >> 4 {
                0 => self.signed()?,
                step => id + i64::from(step),
            };
            match (depth, id, kind) {
                (0, 2, 5) => self.unpacked = Some(self.signed()?),
                (0, 3, 5) => self.packed = Some(self.signed()?),
                // What is true or false stands in the kind of its field.
                (_, _, 1 | 2) => {}
                _ => self.skip(kind, depth)?,
            }
        }
    }

    /// Passes a value by.
    fn skip(&mut self, kind: u8, depth: u32) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        match kind {
            1..=3 => self.take(1),
            4..=6 => self.varint().map(|_| ()),
            7 => self.take(8),
            8 => {
                let length = self.varint()?;
                self.take(usize::try_from(length).ok()?)
            }
            9 | 10 => {
                let head = self.byte()?;
                let count = match head >> 4 {
                    15 => self.varint()?,
                    few => u64::from(few),
                };
                // Each takes a byte at least, so that the end of the bytes ends this.
                (0..count).try_for_each(|_| self.skip(head & 0x0f, depth + 1))
            }
            12 => self.fields(depth + 1),
            // No header has a map.
            _ => None,
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn take(&mut self, count: usize) -> Option<()> {
        self.bytes = self.bytes.get(count..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn signed(&mut self) -> Option<i64> {
        let it = self.varint()?;
        Some((it >> 1) as i64 ^ -((it & 1) as i64))
    }
}

#[cfg(test)]
mod tests {
    use super::sound;

    /// Type 0, so many bytes unpacked and packed, a struct of one field, and the page.
    fn page(unpacked: &[u8], packed: u8, body: &[u8]) -> Vec<u8> {
        let head = [&[0x15, 0x00, 0x15][..], unpacked, &[0x15, packed << 1]].concat();
        [&head[..], &[0x2c, 0x15, 0x08, 0x00, 0x00], body].concat()
    }

    #[test]
    fn pages_are_followed_to_the_end_of_the_column() {
        let two = [page(&[0x10], 3, b"abc"), page(&[0x10], 2, b"de")].concat();
        assert!(sound(&two) && sound(&[]));
        assert!(!sound(&two[..two.len() - 1]), "the last page is cut");
        assert!(!sound(&page(&[0xfe, 0xff, 0xff, 0xff, 0x0f], 1, b"a")), "two gigabytes");
        assert!(!sound(&page(&[0x01], 1, b"a")), "less than nothing");
    }

    #[test]
    fn what_is_no_header_is_refused_and_ends() {
        assert!(!sound(&[0x2c; 4096]), "structs without an end");
        assert!(!sound(&[0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f]), "a list without an end");
        assert!(!sound(&[0x18, 0xff, 0xff, 0xff, 0xff, 0x0f]), "a text without an end");
        assert!(!sound(&[0xff; 64]) && !sound(&[0x00]));
    }
}
