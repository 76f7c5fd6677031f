//! tonic's verdicts in response headers and trailers, read and put right.
//!
//! Promise: a message over its limit, or compressed, is told by a reason. Cost: one look at a header, unless the code is OUT_OF_RANGE
//! or UNIMPLEMENTED.

use http::{HeaderMap, HeaderName};
use tonic::{Code, Status};

use crate::failure::from_tonic;

pub(crate) const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");

/// The code that these headers or trailers say; without one the call was fine so far.
pub(crate) fn code_of(headers: &HeaderMap) -> Code {
    headers.get(GRPC_STATUS).map_or(Code::Ok, |value| Code::from_bytes(value.as_bytes()))
}

/// tonic answers a message over its size limit with OUT_OF_RANGE and no details; the contract says INVALID_ARGUMENT
/// `INPUT_BYTES_LIMIT` for requests and RESOURCE_EXHAUSTED `OUTPUT_TOO_LARGE` for responses. What is compressed it refuses without
/// details, too. A service's own status is left alone.
pub(crate) fn remap(headers: &mut HeaderMap) {
    if !matches!(code_of(headers), Code::OutOfRange | Code::Unimplemented) {
        return;
    }
    let Some(failure) = Status::from_header_map(headers).as_ref().and_then(from_tonic) else { return };
    // Cannot fail: the message is ASCII of ours. If it did, tonic's own status would still stand.
    let _unchanged = Status::from(failure).add_header(headers);
}
