//! Which entries a full cache keeps: admission and eviction, by frequency and recency, in bytes.
//!
//! The idea: new entries pass through a window in order of use; whoever leaves it stays only if it has been asked for
//! more often than those whose room it would take (W-TinyLFU: Einziger, Friedman, Manes, "TinyLFU: A Highly Efficient
//! Cache Admission Policy", ACM TOS 13(4), 2017). How large the window should be depends on the traffic, from one
//! entry for a loop to nearly all for pure recency, so four sizes are tried at once on a sample of the keys, in caches
//! without values, and the one whose hits would have saved most is used (miniature simulation: Waldspurger et al., USENIX ATC
//! 2017). docs/adr/0003-eviction-policy.md has the measurements and what else was tried.
//!
//! Promise:
//! - After each call, what is kept is within the capacity, unless that was just made smaller: then each call works
//!   off at most [`BATCH`] entries of the rest.
//! - The entry written last is never the victim of its own writing.
//! - [`PolicyKind::Refuse`] has no victims at all.
//! - Of entries that are used equally often, dear ones stay; where no cost is known, costs change nothing.
//! - A large entry stays only if it is worth the entries that must go for it, all together.
//! - Same calls, same victims: no clock, no chance, no I/O.
//!
//! Cost: an amortised O(1) step a call; 24 bytes an entry and what names its owner, 8 to 16 for the sketch, and for the
//! trials some 250 KiB from 1,000 to 32,000 entries, beyond 4 to 8 bytes an entry and at most 1 MiB.

mod bar;
mod cost;
mod order;
mod points;
mod room;
mod sketch;
mod standing;
#[cfg(test)]
mod tests;
mod trials;

use self::{
    room::Room,
    sketch::Sketch,
    trials::{Trials, Use},
};

pub use self::{
    cost::Cost,
    order::Handle,
    standing::{Segment, Standing, Verdict},
};

/// Most entries that one call throws out beyond what its own entry needs.
pub const BATCH: usize = 16;

/// How much there may be, or is: in bytes and in entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Bytes.
    pub bytes: u64,
    /// Entries.
    pub entries: u64,
}

impl Size {
    /// So many bytes, however many entries.
    #[must_use]
    pub fn bytes(bytes: u64) -> Self {
        Self { bytes, entries: u64::MAX }
    }

    /// Nothing.
    const ZERO: Self = Self { bytes: 0, entries: 0 };

    /// Whether it is more than `allowed` in either measure.
    fn exceeds(self, allowed: Self) -> bool {
        self.bytes > allowed.bytes || self.entries > allowed.entries
    }

    fn plus(self, bytes: u32) -> Self {
        Self { bytes: self.bytes + u64::from(bytes), entries: self.entries + 1 }
    }

    fn minus(self, bytes: u32) -> Self {
        Self { bytes: self.bytes - u64::from(bytes), entries: self.entries - 1 }
    }

    /// So many thousandths of it.
    fn thousandths(self, part: u32) -> Self {
        let share = |all: u64| u64::try_from(u128::from(all) * u128::from(part) / 1_000).unwrap_or(u64::MAX);
        Self { bytes: share(self.bytes), entries: share(self.entries) }
    }

    fn without(self, part: Self) -> Self {
        let bytes = self.bytes.saturating_sub(part.bytes);
        Self { bytes, entries: self.entries.saturating_sub(part.entries) }
    }
}

/// What tells the entry of a handle from a later one of the same handle: 32 bits of the hash.
#[must_use]
pub fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// Which entries a full namespace throws out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PolicyKind {
    /// The less frequent ones, after a window for fresh entries that fits itself to the traffic.
    #[default]
    Adaptive,
    /// The least recently used ones.
    Lru,
    /// None: what finds no room is refused, with [`Error::NamespaceFull`](crate::Error::NamespaceFull).
    Refuse,
}

/// The order of entries and the room that they have. `T` says whose an entry is: it comes back with a victim, beside the
/// hash of the entry.
#[derive(Debug)]
pub struct Policy<T> {
    room: Room<T>,
    /// What [`PolicyKind::Adaptive`] needs more.
    adaptive: Option<Adaptive>,
    /// Whether it throws nothing out: whoever writes asks [`Policy::has_room`] before.
    refuses: bool,
}

#[derive(Debug)]
struct Adaptive {
    sketch: Sketch,
    trials: Trials,
}

impl<T> Policy<T> {
    /// An empty order with this much room.
    #[must_use]
    pub fn new(kind: PolicyKind, capacity: Size) -> Self {
        let refuses = kind == PolicyKind::Refuse;
        match kind {
            PolicyKind::Lru | PolicyKind::Refuse => {
                Self { room: Room::new(capacity, room::Split::LRU, room::LOOK_BACK), adaptive: None, refuses }
            }
            PolicyKind::Adaptive => {
                let trials = Trials::new(capacity);
                let room = Room::new(capacity, trials.best(), room::LOOK_BACK);
                Self { room, adaptive: Some(Adaptive { sketch: Sketch::new(), trials }), refuses }
            }
        }
    }

    /// Takes note that an entry was read. `expected` is the [`tag`] of its hash and guards against a handle
    /// whose entry has gone meanwhile: if it is another's by now, nothing happens. Gives the hash of the entry.
    pub fn on_hit(&mut self, handle: Handle, expected: u32) -> Option<u64> {
        let hash = self.room.hash(handle).filter(|&hash| tag(hash) == expected)?;
        let (weight, cost) = (self.room.weight(handle), self.room.cost(handle));
        self.note(Use { hash, weight, cost }, true);
        self.room.touch(handle);
        Some(hash)
    }

    /// Takes in a new entry of `weight` bytes. Pushes those that go for it to `victims`.
    pub fn on_insert(&mut self, hash: u64, weight: u32, owner: T, victims: &mut Vec<(u64, T)>) -> Handle {
        self.note(Use { hash, weight, cost: Cost::UNKNOWN }, true);
        let before = self.room.held();
        let handle = self.room.push(hash, weight, owner);
        self.make_room(before, victims);
        handle
    }

    /// Takes note that an entry was written anew with another weight; counts as a use.
    pub fn on_update(&mut self, handle: Handle, weight: u32, victims: &mut Vec<(u64, T)>) {
        let Some(hash) = self.room.hash(handle) else { return };
        self.note(Use { hash, weight, cost: self.room.cost(handle) }, false);
        let before = self.room.held();
        self.room.reweigh(handle, weight);
        self.make_room(before, victims);
    }

    /// Says what an entry took to make; until then, nothing is known of it. With [`PolicyKind::Adaptive`] what is dear stays longer.
    pub fn set_cost(&mut self, handle: Handle, cost: Cost) {
        let Some(hash) = self.room.hash(handle) else { return };
        self.room.set_cost(handle, cost);
        if let Some(adaptive) = &mut self.adaptive {
            adaptive.trials.set_cost(hash, cost);
        }
    }

    /// What an entry took to make.
    pub(crate) fn cost(&self, handle: Handle) -> Cost {
        if self.room.hash(handle).is_some() { self.room.cost(handle) } else { Cost::UNKNOWN }
    }

    /// Takes out an entry that its owner removed.
    pub fn on_remove(&mut self, handle: Handle) -> Option<(u64, T)> {
        let hash = self.room.hash(handle)?;
        if let Some(adaptive) = &mut self.adaptive {
            adaptive.trials.forget(hash);
        }
        self.room.remove(handle)
    }

    /// Changes the room at run time. Throws nothing out: call [`Policy::trim`] until it says that all is well.
    pub fn set_capacity(&mut self, capacity: Size) {
        self.room.set_capacity(capacity);
        if let Some(adaptive) = &mut self.adaptive {
            adaptive.trials.set_capacity(capacity);
        }
    }

    /// Throws out at most [`BATCH`] entries while there are too many; says whether there still are.
    pub fn trim(&mut self, victims: &mut Vec<(u64, T)>) -> bool {
        let held = self.room.held();
        self.make_room(held, victims);
        !self.refuses && self.room.held().exceeds(self.room.capacity())
    }

    /// Whether an entry of this weight would throw others out.
    #[must_use]
    pub fn is_full_for(&self, weight: u32) -> bool {
        self.room.held().plus(weight).exceeds(self.room.capacity())
    }

    /// Whether an entry of this weight may be written in the place of one of `replaced` bytes. Always, where others would be
    /// thrown out for it; and always, where it takes no more than before.
    #[must_use]
    pub fn has_room(&self, weight: u32, replaced: Option<u32>) -> bool {
        if !self.refuses || replaced.is_some_and(|replaced| weight <= replaced) {
            return true;
        }
        let held = replaced.map_or(self.room.held(), |replaced| self.room.held().minus(replaced));
        !held.plus(weight).exceeds(self.room.capacity())
    }

    /// What is kept.
    #[must_use]
    pub fn held(&self) -> Size {
        self.room.held()
    }

    /// Above the index of every handle: who looks at all of them sees every entry.
    #[must_use]
    pub fn handles(&self) -> u32 {
        self.room.handles()
    }

    /// The hash of an entry and whose it is.
    #[must_use]
    pub fn owner(&self, handle: Handle) -> Option<(u64, &T)> {
        Some((self.room.hash(handle)?, self.room.owner(handle)?))
    }

    /// Thousandths of the room that the window has.
    #[must_use]
    pub fn window(&self) -> u32 {
        self.room.split().window
    }

    /// Counts a use, and goes over to another split if the trials speak for it. `scores`: a trial that has the key
    /// gets the points of its hit.
    fn note(&mut self, used: Use, scores: bool) {
        let Some(Adaptive { sketch, trials }) = &mut self.adaptive else { return };
        sketch.fit(self.room.held().entries);
        sketch.count(used.hash);
        if trials.observe(used, scores, sketch) {
            self.room.set_split(trials.best());
        }
    }

    fn make_room(&mut self, before: Size, victims: &mut Vec<(u64, T)>) {
        if self.refuses {
            return;
        }
        let sketch = self.adaptive.as_ref().map(|adaptive| &adaptive.sketch);
        self.room.make_room(before, sketch, victims);
    }
}
