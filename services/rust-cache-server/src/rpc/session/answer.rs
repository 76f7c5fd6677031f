//! The answer to a frame, written as it grows.
//!
//! Promise: the bytes are those of the generated code; what is found by one frame stays within the limit of an answer.

use bytes::{BufMut as _, Bytes, BytesMut};
use cache_engine::{Entry, Timestamp};
use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;
use prost::Message as _;
use prost::encoding::message;

use super::super::encoded::{Shown, given_bytes, long, nested, open};
use super::{Outcome, operate};

const RESULTS: u8 = long(1);
const GET: u8 = long(1);
const FOUND: u8 = long(1);
const MISSING: u8 = long(2);

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
        if let Err(failure) = self.take_room(given_bytes(entry)) {
            return self.push(operate::failed(&failure));
        }
        let shown = Shown::of(entry, self.now);
        let response_bytes = nested(shown.len());
        let result_bytes = nested(response_bytes);
        self.buffer.reserve(nested(result_bytes));
        open(&mut self.buffer, RESULTS, result_bytes);
        open(&mut self.buffer, GET, response_bytes);
        open(&mut self.buffer, FOUND, shown.len());
        shown.write(&mut self.buffer);
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
        Body, Clock as _, Condition, Draft, Key, Life, LocalStore, ManualClock, NamespaceName, SetOutcome,
        Store as _, Tags, Ttl, Value,
    };

    use super::*;
    use crate::wire;

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
