//! What an event means for entries that are held: below which version they are gone.
//!
//! Promise: what a later server says and this one does not know empties the entry, never keeps it. Cost: none.

use fastjson_proto::rustcache::v1 as pb;

/// Entries of a lower version than `below` are gone.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told<'a> {
    /// The entry of this key.
    Key { key: &'a str, below: u64 },
    /// Those that have one of these tags.
    Tags { tags: &'a [String], below: u64 },
    /// All.
    All { below: u64 },
}

impl<'a> Told<'a> {
    pub(super) fn of(event: &'a pb::Event) -> Self {
        let below = match event.kind() {
            // Whoever has this version has what was written.
            pb::EventKind::Set => event.version,
            pb::EventKind::Touched
            | pb::EventKind::Deleted
            | pb::EventKind::Expired
            | pb::EventKind::Evicted => event.version + 1,
            pb::EventKind::Invalidated if event.key.is_empty() => event.version,
            pb::EventKind::Invalidated => event.version + 1,
            // Of a later server: nothing can be said of the entry, but that it is not sure.
            pb::EventKind::Unspecified => u64::MAX,
        };
        match (event.key.as_str(), event.tags.as_slice()) {
            ("", []) => Self::All { below },
            ("", tags) => Self::Tags { tags, below },
            (key, _) => Self::Key { key, below },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: pb::EventKind, key: &str, tags: &[String]) -> pb::Event {
        pb::Event { sequence: 1, kind: kind.into(), key: key.to_owned(), version: 7, tags: tags.to_vec() }
    }

    #[test]
    fn an_event_says_which_versions_are_gone() {
        let tags = ["t".to_owned()];
        let check = |kind, key, tags: &[String], expected| {
            assert_eq!(Told::of(&event(kind, key, tags)), expected);
        };
        check(pb::EventKind::Set, "k", &tags, Told::Key { key: "k", below: 7 });
        check(pb::EventKind::Deleted, "k", &[], Told::Key { key: "k", below: 8 });
        check(pb::EventKind::Touched, "k", &[], Told::Key { key: "k", below: 8 });
        check(pb::EventKind::Invalidated, "k", &tags, Told::Key { key: "k", below: 8 });
        check(pb::EventKind::Invalidated, "", &tags, Told::Tags { tags: &tags, below: 7 });
        check(pb::EventKind::Invalidated, "", &[], Told::All { below: 7 });
        check(pb::EventKind::Unspecified, "k", &[], Told::Key { key: "k", below: u64::MAX });
    }
}
