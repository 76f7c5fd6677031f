//! Shelf: the model of a registry in memory. It decides and remembers; it does no I/O and has no lock.

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

#[cfg(test)]
mod tests {
    use json_engine::schema::Compatibility;

    use super::*;

    const LIMITS: Limits = Limits { names: 2, versions: 2, total_bytes: 3 * VERSION_BYTES + 100 };

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    fn draft(text: &str) -> Draft {
        let hash = [text.len() as u8; 32];
        let text = bytes::Bytes::copy_from_slice(text.as_bytes());
        Draft { text, hash, is_exact: false, id: None, steps: 0, policy: None, judged: None }
    }

    fn put(shelf: &mut Shelf, to: &str, draft: Draft, expected: Expected) -> Result<(u64, bool), Error> {
        let plan = shelf.plan(&name(to), draft, expected, SystemTime::UNIX_EPOCH)?;
        shelf.apply(&plan);
        Ok(match plan {
            Plan::New(version) => (version.entry.version, true),
            Plan::Same(version) | Plan::Policy(version) => (version.entry.version, false),
        })
    }

    #[test]
    fn a_number_is_never_given_twice() {
        let mut shelf = Shelf::new(LIMITS);
        assert_eq!(put(&mut shelf, "a", draft("1"), Expected::Absent), Ok((1, true)));
        assert_eq!(put(&mut shelf, "a", draft("1"), Expected::Absent), Ok((1, false)), "safe to repeat");
        assert_eq!(put(&mut shelf, "a", draft("2"), Expected::Newest(1)), Ok((2, true)));
        assert_eq!(shelf.delete(&name("a"), Some(2)), 1);
        assert_eq!(put(&mut shelf, "a", draft("3"), Expected::Newest(1)), Ok((3, true)));
        assert_eq!((shelf.delete(&name("a"), None), shelf.delete(&name("a"), None)), (2, 0));
        assert_eq!(put(&mut shelf, "a", draft("1"), Expected::Present), Err(Error::Conflict { newest: 0 }));
        assert_eq!(put(&mut shelf, "a", draft("1"), Expected::Absent), Ok((4, true)));
        assert_eq!(put(&mut shelf, "a", draft("2"), Expected::Newest(3)), Err(Error::Conflict { newest: 4 }));
        assert_eq!(shelf.bytes, cost(1));
    }

    #[test]
    fn one_past_each_limit_is_refused() {
        let mut shelf = Shelf::new(LIMITS);
        let limit = |outcome: Result<(u64, bool), Error>| match outcome {
            Err(Error::Full { limit, .. }) => limit,
            other => panic!("{other:?}"),
        };
        put(&mut shelf, "a", draft("1"), Expected::Any).unwrap();
        put(&mut shelf, "a", draft("2"), Expected::Any).unwrap();
        assert_eq!(limit(put(&mut shelf, "a", draft("3"), Expected::Any)), "registry.max_versions");
        put(&mut shelf, "b", draft(&"x".repeat(98)), Expected::Any).unwrap();
        assert_eq!(limit(put(&mut shelf, "c", draft(""), Expected::Any)), "registry.max_names");
        assert_eq!(limit(put(&mut shelf, "b", draft("y"), Expected::Any)), "registry.max_total_bytes");
        shelf.delete(&name("b"), None);
        put(&mut shelf, "b", draft(&"x".repeat(98)), Expected::Any).unwrap();
    }

    #[test]
    fn an_id_belongs_to_one_name() {
        let mut shelf = Shelf::new(LIMITS);
        let with_id = |text| Draft { id: Some("x:a".to_owned()), ..draft(text) };
        put(&mut shelf, "a", with_id("1"), Expected::Any).unwrap();
        assert_eq!(
            put(&mut shelf, "b", with_id("2"), Expected::Any),
            Err(Error::IdTaken { name: name("a") })
        );
        put(&mut shelf, "a", with_id("22"), Expected::Any).unwrap();
        assert_eq!(shelf.with_id("x:a").unwrap().entry.version, 2);
        shelf.delete(&name("a"), Some(2));
        assert_eq!(shelf.with_id("x:a").unwrap().entry.version, 1);
        shelf.delete(&name("a"), None);
        assert!(shelf.with_id("x:a").is_none());
        put(&mut shelf, "b", with_id("2"), Expected::Any).unwrap();
    }

    #[test]
    fn the_same_text_may_change_what_is_asked_of_new_versions() {
        let mut shelf = Shelf::new(LIMITS);
        let asks = |policy| Draft { policy: Some(policy), ..draft("1") };
        put(&mut shelf, "a", asks(None), Expected::Any).unwrap();
        assert_eq!(put(&mut shelf, "a", asks(Some(Compatibility::Full)), Expected::Any), Ok((1, false)));
        let unjudged = put(&mut shelf, "a", draft("2"), Expected::Any);
        assert_eq!(unjudged, Err(Error::Overtaken { newest: 1 }), "it was judged by what was asked before");
        let judged = Draft { judged: Some(Compatibility::Full), ..draft("2") };
        put(&mut shelf, "a", judged, Expected::Any).unwrap();
        assert_eq!(shelf.get(&name("a"), None).unwrap().policy, Some(Compatibility::Full));
        shelf.delete(&name("a"), None);
        put(&mut shelf, "a", draft("2"), Expected::Any).unwrap();
        assert_eq!(shelf.get(&name("a"), None).unwrap().policy, None, "a new name asks nothing");
    }

    #[test]
    fn lists_go_on_where_they_ended() {
        let mut shelf = Shelf::new(Limits { names: 9, total_bytes: 1 << 20, ..LIMITS });
        for name in ["b/1", "a", "b/2", "c"] {
            put(&mut shelf, name, draft("1"), Expected::Any).unwrap();
        }
        shelf.delete(&name("c"), None);
        let names = |prefix: &str, after: &str, count| -> Vec<String> {
            let found = shelf.names(prefix, after, count);
            found.iter().map(|version| version.entry.name.as_str().to_owned()).collect()
        };
        assert_eq!(names("", "", 2), ["a", "b/1"]);
        assert_eq!(names("", "b/1", 2), ["b/2"], "what is deleted is not listed");
        assert_eq!(names("b/", "", 9), ["b/1", "b/2"]);
        assert_eq!(names("b/1", "a", 9), ["b/1"]);
    }
}
