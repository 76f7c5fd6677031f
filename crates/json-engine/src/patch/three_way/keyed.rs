//! Arrays by key: each element is merged with its namesakes, whatever its place; then the order is merged.

use std::collections::HashMap;
use std::sync::Arc;

use super::{ConflictKind, Merge, Versions};
use crate::document::Document;
use crate::error::Error;
use crate::patch::arrays::{Identity, identities};
use crate::patch::classes::Node;

type Places = HashMap<Identity, usize, foldhash::fast::RandomState>;

/// An array whose elements all have a key of their own.
struct Named<'n, 'd> {
    array: &'n Node<'d>,
    order: Vec<Identity>,
    places: Places,
}

impl<'n, 'd> Named<'n, 'd> {
    /// `None` if an element has no key, or shares it.
    fn read(array: &'n Node<'d>, keys: &[String]) -> Option<Named<'n, 'd>> {
        let order = identities(array, keys);
        if order.iter().any(|identity| matches!(identity, Identity::Value(..))) {
            return None;
        }
        let places = order.iter().enumerate().map(|(at, identity)| (*identity, at)).collect();
        Some(Named { array, order, places })
    }

    fn get(&self, identity: &Identity) -> Option<&'n Node<'d>> {
        self.places.get(identity).map(|at| &self.array.children[*at])
    }

    /// The elements that `other` has too, in the order of this array.
    fn shared(&self, other: &Named<'_, '_>) -> Vec<Identity> {
        self.order.iter().filter(|identity| other.places.contains_key(identity)).copied().collect()
    }
}

impl Merge<'_, '_> {
    /// Merges three arrays key by key; `None` if they cannot be told apart by their keys.
    pub(super) fn by_key(
        &mut self,
        base: &Node<'_>,
        ours: &Node<'_>,
        theirs: &Node<'_>,
        keys: &[String],
    ) -> Result<Option<Document>, Error> {
        let count = base.children.len() + ours.children.len() + theirs.children.len();
        self.meter.charge(4 * count as u64)?;
        let named = (Named::read(base, keys), Named::read(ours, keys), Named::read(theirs, keys));
        let (Some(base), Some(ours), Some(theirs)) = named else {
            return Ok(None);
        };
        let mut out = Vec::with_capacity(ours.order.len());
        for identity in self.order(&base, &ours, &theirs) {
            let (base, ours, theirs) = (base.get(&identity), ours.get(&identity), theirs.get(&identity));
            self.push(Versions { base, ours, theirs }, &mut out)?;
        }
        Ok(Some(Document::Arr(Arc::new(out))))
    }

    /// All elements of both sides in the merged order. The side that has kept the order of the base follows the other;
    /// what only one side has comes behind what stands before it there.
    fn order(&mut self, base: &Named<'_, '_>, ours: &Named<'_, '_>, theirs: &Named<'_, '_>) -> Vec<Identity> {
        let kept = |side: &Named<'_, '_>| side.shared(base) == base.shared(side);
        if kept(theirs) {
            return woven(ours, theirs);
        }
        if kept(ours) {
            return woven(theirs, ours);
        }
        if ours.shared(theirs) != theirs.shared(ours) {
            let values = [base, ours, theirs].map(|named| Some(named.array.document.clone()));
            self.conflict(ConflictKind::BothReordered, values);
        }
        woven(ours, theirs)
    }
}

/// The order of `main`, with what only `other` has: behind its predecessor there, and behind what only `main` has after
/// that.
fn woven(main: &Named<'_, '_>, other: &Named<'_, '_>) -> Vec<Identity> {
    // What follows each element of `main`, by its place; `None` is the front.
    let mut following: HashMap<Option<usize>, Vec<Identity>, foldhash::fast::RandomState> =
        HashMap::default();
    let mut last = None;
    for identity in &other.order {
        match main.places.get(identity) {
            Some(place) => last = Some(*place),
            None => following.entry(last).or_default().push(*identity),
        }
    }
    let mut order = following.remove(&None).unwrap_or_default();
    let mut waiting: Vec<Identity> = Vec::new();
    for (place, identity) in main.order.iter().enumerate() {
        if other.places.contains_key(identity) {
            order.append(&mut waiting);
        }
        order.push(*identity);
        waiting.extend(following.remove(&Some(place)).unwrap_or_default());
    }
    order.append(&mut waiting);
    order
}
