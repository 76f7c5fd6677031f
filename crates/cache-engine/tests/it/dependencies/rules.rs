//! Whatever happens, what is there is what the rules say.

use std::collections::BTreeMap;

use cache_engine::{Condition, Life, Scope, Store, Ttl};
use proptest::{collection::vec, prelude::*};

use super::{World, draft, place};
use crate::ready;

/// What may happen to a handful of keys.
#[derive(Debug, Clone)]
enum Step {
    Put(usize),
    Derive(usize, usize),
    Remove(usize),
    Touch(usize),
    InvalidateAll,
}

fn step() -> impl Strategy<Value = Step> {
    let name = || 0..6_usize;
    prop_oneof![
        3 => name().prop_map(Step::Put),
        6 => (name(), name()).prop_map(|(from, to)| Step::Derive(from, to)),
        1 => name().prop_map(Step::Remove),
        1 => name().prop_map(Step::Touch),
        1 => Just(Step::InvalidateAll),
    ]
}

/// The rules, as plain as can be: an entry is there or not, and may name the one that it was computed from.
#[derive(Default)]
struct Plain {
    entries: BTreeMap<usize, Option<usize>>,
}

impl Plain {
    fn changed(&mut self, source: usize) {
        let from_it = |(_, of): &(&usize, &Option<usize>)| **of == Some(source);
        let gone: Vec<usize> = self.entries.iter().filter(from_it).map(|(name, _)| *name).collect();
        for name in gone {
            self.entries.remove(&name);
            self.changed(name);
        }
    }

    fn is_cycle(&self, from: usize, to: usize) -> bool {
        from == to || self.entries.get(&from).copied().flatten().is_some_and(|of| self.is_cycle(of, to))
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Put(name) => {
                self.entries.insert(name, None);
                self.changed(name);
            }
            Step::Derive(from, to) => {
                if self.entries.contains_key(&from) && !self.is_cycle(from, to) {
                    self.entries.insert(to, Some(from));
                    self.changed(to);
                }
            }
            Step::Remove(name) => {
                if self.entries.remove(&name).is_some() {
                    self.changed(name);
                }
            }
            Step::Touch(name) => {
                if self.entries.contains_key(&name) {
                    self.changed(name);
                }
            }
            Step::InvalidateAll => self.entries.clear(),
        }
    }
}

fn take(world: &World, step: &Step) {
    let at = |name: usize| place(&name.to_string());
    match *step {
        Step::Put(name) => world.put(&name.to_string(), "1"),
        Step::Derive(from, to) => {
            let Ok(derivation) = world.store.derive(at(from), at(to)) else { return };
            if world.get(&from.to_string()).is_some() {
                let draft = draft("2", Ttl::NamespaceDefault, &[]);
                world.store.set_derived(&derivation, draft, None).unwrap();
            }
        }
        Step::Remove(name) => {
            ready(world.store.remove(&at(name).0, &at(name).1, Condition::Always)).unwrap();
        }
        Step::Touch(name) => {
            let (namespace, key) = at(name);
            ready(world.store.touch(&namespace, &key, Life::default(), Condition::Always)).unwrap();
        }
        Step::InvalidateAll => ready(world.store.invalidate(&at(0).0, Scope::All)).unwrap(),
    }
}

proptest! {
    #[test]
    fn whatever_happens_what_is_there_is_what_the_rules_say(steps in vec(step(), 1..60)) {
        let (world, mut plain) = (World::new(), Plain::default());
        for (number, step) in steps.iter().enumerate() {
            take(&world, step);
            plain.step(step);
            for name in 0..6 {
                let (is_there, expected) = (world.get(&name.to_string()).is_some(), plain.entries.contains_key(&name));
                prop_assert_eq!(is_there, expected, "{} after {} steps, the last {:?}", name, number + 1, step);
            }
        }
        let derived = plain.entries.values().filter(|of| of.is_some()).count();
        prop_assert!(world.store.dependencies() >= derived);
    }
}
