//! Fencing tokens: what is guarded refuses a smaller one than it has seen, and so a holder whose time was over without its
//! noticing.
//!
//! Promise: each is above all that this source gave before. A source is seeded from wall time, as [versions](crate::Version)
//! are; that of a store goes with its snapshots, so that tokens grow over a restart with the wall clock set back, too.
//! Cost: one atomic addition.

use std::sync::Arc;

use crate::{Clock, version::VersionSource};

/// Where fencing tokens come from; clones share it.
#[derive(Debug, Clone)]
pub struct FencingTokens(pub(crate) Arc<VersionSource>);

impl FencingTokens {
    /// Seeds from wall time.
    #[must_use]
    pub fn seeded(clock: &dyn Clock) -> Self {
        Self(Arc::new(VersionSource::seeded(clock.wall())))
    }
}
