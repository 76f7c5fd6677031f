//! Extension types: the timestamp, and the tags that stand for all others.

use std::sync::Arc;

use crate::convert::datetime;
use crate::convert::foreign::Tag;

/// The extension type of timestamps.
pub(super) const TIMESTAMP: i8 = -1;

/// Nanoseconds of a second; a timestamp has fewer.
const NANOSECONDS: u32 = 1_000_000_000;

/// The tag that stands for an extension type.
pub(super) fn tag(kind: i8) -> Tag {
    Tag::Name(Arc::from(format!("ext:{kind}")))
}

/// The extension type that a tag stands for.
pub(super) fn kind(tag: &Tag) -> Option<i8> {
    let Tag::Name(name) = tag else {
        return None;
    };
    let kind = name.strip_prefix("ext:")?.parse().ok()?;
    // One spelling only: `+5` and `05` are other tags.
    (self::tag(kind) == *tag).then_some(kind)
}

/// The RFC 3339 text of a timestamp in the form that a writer gives it; `None` if it has another, or none.
pub(super) fn timestamp(bytes: &[u8]) -> Option<String> {
    let (seconds, nanoseconds) = match bytes.len() {
        4 => (i64::from(u32::from_be_bytes(bytes.try_into().ok()?)), 0),
        8 => {
            let both = u64::from_be_bytes(bytes.try_into().ok()?);
            // 34 bits fit.
            ((both & 0x3_ffff_ffff) as i64, (both >> 34) as u32)
        }
        12 => {
            let (nanoseconds, seconds) = bytes.split_at(4);
            let nanoseconds = u32::from_be_bytes(nanoseconds.try_into().ok()?);
            (i64::from_be_bytes(seconds.try_into().ok()?), nanoseconds)
        }
        _ => return None,
    };
    if nanoseconds >= NANOSECONDS {
        return None;
    }
    datetime::text(seconds, nanoseconds)
}

/// The shortest timestamp of an instant, with the initial byte of its extension.
pub(super) fn of_instant(seconds: i64, nanoseconds: u32) -> Vec<u8> {
    // The type -1.
    let kind = 0xff;
    let nanos = nanoseconds.to_be_bytes();
    match (u32::try_from(seconds), u64::try_from(seconds)) {
        (Ok(short), _) if nanoseconds == 0 => [&[0xd6, kind][..], &short.to_be_bytes()].concat(),
        (_, Ok(seconds)) if seconds < 1 << 34 => {
            let both = u64::from(nanoseconds) << 34 | seconds;
            [&[0xd7, kind][..], &both.to_be_bytes()].concat()
        }
        _ => [&[0xc7, 12, kind][..], &nanos, &seconds.to_be_bytes()].concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(seconds: i64, nanoseconds: u32, head: &[u8], expected: &str) {
        let bytes = of_instant(seconds, nanoseconds);
        assert!(bytes.starts_with(head), "{bytes:02x?}");
        assert_eq!(timestamp(&bytes[head.len()..]).as_deref(), Some(expected));
    }

    #[test]
    fn the_three_forms() {
        check(0, 0, &[0xd6, 0xff], "1970-01-01T00:00:00Z");
        check(1 << 32, 0, &[0xd7, 0xff], "2106-02-07T06:28:16Z");
        check(1, 500_000_000, &[0xd7, 0xff], "1970-01-01T00:00:01.5Z");
        check(-1, 1, &[0xc7, 12, 0xff], "1969-12-31T23:59:59.000000001Z");
        check(1 << 34, 0, &[0xc7, 12, 0xff], "2514-05-30T01:53:04Z");
        assert_eq!(timestamp(&[0xff; 8]), None);
        assert_eq!(timestamp(&[0; 5]), None);
        assert_eq!(timestamp(&[0, 0, 0, 0, 0x7f, 255, 255, 255, 255, 255, 255, 255]), None);
    }

    #[test]
    fn tags_of_types() {
        for kind in i8::MIN..=i8::MAX {
            assert_eq!(super::kind(&tag(kind)), Some(kind));
        }
        for name in ["ext:+5", "ext:05", "ext:128", "ext:", "5", "ext:-0"] {
            assert_eq!(kind(&Tag::Name(name.into())), None, "{name}");
        }
    }
}
