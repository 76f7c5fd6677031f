//! Arrays: which element of one array becomes which of the other, by one of three rules.
//!
//! The answer is a [`Matching`]; what is done with it, a patch or a merge, is the same for all rules.

use std::collections::HashMap;

use super::classes::Node;
use super::sequence::common;
use crate::budget::Meter;
use crate::document::{Document, Key};
use crate::error::Error;

/// How the elements of arrays are matched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Arrays {
    /// By a longest common subsequence of equal elements; between two of them, the elements are taken one by one.
    #[default]
    Lcs,
    /// Objects by the scalar that they hold under the first of these keys that they have, if it is unique in its array;
    /// all other elements by their value. Elements that are matched and stand elsewhere are moved.
    Keyed(Vec<String>),
    /// The n-th by the n-th.
    Position,
}

/// Which element becomes which.
#[derive(Debug)]
pub(super) struct Matching {
    /// For each element of the second array, its origin in the first; each origin once.
    pub(super) origins: Vec<Option<usize>>,
    /// Whether a bound has made it worse than it could be.
    pub(super) is_coarse: bool,
}

/// Matches two arrays.
pub(super) fn matching(
    from: &Node<'_>,
    to: &Node<'_>,
    arrays: &Arrays,
    meter: &Meter<'_>,
) -> Result<Matching, Error> {
    match arrays {
        Arrays::Position => {
            let origins = (0..to.children.len()).map(|at| Some(at).filter(|at| *at < from.children.len()));
            Ok(Matching { origins: origins.collect(), is_coarse: false })
        }
        Arrays::Lcs => {
            let common = common(&from.classes(), &to.classes(), meter)?;
            let mut origins = vec![None; to.children.len()];
            let (mut left, mut right) = (0, 0);
            let end = (from.children.len(), to.children.len());
            for (pair_left, pair_right) in common.pairs.into_iter().chain([end]) {
                // What stands between two pairs is changed in place as far as it goes.
                for (origin, at) in (left..pair_left).zip(right..pair_right) {
                    origins[at] = Some(origin);
                }
                if let Some(origin) = origins.get_mut(pair_right) {
                    *origin = Some(pair_left);
                }
                (left, right) = (pair_left + 1, pair_right + 1);
            }
            Ok(Matching { origins, is_coarse: !common.is_longest })
        }
        Arrays::Keyed(keys) => {
            meter.charge((from.children.len() + to.children.len()) as u64)?;
            let known: HashMap<Identity, usize, foldhash::fast::RandomState> =
                identities(from, keys).into_iter().enumerate().map(|(at, identity)| (identity, at)).collect();
            let origins = identities(to, keys).iter().map(|identity| known.get(identity).copied()).collect();
            Ok(Matching { origins, is_coarse: false })
        }
    }
}

/// What makes an element the same, whatever it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Identity {
    /// Number of the key, and class of the scalar under it.
    Key(usize, u32),
    /// Class of the element, and how many such stand before it.
    Value(u32, u32),
}

/// The identities of the elements of an array; each is unique.
pub(super) fn identities(array: &Node<'_>, keys: &[String]) -> Vec<Identity> {
    let named: Vec<Option<Identity>> = array.children.iter().map(|element| key_of(element, keys)).collect();
    let mut counts: HashMap<Identity, u32, foldhash::fast::RandomState> = HashMap::default();
    for identity in named.iter().flatten() {
        *counts.entry(*identity).or_default() += 1;
    }
    let mut values: HashMap<u32, u32, foldhash::fast::RandomState> = HashMap::default();
    let identity = |(named, element): (Option<Identity>, &Node<'_>)| match named {
        Some(identity) if counts.get(&identity) == Some(&1) => identity,
        Some(_) | None => {
            let before = values.entry(element.class).or_default();
            *before += 1;
            Identity::Value(element.class, *before - 1)
        }
    };
    named.into_iter().zip(&array.children).map(identity).collect()
}

fn key_of(element: &Node<'_>, keys: &[String]) -> Option<Identity> {
    let member = |name: &String| element.member(&Key::Text(name.as_str().into()));
    let found = keys.iter().enumerate().find_map(|(index, name)| Some((index, member(name)?)));
    let (index, scalar) = found?;
    match scalar.document {
        Document::Arr(_) | Document::Obj(_) => None,
        Document::Null
        | Document::Bool(_)
        | Document::Number(_)
        | Document::Str(_)
        | Document::Surrogates(_) => Some(Identity::Key(index, scalar.class)),
    }
}
