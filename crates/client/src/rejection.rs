//! The details of a status, read.
//!
//! Promise: never fails; a detail that cannot be read is absent. Cost: one decoding.

use std::collections::BTreeMap;
use std::time::Duration;

use fastjson_proto::fastjson::v1::Diagnostics;
use prost::Message;
use tonic_types::pb::{ErrorInfo, RetryInfo, Status as RichStatus};

/// A refusal of a server with its details (<https://google.aip.dev/193>).
#[derive(Debug, Clone, PartialEq)]
pub struct Rejection {
    /// The gRPC code.
    pub code: tonic::Code,
    /// The stable reason, such as `KEY_BYTES_LIMIT`; empty when the server gave none.
    pub reason: String,
    /// A sentence for people.
    pub message: String,
    /// Facts about it, such as the limit and the allowed value.
    pub metadata: BTreeMap<String, String>,
    /// The first findings about the document and how many there are in all.
    pub diagnostics: Diagnostics,
    /// When trying again makes sense.
    pub retry_after: Option<Duration>,
}

impl Rejection {
    /// Reads the details of a status. A detail that is absent or cannot be decoded stays empty.
    pub fn of(status: &tonic::Status) -> Self {
        let details = RichStatus::decode(status.details()).unwrap_or_default().details;
        let info: ErrorInfo = detail(&details, "google.rpc.ErrorInfo").unwrap_or_default();
        let retry: RetryInfo = detail(&details, "google.rpc.RetryInfo").unwrap_or_default();
        Self {
            code: status.code(),
            reason: info.reason,
            message: status.message().to_owned(),
            metadata: info.metadata.into_iter().collect(),
            diagnostics: detail(&details, "fastjson.v1.Diagnostics").unwrap_or_default(),
            retry_after: retry.retry_delay.and_then(|delay| delay.try_into().ok()),
        }
    }
}

fn detail<M: Message + Default>(details: &[prost_types::Any], full_name: &str) -> Option<M> {
    let names = |any: &&prost_types::Any| any.type_url.rsplit('/').next() == Some(full_name);
    details.iter().find(names).and_then(|any| M::decode(any.value.as_slice()).ok())
}

#[cfg(test)]
mod tests {
    use fastjson_proto::fastjson::v1::Diagnostic;
    use prost_types::Any;
    use tonic::{Code, Status};

    use super::*;

    fn any(full_name: &str, message: &impl Message) -> Any {
        Any { type_url: format!("type.googleapis.com/{full_name}"), value: message.encode_to_vec() }
    }

    #[test]
    fn every_detail_is_read() {
        let info = ErrorInfo {
            reason: "DOCUMENT_INVALID".to_owned(),
            domain: "fastjson".to_owned(),
            metadata: [("limit".to_owned(), "9".to_owned())].into(),
        };
        let found = Diagnostic { code: "TRAILING_COMMA".to_owned(), ..Diagnostic::default() };
        let diagnostics = Diagnostics { diagnostics: vec![found], diagnostics_total: 7 };
        let delay = prost_types::Duration { seconds: 2, nanos: 0 };
        let rich = RichStatus {
            details: vec![
                any("google.rpc.ErrorInfo", &info),
                any("fastjson.v1.Diagnostics", &diagnostics),
                any("google.rpc.RetryInfo", &RetryInfo { retry_delay: Some(delay) }),
            ],
            ..RichStatus::default()
        };
        let status = Status::with_details(Code::InvalidArgument, "no", rich.encode_to_vec().into());
        let expected = Rejection {
            code: Code::InvalidArgument,
            reason: "DOCUMENT_INVALID".to_owned(),
            message: "no".to_owned(),
            metadata: BTreeMap::from([("limit".to_owned(), "9".to_owned())]),
            diagnostics,
            retry_after: Some(Duration::from_secs(2)),
        };
        assert_eq!(Rejection::of(&status), expected);
    }

    #[test]
    fn details_that_are_not_there_or_not_readable_stay_empty() {
        let bare = Rejection::of(&Status::not_found("gone"));
        assert_eq!((bare.code, bare.reason.as_str(), bare.message.as_str()), (Code::NotFound, "", "gone"));
        let garbled = Status::with_details(Code::NotFound, "gone", vec![0xff; 9].into());
        assert_eq!(Rejection::of(&garbled), bare);
    }
}
