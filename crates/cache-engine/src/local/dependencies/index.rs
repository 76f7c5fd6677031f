//! Index: all links by their source, by their target, and in the order in which they are looked at.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use super::{Link, MAX_DEPENDENCY_STEPS, Place};
use crate::{Error, NamespaceName};

type Links = Vec<Arc<Link>>;

/// Each link stands in all three, or has been taken out of the first two.
#[derive(Default)]
pub(super) struct Index {
    from: HashMap<Place, Links>,
    to: HashMap<Place, Links>,
    rota: VecDeque<Arc<Link>>,
    len: usize,
}

impl Index {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn add(&mut self, link: &Arc<Link>) {
        self.from.entry(link.source.clone()).or_default().push(Arc::clone(link));
        self.to.entry(link.target.clone()).or_default().push(Arc::clone(link));
        self.rota.push_back(Arc::clone(link));
        self.len += 1;
    }

    /// Takes out one; `false` if it was not there any more.
    pub(super) fn remove(&mut self, link: &Arc<Link>) -> bool {
        let was_there = take(&mut self.from, &link.source, link);
        if was_there {
            take(&mut self.to, &link.target, link);
            self.len -= 1;
        }
        was_there
    }

    pub(super) fn links_from(&self, place: &Place) -> Links {
        self.from.get(place).cloned().unwrap_or_default()
    }

    pub(super) fn links_to(&self, place: &Place) -> Links {
        self.to.get(place).cloned().unwrap_or_default()
    }

    pub(super) fn is_source(&self, place: &Place) -> bool {
        self.from.contains_key(place)
    }

    pub(super) fn sources_in(&self, namespace: &NamespaceName) -> Vec<Place> {
        self.from.keys().filter(|(name, _)| name == namespace).cloned().collect()
    }

    /// The link that was looked at longest ago; it goes to the end.
    pub(super) fn next(&mut self) -> Option<Arc<Link>> {
        loop {
            let link = self.rota.pop_front()?;
            if !link.is_cut() {
                self.rota.push_back(Arc::clone(&link));
                return Some(link);
            }
        }
    }

    /// Whether `target` may be computed from `source`: that is neither itself nor computed from it, over a bounded number of steps.
    ///
    /// # Errors
    /// [`Error::DependencyCycle`], [`Error::DependencySteps`].
    pub(super) fn check_chain(&self, source: &Place, target: &Place) -> Result<(), Error> {
        let mut seen: HashSet<&Place> = HashSet::from([source]);
        let mut step = vec![source];
        for _ in 0..MAX_DEPENDENCY_STEPS {
            if step.contains(&target) {
                return Err(Error::DependencyCycle);
            }
            let links = step.iter().filter_map(|place| self.to.get(*place)).flatten();
            let links = links.filter(|link| !link.is_cut());
            step = links.map(|link| &link.source).filter(|place| seen.insert(place)).collect();
            if step.is_empty() {
                return Ok(());
            }
        }
        Err(Error::DependencySteps { allowed: MAX_DEPENDENCY_STEPS })
    }
}

/// Takes a link out of the list of a place.
fn take(lists: &mut HashMap<Place, Links>, place: &Place, link: &Arc<Link>) -> bool {
    let Some(list) = lists.get_mut(place) else { return false };
    let Some(at) = list.iter().position(|other| Arc::ptr_eq(other, link)) else { return false };
    list.swap_remove(at);
    if list.is_empty() {
        lists.remove(place);
    }
    true
}
