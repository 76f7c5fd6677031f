//! What a shard knows about a key, and which of its keys are used most.

use super::{Kept, Map, Probe};
use crate::{Entry, Explanation, HotKey, Presence, Present, Timestamp, insight::Named};

impl Kept {
    /// An entry was written, with a version of its own.
    pub(in crate::local) fn written(&mut self, entry: &Entry, now: Timestamp) {
        self.insight.written(entry.version(), now);
    }

    /// Lets old uses count less; to be called now and then.
    pub(in crate::local) fn age(&mut self, now: Timestamp) {
        self.insight.age(now);
    }

    /// Why a key is there, or why not. What has expired or was invalidated is taken out on the way.
    pub(in crate::local) fn explain(&mut self, map: &Map, probe: Probe<'_>, now: Timestamp) -> Explanation {
        let current = self.current(map, probe, now);
        let past = self.insight.past_of(probe.hash);
        let present = current.and_then(|entry| self.present(probe, entry, now));
        Explanation {
            at: now,
            presence: present.map_or(Presence::Absent, |present| Presence::Present(Box::new(present))),
            last_end: past.gone,
            replaced: past.replaced,
            forgotten_until: past.forgotten_until,
        }
    }

    /// `None` never comes: the policy knows every entry of the map.
    fn present(&self, probe: Probe<'_>, entry: Entry, now: Timestamp) -> Option<Present> {
        Some(Present {
            written: self.insight.written_at(entry.version()),
            bytes: u64::from(entry.charge()),
            is_stale: entry.is_stale(now),
            uses: self.insight.hot().of(probe.hash),
            standing: self.policy.standing(entry.handle())?,
            entry,
        })
    }

    /// Adds the keys that are used most and are there, in no order.
    pub(in crate::local) fn hot(&mut self, map: &Map, now: Timestamp, found: &mut Vec<HotKey>) {
        self.insight.age(now);
        // Shortly after the start a rate is over a second, at least.
        let seconds = self.insight.hot().window(now).as_secs_f64().max(1.0);
        for Named { hash, handle, uses, error } in self.insight.hot().keys() {
            let owner = self.policy.owner(handle).filter(|&(owned, _)| owned == hash);
            let Some((_, key)) = owner else { continue };
            let entry = map.get(Probe::of(hash, key)).filter(|entry| !self.is_over(entry, now));
            let Some(entry) = entry else { continue };
            let (key, bytes) = (key.clone(), u64::from(entry.charge()));
            found.push(HotKey { key, uses, error, per_second: uses as f64 / seconds, bytes });
        }
    }
}
