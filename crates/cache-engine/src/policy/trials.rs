//! Trials: the same traffic in small caches without values, one for each split of the room, to see which hits most.
//!
//! The idea: a cache of a sample of the keys, with the same part of the room, hits about as often as the whole
//! (Waldspurger et al., "Cache Modeling and Optimization using Miniature Simulations", USENIX ATC 2017). Measured on
//! seven traces: a climber that changes the window by steps and looks at its own hits needs ten times the capacity in
//! reads for a step; the trials see a clear change after some hundred reads of the sample, and miss no other hill.
//!
//! What is compared is what hits save: where costs are told, a trial keeps what is dear as the cache does, and a dear hit
//! is more [`Points`].
//!
//! Promise: the split changes only when another one had clearly more points of late, and the less readily, the less such
//! changes have paid. Where all cost the same, costs change nothing. Cost: for a key in the sample, one step in each
//! trial; a trial has at most 7,168 entries, some 35 bytes each, so that a large cache pays 4 to 8 bytes an entry for
//! the four.

use hashbrown::HashTable;

use super::{
    Size,
    bar::Bar,
    cost::Cost,
    order::Handle,
    points::Points,
    room::{Room, Split},
    sketch::Sketch,
};

/// The splits that are tried.
const SPLITS: [Split; 4] = [
    Split { window: 0, lead: 1 },
    Split { window: 10, lead: 0 },
    Split { window: 200, lead: 0 },
    Split { window: 800, lead: 0 },
];

/// The split of a cache that has seen nothing: fresh entries live.
const FIRST: usize = 2;

/// How large a trial is.
#[derive(Debug, Clone, Copy)]
struct Extent {
    /// Most entries; beyond, the sample is halved.
    entries: u64,
    /// Entries that are compared for the one worth least, in proportion to how many there are.
    look_back: usize,
}

/// While all keys are in the sample: what a table of 2,048 places holds, which more than 896 take anyway.
const WHOLE: Extent = Extent { entries: 1_792, look_back: 4 };

/// Until one key in [`ONE_IN`] is in the sample.
const SMALL: Extent = Extent { entries: 1_024, look_back: 4 };

/// From then on, so that the picture of a large cache is no coarser: what a table of 8,192 places holds.
const LARGE: Extent = Extent { entries: 7_168, look_back: 16 };

/// Of so many keys, one is in the sample of a large cache; of more beyond 229,000 entries.
const ONE_IN: u64 = 32;

/// Uses in the sample between two looks at the scores.
const ROUND: u64 = 200;

/// A split is changed when another one is as many points ahead as the [`Bar`] says, and so many times as far ahead as it
/// usually is or lags after one round. The second matters in a loop, where each trial hits in a stretch of its own.
const CLEAR_SPREADS: f32 = 3.0;

/// What a round adds to the usual distance.
const SPREAD_WEIGHT: f32 = 0.03;

#[derive(Debug)]
pub(super) struct Trials {
    trials: [Trial; SPLITS.len()],
    best: usize,
    /// One key in `2^halvings` is in the sample.
    halvings: u32,
    capacity: Size,
    seen: u64,
    bar: Bar,
    points: Points,
}

/// A use of a key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Use {
    pub(super) hash: u64,
    pub(super) weight: u32,
    /// Of what is new in the cache nothing is known yet.
    pub(super) cost: Cost,
}

#[derive(Debug)]
struct Trial {
    room: Room<()>,
    /// By the hashes in `room`.
    handles: HashTable<Handle>,
    /// Of the hits of this round.
    points: f32,
    /// Points ahead of the split in use. Starts again at zero when it would be negative (CUSUM: Page, "Continuous
    /// Inspection Schemes", Biometrika 41, 1954): a clear change is seen soon, a small one later, and what was true for
    /// long is no hindrance.
    lead: f32,
    /// The mean square of the distance to the split in use after a round.
    spread: f32,
}

impl Trials {
    pub(super) fn new(capacity: Size) -> Self {
        let trials = SPLITS.map(|split| Trial {
            room: Room::new(capacity, split, WHOLE.look_back),
            handles: HashTable::new(),
            points: 0.0,
            lead: 0.0,
            spread: 0.0,
        });
        Self { trials, best: FIRST, halvings: 0, seen: 0, capacity, bar: Bar::new(), points: Points::new() }
    }

    pub(super) fn best(&self) -> Split {
        SPLITS[self.best]
    }

    pub(super) fn set_capacity(&mut self, capacity: Size) {
        self.capacity = capacity;
        let part = self.part();
        self.trials.iter_mut().for_each(|trial| trial.room.set_capacity(part));
    }

    /// Shows a use to the trials; says whether another split is best now.
    pub(super) fn observe(&mut self, used: Use, scores: bool, sketch: &Sketch) -> bool {
        if !self.in_sample(used.hash) {
            return false;
        }
        let hits = self.trials.each_mut().map(|trial| trial.step(used, sketch));
        let most = self.extent().entries;
        if self.trials.iter().any(|trial| trial.room.held().entries > most) {
            self.halve_sample();
        }
        scores && self.compare(hits)
    }

    /// What the value of a key took to make.
    pub(super) fn set_cost(&mut self, hash: u64, cost: Cost) {
        if self.in_sample(hash) {
            self.trials.iter_mut().for_each(|trial| trial.set_cost(hash, cost));
        }
    }

    /// A key that its caller removed.
    pub(super) fn forget(&mut self, hash: u64) {
        if self.in_sample(hash) {
            self.trials.iter_mut().for_each(|trial| trial.remove(hash));
        }
    }

    fn in_sample(&self, hash: u64) -> bool {
        is_in_sample(hash, self.halvings)
    }

    fn part(&self) -> Size {
        let part = |all: u64| if all == u64::MAX { all } else { all >> self.halvings };
        Size { bytes: part(self.capacity.bytes), entries: part(self.capacity.entries) }
    }

    fn extent(&self) -> Extent {
        match 1 << self.halvings {
            1 => WHOLE,
            ONE_IN.. => LARGE,
            _ => SMALL,
        }
    }

    fn halve_sample(&mut self) {
        self.halvings += 1;
        let (part, halvings, look_back) = (self.part(), self.halvings, self.extent().look_back);
        for Trial { room, handles, .. } in &mut self.trials {
            room.set_capacity(part);
            room.set_look_back(look_back);
            handles.retain(|&mut handle| {
                let stays = is_in_sample(room.last_hash(handle), halvings);
                if !stays {
                    room.remove(handle);
                }
                stays
            });
        }
    }

    /// Keeps the scores; says whether the best changed.
    fn compare(&mut self, hits: [Option<Cost>; SPLITS.len()]) -> bool {
        if let Some(&cost) = hits.iter().flatten().next() {
            let points = self.points.of(cost);
            let hit = self.trials.iter_mut().zip(hits).filter(|(_, hit)| hit.is_some());
            hit.for_each(|(trial, _)| trial.points += points);
        }
        self.seen += 1;
        self.seen >= ROUND && self.end_round()
    }

    fn end_round(&mut self) -> bool {
        self.seen = 0;
        let in_use = self.trials[self.best].points;
        let points = self.trials.each_ref().map(|trial| trial.points);
        self.bar.end_round(self.best, &points);
        self.trials.iter_mut().for_each(|trial| trial.end_round(in_use));
        let ahead = (0..SPLITS.len()).filter(|&split| self.trials[split].is_clearly_ahead(self.bar.points()));
        let leader = ahead.max_by(|&one, &other| self.trials[one].lead.total_cmp(&self.trials[other].lead));
        let Some(leader) = leader else { return false };
        self.bar.on_change(self.best);
        self.best = leader;
        self.trials.iter_mut().for_each(|trial| trial.lead = 0.0);
        true
    }
}

fn is_in_sample(hash: u64, halvings: u32) -> bool {
    hash.rotate_left(20) & ((1 << halvings) - 1) == 0
}

impl Trial {
    fn end_round(&mut self, points_of_split_in_use: f32) {
        let distance = self.points - points_of_split_in_use;
        self.points = 0.0;
        self.lead = (self.lead + distance).max(0.0);
        self.spread += (distance * distance - self.spread) * SPREAD_WEIGHT;
    }

    fn is_clearly_ahead(&self, bar: f32) -> bool {
        self.lead > bar.max(CLEAR_SPREADS * self.spread.sqrt())
    }

    /// A use; gives the cost of the key if the trial had it.
    fn step(&mut self, Use { hash, weight, cost }: Use, sketch: &Sketch) -> Option<Cost> {
        let before = self.room.held();
        let known = self.find(hash);
        let saved = known.map(|handle| self.room.cost(handle));
        match known {
            Some(handle) if self.room.weight(handle) == weight => {
                self.room.touch(handle);
                return saved;
            }
            Some(handle) => self.room.reweigh(handle, weight),
            None => {
                let handle = self.room.push(hash, weight, ());
                self.room.set_cost(handle, cost);
                self.handles.insert_unique(hash, handle, |&other| self.room.last_hash(other));
            }
        }
        let mut gone = Vec::new();
        self.room.make_room(before, Some(sketch), &mut gone);
        for (victim, ()) in gone {
            self.take_handle(victim);
        }
        saved
    }

    fn find(&self, hash: u64) -> Option<Handle> {
        self.handles.find(hash, |&handle| self.room.last_hash(handle) == hash).copied()
    }

    fn set_cost(&mut self, hash: u64, cost: Cost) {
        if let Some(handle) = self.find(hash) {
            self.room.set_cost(handle, cost);
        }
    }

    fn remove(&mut self, hash: u64) {
        if let Some(handle) = self.take_handle(hash) {
            self.room.remove(handle);
        }
    }

    /// Also of an entry that has just gone: nobody has its place yet.
    fn take_handle(&mut self, hash: u64) -> Option<Handle> {
        let room = &self.room;
        let found = self.handles.find_entry(hash, |&handle| room.last_hash(handle) == hash).ok()?;
        Some(found.remove().0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How often the split changes in so many rounds in which one split has 25 points more than all others.
    fn changes(trials: &mut Trials, ahead: usize, rounds: usize) -> usize {
        let mut changes = 0;
        for _ in 0..rounds {
            trials.trials.iter_mut().for_each(|trial| trial.points = 100.0);
            trials.trials[ahead].points += 25.0;
            changes += usize::from(trials.end_round());
        }
        changes
    }

    /// How many entries a trial has, and of how many keys one is in the sample, after so many keys of which all fit.
    fn sample_of(keys: u64) -> (u64, u64) {
        let mut trials = Trials::new(Size::bytes(keys));
        let sketch = Sketch::new();
        for key in 0..keys {
            let hash = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            trials.observe(Use { hash, weight: 1, cost: Cost::UNKNOWN }, false, &sketch);
        }
        let entries = trials.trials.each_ref().map(|trial| trial.room.held().entries);
        let known = trials.trials.each_ref().map(|trial| trial.handles.len() as u64);
        assert_eq!(entries, known);
        (entries[FIRST], 1 << trials.halvings)
    }

    #[test]
    fn a_small_cache_is_sampled_to_a_number_and_a_large_one_to_a_part() {
        assert_eq!(sample_of(1_000), (1_000, 1));
        assert_eq!(sample_of(1_792), (1_792, 1));
        let (entries, one_in) = sample_of(1_800);
        assert!((800..=1_000).contains(&entries), "{entries}");
        assert_eq!(one_in, 2);
        let (entries, one_in) = sample_of(20_000);
        assert!((500..=1_024).contains(&entries), "{entries}");
        assert_eq!(one_in, 32);
        let (entries, one_in) = sample_of(200_000);
        assert!((6_000..6_500).contains(&entries), "{entries}");
        assert_eq!(one_in, 32);
        let (entries, one_in) = sample_of(400_000);
        assert!((6_000..6_500).contains(&entries), "{entries}");
        assert_eq!(one_in, 64);
    }

    fn cost(millis: u64) -> Cost {
        Cost::of(std::time::Duration::from_millis(millis))
    }

    /// The split in use after the first split had one hit in four uses and the last one the other three.
    fn best_of_a_rare_and_a_frequent_hit(rare: Cost, frequent: Cost) -> Split {
        let mut trials = Trials::new(Size::bytes(1_000));
        for turn in 0..20 * ROUND {
            let mut hits = [None; SPLITS.len()];
            if turn.is_multiple_of(4) {
                hits[0] = Some(rare);
            } else {
                hits[3] = Some(frequent);
            }
            trials.compare(hits);
        }
        trials.best()
    }

    #[test]
    fn the_split_that_saves_most_is_used_not_the_one_that_hits_most() {
        assert_eq!(best_of_a_rare_and_a_frequent_hit(cost(8), cost(8)), SPLITS[3]);
        assert_eq!(best_of_a_rare_and_a_frequent_hit(cost(16), cost(8)), SPLITS[3]);
        assert_eq!(best_of_a_rare_and_a_frequent_hit(cost(64), cost(8)), SPLITS[0]);
    }

    #[test]
    fn a_trial_learns_a_cost_when_it_is_told_and_from_a_hit_of_the_cache() {
        let mut trials = Trials::new(Size::bytes(1_000));
        let sketch = Sketch::new();
        let saved = |trials: &mut Trials, used: Use| trials.trials[0].step(used, &sketch);
        let (fresh, known) =
            (Use { hash: 1, weight: 1, cost: Cost::UNKNOWN }, Use { hash: 2, weight: 1, cost: cost(20) });
        assert_eq!(saved(&mut trials, fresh), None);
        trials.set_cost(1, cost(10));
        assert_eq!(saved(&mut trials, fresh), Some(cost(10)), "a miss of the cache takes nothing back");
        assert_eq!(saved(&mut trials, known), None);
        assert_eq!(saved(&mut trials, known), Some(cost(20)));
    }

    #[test]
    fn turns_that_are_too_short_to_follow_are_followed_no_more_and_a_lasting_one_is() {
        let mut trials = Trials::new(Size::bytes(1_000));
        let mut turns = |turns| -> usize { (0..turns).map(|turn| changes(&mut trials, turn % 2, 4)).sum() };
        assert!(turns(20) >= 2, "at first it follows");
        assert_eq!(turns(20), 0, "then it has learned that this does not pay");
        assert_eq!(changes(&mut trials, 3, 40), 1);
        assert_eq!(trials.best(), SPLITS[3]);
    }
}
