//! Every half float, tags by their number alone, and items that are longer than need be.

use json_engine::convert::{Foreign, Format};

use crate::binary::Binary;

const CBOR: Binary = Binary(Format::Cbor);

/// Appendix D of RFC 8949, for all of them: a half is what its sign, exponent and fraction say.
#[test]
fn every_half_float() {
    for bits in 0..=u16::MAX {
        let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
        let magnitude = match exponent {
            0 => fraction * 2_f64.powi(-24),
            31 => continue,
            _ => (fraction + 1024.0) * 2_f64.powi(exponent - 25),
        };
        let expected = if bits >> 15 == 1 { -magnitude } else { magnitude };
        let (json, _) = CBOR.read(&format!("f9{bits:04x}"), Foreign::Tagged).unwrap();
        assert_eq!(json.parse::<f64>().unwrap().to_bits(), expected.to_bits(), "{bits:04x}");
        assert_eq!(CBOR.write(&json, Foreign::Tagged).0, format!("f9{bits:04x}"), "{json}");
    }
}

/// RFC 8949 section 3.4.5.3 and the registry of tags: what is known of them is their number.
#[test]
fn tags_that_are_kept_as_they_are() {
    for (item, expected) in [
        ("d54401020304", r#"{"$tag":21,"$value":{"$bytes":"AQIDBA"}}"#),
        ("d64401020304", r#"{"$tag":22,"$value":{"$bytes":"AQIDBA"}}"#),
        ("d82163415149", r#"{"$tag":33,"$value":"AQI"}"#),
        ("d8226441513d3d", r#"{"$tag":34,"$value":"AQ=="}"#),
        ("d823635b615d", r#"{"$tag":35,"$value":"[a]"}"#),
        ("d82468413a20620d0a0d0a", r#"{"$tag":36,"$value":"A: b\r\n\r\n"}"#),
        ("d9010201", r#"{"$tag":258,"$value":1}"#),
        ("dbffffffffffffffff00", r#"{"$tag":18446744073709551615,"$value":0}"#),
        ("c1f5", r#"{"$tag":1,"$value":true}"#),
        ("c000", r#"{"$tag":0,"$value":0}"#),
        ("c26161", r#"{"$tag":2,"$value":"a"}"#),
        ("c6c700", r#"{"$tag":6,"$value":{"$tag":7,"$value":0}}"#),
    ] {
        CBOR.check(item, expected, item);
    }
    for (item, expected, preferred) in [
        // Leading zeros of a bignum, one that an integer holds, and none at all.
        ("c2420001", "1", "01"),
        ("c248ffffffffffffffff", "18446744073709551615", "1bffffffffffffffff"),
        ("c240", "0", "00"),
        ("c340", "-1", "20"),
        ("c25f41014100ff", "256", "190100"),
        ("d80101", r#"{"$tag":1,"$value":1}"#, "c101"),
        ("1800", "0", "00"),
        ("1b0000000000000001", "1", "01"),
        ("3800", "-1", "20"),
        ("780161", "\"a\"", "6161"),
        ("9b000000000000000101", "[1]", "8101"),
        ("fb3ff8000000000000", "1.5", "f93e00"),
        ("fa00000000", "0.0", "f90000"),
    ] {
        CBOR.check(item, expected, preferred);
    }
}
