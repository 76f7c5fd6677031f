//! Registry: schemas and recipes by name, each with its versions.
//!
//! A [`Store`] keeps one kind of them: [`memory`] forgets them with the process, [`file`](mod@file) keeps them in a directory,
//! [`cache`] in the cache service. All answer from the same model in memory, the [`shelf`].
//!
//! Promise: a version is never changed and its number never used again, also after its name was deleted and, in files and in the
//! cache service, after a restart; of writers that expect the same version one wins. Cost: reading is a look-up in memory; writing
//! in files is one file, written and synced off the async workers; writing in the cache service two calls.

mod cache;
mod failure;
pub(crate) mod file;
mod memory;
mod name;
mod shelf;

use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use chassis::Failure;
use client::CacheClient;
use json_engine::schema::Compatibility;

use crate::config;
pub(crate) use failure::failure;
pub(crate) use name::{MAX_BYTES as MAX_NAME_BYTES, Name};

/// What a store keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Schema,
    Recipe,
}

impl Kind {
    /// The word for it in messages and files.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Schema => "schema",
            Kind::Recipe => "recipe",
        }
    }
}

/// What a name asks of its new versions; `None` is nothing.
pub(crate) type Policy = Option<Compatibility>;

/// A text to be registered.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// The text, JSON; not a slice of a larger buffer.
    pub(crate) text: Bytes,
    /// BLAKE3 of its canonical form.
    pub(crate) hash: [u8; 32],
    /// Whether the canonical form rounds no number, so that equal hashes mean equal documents.
    pub(crate) is_exact: bool,
    /// The absolute URI by which others may refer to it.
    pub(crate) id: Option<String>,
    /// Steps of a recipe; 0 for a schema.
    pub(crate) steps: u32,
    /// What the name asks of new versions from now on; `None` leaves it.
    pub(crate) policy: Option<Policy>,
    /// What it was found to hold towards the newest version; nothing where there was none.
    pub(crate) judged: Policy,
}

/// A registered text; never changes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: Name,
    /// From 1.
    pub(crate) version: u64,
    pub(crate) text: Bytes,
    pub(crate) hash: [u8; 32],
    pub(crate) is_exact: bool,
    pub(crate) id: Option<String>,
    pub(crate) steps: u32,
    /// To the millisecond.
    pub(crate) created_at: SystemTime,
}

/// A version as it is now.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) entry: Arc<Entry>,
    /// What its name asks of new versions.
    pub(crate) policy: Policy,
}

/// On what a write depends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Nothing.
    Any,
    /// The name has no version.
    Absent,
    /// The name has a version.
    Present,
    /// This is the newest version.
    Newest(u64),
}

/// What became of a write.
#[derive(Clone, Debug)]
pub(crate) struct Put {
    pub(crate) version: Version,
    /// Whether it is new; otherwise the newest version had this text already.
    pub(crate) is_new: bool,
}

/// Why a store did not do what it should.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// Read again and decide anew.
    #[error("the newest version is {newest}, another was expected")]
    Conflict { newest: u64 },
    /// Judge it anew.
    #[error("what the name asks of new versions has changed")]
    Overtaken { newest: u64 },
    /// Delete something, or raise the limit.
    #[error("the registry has {actual} {unit}, {allowed} are allowed")]
    Full { limit: &'static str, unit: &'static str, allowed: u64, actual: u64 },
    /// Choose another `$id`.
    #[error("the $id of the schema is that of the schema {name:?}")]
    IdTaken { name: Name },
    /// Try later.
    #[error("{0}")]
    Unavailable(String),
}

/// Keeps texts of one kind.
#[tonic::async_trait]
pub(crate) trait Store: Debug + Send + Sync {
    /// Registers a text as the next version of `name`, unless its newest version is the same.
    async fn put(&self, name: &Name, draft: Draft, expected: Expected) -> Result<Put, Error>;
    /// A version, or the newest.
    async fn get(&self, name: &Name, version: Option<u64>) -> Result<Option<Version>, Error>;
    /// The newest version of the name whose `$id` this is.
    async fn with_id(&self, id: &str) -> Result<Option<Version>, Error>;
    /// The newest versions of at most `count` names that begin with `prefix` and come behind `after`, in order.
    async fn names(&self, prefix: &str, after: &str, count: usize) -> Result<Vec<Version>, Error>;
    /// At most `count` versions of `name` behind `after`, in order.
    async fn versions(&self, name: &Name, after: u64, count: usize) -> Result<Vec<Version>, Error>;
    /// Deletes a version, or all, and says how many there were.
    async fn delete(&self, name: &Name, version: Option<u64>) -> Result<u64, Error>;
    /// Grows with each change: what was made of the registry is good as long as this stays.
    fn generation(&self) -> u64;
}

/// The store that the settings ask for. Reads the directory where there is one; connects to nothing.
pub(crate) fn open(
    kind: Kind,
    config: &config::Registry,
    cache: &CacheClient,
) -> Result<Arc<dyn Store>, crate::Error> {
    let limits = shelf::Limits::of(config);
    match config.store {
        config::RegistryStore::Memory => Ok(Arc::new(memory::Memory::new(limits))),
        config::RegistryStore::File => {
            if config.directory.as_os_str().is_empty() {
                let message =
                    "registry.directory is empty; allowed: a directory, where registry.store is `file`";
                return Err(crate::Error::Config(message.to_owned()));
            }
            let directory = config.directory.join(Path::new(kind.word()));
            file::File::open(kind, &directory, limits).map(|store| Arc::new(store) as Arc<dyn Store>)
        }
        config::RegistryStore::Cache => {
            cache::Cache::open(kind, config, cache.clone()).map(|store| Arc::new(store) as Arc<dyn Store>)
        }
    }
}

/// The time as stores that outlive the process keep it.
fn now() -> SystemTime {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
    SystemTime::UNIX_EPOCH + Duration::from_millis(millis)
}

/// There is no such name, or no such version of it.
pub(crate) fn not_found(kind: Kind, name: &Name, version: Option<u64>) -> Failure {
    let (word, shown) = (kind.word(), shown(name));
    let reason = match kind {
        Kind::Schema => "SCHEMA_NOT_FOUND",
        Kind::Recipe => "RECIPE_NOT_FOUND",
    };
    match version {
        Some(version) => {
            Failure::not_found(reason, format!("there is no version {version} of a {word} {shown}"))
                .with("version", version)
        }
        None => Failure::not_found(reason, format!("there is no {word} {shown}")),
    }
}

/// A name for a message, which echoes at most 64 bytes; a name has no other characters than ASCII.
fn shown(name: &Name) -> String {
    let name = name.as_str();
    match name.get(..64) {
        Some(begin) if begin.len() < name.len() => format!("\"{begin}…\""),
        Some(_) | None => format!("\"{name}\""),
    }
}
