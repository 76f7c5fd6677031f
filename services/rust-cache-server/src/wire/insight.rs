//! What is known about keys, in the words of the contract.

use std::time::Duration;

use cache_engine::{End, Explanation, Gone, Presence, Present, Segment, Tag, Timestamp, Verdict};
use fastjson_proto::rustcache::v1 as pb;
use pb::explain_key_response::State;

use super::left;

/// What is known about a key of this hash.
pub(crate) fn explanation(told: Explanation, hash: u64) -> pb::ExplainKeyResponse {
    let Explanation { at, presence, last_end, replaced, forgotten_until } = told;
    let state = match presence {
        Presence::Present(there) => State::Present(present(&there, at)),
        Presence::Absent => State::Absent(pb::AbsentKey {}),
    };
    pb::ExplainKeyResponse {
        state: Some(state),
        last_end: last_end.map(|gone| ended(&gone, at)),
        replaced,
        window: forgotten_until.and_then(|until| time(at.since(until))),
        key_hash: key_hash(hash),
    }
}

/// What stands for a key.
pub(crate) fn key_hash(hash: u64) -> String {
    format!("{hash:016x}")
}

/// A time, for a message; it is far below what fits.
pub(crate) fn time(time: Duration) -> Option<prost_types::Duration> {
    prost_types::Duration::try_from(time).ok()
}

fn present(there: &Present, now: Timestamp) -> pb::PresentKey {
    let standing = there.standing;
    pb::PresentKey {
        version: there.entry.version().get(),
        age: there.written.and_then(|written| time(now.since(written))),
        ttl: left(&there.entry, now),
        stale: there.is_stale,
        tags: there.entry.tags().map(|tag| tag.as_str().to_owned()).collect(),
        bytes: there.bytes,
        uses: there.uses.map(|(uses, _)| uses),
        uses_error: there.uses.map(|(_, error)| error),
        segment: segment(standing.segment).into(),
        cost: standing.cost.and_then(time),
        frequency: standing.frequency,
        victim_frequency: standing.victim_frequency,
        verdict: verdict(standing.verdict).into(),
    }
}

fn ended(gone: &Gone, now: Timestamp) -> pb::LastEnd {
    let (end, tag) = match &gone.end {
        End::Deleted => (pb::KeyEnd::Deleted, None),
        End::Expired => (pb::KeyEnd::Expired, None),
        End::Evicted => (pb::KeyEnd::Evicted, None),
        End::InvalidatedAll => (pb::KeyEnd::InvalidatedAll, None),
        End::InvalidatedSource => (pb::KeyEnd::InvalidatedSource, None),
        End::InvalidatedTag(tag) => (pb::KeyEnd::InvalidatedTag, tag.as_ref()),
    };
    pb::LastEnd {
        end: end.into(),
        ago: time(now.since(gone.at)),
        version: gone.version.get(),
        tag: tag.map(Tag::as_str).unwrap_or_default().to_owned(),
    }
}

fn segment(segment: Segment) -> pb::KeySegment {
    match segment {
        Segment::Window => pb::KeySegment::Window,
        Segment::Probation => pb::KeySegment::Probation,
        Segment::Protected => pb::KeySegment::Protected,
    }
}

fn verdict(verdict: Verdict) -> pb::KeyVerdict {
    match verdict {
        Verdict::NothingToDecide => pb::KeyVerdict::NothingToDecide,
        Verdict::Stays => pb::KeyVerdict::Stays,
        Verdict::Goes => pb::KeyVerdict::Goes,
    }
}
