//! An answer as it is kept: what the caller would get, in a form that is checked on the way back.
//!
//! Promise: what was not written by [`Kept::seal`] of the same engine for the same key is [`None`], never an answer. Cost: one
//! BLAKE3 of it each way and no copy of the document on the way back.

use bytes::{BufMut as _, Bytes, BytesMut};
use fastjson_proto::fastjson::v1 as pb;
use prost::Message as _;

use super::identity::Hash;

/// How what is kept begins; the number is that of the form.
const MAGIC: &[u8; 8] = b"fjmemo\0\x01";
/// Media type of what is kept.
pub(super) const CONTENT_TYPE: &str = "application/vnd.fastjson.memo";

/// What the first steps of a recipe gave.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Kept {
    /// The engine that computed it.
    #[prost(string, tag = "1")]
    pub(crate) engine: String,
    #[prost(bytes = "bytes", tag = "2")]
    pub(crate) document: Bytes,
    /// How it is written; unspecified where it is lines for people.
    #[prost(enumeration = "pb::Format", tag = "3")]
    pub(crate) format: i32,
    /// What the steps took when they ran.
    #[prost(message, repeated, tag = "4")]
    pub(crate) steps: Vec<pb::StepReport>,
    #[prost(message, repeated, tag = "5")]
    pub(crate) diagnostics: Vec<pb::Diagnostic>,
    #[prost(uint64, tag = "6")]
    pub(crate) diagnostics_total: u64,
    /// Of an operation, what its response tells beside the document.
    #[prost(bytes = "bytes", tag = "7")]
    pub(crate) told: Bytes,
}

impl Kept {
    /// The bytes to keep under `key`.
    pub(crate) fn seal(&self, key: &str) -> Bytes {
        let mut sealed = BytesMut::with_capacity(MAGIC.len() + size_of::<Hash>() + self.encoded_len());
        sealed.put_slice(MAGIC);
        let body = self.encode_to_vec();
        sealed.put_slice(&checksum(key, &body));
        sealed.put_slice(&body);
        sealed.freeze()
    }

    /// What was kept under `key` of `steps` steps by `engine`.
    pub(crate) fn open(sealed: &Bytes, key: &str, (engine, steps): (&str, usize)) -> Option<Self> {
        let rest = sealed.strip_prefix(MAGIC.as_slice())?;
        let (sum, body) = rest.split_first_chunk::<{ size_of::<Hash>() }>()?;
        if *sum != checksum(key, body) {
            return None;
        }
        let kept = Self::decode(sealed.slice_ref(body)).ok()?;
        let is_whole = kept.engine == engine && kept.steps.len() == steps;
        let is_readable = client::is_binary(pb::Format::try_from(kept.format).ok()?)
            || std::str::from_utf8(&kept.document).is_ok();
        (is_whole && is_readable).then_some(kept)
    }

    /// What its steps took when they ran, in microseconds.
    pub(crate) fn micros(&self) -> u64 {
        self.steps.iter().map(|step| step.micros).fold(0, u64::saturating_add)
    }
}

fn checksum(key: &str, body: &[u8]) -> Hash {
    *blake3::Hasher::new().update(key.as_bytes()).update(body).finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> Kept {
        Kept {
            engine: "e".to_owned(),
            document: Bytes::from_static(b"[1]"),
            format: pb::Format::Json.into(),
            steps: vec![pb::StepReport { name: "query".to_owned(), micros: 7, output_bytes: 3 }],
            diagnostics: Vec::new(),
            diagnostics_total: 0,
            told: Bytes::from_static(b"told"),
        }
    }

    fn open(sealed: &Bytes) -> Option<Kept> {
        Kept::open(sealed, "key", ("e", 1))
    }

    #[test]
    fn what_was_kept_comes_back() {
        assert_eq!(open(&kept().seal("key")), Some(kept()));
    }

    #[test]
    fn what_is_cut_or_changed_anywhere_is_none() {
        let sealed = kept().seal("key");
        for at in 0..sealed.len() {
            let mut changed = sealed.to_vec();
            changed[at] ^= 0x40;
            assert_eq!(open(&changed.into()), None, "byte {at}");
            assert_eq!(open(&sealed.slice(..at)), None, "cut at {at}");
        }
        assert_eq!(open(&[&sealed[..], b"x"].concat().into()), None);
    }

    #[test]
    fn the_answer_of_another_key_engine_or_length_is_none() {
        let sealed = kept().seal("key");
        assert_eq!(Kept::open(&sealed, "other", ("e", 1)), None);
        assert_eq!(Kept::open(&sealed, "key", ("f", 1)), None);
        assert_eq!(Kept::open(&sealed, "key", ("e", 2)), None);
    }

    #[test]
    fn text_that_is_none_is_none() {
        let broken = Kept { document: Bytes::from_static(b"\xff"), ..kept() };
        assert_eq!(open(&broken.seal("key")), None);
        let binary = Kept { format: pb::Format::Cbor.into(), ..broken };
        assert_eq!(open(&binary.seal("key")), Some(binary));
    }
}
