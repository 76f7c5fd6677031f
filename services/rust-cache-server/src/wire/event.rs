//! Events, in the words of the contract.

use cache_engine::{Batch, Event, EventKind, Scope, Subject, Tag};
use fastjson_proto::rustcache::v1 as pb;

/// What a watcher is told.
pub(crate) fn batch(batch: Batch) -> pb::WatchResponse {
    pb::WatchResponse {
        sequence: batch.sequence,
        discontinuity: batch.lost.map(|lost| pb::Discontinuity { from: lost.from, to: lost.to }),
        events: batch.events.iter().map(event).collect(),
    }
}

fn event(event: &Event) -> pb::Event {
    let kind = match event.kind {
        EventKind::Set => pb::EventKind::Set,
        EventKind::Touched => pb::EventKind::Touched,
        EventKind::Deleted => pb::EventKind::Deleted,
        EventKind::Expired => pb::EventKind::Expired,
        EventKind::Evicted => pb::EventKind::Evicted,
        EventKind::Invalidated => pb::EventKind::Invalidated,
    };
    let text = |tag: &Tag| tag.as_str().to_owned();
    let (key, tags) = match &event.subject {
        Subject::Entry { key, .. } => (key.as_str().to_owned(), event.tags().iter().map(text).collect()),
        Subject::Scope(Scope::All) => Default::default(),
        Subject::Scope(Scope::Tags(tags)) => (String::new(), tags.iter().map(text).collect()),
    };
    pb::Event { sequence: event.sequence, kind: kind.into(), key, version: event.version.get(), tags }
}
