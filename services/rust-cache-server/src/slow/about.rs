//! What a call is about, as the log of slow ones keeps it.

use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use tonic::Request;

use super::{NAMESPACE_BYTES, Slow};

/// What a request names.
pub(crate) trait About: prost::Message {
    /// Its namespace; empty where there are several or none.
    fn namespace(&self) -> &str {
        ""
    }

    /// Its key; `None` where there are several or none.
    fn key(&self) -> Option<&str> {
        None
    }
}

/// What a call is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) namespace: String,
    pub(crate) key_hash: Option<u64>,
    /// Of the request.
    pub(super) bytes: u64,
    pub(crate) trace_id: u128,
}

impl Asked {
    /// What a request is about.
    pub(crate) fn of<Q: About>(request: &Request<Q>, slow: &Slow) -> Self {
        let context = request.extensions().get::<Context>();
        let trace_id = context.map_or(0, |context| context.trace.trace_id);
        let message = request.get_ref();
        Self::new(message.namespace(), message.key(), message.encoded_len() as u64, trace_id, slow)
    }

    /// The same in parts.
    pub(crate) fn new(namespace: &str, key: Option<&str>, bytes: u64, trace_id: u128, slow: &Slow) -> Self {
        let end = namespace.floor_char_boundary(NAMESPACE_BYTES);
        let key_hash = key.map(|key| slow.hash(key));
        Self { namespace: namespace[..end].to_owned(), key_hash, bytes, trace_id }
    }
}

impl About for pb::AcquireLeaseRequest {}

impl About for pb::ReleaseLeaseRequest {}

impl About for pb::RenewLeaseRequest {}

impl About for pb::TakeTokensRequest {}

impl About for pb::WatchRequest {
    fn namespace(&self) -> &str {
        &self.namespace
    }
}

impl About for pb::CompleteLeaseRequest {
    fn namespace(&self) -> &str {
        &self.namespace
    }

    fn key(&self) -> Option<&str> {
        Some(&self.key)
    }
}

impl About for pb::DeleteRequest {
    fn namespace(&self) -> &str {
        &self.namespace
    }

    fn key(&self) -> Option<&str> {
        Some(&self.key)
    }
}

impl About for pb::GetRequest {
    fn namespace(&self) -> &str {
        &self.namespace
    }

    fn key(&self) -> Option<&str> {
        Some(&self.key)
    }
}

impl About for pb::GetOrComputeRequest {
    fn namespace(&self) -> &str {
        &self.namespace
    }

    fn key(&self) -> Option<&str> {
        Some(&self.key)
    }
}

impl About for pb::IncrementRequest {
    fn namespace(&self) -> &str {
        &self.namespace
    }

    fn key(&self) -> Option<&str> {
        Some(&self.key)
    }
}

impl About for pb::SetRequest {
    fn namespace(&self) -> &str {
        &self.namespace
    }

    fn key(&self) -> Option<&str> {
        Some(&self.key)
    }
}

impl About for pb::TouchRequest {
    fn namespace(&self) -> &str {
        &self.namespace
    }

    fn key(&self) -> Option<&str> {
        Some(&self.key)
    }
}

impl About for pb::GetDocumentRequest {
    fn namespace(&self) -> &str {
        &self.namespace
    }

    fn key(&self) -> Option<&str> {
        Some(&self.key)
    }
}

impl About for pb::MergeDocumentRequest {
    fn namespace(&self) -> &str {
        &self.namespace
    }

    fn key(&self) -> Option<&str> {
        Some(&self.key)
    }
}

impl About for pb::PatchDocumentRequest {
    fn namespace(&self) -> &str {
        &self.namespace
    }

    fn key(&self) -> Option<&str> {
        Some(&self.key)
    }
}

impl About for pb::PutDocumentRequest {
    fn namespace(&self) -> &str {
        &self.namespace
    }

    fn key(&self) -> Option<&str> {
        Some(&self.key)
    }
}

impl About for pb::DeleteManyRequest {}

impl About for pb::InvalidateTagsRequest {
    fn namespace(&self) -> &str {
        &self.namespace
    }
}

impl About for pb::ScanRequest {
    fn namespace(&self) -> &str {
        &self.namespace
    }
}

impl About for pb::SetManyRequest {}
