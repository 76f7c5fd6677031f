//! The policy against what it promises.

use proptest::prelude::*;

use super::*;

/// A policy, and what its owner knows: handles by key.
struct Cache {
    policy: Policy<u32>,
    kept: std::collections::BTreeMap<u32, (Handle, u32)>,
}

fn hash(key: u32) -> u64 {
    (u64::from(key) + 1)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(17)
        .wrapping_mul(0xd6e8_feb8_6659_fd93)
}

impl Cache {
    fn new(kind: PolicyKind, capacity: Size) -> Self {
        Self { policy: Policy::new(kind, capacity), kept: std::collections::BTreeMap::new() }
    }

    /// Reads a key, or puts it in; says whether it was there. Gives the victims in their order.
    fn access(&mut self, key: u32, weight: u32) -> (bool, Vec<u32>) {
        let mut victims = Vec::new();
        if let Some(&(handle, _)) = self.kept.get(&key) {
            self.policy.on_hit(handle, tag(hash(key)));
            return (true, Vec::new());
        }
        let handle = self.policy.on_insert(hash(key), weight, key, &mut victims);
        self.kept.insert(key, (handle, weight));
        (false, self.gone(victims))
    }

    fn update(&mut self, key: u32, weight: u32) {
        let Some(kept) = self.kept.get_mut(&key) else { return };
        kept.1 = weight;
        let handle = kept.0;
        let mut victims = Vec::new();
        self.policy.on_update(handle, weight, &mut victims);
        let gone = self.gone(victims);
        assert!(!gone.contains(&key), "an entry is not the victim of its own writing");
    }

    fn remove(&mut self, key: u32) {
        if let Some((handle, _)) = self.kept.remove(&key) {
            assert_eq!(self.policy.on_remove(handle), Some((hash(key), key)));
            assert_eq!(self.policy.on_remove(handle), None);
        }
    }

    /// The keys of victims, in their order.
    fn gone(&mut self, victims: Vec<(u64, u32)>) -> Vec<u32> {
        for &(victim_hash, victim) in &victims {
            assert!(self.kept.remove(&victim).is_some(), "{victim} goes once");
            assert_eq!(victim_hash, hash(victim));
        }
        victims.into_iter().map(|(_, victim)| victim).collect()
    }

    /// What is held is what the owner knows of.
    fn check_sums(&self) {
        let bytes = self.kept.values().map(|&(_, weight)| u64::from(weight)).sum();
        assert_eq!(self.policy.held(), Size { bytes, entries: self.kept.len() as u64 });
        for (key, &(handle, _)) in &self.kept {
            assert_eq!(self.policy.owner(handle), Some((hash(*key), key)));
        }
    }
}

/// Hits of the last of some rounds over so many keys.
fn hits_of_a_loop(kind: PolicyKind, entries: u64, keys: u32) -> usize {
    let mut cache = Cache::new(kind, Size::bytes(entries));
    for _ in 0..100 {
        (0..keys).for_each(|key| drop(cache.access(key, 1)));
    }
    (0..keys).filter(|&key| cache.access(key, 1).0).count()
}

#[test]
fn a_loop_that_does_not_fit_hits_as_often_as_its_part_that_does() {
    assert!(hits_of_a_loop(PolicyKind::Adaptive, 500, 1_000) > 480);
    assert_eq!(hits_of_a_loop(PolicyKind::Lru, 500, 1_000), 0);
}

#[test]
fn five_thousand_fresh_entries_in_a_full_cache_are_there_when_they_are_read() {
    let mut cache = Cache::new(PolicyKind::Adaptive, Size::bytes(50_000));
    (0..150_000).for_each(|key| drop(cache.access(key, 1)));
    (200_000..205_000).for_each(|key| drop(cache.access(key, 1)));
    let there = (200_000..205_000).filter(|key| cache.kept.contains_key(key)).count();
    assert!(there > 4_750, "{there} are there");
}

#[test]
fn what_is_read_often_outlives_a_scan() {
    let mut cache = Cache::new(PolicyKind::Adaptive, Size::bytes(1_000));
    for _ in 0..5 {
        (0..100).for_each(|key| drop(cache.access(key, 1)));
    }
    (1_000..6_000).for_each(|key| drop(cache.access(key, 1)));
    let kept = (0..100).filter(|key| cache.kept.contains_key(key)).count();
    assert!(kept > 90, "{kept} are kept");
}

/// More of them than are compared: nobody who comes is worth as much, but all who lie behind them are worth less.
#[test]
fn those_that_were_popular_once_do_not_shield_what_lies_behind_them() {
    let mut sketch = Sketch::new();
    sketch.fit(100);
    let mut room = Room::new(Size::bytes(100), room::Split { window: 10, lead: 0 }, room::LOOK_BACK);
    let mut victims = Vec::new();
    let (popular, idle, fresh) = (0..20_u32, 20..100, 100..200);
    let uses = |keys: std::ops::Range<u32>, uses| keys.map(move |key| (key, uses));
    for (key, uses) in uses(popular.clone(), 10).chain(uses(idle.clone(), 1)).chain(uses(fresh, 3)) {
        (0..uses).for_each(|_| sketch.count(hash(key)));
        let before = room.held();
        room.push(hash(key), 1, key);
        room.make_room(before, Some(&sketch), &mut victims);
    }
    let gone = |keys: &std::ops::Range<u32>| victims.iter().filter(|(_, key)| keys.contains(key)).count();
    assert!(gone(&idle) > 70, "{} of 80 have gone", gone(&idle));
    assert_eq!(gone(&popular), 0);
}

/// One read of a large value must not cost a hundred small ones that are read as often.
#[test]
fn a_large_entry_is_not_admitted_for_free() {
    let mut cache = Cache::new(PolicyKind::Adaptive, Size::bytes(10_000));
    for _ in 0..5 {
        (0..80).for_each(|key| drop(cache.access(key, 100)));
    }
    for large in 1_000..1_200 {
        cache.access(large, 1_900);
        assert!(cache.kept.contains_key(&large), "it can be read once it is written");
    }
    let small = (0..80).filter(|key| cache.kept.contains_key(key)).count();
    assert!(small > 70, "{small} are kept");
}

/// Few are compared, but as many as it takes to make room for a large one that is worth them all.
#[test]
fn a_large_entry_is_not_refused_because_few_are_compared() {
    let mut sketch = Sketch::new();
    sketch.fit(100);
    let mut room = Room::new(Size::bytes(100), room::Split { window: 100, lead: 0 }, 4);
    let mut victims = Vec::new();
    let (small, large, last) = (0..100_u32, 100, 101);
    for (key, uses, weight) in small.map(|key| (key, 1, 1)).chain([(large, 14, 10), (last, 1, 10)]) {
        (0..uses).for_each(|_| sketch.count(hash(key)));
        let before = room.held();
        room.push(hash(key), weight, key);
        room.make_room(before, Some(&sketch), &mut victims);
    }
    assert!(victims.iter().all(|&(_, key)| key < large), "{victims:?}");
    assert_eq!(victims.len(), 20);
}

#[test]
fn a_smaller_capacity_is_reached_in_bounded_steps() {
    let mut cache = Cache::new(PolicyKind::Adaptive, Size::bytes(1_000));
    (0..1_000).for_each(|key| drop(cache.access(key, 1)));
    cache.policy.set_capacity(Size::bytes(100));
    let (_, victims) = cache.access(5_000, 1);
    assert!(victims.len() <= BATCH + 1, "{}", victims.len());
    let mut more = true;
    while more {
        let mut victims = Vec::new();
        more = cache.policy.trim(&mut victims);
        assert!(victims.len() <= BATCH);
        cache.gone(victims);
    }
    assert_eq!(cache.policy.held().bytes, 100);
    assert!(cache.kept.contains_key(&5_000));
}

#[test]
fn entries_are_limited_as_bytes_are() {
    let mut cache = Cache::new(PolicyKind::Adaptive, Size { bytes: 1 << 40, entries: 100 });
    (0..1_000).for_each(|key| drop(cache.access(key, 1_000)));
    assert_eq!(cache.policy.held().entries, 100);
}

#[test]
fn a_handle_of_an_entry_that_has_gone_touches_nobody() {
    let mut policy = Policy::new(PolicyKind::Lru, Size::bytes(2));
    let mut victims = Vec::new();
    let gone = policy.on_insert(1 << 32, 1, 'a', &mut victims);
    policy.on_remove(gone);
    let again = policy.on_insert(2 << 32, 1, 'b', &mut victims);
    assert_eq!(gone, again, "the place is used again");
    policy.on_insert(3, 1, 'c', &mut victims);
    policy.on_hit(gone, 1);
    policy.on_insert(4, 1, 'd', &mut victims);
    assert_eq!(victims, [(2 << 32, 'b')]);
}

/// The same uses, and of every second key it is told that it is dear.
fn dear_keys_kept(told: Cost) -> usize {
    let mut cache = Cache::new(PolicyKind::Adaptive, Size::bytes(100));
    for round in 0..10_000_u32 {
        let key = hash(round) as u32 % 400;
        cache.access(key, 1);
        if key.is_multiple_of(2)
            && let Some(&(handle, _)) = cache.kept.get(&key)
        {
            cache.policy.set_cost(handle, told);
        }
    }
    cache.kept.keys().filter(|key| key.is_multiple_of(2)).count()
}

#[test]
fn what_is_dear_stays_and_what_counts_as_all_others_changes_nothing() {
    let usual = dear_keys_kept(Cost::UNKNOWN);
    assert!((30..70).contains(&usual), "{usual}");
    assert_eq!(dear_keys_kept(Cost::of(std::time::Duration::from_micros(1_024))), usual);
    let dear = dear_keys_kept(Cost::of(std::time::Duration::from_millis(500)));
    assert!(dear > usual + 5, "{dear} of 100, {usual} without costs");
}

#[derive(Debug, Clone)]
enum Step {
    Access(u32, u32),
    Update(u32, u32),
    Remove(u32),
    Capacity(u64, u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (key, weight) = (0..60_u32, 1..40_u32);
    let step = prop_oneof![
        20 => (key.clone(), weight.clone()).prop_map(|(key, weight)| Step::Access(key, weight)),
        3 => (key.clone(), weight).prop_map(|(key, weight)| Step::Update(key, weight)),
        3 => key.prop_map(Step::Remove),
        1 => (40..400_u64, 2..40_u64).prop_map(|(bytes, entries)| Step::Capacity(bytes, entries)),
    ];
    prop::collection::vec(step, 1..600)
}

fn run(kind: PolicyKind, steps: Vec<Step>) {
    let mut cache = Cache::new(kind, Size { bytes: 200, entries: 30 });
    let mut capacity = Size { bytes: 200, entries: 30 };
    for step in steps {
        match step {
            Step::Access(key, weight) => {
                let (_, victims) = cache.access(key, weight);
                assert!(!victims.contains(&key), "an entry is not the victim of its own writing");
            }
            Step::Update(key, weight) => cache.update(key, weight),
            Step::Remove(key) => cache.remove(key),
            Step::Capacity(bytes, entries) => {
                capacity = Size { bytes, entries };
                cache.policy.set_capacity(capacity);
                let mut victims = Vec::new();
                while cache.policy.trim(&mut victims) {}
                cache.gone(victims);
            }
        }
        cache.check_sums();
        assert!(!cache.policy.held().exceeds(capacity), "{:?} in {capacity:?}", cache.policy.held());
    }
    let all: Vec<u32> = cache.kept.keys().copied().collect();
    all.into_iter().for_each(|key| cache.remove(key));
    assert_eq!(cache.policy.held(), Size::ZERO);
}

/// The same as a list: the newest last.
fn lru_of_a_list(steps: &[(u32, u32)], bytes: u64) -> Vec<u32> {
    let mut list: Vec<(u32, u32)> = Vec::new();
    let mut victims = Vec::new();
    for &(key, weight) in steps {
        match list.iter().position(|&(other, _)| other == key) {
            Some(at) => {
                let used = list.remove(at);
                list.push(used);
            }
            None => list.push((key, weight)),
        }
        while list.iter().map(|&(_, weight)| u64::from(weight)).sum::<u64>() > bytes {
            victims.push(list.remove(0).0);
        }
    }
    victims
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_is_done_the_sums_are_exact_and_within_the_capacity(steps in steps()) {
        run(PolicyKind::Adaptive, steps.clone());
        run(PolicyKind::Lru, steps);
    }

    #[test]
    fn equal_costs_change_nothing(keys in prop::collection::vec(0..300_u32, 1..2_000), micros in 0..u64::MAX) {
        let mut caches = [(); 2].map(|()| Cache::new(PolicyKind::Adaptive, Size::bytes(100)));
        let cost = Cost::of(std::time::Duration::from_micros(micros));
        for key in keys {
            let gone = caches[0].access(key, 1);
            prop_assert_eq!(gone, caches[1].access(key, 1));
            let handle = caches[1].kept[&key].0;
            caches[1].policy.set_cost(handle, cost);
        }
    }

    #[test]
    fn lru_throws_out_what_a_plain_list_would(steps in prop::collection::vec((0..40_u32, 1..40_u32), 1..400)) {
        let mut cache = Cache::new(PolicyKind::Lru, Size::bytes(200));
        let victims: Vec<u32> = steps.iter().flat_map(|&(key, weight)| cache.access(key, weight).1).collect();
        prop_assert_eq!(victims, lru_of_a_list(&steps, 200));
    }

    #[test]
    fn an_estimate_is_never_too_low_before_the_first_ageing(keys in prop::collection::vec(0..50_u64, 1..300)) {
        let mut sketch = sketch::Sketch::new();
        let mut counts = std::collections::HashMap::new();
        for key in keys {
            sketch.fit(counts.len() as u64);
            sketch.count(key);
            *counts.entry(key).or_insert(0_u32) += 1;
            prop_assert!(sketch.estimate(key) >= counts[&key].min(15));
        }
    }
}
