//! Peer: the namespace of the registry in the cache service.
//!
//! Promise: a write takes effect only where the entry is as it was read, and once, however often it is sent; what is no record is an
//! error and never believed. Cost: one call each; a scan is a call for 1,000 entries.

use bytes::Bytes;
use client::{Answers, CacheClient};
use context::Context;
use fastjson_proto::rustcache::v1 as pb;

use super::super::shelf::Series;
use super::super::{Error, Kind, Name};
use super::record::{self, Doubt};
use crate::config;

/// Media type of a record.
const CONTENT_TYPE: &str = "application/x-protobuf";

/// Entries of a page of a scan.
const PAGE_SIZE: u32 = 1_000;

/// What failed between this service and its registry.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error(transparent)]
    Call(#[from] client::Error),
    #[error(transparent)]
    Doubt(#[from] Doubt),
    #[error("the cache service gave an answer without an outcome")]
    Garbage,
    #[error("the namespace {0:?} of the registry throws entries out; make it anew with the policy `none`")]
    Evicts(String),
    #[error("it is full")]
    Full { limit: &'static str, allowed: u64, actual: u64 },
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Full { limit, allowed, actual } => Error::Full { limit, unit: "bytes", allowed, actual },
            Failed::Call(_) | Failed::Doubt(_) | Failed::Garbage | Failed::Evicts(_) => {
                Error::Unavailable(format!("the registry in the cache service: {failed}"))
            }
        }
    }
}

/// Entries of one kind.
#[derive(Debug)]
pub(super) struct Peer {
    client: CacheClient,
    kind: Kind,
    namespace: String,
    namespace_bytes: u64,
    max_record_bytes: usize,
    pub(super) heartbeat: std::time::Duration,
}

impl Peer {
    pub(super) fn new(kind: Kind, config: &config::Registry, client: CacheClient) -> Self {
        Self {
            client,
            kind,
            namespace: config.namespace.clone(),
            namespace_bytes: config.namespace_bytes,
            max_record_bytes: config.max_record_bytes,
            heartbeat: config.heartbeat,
        }
    }

    /// The word for what it keeps.
    pub(super) fn word(&self) -> &'static str {
        self.kind.word()
    }

    fn prefix(&self) -> String {
        format!("{}:", self.kind.word())
    }

    fn key(&self, name: &Name) -> String {
        format!("{}:{}", self.kind.word(), name.as_str())
    }

    /// The name of an entry, if it is one of this kind.
    pub(super) fn name_of(&self, key: &str) -> Option<Name> {
        key.strip_prefix(self.kind.word())?.strip_prefix(':').and_then(Name::of)
    }

    fn claim_key(&self, id: &str) -> String {
        format!("{}-id:{}", self.kind.word(), blake3::hash(id.as_bytes()).to_hex())
    }

    /// Reads the entry of a name, and its version.
    pub(super) async fn read(&self, name: &Name) -> Result<Option<(Series, u64)>, Failed> {
        let Some((bytes, version)) = self.get(self.key(name)).await? else { return Ok(None) };
        Ok(Some((record::decode(name, bytes)?, version)))
    }

    /// The name that has claimed an `$id`, and the version of its claim. A claim that names none is nobody's.
    pub(super) async fn claim(&self, id: &str) -> Result<Option<(Option<Name>, u64)>, Failed> {
        let Some((bytes, version)) = self.get(self.claim_key(id)).await? else { return Ok(None) };
        Ok(Some((std::str::from_utf8(&bytes).ok().and_then(Name::of), version)))
    }

    async fn get(&self, key: String) -> Result<Option<(Bytes, u64)>, Failed> {
        let request = pb::GetRequest { namespace: self.namespace.clone(), key };
        let entry = match self.client.get(&Context::background(), request).await?.outcome {
            Some(pb::get_response::Outcome::Found(entry)) => entry,
            Some(pb::get_response::Outcome::Missing(_)) => return Ok(None),
            None => return Err(Failed::Garbage),
        };
        let bytes = match entry.value.and_then(|value| value.body) {
            Some(pb::value::Body::Data(bytes)) => bytes,
            Some(pb::value::Body::Text(text)) => text.into(),
            None => Bytes::new(),
        };
        Ok(Some((bytes, entry.version)))
    }

    /// Writes the entry of a name if it has the version `there`, or is absent; gives its new version, or nothing where the
    /// condition did not hold. Safe to be sent twice.
    pub(super) async fn write(
        &self,
        name: &Name,
        series: &Series,
        there: Option<u64>,
    ) -> Result<Option<u64>, Failed> {
        let bytes = record::encode(name, series);
        let (allowed, actual) = (self.max_record_bytes as u64, bytes.len() as u64);
        if actual > allowed {
            return Err(Failed::Full { limit: "registry.max_record_bytes", allowed, actual });
        }
        let value = (bytes.into(), CONTENT_TYPE);
        self.set(self.key(name), value, there).await.map_err(|failed| self.full(failed, actual))
    }

    /// Claims an `$id` for a name if its claim has the version `there`, or is absent; says whether the condition held. Safe to be
    /// sent twice.
    pub(super) async fn write_claim(
        &self,
        id: &str,
        name: &Name,
        there: Option<u64>,
    ) -> Result<bool, Failed> {
        let bytes = Bytes::copy_from_slice(name.as_str().as_bytes());
        let actual = bytes.len() as u64;
        let set = self.set(self.claim_key(id), (bytes, "text/plain"), there).await;
        Ok(set.map_err(|failed| self.full(failed, actual))?.is_some())
    }

    async fn set(
        &self,
        key: String,
        (bytes, content_type): (Bytes, &str),
        there: Option<u64>,
    ) -> Result<Option<u64>, Failed> {
        let condition = match there {
            Some(version) => pb::condition::Kind::IfVersion(version),
            None => pb::condition::Kind::IfAbsent(pb::IfAbsent {}),
        };
        let mut id = blake3::Hasher::new();
        id.update(key.as_bytes()).update(&there.unwrap_or(0).to_le_bytes()).update(&bytes);
        let request = pb::SetRequest {
            namespace: self.namespace.clone(),
            key,
            value: Some(pb::Value {
                body: Some(pb::value::Body::Data(bytes)),
                content_type: content_type.to_owned(),
            }),
            condition: Some(pb::Condition { kind: Some(condition) }),
            request_id: id.finalize().to_hex().to_string(),
            ..pb::SetRequest::default()
        };
        match self.client.set(&Context::background(), request).await?.outcome {
            Some(pb::set_response::Outcome::Stored(stored)) => Ok(Some(stored.version)),
            Some(pb::set_response::Outcome::Conflict(_)) => Ok(None),
            None => Err(Failed::Garbage),
        }
    }

    /// What the cache service says where it has no room for `actual` bytes.
    fn full(&self, failed: Failed, actual: u64) -> Failed {
        let Failed::Call(error) = &failed else { return failed };
        let reason = error.rejection().map(|rejection| rejection.reason).unwrap_or_default();
        match reason.as_str() {
            "NAMESPACE_FULL" | "CAPACITY" | "VALUE_BYTES_LIMIT" => {
                Failed::Full { limit: "registry.namespace_bytes", allowed: self.namespace_bytes, actual }
            }
            _ => failed,
        }
    }

    /// Makes the namespace where it is not there.
    pub(super) async fn prepare(&self) -> Result<(), Failed> {
        let background = Context::background();
        let all = self.client.list_namespaces(&background, pb::ListNamespacesRequest {}).await?.namespaces;
        if let Some(found) = all.iter().find(|found| found.name == self.namespace) {
            let keeps_all = found.policy() == pb::EvictionPolicy::None;
            return if keeps_all { Ok(()) } else { Err(Failed::Evicts(self.namespace.clone())) };
        }
        let namespace = pb::Namespace {
            name: self.namespace.clone(),
            capacity_bytes: Some(self.namespace_bytes),
            policy: pb::EvictionPolicy::None.into(),
            max_value_bytes: Some(self.max_record_bytes as u64),
            ..pb::Namespace::default()
        };
        let request = pb::CreateNamespaceRequest { namespace: Some(namespace) };
        match self.client.create_namespace(&background, request).await {
            Ok(_) => Ok(()),
            // Another replica, or the other kind, was faster.
            Err(error) if error.rejection().is_some_and(|told| told.reason == "NAMESPACE_EXISTS") => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Watches all entries of this kind.
    pub(super) async fn watch(&self) -> Result<Answers<pb::WatchResponse>, Failed> {
        let request = pb::WatchRequest {
            namespace: self.namespace.clone(),
            filter: Some(pb::watch_request::Filter::Prefix(self.prefix())),
            resume_from: None,
            heartbeat: prost_types::Duration::try_from(self.heartbeat).ok(),
        };
        Ok(self.client.watch(&Context::background(), request).await?)
    }

    /// The names of all entries of this kind, with their versions.
    pub(super) async fn names(&self) -> Result<Vec<(Name, u64)>, Failed> {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let request = pb::ScanRequest {
                namespace: self.namespace.clone(),
                prefix: self.prefix(),
                page_size: Some(PAGE_SIZE),
                cursor,
                ..pb::ScanRequest::default()
            };
            let page = self.client.scan(&Context::background(), request).await?;
            let names = page.entries.iter().filter_map(|one| Some((self.name_of(&one.key)?, one.version)));
            found.extend(names);
            cursor = page.next_cursor;
            if cursor.is_empty() {
                return Ok(found);
            }
        }
    }
}
