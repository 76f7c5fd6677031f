//! Encoded messages, read in place and written without messages of ours, for calls of many items.
//!
//! The idea: lengths of nested messages are known before their bytes, and are computed once from the inside out; the
//! generated code computes each again at every level. Promise: the bytes are those of the generated code, and a reader
//! that finds another form than the usual one leaves it to that.

use bytes::{BufMut as _, BytesMut};
use cache_engine::{Body, Entry, Freshness, Timestamp};
use prost::Message as _;
use prost::encoding::{decode_varint, encode_varint, encoded_len_varint};

use crate::wire;

/// The tag of a field with a length (wire type 2).
pub(super) const fn long(number: u8) -> u8 {
    number << 3 | 2
}

const VALUE: u8 = long(1);
const VERSION: u8 = 2 << 3;
const TTL: u8 = long(3);
const STALE: u8 = 4 << 3;
const REFRESH: u8 = 5 << 3;
const TAGS: u8 = long(6);
const TEXT: u8 = long(1);
const DATA: u8 = long(2);
const CONTENT_TYPE: u8 = long(3);

/// The field of this tag at the beginning, and what follows it; `None` if there is another one, or none.
pub(super) fn field(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (first, mut rest) = bytes.split_first()?;
    if *first != tag {
        return None;
    }
    if let [length @ 0..0x80, tail @ ..] = rest {
        return tail.split_at_checked(usize::from(*length));
    }
    let length = usize::try_from(decode_varint(&mut rest).ok()?).ok()?;
    rest.split_at_checked(length)
}

/// Bytes of a field of this length with its tag.
pub(super) fn nested(length: usize) -> usize {
    1 + encoded_len_varint(length as u64) + length
}

/// Writes what stands before the bytes of a field.
pub(super) fn open(buffer: &mut BytesMut, tag: u8, length: usize) {
    match u8::try_from(length) {
        Ok(length @ 0..0x80) => buffer.put_slice(&[tag, length]),
        Ok(_) | Err(_) => {
            buffer.put_u8(tag);
            encode_varint(length as u64, buffer);
        }
    }
}

/// Writes a field of bytes or text.
pub(super) fn put(buffer: &mut BytesMut, tag: u8, bytes: &[u8]) {
    open(buffer, tag, bytes.len());
    buffer.put_slice(bytes);
}

/// Bytes of what callers gave an entry: its body, media type and tags.
pub(super) fn given_bytes(entry: &Entry) -> usize {
    let value = entry.value();
    value.body().len() + value.content_type().len() + tag_bytes(entry)
}

/// An entry as it is at one moment, to be written as a `rustcache.v1.Entry`.
pub(super) struct Shown<'a> {
    entry: &'a Entry,
    freshness: Freshness,
    ttl: Option<prost_types::Duration>,
    value_bytes: usize,
    bytes: usize,
}

impl<'a> Shown<'a> {
    /// Asks whether it is fresh, which one asks once a read.
    pub(super) fn of(entry: &'a Entry, now: Timestamp) -> Self {
        let (freshness, ttl) = (entry.freshness(now), wire::left(entry, now));
        let value = entry.value();
        let media_bytes =
            if value.content_type().is_empty() { 0 } else { nested(value.content_type().len()) };
        let value_bytes = nested(value.body().len()) + media_bytes;
        let flag_bytes = match freshness {
            Freshness::Fresh => 0,
            Freshness::Stale => 2,
            Freshness::Refresh => 4,
        };
        let ttl_bytes = ttl.as_ref().map_or(0, |ttl| nested(ttl.encoded_len()));
        let version_bytes = 1 + encoded_len_varint(entry.version().get());
        let bytes = nested(value_bytes) + version_bytes + ttl_bytes + flag_bytes + tag_bytes(entry);
        Self { entry, freshness, ttl, value_bytes, bytes }
    }

    /// Bytes that it takes.
    pub(super) fn len(&self) -> usize {
        self.bytes
    }

    pub(super) fn write(&self, buffer: &mut BytesMut) {
        let value = self.entry.value();
        open(buffer, VALUE, self.value_bytes);
        put(buffer, body_tag(value.body()), value.body().as_bytes());
        if !value.content_type().is_empty() {
            put(buffer, CONTENT_TYPE, value.content_type().as_bytes());
        }
        buffer.put_u8(VERSION);
        encode_varint(self.entry.version().get(), buffer);
        if let Some(ttl) = &self.ttl {
            open(buffer, TTL, ttl.encoded_len());
            ttl.encode_raw(buffer);
        }
        match self.freshness {
            Freshness::Fresh => {}
            Freshness::Stale => buffer.put_slice(&[STALE, 1]),
            Freshness::Refresh => buffer.put_slice(&[STALE, 1, REFRESH, 1]),
        }
        for tag in self.entry.tags() {
            put(buffer, TAGS, tag.as_str().as_bytes());
        }
    }
}

fn tag_bytes(entry: &Entry) -> usize {
    entry.tags().map(|tag| nested(tag.as_str().len())).sum()
}

fn body_tag(body: &Body) -> u8 {
    if body.is_text() { TEXT } else { DATA }
}
