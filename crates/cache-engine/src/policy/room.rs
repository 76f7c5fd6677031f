//! The room of a cache and who has to leave it.
//!
//! The idea: the room is split into a window and a main part, the main part into protected entries and those on
//! probation. What no longer fits the window moves to the main part as long as there is room in all; after that it
//! has to be worth more than what would go for it.
//!
//! Promise and cost: see [`Policy`](super::Policy).

use super::{
    BATCH, Size,
    cost::Cost,
    order::{Handle, List, Order},
    sketch::Sketch,
};

/// Entries at the old end of the main part that are compared for the one worth least.
pub(super) const LOOK_BACK: usize = 16;

/// Thousandths of the main part that protected entries may have.
const PROTECTED: u32 = 800;

/// Entries that one call moves from the window to the main part, after the window was made smaller.
const MOVES: usize = 2 * BATCH;

/// How the room is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Split {
    /// Thousandths of the room that the window has; it always has room for one entry.
    pub(super) window: u32,
    /// By how many uses an entry has to be better than those that would go for it. In a loop everyone is used equally
    /// often, but who comes by has just been counted once more than who waits: without a lead of one, they would
    /// throw each other out in turn.
    pub(super) lead: u32,
}

impl Split {
    /// All window: the least recently used one goes.
    pub(super) const LRU: Self = Self { window: 1_000, lead: 0 };
}

/// Entries in order, the room that they have, and how it is split.
#[derive(Debug)]
pub(super) struct Room<T> {
    order: Order<T>,
    capacity: Size,
    split: Split,
    window: Size,
    protected: Size,
    look_back: usize,
}

impl<T> Room<T> {
    /// Compares `look_back` entries for the one worth least, and up to [`LOOK_BACK`] while those do not make room.
    pub(super) fn new(capacity: Size, split: Split, look_back: usize) -> Self {
        let (window, protected) = (Size::ZERO, Size::ZERO);
        let mut room = Self { order: Order::new(), capacity, split, window, protected, look_back };
        room.set_split(split);
        room
    }

    pub(super) fn capacity(&self) -> Size {
        self.capacity
    }

    pub(super) fn set_capacity(&mut self, capacity: Size) {
        self.capacity = capacity;
        self.set_split(self.split);
    }

    pub(super) fn set_look_back(&mut self, entries: usize) {
        self.look_back = entries;
    }

    pub(super) fn split(&self) -> Split {
        self.split
    }

    /// Moves nothing: the parts go over to the new split as entries come.
    pub(super) fn set_split(&mut self, split: Split) {
        self.split = split;
        self.window = self.capacity.thousandths(split.window);
        self.protected = self.capacity.without(self.window).thousandths(PROTECTED);
    }

    pub(super) fn held(&self) -> Size {
        [List::Window, List::Probation, List::Protected].into_iter().map(|list| self.order.size(list)).fold(
            Size::ZERO,
            |sum, size| Size { bytes: sum.bytes + size.bytes, entries: sum.entries + size.entries },
        )
    }

    pub(super) fn list(&self, of: Handle) -> List {
        self.order.list(of)
    }

    pub(super) fn hash(&self, of: Handle) -> Option<u64> {
        self.order.hash(of)
    }

    pub(super) fn last_hash(&self, of: Handle) -> u64 {
        self.order.last_hash(of)
    }

    pub(super) fn weight(&self, of: Handle) -> u32 {
        self.order.weight(of)
    }

    pub(super) fn cost(&self, of: Handle) -> Cost {
        self.order.cost(of)
    }

    pub(super) fn set_cost(&mut self, of: Handle, cost: Cost) {
        self.order.set_cost(of, cost);
    }

    pub(super) fn handles(&self) -> u32 {
        self.order.handles()
    }

    pub(super) fn owner(&self, of: Handle) -> Option<&T> {
        self.order.owner(of)
    }

    pub(super) fn push(&mut self, hash: u64, weight: u32, owner: T) -> Handle {
        self.order.push(List::Window, hash, weight, owner)
    }

    /// A use: whoever is on probation has proved itself.
    pub(super) fn touch(&mut self, used: Handle) {
        match self.order.list(used) {
            List::Window => self.order.move_to(List::Window, used),
            List::Probation | List::Protected => {
                self.order.move_to(List::Protected, used);
                self.demote(used);
            }
        }
    }

    /// A use with a new weight; the entry is as good as fresh, so that it is not the victim of its own growth.
    pub(super) fn reweigh(&mut self, of: Handle, weight: u32) {
        let grows = weight > self.order.weight(of);
        self.order.reweigh(of, weight);
        if grows {
            self.order.move_to(List::Window, of);
        } else {
            self.touch(of);
        }
    }

    pub(super) fn remove(&mut self, of: Handle) -> Option<(u64, T)> {
        self.order.remove(of)
    }

    /// Throws out entries until what is held is within the capacity, or, if it was above before, no more than then and
    /// [`BATCH`] entries less. Without a sketch everyone who leaves the window is admitted.
    pub(super) fn make_room(&mut self, before: Size, sketch: Option<&Sketch>, victims: &mut Vec<(u64, T)>) {
        let mut beyond = 0;
        while self.held().exceeds(self.capacity) {
            if !self.held().exceeds(before) {
                beyond += 1;
                if beyond > BATCH {
                    return;
                }
            }
            self.throw_out(sketch, victims);
        }
        self.settle_window();
    }

    /// Throws out at least one entry.
    fn throw_out(&mut self, sketch: Option<&Sketch>, victims: &mut Vec<(u64, T)>) {
        let candidate = self.leaving_window();
        let main_is_empty = self.oldest_of_main().is_none();
        match (candidate, sketch) {
            (Some(candidate), Some(sketch)) if !main_is_empty => self.compare(candidate, sketch, victims),
            (Some(oldest), _) => victims.extend(self.order.remove(oldest)),
            (None, _) => {
                let least = self.least_of_main(sketch).or_else(|| self.order.oldest(List::Window));
                victims.extend(least.and_then(|least| self.order.remove(least)));
            }
        }
    }

    /// The oldest of the window, if there are more than fit; never the only one, which was written last.
    fn leaving_window(&self) -> Option<Handle> {
        let size = self.order.size(List::Window);
        (size.exceeds(self.window) && size.entries > 1).then(|| self.order.oldest(List::Window)).flatten()
    }

    /// Admits the candidate to the main part for those whose room it takes, or throws it out.
    fn compare(&mut self, candidate: Handle, sketch: &Sketch, victims: &mut Vec<(u64, T)>) {
        let Some(others) = self.judge(candidate, sketch, self.held()) else {
            victims.extend(self.order.remove(candidate));
            self.turn();
            return;
        };
        self.order.move_to(List::Probation, candidate);
        victims.extend(others.into_iter().filter_map(|(_, other)| self.order.remove(other)));
    }

    /// The oldest of the main part goes to the newest end of its list, as under the hand of a clock (Corbató, "A Paging
    /// Experiment with the Multics System", 1968), so that the next candidate is compared with others. Else those at the
    /// old end that were popular once would be a wall: nobody is worth as much, and nobody behind them is looked at.
    fn turn(&mut self) {
        if let Some(oldest) = self.oldest_of_main() {
            self.order.move_to(self.order.list(oldest), oldest);
        }
    }

    /// Those who would go for the candidate when so much is held; `None`: it is not worth them.
    fn judge(&self, candidate: Handle, sketch: &Sketch, mut held: Size) -> Option<Vec<(u64, Handle)>> {
        let mut others = self.look_back(sketch, held);
        others.sort_by_key(|&(worth, _)| worth); // stable: of equals, the older one goes
        let weight = self.order.weight(candidate);
        let gain = self.worth(candidate, sketch) * SCALE;
        let lead = u64::from(self.split.lead) * self.order.cost(candidate).weight();
        let (mut loss, mut going) = (lead * SCALE, 0);
        while held.exceeds(self.capacity) && gain > loss && going < others.len() {
            let (worth, other) = others[going];
            loss += worth * share(weight, self.order.weight(other));
            held = held.minus(self.order.weight(other));
            going += 1;
        }
        others.truncate(going);
        (gain > loss && !held.exceeds(self.capacity)).then_some(others)
    }

    /// Who would go first if an entry of this weight came and there were no room.
    pub(super) fn next_to_go(&self, weight: u32, sketch: Option<&Sketch>) -> Option<Handle> {
        let least = self.least_of_main(sketch);
        let candidate = self.order.oldest(List::Window).filter(|_| {
            let window = self.order.size(List::Window);
            least.is_none() || window.plus(weight).exceeds(self.window)
        });
        match (candidate, sketch) {
            (Some(candidate), Some(sketch)) if least.is_some() => {
                let held = self.held().plus(weight);
                let others = self.judge(candidate, sketch, held);
                others.map_or(Some(candidate), |others| others.first().map(|&(_, other)| other))
            }
            (Some(candidate), _) => Some(candidate),
            (None, _) => least,
        }
    }

    /// Moves to the main part what no longer fits the window. There is room for all.
    fn settle_window(&mut self) {
        if self.split == Split::LRU {
            return;
        }
        for _ in 0..MOVES {
            let Some(leaving) = self.leaving_window() else { return };
            self.order.move_to(List::Probation, leaving);
        }
    }

    /// Puts the oldest protected ones back on probation while they have too much, but not the one just used.
    fn demote(&mut self, used: Handle) {
        for _ in 0..MOVES {
            let oldest = self.order.oldest(List::Protected).filter(|&oldest| oldest != used);
            let Some(oldest) = oldest.filter(|_| self.order.size(List::Protected).exceeds(self.protected))
            else {
                return;
            };
            self.order.move_to(List::Probation, oldest);
        }
    }

    fn oldest_of_main(&self) -> Option<Handle> {
        self.order.oldest(List::Probation).or_else(|| self.order.oldest(List::Protected))
    }

    fn least_of_main(&self, sketch: Option<&Sketch>) -> Option<Handle> {
        let Some(sketch) = sketch else { return self.oldest_of_main() };
        self.look_back(sketch, self.held())
            .into_iter()
            .min_by_key(|&(worth, _)| worth)
            .map(|(_, least)| least)
    }

    /// The oldest of the main part, with what they are worth. `held`: with what they have to make room for.
    fn look_back(&self, sketch: &Sketch, mut held: Size) -> Vec<(u64, Handle)> {
        let mut seen = Vec::with_capacity(LOOK_BACK);
        let mut next = self.oldest_of_main();
        while let Some(at) = next {
            let most = if held.exceeds(self.capacity) { LOOK_BACK } else { self.look_back };
            if seen.len() >= most {
                break;
            }
            seen.push((self.worth(at, sketch), at));
            held = held.minus(self.order.weight(at));
            next = self.order.newer(at);
        }
        seen
    }

    /// Its uses, times what each of them would cost.
    fn worth(&self, of: Handle, sketch: &Sketch) -> u64 {
        u64::from(self.uses(of, sketch)) * self.order.cost(of).weight()
    }

    pub(super) fn uses(&self, of: Handle, sketch: &Sketch) -> u32 {
        self.order.hash(of).map_or(0, |hash| sketch.estimate(hash))
    }
}

/// Worth is compared in parts of this.
const SCALE: u64 = 256;

/// What part of another one's room a candidate takes, in 256ths: all of it when it is as large or larger. So a small
/// entry does not have to be worth a large one that it does not need the room of.
fn share(candidate: u32, other: u32) -> u64 {
    (u64::from(candidate) * SCALE / u64::from(other.max(1))).min(SCALE)
}
