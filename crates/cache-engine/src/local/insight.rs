//! What operators ask of the store of a process.

use super::LocalStore;
use crate::{Error, Explanation, HotKey, Key, MAX_HOT_KEYS, NamespaceName};

impl LocalStore {
    /// Why a key is there, or why not. Is no use of it. Costs a few us under the lock of its shard; what has expired or was
    /// invalidated is taken out on the way.
    ///
    /// # Errors
    /// [`Error::NamespaceNotFound`].
    pub fn explain(&self, namespace: &NamespaceName, key: &Key) -> Result<Explanation, Error> {
        self.with(namespace, |namespace| namespace.explain(key))
    }

    /// The keys that are used most and are there, at most `top` and [`MAX_HOT_KEYS`] of them, the most used first. Of a key with more than one part in
    /// 64 of the uses of its shard it is sure, as far as a sample of one use in eight can be. Costs some us a shard, under its
    /// lock.
    ///
    /// # Errors
    /// [`Error::NamespaceNotFound`].
    pub fn hot_keys(&self, namespace: &NamespaceName, top: usize) -> Result<Vec<HotKey>, Error> {
        self.with(namespace, |namespace| namespace.hot_keys(top.min(MAX_HOT_KEYS)))
    }
}
