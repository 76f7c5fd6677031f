//! Failure <-> `tonic::Status` with `google.rpc` details (<https://google.aip.dev/193>).
//!
//! Promise: a status that goes out and comes back is the same failure; the message has 1 KiB at most, the details 4 KiB. Cost:
//! one encoded message, of failures only.

use std::time::Duration;

use context::code_name;
use prost::Message;
use prost_types::Any;
use tonic::{Code, Status};
use tonic_types::pb::{self, ErrorInfo, RetryInfo};

use crate::config::MESSAGE_SLACK;

use super::{Failure, MAX_DETAIL_BYTES};

const ERROR_INFO: &str = "type.googleapis.com/google.rpc.ErrorInfo";
const RETRY_INFO: &str = "type.googleapis.com/google.rpc.RetryInfo";

/// Kept free of metadata: the type URL and lengths around ErrorInfo, and a whole RetryInfo.
const ENVELOPE: usize = 192;

/// Longest message; it travels twice (`grpc-message` and the details) and headers are dear.
const MAX_MESSAGE_BYTES: usize = 1024;

impl From<Failure> for Status {
    fn from(failure: Failure) -> Self {
        failure.count();
        let message = cut(&failure.message, MAX_MESSAGE_BYTES).to_owned();
        let encoded = encode_details(&failure, &message);
        Self::with_details(failure.code, message, encoded.into())
    }
}

impl Failure {
    /// Reads a peer's (or tonic's) status, so that it can be passed on with its reason. What tonic itself says about
    /// an oversize message becomes `INPUT_BYTES_LIMIT`, about a compressed one `COMPRESSION_UNSUPPORTED`; a status without `ErrorInfo` gets its code's name as reason.
    pub fn from_status(status: &Status) -> Self {
        if let Some(known) = from_tonic(status) {
            return known;
        }
        let mut failure = Self::new(status.code(), code_name(status.code() as i32), status.message());
        let Ok(decoded) = pb::Status::decode(status.details()) else { return failure };
        for any in decoded.details {
            failure.absorb(any);
        }
        failure
    }

    fn absorb(&mut self, any: Any) {
        match any.type_url.as_str() {
            ERROR_INFO => match ErrorInfo::decode(any.value.as_slice()) {
                Ok(info) => {
                    self.reason = info.reason.into();
                    self.domain = info.domain.into();
                    self.metadata = info.metadata.into_iter().collect();
                    self.metadata.sort();
                }
                Err(_) => self.details.push(any),
            },
            RETRY_INFO => match RetryInfo::decode(any.value.as_slice()) {
                Ok(info) => self.retry_after = info.retry_delay.and_then(|d| Duration::try_from(d).ok()),
                Err(_) => self.details.push(any),
            },
            _ => self.details.push(any),
        }
    }
}

/// tonic's own words for what it refuses by itself; nothing else tells them apart from a service's status of that code.
pub(crate) fn from_tonic(status: &Status) -> Option<Failure> {
    match status.code() {
        _ if !status.details().is_empty() => None,
        Code::OutOfRange => oversize(status.message()),
        Code::Unimplemented => compressed(status.message()),
        _ => None,
    }
}

/// A message in an encoding that the service does not read.
fn compressed(message: &str) -> Option<Failure> {
    let encoding = message.strip_prefix("Content is compressed with `")?.split('`').next()?;
    let message = format!("the message is compressed with `{encoding}`; allowed: identity");
    Some(Failure::unimplemented("COMPRESSION_UNSUPPORTED", message).with("allowed", "identity"))
}

/// A message over the size that the service set.
fn oversize(message: &str) -> Option<Failure> {
    let numbers = message.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty());
    let [found, limit] = numbers.collect::<Vec<_>>()[..] else { return None };
    // What the service allows for a document; tonic was given more, for the fields around it.
    let limit = limit.parse::<usize>().ok()?.saturating_sub(MESSAGE_SLACK);
    let failure = if message.starts_with("Error, decoded message length too large") {
        Failure::invalid(
            "INPUT_BYTES_LIMIT",
            format!("the request message has {found} bytes; at most {limit} are allowed"),
        )
    } else if message.starts_with("Error, encoded message length too large") {
        Failure::exhausted(
            "OUTPUT_TOO_LARGE",
            format!("the response message has {found} bytes; at most {limit} are allowed"),
        )
    } else {
        return None;
    };
    Some(failure.with("found", found).with("limit", limit))
}

/// `google.rpc.Status` within the bound: ErrorInfo always, then RetryInfo, then as many details, in order, as fit.
fn encode_details(failure: &Failure, message: &str) -> Vec<u8> {
    let mut status =
        pb::Status { code: failure.code as i32, message: message.to_owned(), details: Vec::with_capacity(2) };
    status.details.push(error_info(failure, MAX_DETAIL_BYTES - ENVELOPE - status.encoded_len()));
    let retry = failure.retry_after.map(|delay| Any {
        type_url: RETRY_INFO.to_owned(),
        value: RetryInfo { retry_delay: prost_types::Duration::try_from(delay).ok() }.encode_to_vec(),
    });
    for any in retry.into_iter().chain(failure.details.iter().cloned()) {
        status.details.push(any);
        if status.encoded_len() > MAX_DETAIL_BYTES {
            status.details.pop();
            break;
        }
    }
    status.encode_to_vec()
}

/// ErrorInfo with as many of the metadata, in order, as fit into `room` bytes.
fn error_info(failure: &Failure, room: usize) -> Any {
    let mut info = ErrorInfo {
        reason: cut(&failure.reason, 64).to_owned(),
        domain: cut(&failure.domain, 64).to_owned(),
        metadata: std::collections::HashMap::new(),
    };
    for (key, value) in &failure.metadata {
        info.metadata.insert(key.clone(), value.clone());
        if info.encoded_len() > room {
            info.metadata.remove(key);
            break;
        }
    }
    Any { type_url: ERROR_INFO.to_owned(), value: info.encode_to_vec() }
}

/// The longest prefix of at most `most` bytes that ends on a character.
fn cut(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}
