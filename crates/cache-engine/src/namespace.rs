//! Namespaces: the rooms of a store, each with its own keys, versions, bytes and counts.

use std::{borrow::Borrow, fmt, str::FromStr, sync::Arc, time::Duration};

use arcstr::ArcStr;

use crate::{Error, EventLimits, policy::PolicyKind};

/// Most bytes of the name of a namespace.
pub const MAX_NAMESPACE_NAME_BYTES: usize = 64;

/// The name of a namespace: 1 to [`MAX_NAMESPACE_NAME_BYTES`] bytes of `A-Z a-z 0-9 . _ -`. Cheap to clone; the default one
/// lies in the program, and is neither copied nor counted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamespaceName(ArcStr);

impl NamespaceName {
    /// The name of the namespace that always exists.
    pub const DEFAULT: &'static str = "default";

    /// Checks a name; the empty one means [`Self::DEFAULT`].
    ///
    /// # Errors
    /// [`Error::NamespaceInvalid`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let offset = text.bytes().position(|byte| !is_allowed(byte));
        if offset.is_some() || text.len() > MAX_NAMESPACE_NAME_BYTES {
            let (allowed, actual) = (MAX_NAMESPACE_NAME_BYTES, text.len());
            return Err(Error::NamespaceInvalid { allowed, actual, offset });
        }
        Ok(Self(text.into()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

impl Default for NamespaceName {
    fn default() -> Self {
        Self(const { arcstr::literal!(NamespaceName::DEFAULT) })
    }
}

impl Borrow<str> for NamespaceName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl FromStr for NamespaceName {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for NamespaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for NamespaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What a namespace may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceConfig {
    /// Its name.
    pub name: NamespaceName,
    /// Bytes that it may take in all: its entries (key, body, media type and
    /// [what the map takes](crate::MapKind::entry_overhead_bytes) of it), 1/64 for request ids and 1/64 for the backlog of the map.
    /// Guaranteed: what others borrow of it they give back when it is needed. Default 256 MiB.
    pub capacity_bytes: u64,
    /// Bytes up to which it may borrow what others do not use; at least `capacity_bytes`. `None`: it does not borrow.
    /// Default `None`.
    pub max_bytes: Option<u64>,
    /// Entries that it may hold; `None`: as many as its bytes allow. Above zero. Default `None`.
    pub max_entries: Option<u64>,
    /// Which entries it throws out when it is full. Default [`PolicyKind::Adaptive`].
    pub policy: PolicyKind,
    /// Time to live of an entry written with [`Ttl::NamespaceDefault`](crate::Ttl::NamespaceDefault); `None`: such an
    /// entry does not expire. Above zero and at most [`MAX_TTL`](crate::MAX_TTL). Default `None`.
    pub default_ttl: Option<Duration>,
    /// Most bytes of the body of a value, at most 1 GiB. Default 4 MiB.
    pub max_value_bytes: u64,
    /// What its log of events holds, once somebody watches it.
    pub events: EventLimits,
    /// Name of what all its values must satisfy. The store only keeps it, in snapshots too; who writes checks. Default `None`.
    pub schema: Option<Arc<str>>,
}

impl NamespaceConfig {
    /// The defaults for a namespace of this name.
    #[must_use]
    pub fn new(name: NamespaceName) -> Self {
        Self {
            name,
            capacity_bytes: 256 << 20,
            max_bytes: None,
            max_entries: None,
            policy: PolicyKind::default(),
            default_ttl: None,
            max_value_bytes: 4 << 20,
            events: EventLimits::default(),
            schema: None,
        }
    }
}

/// What is to be changed of a namespace; `None`: it stays as it is. Its policy is chosen when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NamespaceChange {
    /// Another [`NamespaceConfig::capacity_bytes`].
    pub capacity_bytes: Option<u64>,
    /// Another [`NamespaceConfig::max_bytes`], or none.
    pub max_bytes: Option<Option<u64>>,
    /// Another [`NamespaceConfig::max_entries`], or none.
    pub max_entries: Option<Option<u64>>,
    /// Another [`NamespaceConfig::default_ttl`], or none; for what is written from now on.
    pub default_ttl: Option<Option<Duration>>,
    /// Another [`NamespaceConfig::max_value_bytes`]; for what is written from now on.
    pub max_value_bytes: Option<u64>,
    /// Another [`NamespaceConfig::schema`], or none; for what is written from now on.
    pub schema: Option<Option<Arc<str>>>,
}

impl NamespaceChange {
    /// The configuration after the change.
    pub(crate) fn of(self, config: &NamespaceConfig) -> NamespaceConfig {
        NamespaceConfig {
            name: config.name.clone(),
            capacity_bytes: self.capacity_bytes.unwrap_or(config.capacity_bytes),
            max_bytes: self.max_bytes.unwrap_or(config.max_bytes),
            max_entries: self.max_entries.unwrap_or(config.max_entries),
            policy: config.policy,
            default_ttl: self.default_ttl.unwrap_or(config.default_ttl),
            max_value_bytes: self.max_value_bytes.unwrap_or(config.max_value_bytes),
            events: config.events,
            schema: self.schema.unwrap_or_else(|| config.schema.clone()),
        }
    }
}

impl Default for NamespaceConfig {
    fn default() -> Self {
        Self::new(NamespaceName::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: Result<&str, Error>) {
        let parsed = NamespaceName::parse(input);
        assert_eq!(parsed.as_ref().map(NamespaceName::as_str), expected.as_ref().map(|text| *text));
    }

    #[test]
    fn a_name_is_64_plain_bytes_and_empty_means_default() {
        let invalid = |actual, offset| Err(Error::NamespaceInvalid { allowed: 64, actual, offset });
        check("", Ok("default"));
        check("default", Ok("default"));
        check("Team-1_a.b", Ok("Team-1_a.b"));
        check(&"n".repeat(64), Ok(&"n".repeat(64)));
        check(&"n".repeat(65), invalid(65, None));
        check("a b", invalid(3, Some(1)));
        check("a/b", invalid(3, Some(1)));
        check("naïve", invalid(6, Some(2)));
    }

    #[test]
    fn the_message_says_where_and_what_is_allowed() {
        let message = NamespaceName::parse("a b").unwrap_err().to_string();
        assert_eq!(
            message,
            "a namespace has 1 to 64 bytes of A-Z a-z 0-9 . _ -; this name has 3 bytes, \
             the one at byte offset 1 is not allowed"
        );
    }
}
