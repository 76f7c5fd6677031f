//! Shelf: the model of a registry in memory. It decides and remembers; it does no I/O and has no lock.
//!
//! Promise: a number is given once for a name, an `$id` to one name; what is planned changes nothing until it is applied. Cost: a
//! look-up in a tree; deleting, and taking over what another replica made, looks at the `$id`s of the name or at all.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::Arc;
use std::time::SystemTime;

use super::{Draft, Entry, Error, Expected, Name, Policy, Version};
use crate::config;

/// Memory that a version takes besides its text, in bytes.
const VERSION_BYTES: u64 = 512;

/// How much a shelf takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    names: usize,
    versions: usize,
    total_bytes: u64,
}

impl Limits {
    pub(crate) fn of(config: &config::Registry) -> Self {
        Self { names: config.max_names, versions: config.max_versions, total_bytes: config.max_total_bytes }
    }
}

/// The versions of a name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Series {
    /// The highest number that was ever given; 0 before the first.
    pub(crate) last: u64,
    /// Below this everything is deleted.
    pub(crate) floor: u64,
    pub(crate) policy: Policy,
    pub(crate) live: BTreeMap<u64, Arc<Entry>>,
}

impl Series {
    fn newest(&self) -> Option<Version> {
        self.live.last_key_value().map(|(_, entry)| self.version(entry))
    }

    fn version(&self, entry: &Arc<Entry>) -> Version {
        Version { entry: Arc::clone(entry), policy: self.policy }
    }

    /// Whether a version has this `$id`.
    pub(crate) fn has_id(&self, id: &str) -> bool {
        self.live.values().any(|entry| entry.id.as_deref() == Some(id))
    }

    /// The same after `version` was put.
    pub(crate) fn with(mut self, version: &Version) -> Self {
        self.last = self.last.max(version.entry.version);
        self.policy = version.policy;
        self.live.insert(version.entry.version, Arc::clone(&version.entry));
        self
    }

    /// The same without a version, or without all.
    pub(crate) fn without(mut self, version: Option<u64>) -> Self {
        match version {
            Some(version) => drop(self.live.remove(&version)),
            None => self.live.clear(),
        }
        self
    }
}

/// What a put would do.
#[derive(Debug)]
pub(crate) enum Plan {
    /// Nothing.
    Same(Version),
    /// Only the policy changes.
    Policy(Version),
    /// A new version.
    New(Version),
}

/// All names.
#[derive(Debug)]
pub(crate) struct Shelf {
    limits: Limits,
    names: BTreeMap<Name, Series>,
    ids: HashMap<String, Name>,
    bytes: u64,
}

impl Shelf {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, names: BTreeMap::new(), ids: HashMap::new(), bytes: 0 }
    }

    /// Takes over what another process made of a name, whatever the limits.
    pub(crate) fn replace(&mut self, name: Name, series: Series) {
        if let Some(gone) = self.names.remove(&name) {
            self.bytes -= gone.live.values().map(|entry| cost(entry.text.len())).sum::<u64>();
            self.ids.retain(|_, holder| *holder != name);
        }
        self.restore(name, series);
    }

    /// Takes over what was found on disk, whatever the limits.
    pub(crate) fn restore(&mut self, name: Name, series: Series) {
        for entry in series.live.values() {
            self.bytes += cost(entry.text.len());
            if let Some(id) = &entry.id {
                self.ids.entry(id.clone()).or_insert_with(|| name.clone());
            }
        }
        self.names.insert(name, series);
    }

    pub(crate) fn series(&self, name: &Name) -> Option<&Series> {
        self.names.get(name)
    }

    pub(crate) fn get(&self, name: &Name, version: Option<u64>) -> Option<Version> {
        let series = self.names.get(name)?;
        match version {
            Some(version) => series.live.get(&version).map(|entry| series.version(entry)),
            None => series.newest(),
        }
    }

    pub(crate) fn with_id(&self, id: &str) -> Option<Version> {
        let series = self.names.get(self.ids.get(id)?)?;
        let entry = series.live.values().rev().find(|entry| entry.id.as_deref() == Some(id))?;
        Some(series.version(entry))
    }

    pub(crate) fn names(&self, prefix: &str, after: &str, count: usize) -> Vec<Version> {
        let from = if after < prefix { Bound::Included(prefix) } else { Bound::Excluded(after) };
        self.names
            .range::<str, _>((from, Bound::Unbounded))
            .take_while(|(name, _)| name.as_str().starts_with(prefix))
            .filter_map(|(_, series)| series.newest())
            .take(count)
            .collect()
    }

    pub(crate) fn versions(&self, name: &Name, after: u64, count: usize) -> Vec<Version> {
        let Some(series) = self.names.get(name) else { return Vec::new() };
        let behind = series.live.range((Bound::Excluded(after), Bound::Unbounded));
        behind.map(|(_, entry)| series.version(entry)).take(count).collect()
    }

    /// What `draft` would become under `name` at `now`. Changes nothing.
    pub(crate) fn plan(
        &self,
        name: &Name,
        draft: Draft,
        expected: Expected,
        now: SystemTime,
    ) -> Result<Plan, Error> {
        let series = self.names.get(name);
        let newest = series.and_then(Series::newest);
        let policy = draft.policy.unwrap_or(newest.as_ref().and_then(|newest| newest.policy));
        if let Some(newest) = &newest
            && is_same(&newest.entry, &draft)
        {
            let is_kept = newest.policy == policy;
            let version = Version { policy, ..newest.clone() };
            return Ok(if is_kept { Plan::Same(version) } else { Plan::Policy(version) });
        }
        let number = newest.as_ref().map_or(0, |newest| newest.entry.version);
        check_expected(expected, number)?;
        if newest.is_some() && policy != draft.judged {
            return Err(Error::Overtaken { newest: number });
        }
        self.check_room(series, draft.text.len())?;
        self.check_id(name, draft.id.as_deref())?;
        let entry = Entry {
            name: name.clone(),
            version: series.map_or(0, |series| series.last) + 1,
            text: draft.text,
            hash: draft.hash,
            is_exact: draft.is_exact,
            id: draft.id,
            steps: draft.steps,
            created_at: now,
        };
        Ok(Plan::New(Version { entry: Arc::new(entry), policy }))
    }

    fn check_room(&self, series: Option<&Series>, text_bytes: usize) -> Result<(), Error> {
        let full = |limit, unit, allowed, actual| Err(Error::Full { limit, unit, allowed, actual });
        let (names, versions) = (self.names.len(), series.map_or(0, |series| series.live.len()));
        if series.is_none() && names >= self.limits.names {
            return full("registry.max_names", "names", self.limits.names as u64, names as u64);
        }
        if versions >= self.limits.versions {
            return full("registry.max_versions", "versions", self.limits.versions as u64, versions as u64);
        }
        let bytes = self.bytes + cost(text_bytes);
        if bytes > self.limits.total_bytes {
            return full("registry.max_total_bytes", "bytes", self.limits.total_bytes, bytes);
        }
        Ok(())
    }

    fn check_id(&self, name: &Name, id: Option<&str>) -> Result<(), Error> {
        match id.and_then(|id| self.ids.get(id)) {
            Some(holder) if holder != name => Err(Error::IdTaken { name: holder.clone() }),
            Some(_) | None => Ok(()),
        }
    }

    /// Does what was planned on this very shelf.
    pub(crate) fn apply(&mut self, plan: &Plan) {
        match plan {
            Plan::Same(_) => {}
            Plan::Policy(version) => {
                if let Some(series) = self.names.get_mut(&version.entry.name) {
                    series.policy = version.policy;
                }
            }
            Plan::New(version) => self.add(version),
        }
    }

    fn add(&mut self, version: &Version) {
        let entry = &version.entry;
        self.bytes += cost(entry.text.len());
        if let Some(id) = &entry.id {
            self.ids.insert(id.clone(), entry.name.clone());
        }
        let series = self.names.entry(entry.name.clone()).or_default();
        series.last = entry.version;
        series.policy = version.policy;
        series.live.insert(entry.version, Arc::clone(entry));
    }

    /// Forgets a version, or all, and says how many there were. The name stays known for the sake of its numbers.
    pub(crate) fn delete(&mut self, name: &Name, version: Option<u64>) -> u64 {
        let Some(series) = self.names.get_mut(name) else { return 0 };
        let gone: Vec<Arc<Entry>> = match version {
            Some(version) => series.live.remove(&version).into_iter().collect(),
            None => std::mem::take(&mut series.live).into_values().collect(),
        };
        if version.is_none() {
            series.floor = series.last + 1;
        }
        for entry in &gone {
            self.bytes -= cost(entry.text.len());
            if let Some(id) = &entry.id
                && !series.live.values().any(|other| other.id.as_ref() == Some(id))
            {
                self.ids.remove(id);
            }
        }
        gone.len() as u64
    }
}

/// Whether a text is the document that is registered already.
fn is_same(entry: &Entry, draft: &Draft) -> bool {
    entry.text == draft.text || (entry.is_exact && draft.is_exact && entry.hash == draft.hash)
}

fn check_expected(expected: Expected, newest: u64) -> Result<(), Error> {
    let holds = match expected {
        Expected::Any => true,
        Expected::Absent => newest == 0,
        Expected::Present => newest > 0,
        Expected::Newest(version) => newest == version,
    };
    if holds { Ok(()) } else { Err(Error::Conflict { newest }) }
}

fn cost(text_bytes: usize) -> u64 {
    text_bytes as u64 + VERSION_BYTES
}
