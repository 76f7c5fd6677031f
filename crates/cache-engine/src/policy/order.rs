//! Entries in lists, in one slab: a list is in order of use, and an entry is in one list at a time.

use super::{Size, cost::Cost};

/// Names an entry as long as it is kept; afterwards it may name another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(u32);

impl Handle {
    /// As a number, to keep in a word.
    #[must_use]
    pub fn index(self) -> u32 {
        self.0
    }

    /// The handle of a number that [`Handle::index`] gave.
    #[must_use]
    pub fn from_index(index: u32) -> Self {
        Self(index)
    }
}

const NONE: u32 = u32::MAX;

/// The lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// Fresh entries.
    Window,
    /// Entries that were admitted and have to prove themselves; the first to go.
    Probation,
    /// Entries that were read while on probation.
    Protected,
}

const LISTS: usize = 3;

#[derive(Debug)]
struct Node<T> {
    hash: u64,
    weight: u32,
    /// Towards the most recently used one.
    newer: u32,
    /// Towards the least recently used one; in a free node, the next free one.
    older: u32,
    /// `None`: a free node.
    kept: Option<T>,
    list: List,
    cost: Cost,
}

#[derive(Debug, Clone, Copy)]
struct Ends {
    newest: u32,
    oldest: u32,
    size: Size,
}

/// The slab and its lists. Every operation is O(1).
#[derive(Debug)]
pub(super) struct Order<T> {
    nodes: Vec<Node<T>>,
    free: u32,
    lists: [Ends; LISTS],
}

impl<T> Order<T> {
    pub(super) fn new() -> Self {
        let empty = Ends { newest: NONE, oldest: NONE, size: Size::ZERO };
        Self { nodes: Vec::new(), free: NONE, lists: [empty; LISTS] }
    }

    pub(super) fn size(&self, list: List) -> Size {
        self.lists[list as usize].size
    }

    /// The least recently used one.
    pub(super) fn oldest(&self, list: List) -> Option<Handle> {
        handle(self.lists[list as usize].oldest)
    }

    pub(super) fn newer(&self, than: Handle) -> Option<Handle> {
        handle(self.nodes[than.0 as usize].newer)
    }

    pub(super) fn hash(&self, of: Handle) -> Option<u64> {
        self.kept(of).map(|node| node.hash)
    }

    /// The hash of the entry that has a handle or, when that has gone and no other came, had it.
    pub(super) fn last_hash(&self, of: Handle) -> u64 {
        self.nodes[of.0 as usize].hash
    }

    /// Above the index of every handle.
    pub(super) fn handles(&self) -> u32 {
        self.nodes.len() as u32 // `push` sees that it fits
    }

    pub(super) fn owner(&self, of: Handle) -> Option<&T> {
        self.kept(of)?.kept.as_ref()
    }

    pub(super) fn weight(&self, of: Handle) -> u32 {
        self.nodes[of.0 as usize].weight
    }

    pub(super) fn cost(&self, of: Handle) -> Cost {
        self.nodes[of.0 as usize].cost
    }

    pub(super) fn set_cost(&mut self, of: Handle, cost: Cost) {
        self.nodes[of.0 as usize].cost = cost;
    }

    pub(super) fn list(&self, of: Handle) -> List {
        self.nodes[of.0 as usize].list
    }

    /// Puts a new entry at the newest end.
    pub(super) fn push(&mut self, list: List, hash: u64, weight: u32, owner: T) -> Handle {
        let node =
            Node { hash, weight, newer: NONE, older: NONE, kept: Some(owner), list, cost: Cost::UNKNOWN };
        let at = self.free;
        if at == NONE {
            let index =
                u32::try_from(self.nodes.len()).expect("an entry weighs bytes; 2^32 do not fit memory");
            self.nodes.push(node);
            self.link(index, list);
            return Handle(index);
        }
        self.free = self.nodes[at as usize].older;
        self.nodes[at as usize] = node;
        self.link(at, list);
        Handle(at)
    }

    /// Moves an entry to the newest end of a list.
    pub(super) fn move_to(&mut self, list: List, moved: Handle) {
        self.unlink(moved.0);
        self.link(moved.0, list);
    }

    pub(super) fn reweigh(&mut self, of: Handle, weight: u32) {
        let node = &mut self.nodes[of.0 as usize];
        let size = &mut self.lists[node.list as usize].size;
        *size = size.minus(node.weight).plus(weight);
        node.weight = weight;
    }

    /// Takes an entry out and gives its hash and owner; `None` if it was not there.
    pub(super) fn remove(&mut self, removed: Handle) -> Option<(u64, T)> {
        self.kept(removed)?;
        self.unlink(removed.0);
        let node = &mut self.nodes[removed.0 as usize];
        node.older = self.free;
        self.free = removed.0;
        let hash = node.hash;
        node.kept.take().map(|owner| (hash, owner))
    }

    fn kept(&self, at: Handle) -> Option<&Node<T>> {
        self.nodes.get(at.0 as usize).filter(|node| node.kept.is_some())
    }

    fn link(&mut self, at: u32, list: List) {
        let ends = &mut self.lists[list as usize];
        let second = ends.newest;
        ends.newest = at;
        if second == NONE {
            ends.oldest = at;
        }
        let node = &mut self.nodes[at as usize];
        (node.list, node.newer, node.older) = (list, NONE, second);
        ends.size = ends.size.plus(node.weight);
        if second != NONE {
            self.nodes[second as usize].newer = at;
        }
    }

    fn unlink(&mut self, at: u32) {
        let node = &self.nodes[at as usize];
        let (newer, older, weight, list) = (node.newer, node.older, node.weight, node.list);
        let ends = &mut self.lists[list as usize];
        ends.size = ends.size.minus(weight);
        if newer == NONE {
            ends.newest = older;
        } else {
            self.nodes[newer as usize].older = older;
        }
        if older == NONE {
            self.lists[list as usize].oldest = newer;
        } else {
            self.nodes[older as usize].newer = newer;
        }
    }
}

fn handle(index: u32) -> Option<Handle> {
    (index != NONE).then_some(Handle(index))
}
