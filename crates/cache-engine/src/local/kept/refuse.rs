//! A namespace that throws nothing out: what finds no room is refused.

use super::{Kept, Map};
use crate::{Entry, Error, Timestamp, policy::BATCH};

impl Kept {
    /// Whether `entry` may take the place of `current`. What has expired goes before anyone is refused.
    ///
    /// # Errors
    /// [`Error::NamespaceFull`]; then nothing has changed but that.
    pub(in crate::local) fn check_room(
        &mut self,
        map: &Map,
        current: Option<&Entry>,
        entry: &Entry,
        now: Timestamp,
    ) -> Result<(), Error> {
        let replaced = current.map(Entry::charge);
        for _ in 0..=BATCH {
            if self.policy.has_room(entry.charge(), replaced) {
                return Ok(());
            }
            if !self.reap(map, now) {
                break;
            }
        }
        Err(Error::NamespaceFull { actual: u64::from(entry.charge()) })
    }
}
