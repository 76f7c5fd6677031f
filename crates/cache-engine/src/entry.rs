//! Entries: what a store keeps under a key.

use std::{sync::Arc, time::Duration};

use crate::{Timestamp, Value, Version};

/// A value with its version and the end of its life. Cheap to clone (one reference count); never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry(Arc<Kept>);

#[derive(Debug, PartialEq, Eq)]
struct Kept {
    value: Value,
    version: Version,
    expires_at: Option<Timestamp>,
    charge: u32,
}

impl Entry {
    /// Makes an entry that is charged `charge` bytes.
    pub(crate) fn new(value: Value, version: Version, expires_at: Option<Timestamp>, charge: u32) -> Self {
        Self(Arc::new(Kept { value, version, expires_at, charge }))
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.0.value
    }

    /// The version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.0.version
    }

    /// When it expires, by the clock of its store; `None`: never.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.0.expires_at
    }

    /// How long it has to live, by the clock of its store; `None`: it does not expire. Zero: it has expired.
    #[must_use]
    pub fn remaining(&self, now: Timestamp) -> Option<Duration> {
        self.0.expires_at.map(|end| end.since(now))
    }

    /// Whether its life is over: an entry that lives 5 s is gone when 5 s have passed.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.0.expires_at.is_some_and(|end| end <= now)
    }

    /// Bytes that it is charged.
    pub(crate) fn charge(&self) -> u32 {
        self.0.charge
    }
}
