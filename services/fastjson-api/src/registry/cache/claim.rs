//! Claim: an `$id` is claimed in the cache service before a schema that brings it is written, so that it has one name in all
//! replicas, also when two put it at the same moment.
//!
//! The idea: a claim is an entry of the `$id` that holds a name. A put reads its own entry, writes the claim, then writes its own
//! entry under the condition that it still is what was read. A claim counts as long as a version of its name has the `$id`, or a
//! put may be under way; one that stays without is taken over, after the entry of its name was written anew, which makes any put
//! under way fail and decide again.
//!
//! Promise: of two names that bring one `$id` one is written. Cost: two calls for a put whose name does not have the `$id` yet; a
//! claim that was given up costs the next name some 100 ms.

use std::time::Duration;

use tokio::time::sleep;

use super::super::{Error, Name};
use super::Inside;

/// How often a claim is looked at whose name does not have the `$id`, before it is taken over, and the wait in between. Together
/// many times what a put takes between its claim and its entry.
const LOOKS: u32 = 10;
const WAIT: Duration = Duration::from_millis(10);

impl Inside {
    /// Claims `id` for `name`; says whether that was done, or all is to be looked at again. Fails with [`Error::IdTaken`].
    pub(super) async fn claim(&self, id: &str, name: &Name) -> Result<bool, Error> {
        for _ in 0..LOOKS {
            match self.peer.claim(id).await? {
                Some((Some(holder), _)) if holder != *name => self.check_holder(id, holder).await?,
                // Its own is written anew, for whoever means to take it over.
                there => return self.write_claim(id, name, there.map(|(_, version)| version)).await,
            }
            sleep(WAIT).await;
        }
        self.take_over(id, name).await
    }

    /// Fails if a version of `holder` has the `$id`.
    async fn check_holder(&self, id: &str, holder: Name) -> Result<(), Error> {
        self.look(&holder).await?;
        let has_it = self.copy.series(&holder).is_some_and(|series| series.has_id(id));
        if has_it { Err(Error::IdTaken { name: holder }) } else { Ok(()) }
    }

    async fn take_over(&self, id: &str, name: &Name) -> Result<bool, Error> {
        let Some((holder, claimed)) = self.peer.claim(id).await? else { return Ok(false) };
        if let Some(holder) = holder {
            let there = self.look(&holder).await?;
            let series = self.copy.series(&holder).unwrap_or_default();
            if series.has_id(id) {
                return Err(Error::IdTaken { name: holder });
            }
            let Some(version) = self.peer.write(&holder, &series, there).await? else { return Ok(false) };
            self.copy.take(&holder, series, version);
        }
        self.write_claim(id, name, Some(claimed)).await
    }

    async fn write_claim(&self, id: &str, name: &Name, there: Option<u64>) -> Result<bool, Error> {
        Ok(self.peer.write_claim(id, name, there).await?)
    }
}
