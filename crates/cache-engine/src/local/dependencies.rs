//! Dependencies: an entry that was computed from another one goes when that one changes.
//!
//! The idea: whoever computes an entry says from which one, before it reads that. Who writes the source then finds the link
//! between both, cuts it and takes out what was computed, and what was computed from that, before the write returns. A link is
//! pending until its entry is stored, and one that was cut meanwhile keeps it from being stored.
//!
//! Promise:
//! - When a write, a removal, another life or an invalidation of a source has returned, nothing is served that was computed from
//!   what was there before, in whatever namespace and over however many steps. An eviction is no change.
//! - What is computed does not outlive its source: it ends with it at the latest.
//! - What somebody else wrote in the place of a computed entry is left alone.
//! - No cycles, and at most `max_links` links; those whose entry has gone make room.
//!
//! Cost: of a write, a fence and a load, and where there are links at all a hash and a load more; where there may be one to the
//! key, a short lock of all links and a removal for each entry that goes. An invalidation looks at all sources of its namespace. A
//! link takes some 300 bytes and its keys, which its entry is charged.

mod counts;
mod index;
mod link;

use std::{
    collections::HashSet,
    sync::{Arc, OnceLock, Weak},
};

use arc_swap::ArcSwap;
use parking_lot::Mutex;

pub(super) use self::link::{LINK_BYTES, Link};
use self::{counts::Counts, index::Index};
use super::{guards::Guard, namespace::Namespace, rooms::Table};
use crate::{Entry, Error, Key, NamespaceName, Scope, Timestamp, Version};

/// Where an entry is.
pub type Place = (NamespaceName, Key);

/// Most steps from a computed entry back to what nothing is known to be computed from.
pub const MAX_DEPENDENCY_STEPS: usize = 16;

/// Links that are looked at for each new one, to find some that are of no use any more.
const LOOKS_A_LINK: usize = 4;

/// And where there are as many as there may be.
const LOOKS_WHEN_FULL: usize = 256;

/// All links of a store.
pub(super) struct Dependencies {
    counts: Counts,
    index: Mutex<Index>,
    max_links: usize,
    /// The namespaces, which hold this in turn.
    table: OnceLock<Weak<ArcSwap<Table>>>,
}

/// What happened to an entry.
#[derive(Debug, Clone, Copy)]
pub(super) enum Told {
    /// Nothing.
    Nothing,
    /// It has this version now, and this end.
    Written(Version, Option<Timestamp>),
    /// It had this version and has gone.
    Removed(Version),
}

impl Told {
    pub(super) fn written(entry: &Entry) -> Self {
        Self::Written(entry.version(), entry.expires_at())
    }
}

/// What a shard tells of its changes.
pub(super) struct Teller {
    pub(super) namespace: NamespaceName,
    pub(super) dependencies: Arc<Dependencies>,
}

impl Teller {
    /// Tells of a change, after readers can see it and without the lock of a shard.
    pub(super) fn tell(&self, key: &Key, told: Told) {
        if let Told::Nothing = told {
            return;
        }
        if self.dependencies.counts.may_have(&self.namespace, key) {
            self.dependencies.changed((self.namespace.clone(), key.clone()), told);
        }
    }

    /// Tells that all of `scope` was invalidated.
    pub(super) fn tell_scope(&self, namespace: &Namespace, scope: &Scope) {
        self.dependencies.invalidated(&self.namespace, namespace, scope);
    }
}

/// The right to store what is computed from an entry. Dropped without that, it is as if it had not been.
pub struct Derivation {
    link: Arc<Link>,
    /// Of the target; `None`: its namespace was not there.
    guard: Option<Guard>,
    dependencies: Arc<Dependencies>,
}

impl Derivation {
    /// The same with a guard of its target.
    pub(super) fn guarded(mut self, guard: Result<Guard, Error>) -> Self {
        self.guard = guard.ok();
        self
    }

    pub(super) fn guard(&self) -> Option<&Guard> {
        self.guard.as_ref()
    }

    pub(super) fn link(&self) -> &Link {
        &self.link
    }
}

impl Drop for Derivation {
    fn drop(&mut self) {
        if self.link.is_pending() {
            self.dependencies.cut(&self.link);
        }
    }
}

impl std::fmt::Debug for Derivation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Derivation").finish_non_exhaustive()
    }
}

impl Dependencies {
    pub(super) fn new(max_links: usize) -> Self {
        Self { counts: Counts::new(), index: Mutex::default(), max_links, table: OnceLock::new() }
    }

    /// Says where the namespaces are, once.
    pub(super) fn reach(&self, table: &Arc<ArcSwap<Table>>) {
        // It is set where the store is made, and nowhere else.
        let _once = self.table.set(Arc::downgrade(table));
    }

    /// Links that there are.
    pub(super) fn links(&self) -> usize {
        self.index.lock().len()
    }

    /// Begins to compute `target` from `source`, which is to be read after this.
    ///
    /// # Errors
    /// [`Error::DependencyCycle`], [`Error::DependencySteps`], [`Error::DependenciesLimit`].
    pub(super) fn derive(self: &Arc<Self>, source: Place, target: Place) -> Result<Derivation, Error> {
        self.look_for_room();
        let mut index = self.index.lock();
        index.check_chain(&source, &target)?;
        if index.len() >= self.max_links {
            return Err(Error::DependenciesLimit { allowed: self.max_links });
        }
        let link = Arc::new(Link::new(source, target));
        self.counts.add(&link);
        index.add(&link);
        drop(index);
        self.counts.fence();
        Ok(Derivation { link, guard: None, dependencies: Arc::clone(self) })
    }

    /// Cuts all that hangs on a place that has changed, and takes out what was computed from it, over all steps.
    fn changed(&self, place: Place, told: Told) {
        self.overwritten(&place, told);
        self.cut_from(vec![place]);
    }

    /// A link stays in the index until all below it has gone, so that another writer of the same source does not return before
    /// that: both then do the same work.
    fn cut_from(&self, changed: Vec<Place>) {
        let (mut open, mut seen, mut gone) = (changed, HashSet::new(), Vec::new());
        while let Some(place) = open.pop() {
            for link in self.index.lock().links_from(&place) {
                if let Some(version) = link.cut() {
                    self.with(&link.target.0, |namespace| namespace.take_derived(&link.target.1, version));
                    // It may have gone before, in which case nobody has told what was computed from it.
                    if seen.insert(link.target.clone()) {
                        open.push(link.target.clone());
                    }
                }
                gone.push(link);
            }
        }
        gone.iter().for_each(|link| self.remove(link));
    }

    /// Forgets that an entry was computed, when another one has its place or it is to live longer than what it was computed
    /// from.
    fn overwritten(&self, place: &Place, told: Told) {
        let links = self.index.lock().links_to(place);
        for link in links.iter().filter(|link| link.is_of_another(told)) {
            self.cut(link);
        }
        for link in links.iter().filter(|link| link.would_be_outlived(told)) {
            self.cut_and_take(link);
        }
    }

    fn cut_and_take(&self, link: &Arc<Link>) {
        if let Some(version) = link.cut() {
            self.with(&link.target.0, |namespace| namespace.take_derived(&link.target.1, version));
        }
        self.remove(link);
    }

    /// Cuts one link, and takes nothing out.
    fn cut(&self, link: &Arc<Link>) {
        link.cut();
        self.remove(link);
    }

    fn remove(&self, link: &Arc<Link>) {
        if self.index.lock().remove(link) {
            self.counts.remove(link);
        }
    }

    fn invalidated(&self, name: &NamespaceName, namespace: &Namespace, scope: &Scope) {
        if self.counts.are_empty() {
            return;
        }
        let sources = self.index.lock().sources_in(name);
        let is_gone = |(_, key): &Place| matches!(scope, Scope::All) || !namespace.has(key);
        self.cut_from(sources.into_iter().filter(is_gone).collect());
    }

    /// Looks at the links that were looked at longest ago, and forgets those whose entry has gone, unless others were computed
    /// from it.
    fn look_for_room(&self) {
        let looks = if self.links() < self.max_links { LOOKS_A_LINK } else { LOOKS_WHEN_FULL };
        for _ in 0..looks {
            let Some(link) = self.index.lock().next() else { return };
            let has_entry = |version| {
                self.with(&link.target.0, |namespace| namespace.has_version(&link.target.1, version))
            };
            let is_used =
                link.is_pending() || link.version().is_some_and(|version| has_entry(version) == Some(true));
            if !is_used && !self.index.lock().is_source(&link.target) {
                self.cut(&link);
            }
        }
    }

    fn with<T>(&self, name: &NamespaceName, work: impl FnOnce(&Namespace) -> T) -> Option<T> {
        let table = self.table.get()?.upgrade()?;
        let table = table.load();
        table.get(name).map(|namespace| work(namespace))
    }
}
