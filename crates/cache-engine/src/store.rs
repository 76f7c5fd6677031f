//! The Store: what every keeper of entries can do.

use std::future::Future;

use crate::{Condition, Current, Entry, Error, Key, NamespaceName, NamespaceStats, Ttl, Value, Version};

/// What came of a write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetOutcome {
    /// It was written; this is the entry.
    Stored(Entry),
    /// It was not: the condition did not hold.
    Conflict(Current),
}

/// What came of a removal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemoveOutcome {
    /// It was removed; it had this version.
    Removed(Version),
    /// There was none, whatever the condition.
    Missing,
    /// It is still there: the condition did not hold.
    Conflict(Current),
}

/// Keeps entries by namespace and key.
///
/// Every store passes the suite `conformance`. Writes and removals of one key are atomic and in one order: of many at
/// once that depend on the same version, one succeeds. An expired entry is as good as absent, for every operation.
/// An entry may go at any time to make room. All fail with [`Error::NamespaceNotFound`] if the namespace is not
/// there.
pub trait Store: Send + Sync + 'static {
    /// Reads an entry; counts as its use.
    fn get(
        &self,
        namespace: &NamespaceName,
        key: &Key,
    ) -> impl Future<Output = Result<Option<Entry>, Error>> + Send;

    /// Reads many entries; answers one for each key, in their order. Not one moment: each is read for itself.
    fn get_many(
        &self,
        namespace: &NamespaceName,
        keys: &[Key],
    ) -> impl Future<Output = Result<Vec<Option<Entry>>, Error>> + Send;

    /// Writes an entry if the condition holds. The new version is larger than all earlier ones of the key.
    ///
    /// Fails with [`Error::ValueTooLarge`] or [`Error::Capacity`], whatever the condition.
    fn set(
        &self,
        namespace: &NamespaceName,
        key: Key,
        value: Value,
        ttl: Ttl,
        condition: Condition,
    ) -> impl Future<Output = Result<SetOutcome, Error>> + Send;

    /// Removes an entry if the condition holds. [`Condition::IfAbsent`] never removes.
    fn remove(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        condition: Condition,
    ) -> impl Future<Output = Result<RemoveOutcome, Error>> + Send;

    /// Counts, a row a namespace, ordered by name; `None` means all namespaces. Rows are read while others write:
    /// each number is right for a moment, not all for the same.
    fn stats(
        &self,
        namespace: Option<&NamespaceName>,
    ) -> impl Future<Output = Result<Vec<NamespaceStats>, Error>> + Send;
}
