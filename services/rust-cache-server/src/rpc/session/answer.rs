//! The answer to a frame, written as it grows.
//!
//! The idea: lengths of nested messages are known before their bytes, and are computed once from the inside out; the
//! generated code computes each again at every level. Promise: the bytes are those of the generated code; what is found
//! by one frame stays within the limit of an answer.

use bytes::{BufMut as _, Bytes, BytesMut};
use cache_engine::{Body, Entry, Freshness, Timestamp};
use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;
use prost::Message as _;
use prost::encoding::{encode_varint, encoded_len_varint, message};

use super::{Outcome, operate};
use crate::wire;

/// Tags: a field with a length (wire type 2) or a number (0).
const RESULTS: u8 = 1 << 3 | 2;
const GET: u8 = 1 << 3 | 2;
const FOUND: u8 = 1 << 3 | 2;
const MISSING: u8 = 2 << 3 | 2;
const VALUE: u8 = 1 << 3 | 2;
const VERSION: u8 = 2 << 3;
const TTL: u8 = 3 << 3 | 2;
const STALE: u8 = 4 << 3;
const REFRESH: u8 = 5 << 3;
const TAGS: u8 = 6 << 3 | 2;
const TEXT: u8 = 1 << 3 | 2;
const DATA: u8 = 2 << 3 | 2;
const CONTENT_TYPE: u8 = 3 << 3 | 2;

/// Most bytes of a result that is no entry; messages are shorter.
const SMALL: usize = 320;
/// Bytes of an entry beside its body and media type, at most.
const AROUND_ENTRY: usize = 64;
/// Bytes that an encoded answer may have beyond the limit, as everywhere.
const SLACK: usize = 64 << 10;
/// Longest answer whose memory is used again.
const KEPT: usize = 64 << 10;

/// Results, encoded.
pub(super) struct Answer {
    buffer: BytesMut,
    /// What entries may still take.
    room: usize,
    most: usize,
    now: Timestamp,
}

impl Answer {
    /// For `count` results. Room is kept for all of them, so that no entry leaves too little for what follows.
    pub(super) fn new(buffer: BytesMut, count: usize, most: usize, now: Timestamp) -> Self {
        let room = most.saturating_add(SLACK).saturating_sub(count.saturating_mul(SMALL)).min(most);
        Self { buffer, room, most, now }
    }

    /// There is no entry.
    pub(super) fn missing(&mut self) {
        self.buffer.put_slice(&[RESULTS, 4, GET, 2, MISSING, 0]);
    }

    /// There is one.
    pub(super) fn found(&mut self, entry: &Entry) {
        let value = entry.value();
        let (body, media_type) = (value.body().as_bytes(), value.content_type());
        let tag_bytes: usize = entry.tags().map(|tag| nested(tag.as_str().len())).sum();
        if let Err(failure) = self.take_room(body.len() + media_type.len() + tag_bytes) {
            return self.push(operate::failed(&failure));
        }
        let freshness = entry.freshness(self.now);
        let ttl = wire::left(entry, self.now);
        let ttl_bytes = ttl.as_ref().map_or(0, |ttl| nested(ttl.encoded_len()));
        let media_bytes = if media_type.is_empty() { 0 } else { nested(media_type.len()) };
        let value_bytes = nested(body.len()) + media_bytes;
        let version = entry.version().get();
        let flag_bytes = match freshness {
            Freshness::Fresh => 0,
            Freshness::Stale => 2,
            Freshness::Refresh => 4,
        };
        let entry_bytes =
            nested(value_bytes) + 1 + encoded_len_varint(version) + ttl_bytes + flag_bytes + tag_bytes;
        let response_bytes = nested(entry_bytes);
        let result_bytes = nested(response_bytes);

        self.buffer.reserve(nested(result_bytes));
        self.open(RESULTS, result_bytes);
        self.open(GET, response_bytes);
        self.open(FOUND, entry_bytes);
        self.open(VALUE, value_bytes);
        self.open(body_tag(value.body()), body.len());
        self.buffer.put_slice(body);
        if !media_type.is_empty() {
            self.open(CONTENT_TYPE, media_type.len());
            self.buffer.put_slice(media_type.as_bytes());
        }
        self.buffer.put_u8(VERSION);
        encode_varint(version, &mut self.buffer);
        if let Some(ttl) = ttl {
            self.open(TTL, ttl.encoded_len());
            ttl.encode_raw(&mut self.buffer);
        }
        self.flags(freshness);
        for tag in entry.tags() {
            self.open(TAGS, tag.as_str().len());
            self.buffer.put_slice(tag.as_str().as_bytes());
        }
    }

    /// What came of any operation.
    pub(super) fn push(&mut self, outcome: Outcome) {
        let outcome = match outcome {
            Outcome::Get(response) => match self.take_room(found_bytes(&response)) {
                Ok(()) => Outcome::Get(response),
                Err(failure) => operate::failed(&failure),
            },
            other => other,
        };
        message::encode(1, &pb::OperationResult { result: Some(outcome) }, &mut self.buffer);
    }

    /// The answer, and a buffer for the next one.
    pub(super) fn finish(mut self) -> (Bytes, BytesMut) {
        let answer = self.buffer.split().freeze();
        // What is left of a long one would hold all of its memory for as long as the session lasts.
        let buffer = if answer.len() > KEPT { BytesMut::new() } else { self.buffer };
        (answer, buffer)
    }

    fn open(&mut self, tag: u8, length: usize) {
        self.buffer.put_u8(tag);
        encode_varint(length as u64, &mut self.buffer);
    }

    fn flags(&mut self, freshness: Freshness) {
        match freshness {
            Freshness::Fresh => {}
            Freshness::Stale => self.buffer.put_slice(&[STALE, 1]),
            Freshness::Refresh => self.buffer.put_slice(&[STALE, 1, REFRESH, 1]),
        }
    }

    fn take_room(&mut self, bytes: usize) -> Result<(), Failure> {
        if bytes == 0 {
            return Ok(());
        }
        if let Some(left) = self.room.checked_sub(bytes) {
            self.room = left.saturating_sub(AROUND_ENTRY);
            return Ok(());
        }
        let (most, left) = (self.most, self.room);
        let message = format!(
            "the entry holds {bytes} bytes and {left} of the {most} of an answer are left; ask in another frame"
        );
        Err(Failure::exhausted("OUTPUT_TOO_LARGE", message))
    }
}

/// Bytes of a field of this length with its tag.
fn nested(length: usize) -> usize {
    1 + encoded_len_varint(length as u64) + length
}

fn body_tag(body: &Body) -> u8 {
    if body.is_text() { TEXT } else { DATA }
}

fn found_bytes(response: &pb::GetResponse) -> usize {
    match &response.outcome {
        Some(pb::get_response::Outcome::Found(entry)) => entry.encoded_len(),
        Some(pb::get_response::Outcome::Missing(_)) | None => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use cache_engine::{
        Clock as _, Condition, Draft, Key, Life, LocalStore, ManualClock, NamespaceName, SetOutcome,
        Store as _, Tags, Ttl, Value,
    };

    use super::*;

    async fn entry(clock: &Arc<ManualClock>, value: Value, life: Life) -> Entry {
        let store = LocalStore::new(Vec::new(), clock.clone()).unwrap();
        // Those of media type have tags, too, so that both are met.
        let names: &[&str] = if value.content_type().is_empty() { &[] } else { &["a", "user:1"] };
        let draft = Draft { value, life, tags: Tags::new(names).unwrap(), cost: None };
        let key = Key::new("k").unwrap();
        match store.set(&NamespaceName::default(), key, draft, Condition::Always).await.unwrap() {
            SetOutcome::Stored(entry) => entry,
            SetOutcome::Conflict(current) => panic!("{current:?}"),
        }
    }

    fn decoded(answer: Answer) -> Vec<Outcome> {
        let results = pb::SessionResponse::decode(answer.finish().0).unwrap().results;
        results.into_iter().map(|result| result.result.unwrap()).collect()
    }

    fn found(entry: pb::Entry) -> Outcome {
        Outcome::Get(pb::GetResponse { outcome: Some(pb::get_response::Outcome::Found(entry)) })
    }

    #[tokio::test]
    async fn an_entry_is_written_as_the_generated_code_does_it() {
        let clock = Arc::new(ManualClock::default());
        let long = Ttl::after(Duration::from_millis(90_000_001)).unwrap();
        let stale = |life: Life| life.fresh_for(Duration::from_secs(5)).unwrap();
        let lives = [
            Ttl::NamespaceDefault.into(),
            long.into(),
            stale(long.into()),
            stale(Ttl::NamespaceDefault.into()),
        ];
        for life in lives {
            for (body, media_type) in [
                (Body::text(""), ""),
                (Body::text("né"), "text/plain"),
                (Body::data([7; 127]), ""),
                (Body::data([7; 20_000]), &*"m".repeat(255)),
            ] {
                let entry = entry(&clock, Value::new(body, media_type).unwrap(), life).await;
                clock.advance(Duration::from_secs(6));
                let mut answer = Answer::new(BytesMut::new(), 3, 1 << 20, clock.now());
                answer.found(&entry);
                answer.missing();
                answer.found(&entry);
                let refresh = entry.freshness(clock.now());
                let again = found(wire::entry(&entry, &*clock));
                let missing = pb::get_response::Outcome::Missing(pb::Missing {});
                let missing = Outcome::Get(pb::GetResponse { outcome: Some(missing) });
                let bytes = answer.finish().0;
                let results = pb::SessionResponse::decode(bytes.clone()).unwrap().results;
                assert_eq!(pb::SessionResponse { results: results.clone() }.encode_to_vec(), bytes);
                assert_eq!(results[1].result, Some(missing));
                assert_eq!(results[2].result, Some(again), "{refresh:?}");
            }
        }
    }

    #[tokio::test]
    async fn entries_over_the_limit_of_an_answer_fail_one_by_one() {
        let clock = Arc::new(ManualClock::default());
        let large = Value::new(Body::data([7; 600]), "").unwrap();
        let large = entry(&clock, large, Ttl::NamespaceDefault.into()).await;
        let small =
            entry(&clock, Value::new(Body::data([7; 300]), "").unwrap(), Ttl::NamespaceDefault.into()).await;
        let mut answer = Answer::new(BytesMut::new(), 4, 1_000, clock.now());
        answer.found(&large);
        answer.found(&large);
        answer.push(found(wire::entry(&large, &*clock)));
        answer.found(&small);
        let brief: Vec<String> = decoded(answer)
            .into_iter()
            .map(|outcome| match outcome {
                Outcome::Failed(failed) => failed.reason,
                Outcome::Get(_) => "found".to_owned(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(brief, ["found", "OUTPUT_TOO_LARGE", "OUTPUT_TOO_LARGE", "found"]);
    }
}
