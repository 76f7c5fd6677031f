//! What a GetMany asks for, read in place.
//!
//! Promise: what is not in the form in which every encoder writes it is left to the generated code.

use fastjson_proto::rustcache::v1 as pb;

use super::super::encoded::{field, long};

const NAMESPACE: u8 = long(1);
const KEYS: u8 = long(2);

/// A request, or what was read of one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked<'a> {
    pub(super) namespace: &'a str,
    pub(super) keys: Vec<&'a str>,
}

impl<'a> Asked<'a> {
    /// Reads an encoded request of the usual form.
    pub(super) fn read(request: &'a [u8]) -> Option<Self> {
        let (namespace, mut rest) = field(request, NAMESPACE).unwrap_or((b"", request));
        let mut keys = Vec::with_capacity(least_keys(rest));
        while !rest.is_empty() {
            let (key, tail) = field(rest, KEYS)?;
            keys.push(std::str::from_utf8(key).ok()?);
            rest = tail;
        }
        Some(Self { namespace: std::str::from_utf8(namespace).ok()?, keys })
    }

    /// The same of a request that was decoded.
    pub(super) fn of(request: &'a pb::GetManyRequest) -> Self {
        Self { namespace: &request.namespace, keys: request.keys.iter().map(String::as_str).collect() }
    }
}

/// How many keys there are if all are as long as the first one, and no more than a batch has as a rule.
fn least_keys(keys: &[u8]) -> usize {
    field(keys, KEYS).map_or(0, |(_, rest)| keys.len() / (keys.len() - rest.len())).min(1_024)
}

#[cfg(test)]
mod tests {
    use prost::Message as _;

    use super::*;

    fn request(namespace: &str, keys: &[&str]) -> pb::GetManyRequest {
        let keys = keys.iter().map(|&key| key.to_owned()).collect();
        pb::GetManyRequest { namespace: namespace.to_owned(), keys }
    }

    #[test]
    fn a_request_is_read_as_it_was_written() {
        let long = "k".repeat(1_024);
        for (namespace, keys) in [
            ("", &[][..]),
            ("n", &[]),
            ("", &["a"]),
            ("default", &["ключ", "", &long, "a"]),
            (&*"n".repeat(200), &[&long, &long]),
        ] {
            let sent = request(namespace, keys);
            assert_eq!(Asked::read(&sent.encode_to_vec()), Some(Asked::of(&sent)));
        }
    }

    #[test]
    fn what_is_not_of_the_usual_form_is_left_alone() {
        let usual = request("n", &["a", "b"]).encode_to_vec();
        let turned = [&usual[3..], &usual[..3]].concat();
        let twice = [&usual[..3], &usual[..]].concat();
        let unknown = [&usual[..], &[0x78, 1]].concat();
        let no_text = [KEYS, 1, 0xff];
        for other in [&turned[..], &twice, &unknown, &no_text, &[NAMESPACE, 1, 0xff], &[KEYS], &[KEYS, 9, 1]]
        {
            assert_eq!(Asked::read(other), None, "{other:?}");
        }
        assert_eq!(pb::GetManyRequest::decode(&*turned).unwrap(), request("n", &["a", "b"]));
    }
}
