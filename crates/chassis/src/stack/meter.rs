//! What is counted of a call: `rpc_requests_total{service,method,code}` and `rpc_duration_seconds{service,method}`.
//!
//! Promise: the names come from the descriptors, so a caller cannot make up labels. Cost of an rpc: one look-up by path, one
//! atomic and one histogram record; REST routes look their handles up by label.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use context::code_name;
use metrics::{Counter, Histogram, counter, histogram};
use prost::Message;
use prost_types::{FileDescriptorSet, MethodDescriptorProto};
use tonic::Code;

/// All rpcs of the process by their path.
pub(crate) struct Meters {
    rpcs: HashMap<String, Arc<Rpc>>,
    unknown: Arc<Rpc>,
}

/// The handles of one rpc.
pub(crate) struct Rpc {
    service: String,
    method: String,
    /// Whether it is answered by a stream.
    streams: bool,
    /// Whether it is one message each way.
    is_unary: bool,
    codes: [OnceLock<Counter>; 17],
    duration: Histogram,
}

impl Meters {
    /// Reads the descriptor sets, as far as they describe what is served: they can hold services of the peer.
    pub(crate) fn of(descriptors: &[&'static [u8]], served: &[&str]) -> Result<Self, prost::DecodeError> {
        let mut rpcs = HashMap::new();
        for encoded in descriptors {
            let set = FileDescriptorSet::decode(*encoded)?;
            for file in &set.file {
                for service in &file.service {
                    let name = format!("{}.{}", file.package(), service.name());
                    if !served.contains(&name.as_str()) {
                        continue;
                    }
                    for method in &service.method {
                        let path = format!("/{name}/{}", method.name());
                        rpcs.insert(path, Rpc::new(name.clone(), method));
                    }
                }
            }
        }
        let unknown = MethodDescriptorProto { name: Some("unknown".to_owned()), ..Default::default() };
        Ok(Self { rpcs, unknown: Rpc::new("unknown".to_owned(), &unknown) })
    }

    pub(crate) fn rpc(&self, path: &str) -> Option<&Arc<Rpc>> {
        self.rpcs.get(path)
    }

    /// Names of the methods of this service, in the order of the alphabet; none where nothing describes it.
    pub(crate) fn methods(&self, service: &str) -> Vec<&str> {
        let of_it = self.rpcs.values().filter(|rpc| rpc.service == service);
        let mut methods: Vec<&str> = of_it.map(|rpc| rpc.method.as_str()).collect();
        methods.sort_unstable();
        methods
    }

    pub(crate) fn unknown(&self) -> &Arc<Rpc> {
        &self.unknown
    }
}

impl Rpc {
    fn new(service: String, described: &MethodDescriptorProto) -> Arc<Self> {
        let method = described.name().to_owned();
        let duration =
            histogram!("rpc_duration_seconds", "service" => service.clone(), "method" => method.clone());
        let streams = described.server_streaming();
        let is_unary = !streams && !described.client_streaming();
        Arc::new(Self { service, method, streams, is_unary, codes: Default::default(), duration })
    }

    fn count(&self, code: Code) {
        self.codes[code as usize]
            .get_or_init(|| {
                counter!("rpc_requests_total", "service" => self.service.clone(),
                    "method" => self.method.clone(), "code" => code_name(code as i32))
            })
            .increment(1);
    }
}

/// One call being measured; recorded once, as CANCELLED when it is dropped before it ended.
pub(crate) struct Call {
    rpc: Option<Arc<Rpc>>,
    arrived: Instant,
}

impl Call {
    pub(crate) fn new(rpc: Arc<Rpc>, arrived: Instant) -> Self {
        Self { rpc: Some(rpc), arrived }
    }

    pub(crate) fn is_answered_by_a_stream(&self) -> bool {
        self.rpc.as_ref().is_some_and(|rpc| rpc.streams)
    }

    pub(crate) fn is_unary(&self) -> bool {
        self.rpc.as_ref().is_some_and(|rpc| rpc.is_unary)
    }

    pub(crate) fn end(&mut self, code: Code) {
        if let Some(rpc) = self.rpc.take() {
            rpc.count(code);
            rpc.duration.record(self.arrived.elapsed());
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}

/// Counts a REST call under its route (`POST /v1/query`), not its path; `code` is the HTTP status.
pub(crate) fn count_rest(service: &'static str, route: &str, status: http::StatusCode, arrived: Instant) {
    let code = status.as_u16().to_string();
    counter!("rpc_requests_total", "service" => service, "method" => route.to_owned(), "code" => code)
        .increment(1);
    histogram!("rpc_duration_seconds", "service" => service, "method" => route.to_owned())
        .record(arrived.elapsed());
}
