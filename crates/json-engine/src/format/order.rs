//! Members in the order of RFC 8785 section 3.2.3: by the UTF-16 code units of their keys, whatever the style.
//!
//! The text is written in the order in which it is read, and for each object whose keys are out of order the places of its
//! members are kept, sorted. Then the text is copied once more, members in their new order; what lies between members is
//! the same everywhere in an object and stays in its place. Promise: no recursion, each byte is moved once, however deep
//! it lies; equal keys keep their order. Cost: 40 bytes a member of the open objects and of those out of order, a sort of
//! each object, and where all was in order already nothing else.

use std::cmp::Ordering;
use std::ops::Range;

use crate::write::unescape_into;

use super::layout::copy;

/// Places of members in a text of up to 4 GiB.
#[derive(Default)]
pub(super) struct Order {
    open: Vec<Open>,
    /// Members of the open objects.
    members: Vec<Member>,
    /// Decoded keys of the open objects that have escapes.
    decoded: Vec<u8>,
    /// Objects that are open, or hold something out of order; by where they begin.
    objects: Vec<Object>,
    /// Members of the objects that are out of order.
    sorted: Vec<Member>,
    /// Where the last comma stands.
    comma: u32,
}

struct Open {
    object: usize,
    first_member: usize,
    decoded: usize,
}

#[derive(Clone, Copy)]
struct Member {
    /// First eight bytes of the key, as [`rank`] orders them.
    prefix: u64,
    place: (u32, u32),
    /// The key, in the text or in the decoded keys.
    key: (u32, u32),
    is_decoded: bool,
    /// The first object that begins in it or behind it.
    next: u32,
}

/// An object whose members stand at `place`, the brackets and spaces around them left out.
#[derive(Clone, Default)]
struct Object {
    place: (u32, u32),
    /// What lies between two members.
    separator: (u32, u32),
    /// Its members in `sorted`; none if it is in order itself.
    members: Range<usize>,
    /// The first object that begins behind it.
    after: usize,
}

impl Order {
    /// An object opens.
    pub(super) fn open(&mut self) {
        self.open.push(Open {
            object: self.objects.len(),
            first_member: self.members.len(),
            decoded: self.decoded.len(),
        });
        self.objects.push(Object::default());
    }

    /// A comma stands at `at`.
    #[inline]
    pub(super) fn comma(&mut self, at: usize) {
        self.comma = at as u32;
    }

    /// A key stands at `key` in `out`, with its quotes.
    pub(super) fn key(&mut self, key: Range<usize>, out: &[u8]) {
        self.end_member(self.comma);
        let inside = &out[key.start + 1..key.end - 1];
        let is_decoded = memchr::memchr(b'\\', inside).is_some();
        let (place, prefix) = if is_decoded {
            let from = self.decoded.len();
            unescape_into(inside, &mut self.decoded);
            ((from as u32, self.decoded.len() as u32), prefix(&self.decoded[from..]))
        } else {
            ((key.start as u32 + 1, key.end as u32 - 1), prefix(inside))
        };
        let (start, next) = (key.start as u32, self.objects.len() as u32);
        self.members.push(Member { prefix, place: (start, start), key: place, is_decoded, next });
    }

    fn end_member(&mut self, end: u32) {
        let first = self.open.last().map_or(0, |open| open.first_member);
        if let Some(last) = self.members[first..].last_mut() {
            last.place.1 = end;
        }
    }

    /// The object closes, whose last member ends at `end`.
    pub(super) fn close(&mut self, end: usize, out: &[u8]) {
        self.end_member(end as u32);
        let Some(Open { object, first_member, decoded }) = self.open.pop() else {
            return;
        };
        let members = &mut self.members[first_member..];
        let compare = |left: &Member, right: &Member| order(left, right, out, &self.decoded);
        let is_in_order = members.is_sorted_by(|left, right| compare(left, right) == Ordering::Less);
        if is_in_order && self.objects.len() == object + 1 {
            self.objects.pop();
        } else if is_in_order {
            self.objects[object].place = (members[0].place.0, end as u32);
        } else {
            let place = (members[0].place.0, end as u32);
            let separator = (members[0].place.1, members[1].place.0);
            members.sort_unstable_by(compare);
            let from = self.sorted.len();
            self.sorted.extend_from_slice(members);
            let members = from..self.sorted.len();
            self.objects[object] = Object { place, separator, members, after: self.objects.len() };
        }
        self.members.truncate(first_member);
        self.decoded.truncate(decoded);
    }

    /// `text` with all members in their new order.
    pub(super) fn arrange(&self, text: Vec<u8>) -> Vec<u8> {
        if self.sorted.is_empty() {
            return text;
        }
        let mut out = Vec::with_capacity(text.len() + 64);
        let mut entered = Vec::new();
        let mut piece = Some(Piece { from: 0, to: text.len() as u32, next: 0 });
        while let Some(present) = piece {
            match self.first_in(&present) {
                Some(object) => {
                    copy_range(&text, (present.from, object.place.0), &mut out);
                    let rest = Piece { from: object.place.1, to: present.to, next: object.after };
                    entered.push(Entered { object, left: object.members.clone(), rest });
                }
                None => copy_range(&text, (present.from, present.to), &mut out),
            }
            piece = self.next_piece(&mut entered, &text, &mut out);
        }
        out
    }

    /// The first object out of order that lies in a piece.
    fn first_in(&self, piece: &Piece) -> Option<&Object> {
        // Those behind the piece are not looked at: there may be as many around one object as a text may be deep.
        let mut inside =
            self.objects.get(piece.next..)?.iter().take_while(|object| object.place.0 < piece.to);
        inside.find(|object| !object.members.is_empty())
    }

    /// What is copied next: a member, or what follows the innermost object that is complete.
    fn next_piece(&self, entered: &mut Vec<Entered<'_>>, text: &[u8], out: &mut Vec<u8>) -> Option<Piece> {
        let innermost = entered.last_mut()?;
        let Some(index) = innermost.left.next() else {
            return entered.pop().map(|entered| entered.rest);
        };
        if index > innermost.object.members.start {
            copy_range(text, innermost.object.separator, out);
        }
        let Member { place, next, .. } = self.sorted[index];
        Some(Piece { from: place.0, to: place.1, next: next as usize })
    }
}

/// A part of the text that is to be copied, and the first object that begins in it or behind it.
struct Piece {
    from: u32,
    to: u32,
    next: usize,
}

/// An object out of order whose members are being copied.
struct Entered<'o> {
    object: &'o Object,
    left: Range<usize>,
    rest: Piece,
}

fn copy_range(text: &[u8], (from, to): (u32, u32), out: &mut Vec<u8>) {
    copy(text, from as usize, to as usize, out);
}

#[inline]
fn order(left: &Member, right: &Member, out: &[u8], decoded: &[u8]) -> Ordering {
    left.prefix.cmp(&right.prefix).then_with(|| {
        let key = |member: &Member| {
            let (start, end) = member.key;
            let text = if member.is_decoded { decoded } else { out };
            &text[start as usize..end as usize]
        };
        by_utf16(key(left), key(right)).then(left.place.0.cmp(&right.place.0))
    })
}

/// The order of UTF-16 code units on UTF-8, or on the WTF-8 of a key with half of a surrogate pair.
fn by_utf16(left: &[u8], right: &[u8]) -> Ordering {
    match left.iter().zip(right).find(|(left, right)| left != right) {
        Some((left, right)) => rank(*left).cmp(&rank(*right)),
        None => left.len().cmp(&right.len()),
    }
}

/// Where UTF-8 and UTF-16 order differently: characters beyond U+FFFF (F0 to F4) are surrogates (D800 to DFFF) in UTF-16,
/// and come before U+E000 to U+FFFF (EE and EF).
fn rank(byte: u8) -> u8 {
    match byte {
        0xee | 0xef => byte + 0x10,
        other => other,
    }
}

/// The first eight bytes, ranked, as one number that orders as they do.
fn prefix(key: &[u8]) -> u64 {
    let word = match key.first_chunk::<8>() {
        Some(chunk) => u64::from_be_bytes(*chunk),
        None => key.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)) << (8 * (8 - key.len()) % 64),
    };
    if word & 0x8080_8080_8080_8080 == 0 {
        return word;
    }
    u64::from_be_bytes(word.to_be_bytes().map(rank))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_definition(left: &str, right: &str) -> Ordering {
        left.encode_utf16().cmp(right.encode_utf16())
    }

    proptest! {
        #[test]
        fn keys_order_as_their_utf16(left in "[a\u{0}é\u{d7ff}\u{e000}\u{fb33}\u{ffff}😀\u{10ffff}]{0,12}", right in any::<String>(), cut in 0_usize..12) {
            let near: String = left.chars().take(cut).chain(right.chars()).collect();
            for (left, right) in [(&left, &right), (&left, &near)] {
                let (one, other) = (left.as_bytes(), right.as_bytes());
                prop_assert_eq!(by_utf16(one, other), by_definition(left, right));
                let by_prefix = prefix(one).cmp(&prefix(other)).then_with(|| by_utf16(one, other));
                prop_assert_eq!(by_prefix, by_definition(left, right));
            }
        }
    }
}
