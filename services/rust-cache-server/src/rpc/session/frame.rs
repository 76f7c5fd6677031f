//! A frame, read in place.
//!
//! Promise: what [`get`] does not know in its usual form is left to the generated code, so that every encoding of an
//! operation means the same.

use bytes::{Buf as _, Bytes};
use chassis::Failure;
use prost::DecodeError;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

use super::super::encoded::{field, long};

/// `operations` of a frame, `get` of an operation, `namespace` of a Get.
const FIRST: u8 = long(1);
/// `key` of a Get.
const SECOND: u8 = long(2);

/// How many operations a frame has; checks that it is a frame.
pub(super) fn count(frame: &Bytes) -> Result<usize, Failure> {
    let mut rest = &frame[..];
    let mut count = 0;
    while !rest.is_empty() {
        match next(&mut rest) {
            Ok(operation) => count += usize::from(operation.is_some()),
            Err(error) => return Err(invalid(&error, frame.len() - rest.len())),
        }
    }
    Ok(count)
}

fn invalid(error: &DecodeError, offset: usize) -> Failure {
    let message = format!("the frame is not a SessionRequest from byte {offset} on: {error}");
    Failure::invalid("FRAME_INVALID", message).with("byte_offset", offset)
}

/// The encoded operations of a frame.
pub(super) struct Operations<'a> {
    rest: &'a [u8],
}

impl<'a> Operations<'a> {
    /// Of a frame that [`count`] has checked; would end at what is not one.
    pub(super) fn of(frame: &'a [u8]) -> Self {
        Self { rest: frame }
    }
}

impl<'a> Iterator for Operations<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        while !self.rest.is_empty() {
            if let Some(operation) = next(&mut self.rest).ok()? {
                return Some(operation);
            }
        }
        None
    }
}

/// The next field of a frame: an operation, or something that we do not know.
fn next<'a>(rest: &mut &'a [u8]) -> Result<Option<&'a [u8]>, DecodeError> {
    // Nearly every operation is shorter than 128 bytes.
    if let [FIRST, length @ 0..0x80, tail @ ..] = *rest
        && let Some((operation, tail)) = tail.split_at_checked(usize::from(*length))
    {
        *rest = tail;
        return Ok(Some(operation));
    }
    let (field, wire_type) = decode_key(rest)?;
    if field != 1 || wire_type != WireType::LengthDelimited {
        skip_field(wire_type, field, rest, DecodeContext::default())?;
        return Ok(None);
    }
    let length = usize::try_from(decode_varint(rest)?).unwrap_or(usize::MAX);
    let Some((operation, _)) = rest.split_at_checked(length) else {
        return Err(truncated());
    };
    rest.advance(length);
    Ok(Some(operation))
}

/// The error of the generated code for a length beyond the end; the type has no public constructor.
fn truncated() -> DecodeError {
    match decode_varint(&mut &[0x80_u8][..]) {
        Err(error) => error,
        Ok(_) => unreachable!("a varint that ends in the middle is none"),
    }
}

/// A Get that was read in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Get<'a> {
    pub(super) namespace: &'a str,
    pub(super) key: &'a str,
}

/// The operation, if it is a Get as every encoder writes it.
pub(super) fn get(operation: &[u8]) -> Option<Get<'_>> {
    let (request, rest) = field(operation, FIRST)?;
    if !rest.is_empty() {
        return None;
    }
    let (namespace, rest) = field(request, FIRST).unwrap_or((b"", request));
    let (key, rest) = field(rest, SECOND)?;
    if !rest.is_empty() {
        return None;
    }
    Some(Get { namespace: std::str::from_utf8(namespace).ok()?, key: std::str::from_utf8(key).ok()? })
}

#[cfg(test)]
mod tests {
    use fastjson_proto::rustcache::v1 as pb;
    use prost::Message as _;

    use super::*;

    fn operation(namespace: &str, key: &str) -> pb::Operation {
        let get = pb::GetRequest { namespace: namespace.to_owned(), key: key.to_owned() };
        pb::Operation { operation: Some(pb::operation::Operation::Get(get)) }
    }

    #[test]
    fn a_get_is_read_as_it_was_written() {
        for (namespace, key) in
            [("", "k"), ("default", "ключ"), ("n", &"k".repeat(1_024)), (&"n".repeat(200), "k")]
        {
            let encoded = operation(namespace, key).encode_to_vec();
            assert_eq!(get(&encoded), Some(Get { namespace, key }));
        }
    }

    #[test]
    fn what_is_no_usual_get_is_left_alone() {
        let encoded = operation("n", "k").encode_to_vec();
        let twice = [&encoded[..], &encoded[..]].concat();
        let unknown = [&encoded[..], &[0x78, 1]].concat();
        let delete = pb::operation::Operation::Delete(pb::DeleteRequest::default());
        let delete = pb::Operation { operation: Some(delete) }.encode_to_vec();
        let no_text = [FIRST, 3, SECOND, 1, 0xff];
        for other in [&twice[..], &unknown, &delete, &no_text, &[], &[FIRST], &[FIRST, 0], &[FIRST, 9, 1]] {
            assert_eq!(get(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_frame_is_its_operations_and_what_we_do_not_know_is_passed_over() {
        let long = "k".repeat(500);
        let operations = vec![operation("", "a"), operation("n", &long), pb::Operation::default()];
        let mut frame = pb::SessionRequest { operations: operations.clone() }.encode_to_vec();
        frame.extend([0x10, 5, 0x1a, 2, 7, 7]);
        frame.extend(pb::SessionRequest { operations: operations.clone() }.encode_to_vec());
        let frame = Bytes::from(frame);
        assert_eq!(count(&frame).unwrap(), 6);
        let read: Vec<_> =
            Operations::of(&frame).map(|bytes| pb::Operation::decode(bytes).unwrap()).collect();
        assert_eq!(read, [operations.clone(), operations].concat());
    }

    #[test]
    fn what_is_no_frame_is_refused_with_its_place() {
        for (frame, offset) in [(&[FIRST, 5, 1][..], "2"), (&[0x10, 1, FIRST, 0x80], "4"), (&[0x07], "1")] {
            let failure = count(&Bytes::copy_from_slice(frame)).unwrap_err();
            assert_eq!(failure.reason, "FRAME_INVALID");
            assert_eq!(failure.metadata, [("byte_offset".to_owned(), offset.to_owned())], "{frame:?}");
        }
    }
}
