//! The Store: what every keeper of entries can do.

use std::future::Future;

use crate::{
    Condition, Counted, Current, Draft, Edit, Entry, Error, EventFilter, Increment, Key, Life,
    NamespaceChange, NamespaceConfig, NamespaceName, NamespaceStats, Page, Receipt, RequestId, Scan, Scope,
    Subscription, Version, Write,
};

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

/// What came of a touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TouchOutcome {
    /// It has the new life; this is the entry, of the version it had.
    Touched(Entry),
    /// There was none, whatever the condition.
    Missing,
    /// It lives as before: the condition did not hold.
    Conflict(Current),
}

/// Keeps entries by namespace and key.
///
/// Every store passes the suite `conformance`. Writes and removals of one key are atomic and in one order: of many at
/// once that depend on the same version, one succeeds. An entry that has expired or was invalidated is as good as absent, for every operation.
/// An entry may go at any time to make room. All fail with [`Error::NamespaceNotFound`] if the namespace is not
/// there.
pub trait Store: Send + Sync + 'static {
    /// Reads an entry; counts as its use, and puts off its end if it slides.
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
        draft: Draft,
        condition: Condition,
    ) -> impl Future<Output = Result<SetOutcome, Error>> + Send;

    /// Removes an entry if the condition holds. [`Condition::IfAbsent`] never removes.
    fn remove(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        condition: Condition,
    ) -> impl Future<Output = Result<RemoveOutcome, Error>> + Send;

    /// Gives an entry a new life if the condition holds; value, version and tags stay. [`Condition::IfAbsent`] never
    /// touches.
    ///
    /// Fails with [`Error::Capacity`] if an entry that slides would be too large.
    fn touch(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        life: Life,
        condition: Condition,
    ) -> impl Future<Output = Result<TouchOutcome, Error>> + Send;

    /// Adds to a counter, or makes one; a new version in either case.
    ///
    /// Fails with [`Error::NotANumber`] or [`Error::IncrementOverflow`], and then changes nothing.
    fn increment(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        increment: Increment,
    ) -> impl Future<Output = Result<Counted, Error>> + Send;

    /// Writes the value of `edit` if the entry still has the version that it was made of; life and tags stay.
    ///
    /// Fails with [`Error::ValueTooLarge`] or [`Error::Capacity`], and then changes nothing.
    fn edit(
        &self,
        namespace: &NamespaceName,
        key: &Key,
        edit: Edit,
    ) -> impl Future<Output = Result<SetOutcome, Error>> + Send;

    /// The receipt of a write, if it was done under this id; as [`Store::once`] would answer. Does nothing.
    ///
    /// Fails with [`Error::RequestIdReused`] if another write was.
    fn receipt(
        &self,
        namespace: &NamespaceName,
        id: &RequestId,
        write: &Write,
    ) -> impl Future<Output = Result<Option<Receipt>, Error>> + Send;

    /// Does a write, unless it was done under this id within [`REQUEST_ID_WINDOW`](crate::REQUEST_ID_WINDOW): then answers
    /// as the first time, and fails with [`Error::RequestIdReused`] if that was another write. A write that failed was not
    /// done. A store may forget the oldest ids sooner when there are many.
    fn once(
        &self,
        namespace: &NamespaceName,
        id: &RequestId,
        write: Write,
    ) -> impl Future<Output = Result<Receipt, Error>> + Send;

    /// Makes all entries of `scope` absent that were written before. How many they are plays no part in its cost.
    fn invalidate(
        &self,
        namespace: &NamespaceName,
        scope: Scope,
    ) -> impl Future<Output = Result<(), Error>> + Send;

    /// Lists entries, a page at a time. What is there from the first page to the last is listed exactly once, whatever is
    /// written meanwhile; what comes or goes meanwhile may be listed or not. No use of an entry, and its time is bounded:
    /// a page may be short, or empty, though there is more.
    ///
    /// Fails with [`Error::CursorInvalid`] if the cursor is not one of this scan of this namespace.
    fn scan(
        &self,
        namespace: &NamespaceName,
        scan: &Scan,
    ) -> impl Future<Output = Result<Page, Error>> + Send;

    /// Makes a namespace; gives its settings. Who reads and writes in others does not wait for it.
    ///
    /// Fails with [`Error::NamespaceExists`], [`Error::ConfigInvalid`], [`Error::NamespacesLimit`] or [`Error::MemoryLimit`].
    fn create_namespace(
        &self,
        config: NamespaceConfig,
    ) -> impl Future<Output = Result<NamespaceConfig, Error>> + Send;

    /// Changes the settings of a namespace; gives all of them as they are then. What lives keeps its life. What is above a
    /// smaller quota is thrown out afterwards, bit by bit.
    ///
    /// Fails with [`Error::ConfigInvalid`] or [`Error::MemoryLimit`], and then changes nothing.
    fn update_namespace(
        &self,
        name: &NamespaceName,
        change: NamespaceChange,
    ) -> impl Future<Output = Result<NamespaceConfig, Error>> + Send;

    /// Deletes a namespace with all that it holds, in a time that does not depend on how much that is; its memory is
    /// freed afterwards, bit by bit. Its versions are not used again, also if one of its name is made anew.
    ///
    /// Fails with [`Error::NamespaceProtected`] if it is `default`.
    fn delete_namespace(&self, name: &NamespaceName) -> impl Future<Output = Result<(), Error>> + Send;

    /// The settings of all namespaces, ordered by name.
    fn namespaces(&self) -> impl Future<Output = Result<Vec<NamespaceConfig>, Error>> + Send;

    /// Watches a namespace from now on, or from behind the event of sequence `resume`: if that cannot be, what is told first
    /// is a [`Discontinuity`](crate::Discontinuity).
    fn subscribe(
        &self,
        namespace: &NamespaceName,
        filter: EventFilter,
        resume: Option<u64>,
    ) -> impl Future<Output = Result<Subscription, Error>> + Send;

    /// Counts, a row a namespace, ordered by name; `None` means all namespaces. Rows are read while others write:
    /// each number is right for a moment, not all for the same.
    fn stats(
        &self,
        namespace: Option<&NamespaceName>,
    ) -> impl Future<Output = Result<Vec<NamespaceStats>, Error>> + Send;
}
