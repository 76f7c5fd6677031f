//! What was invalidated: by tag, or all of a namespace.
//!
//! The idea: versions grow, so that «all before version v is void» is one number. A tag has one, the namespace has one,
//! and an entry is void if its version is below any of those that concern it. Entries share the number of their tag, so
//! nothing has to be found to invalidate, and a read compares a few words.
//!
//! Promise: what was written before an invalidation began is void when it returns; what is written after that is not.
//! Cost: O(1) a tag; a read loads one word and one more a tag of the entry. A tag costs memory as long as an entry has
//! it, and at most as much again until the next clean-up; so does one that was invalidated. What is computed over a clean-up is void if
//! any of the tags that were forgotten then was invalidated meanwhile, its own or not.

use std::{
    collections::HashSet,
    hash::{Hash, Hasher},
    sync::Arc,
};

use crate::{
    Entry, Tag, Tags, Version,
    sync::{AtomicU64, Mutex, Ordering},
};

/// What to invalidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All entries of the namespace.
    All,
    /// Those that have one of these tags.
    Tags(Tags),
}

/// By what an entry was invalidated.
pub(crate) enum Invalidated {
    All,
    Tag(Tag),
}

/// A tag and below which version its entries are void.
#[derive(Debug)]
pub(crate) struct Mark {
    tag: Tag,
    void_below: AtomicU64,
}

impl Mark {
    pub(crate) fn tag(&self) -> &Tag {
        &self.tag
    }
}

/// A mark is known by its tag.
struct Known(Arc<Mark>);

impl std::borrow::Borrow<Tag> for Known {
    fn borrow(&self) -> &Tag {
        &self.0.tag
    }
}

impl Hash for Known {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.tag.hash(state);
    }
}

impl PartialEq for Known {
    fn eq(&self, other: &Self) -> bool {
        self.0.tag == other.0.tag
    }
}

impl Eq for Known {}

/// Marks are cleaned up no sooner than there are so many.
pub(crate) const LEAST_MARKS: usize = 1_024;

/// The invalidations of one namespace.
pub(crate) struct Epochs {
    all_void_below: AtomicU64,
    /// The last invalidation of any kind.
    latest: AtomicU64,
    marks: Mutex<Marks>,
}

struct Marks {
    known: HashSet<Known>,
    /// When there are so many, those that no entry has are forgotten.
    clean_up_at: usize,
    /// Below which version entries of a tag that was forgotten are void, at most.
    forgotten_below: u64,
}

impl Epochs {
    pub(crate) fn new() -> Self {
        let marks = Marks { known: HashSet::new(), clean_up_at: LEAST_MARKS, forgotten_below: 0 };
        Self { all_void_below: AtomicU64::new(0), latest: AtomicU64::new(0), marks: Mutex::new(marks) }
    }

    /// The marks of an entry that is about to be written. Costs a short lock of the namespace, if there are tags.
    pub(crate) fn marks(&self, tags: &Tags) -> Box<[Arc<Mark>]> {
        if tags.is_empty() {
            return Box::default();
        }
        let mut marks = self.marks.lock();
        tags.iter().map(|tag| marks.get_or_make(tag)).collect()
    }

    /// Makes void what has a lower version than `version`, which must be new.
    pub(crate) fn invalidate(&self, scope: &Scope, version: Version) {
        let below = version.get();
        match scope {
            Scope::All => {
                self.all_void_below.fetch_max(below, Ordering::AcqRel);
            }
            Scope::Tags(tags) => {
                let mut marks = self.marks.lock();
                // A tag that no entry has, too: what is computed at this moment may have it.
                for tag in tags.iter() {
                    marks.get_or_make(tag).void_below.fetch_max(below, Ordering::AcqRel);
                }
            }
        }
        self.latest.fetch_max(below, Ordering::AcqRel);
    }

    /// Whether it was invalidated.
    pub(crate) fn is_void(&self, entry: &Entry) -> bool {
        let version = entry.version().get();
        version < self.all_void_below.load(Ordering::Acquire)
            || entry.marks().iter().any(|mark| version < mark.void_below.load(Ordering::Acquire))
    }

    /// By what it was invalidated; all of the namespace comes before a tag.
    pub(crate) fn invalidated_by(&self, entry: &Entry) -> Option<Invalidated> {
        let version = entry.version().get();
        if version < self.all_void_below.load(Ordering::Acquire) {
            return Some(Invalidated::All);
        }
        let is_void = |mark: &&Arc<Mark>| version < mark.void_below.load(Ordering::Acquire);
        entry.marks().iter().find(is_void).map(|mark| Invalidated::Tag(mark.tag.clone()))
    }

    /// Tags that are known.
    #[cfg(test)]
    pub(crate) fn known(&self) -> usize {
        self.marks.lock().known.len()
    }

    /// Changes with each invalidation, after it has taken effect.
    pub(crate) fn latest(&self) -> u64 {
        self.latest.load(Ordering::Acquire)
    }
}

impl Marks {
    fn get_or_make(&mut self, tag: &Tag) -> Arc<Mark> {
        if let Some(Known(mark)) = self.known.get(tag) {
            return Arc::clone(mark);
        }
        if self.known.len() >= self.clean_up_at {
            self.clean_up();
        }
        let mark = Arc::new(Mark { tag: tag.clone(), void_below: AtomicU64::new(self.forgotten_below) });
        self.known.insert(Known(Arc::clone(&mark)));
        mark
    }

    /// Nobody can take a mark meanwhile: that needs the lock, or an entry that has it.
    fn clean_up(&mut self) {
        let forgotten_below = &mut self.forgotten_below;
        self.known.retain(|Known(mark)| {
            let is_used = Arc::strong_count(mark) > 1;
            if !is_used {
                *forgotten_below = mark.void_below.load(Ordering::Acquire).max(*forgotten_below);
            }
            is_used
        });
        self.clean_up_at = LEAST_MARKS.max(2 * self.known.len());
    }
}
