//! Records: the entries of the registry in this store.

use bytes::Bytes;
use cache_engine::{Key, LocalStore, NamespaceName, Scan, Store as _, Version};
use chassis::Failure;
use fastjson_proto::fastjson::v1 as json;
use prost::Message as _;

use super::failure;

/// What the keys of schemas begin with.
const PREFIX: &str = "schema:";

/// Entries of a page of a scan.
const PAGE_SIZE: usize = 1_000;

/// Reads records, and remembers of which versions they were.
pub(super) struct Records<'s> {
    store: &'s LocalStore,
    namespace: &'s NamespaceName,
    looked_at: parking_lot::Mutex<Vec<(Key, Version)>>,
}

impl<'s> Records<'s> {
    pub(super) fn new(store: &'s LocalStore, namespace: &'s NamespaceName) -> Self {
        Self { store, namespace, looked_at: parking_lot::Mutex::default() }
    }

    /// Of which entries, as they were, all was read so far.
    pub(super) fn looked_at(&self) -> Vec<(Key, Version)> {
        self.looked_at.lock().clone()
    }

    /// The text of a name at `version`, or the newest, and its version.
    pub(super) async fn text(
        &self,
        name: &str,
        version: Option<u64>,
    ) -> Result<Option<(Bytes, u64)>, Failure> {
        let Ok(key) = Key::new(format!("{PREFIX}{name}")) else { return Ok(None) };
        let Some(record) = self.read(&key).await? else { return Ok(None) };
        let found =
            record.versions.into_iter().rfind(|one| version.is_none_or(|wanted| wanted == one.version));
        Ok(found.map(|found| (found.text, found.version)))
    }

    async fn read(&self, key: &Key) -> Result<Option<json::RegistryRecord>, Failure> {
        let Some(entry) = self.store.get(self.namespace, key).await.map_err(failure)? else {
            return Ok(None);
        };
        let record = json::RegistryRecord::decode(entry.value().body().to_bytes());
        self.looked_at.lock().push((key.clone(), entry.version()));
        Ok(record.ok())
    }

    /// The text of the newest version that has this `$id`, under whatever name. Costs a look at each name.
    pub(super) async fn with_id(&self, id: &str) -> Result<Option<Bytes>, Failure> {
        let mut scan = Scan { prefix: PREFIX.to_owned(), page_size: PAGE_SIZE, ..Scan::default() };
        loop {
            let page = self.store.scan(self.namespace, &scan).await.map_err(failure)?;
            for found in page.found {
                let record = json::RegistryRecord::decode(found.entry.value().body().to_bytes());
                let versions = record.map(|record| record.versions).unwrap_or_default();
                if let Some(version) = versions.into_iter().rfind(|version| version.id == id) {
                    self.looked_at.lock().push((found.key, found.entry.version()));
                    return Ok(Some(version.text));
                }
            }
            scan.cursor = page.next;
            if scan.cursor.is_none() {
                return Ok(None);
            }
        }
    }
}
