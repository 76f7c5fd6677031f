//! Document to bytes, in preferred serialisation (RFC 8949 section 4.1): shortest heads, shortest floats, definite lengths.
//!
//! A number with a point or an exponent is a float. Where no double has its value, the form of foreign values decides:
//! tagged ones lose nothing, so it becomes a decimal fraction (tag 4); plain ones are for readers that know few tags, so
//! it becomes the nearest double and is listed as rounded.

use super::bignum::Big;
use super::fraction::parts;
use super::{
    ARRAY, BIGNUM, BYTES, DATE, DATETIME, DECIMAL, MAP, NEGATIVE, NEGATIVE_BIGNUM, SIMPLE, TAG, TEXT,
    UNSIGNED, half,
};
use crate::convert::Writing;
use crate::convert::binary::Step;
use crate::convert::binary::output::Output;
use crate::convert::binary::walk::{Tagged, Target, walk};
use crate::convert::datetime;
use crate::convert::foreign::{Foreign, NonFinite, Tag};
use crate::convert::losses::Losses;
use crate::document::{Document, Literal, Number};
use crate::number::double::nearest;
use crate::{Code, Error};

/// Writes one data item.
pub(in crate::convert) fn write(
    document: &Document,
    writing: &Writing<'_>,
    losses: &mut Losses,
) -> Result<Vec<u8>, Error> {
    let mut out = Output::new(writing, losses)?;
    walk(&Cbor { form: writing.foreign }, document, writing.foreign, &mut out).map_err(|error| *error)?;
    Ok(out.finish())
}

struct Cbor {
    form: Foreign,
}

impl Target for Cbor {
    fn null(&self, out: &mut Output<'_, '_>) -> Step {
        out.push(&[0xf6])
    }

    fn boolean(&self, boolean: bool, out: &mut Output<'_, '_>) -> Step {
        out.push(&[0xf4 | u8::from(boolean)])
    }

    #[inline]
    fn number(&self, number: &Number, out: &mut Output<'_, '_>) -> Step {
        match number {
            Number::I64(integer) => self::integer(i128::from(*integer), out),
            Number::Literal(literal) => self.literal(literal, out),
        }
    }

    #[inline]
    fn text(&self, text: &str, out: &mut Output<'_, '_>) -> Step {
        head(TEXT, text.len() as u64, out)?;
        out.push(text.as_bytes())
    }

    fn bytes(&self, bytes: &[u8], out: &mut Output<'_, '_>) -> Step {
        head(BYTES, bytes.len() as u64, out)?;
        out.push(bytes)
    }

    fn float(&self, float: NonFinite, out: &mut Output<'_, '_>) -> Step {
        out.push(match float {
            NonFinite::Nan => &[0xf9, 0x7e, 0x00],
            NonFinite::Infinity => &[0xf9, 0x7c, 0x00],
            NonFinite::NegativeInfinity => &[0xf9, 0xfc, 0x00],
        })
    }

    fn datetime(&self, text: &str, out: &mut Output<'_, '_>) -> Step {
        if datetime::is_date(text) {
            head(TAG, DATE, out)?;
            return self.text(text, out);
        }
        if datetime::instant(text).is_some() {
            head(TAG, DATETIME, out)?;
            return self.text(text, out);
        }
        out.lose(Code::DatetimeAsText, || "no tag of CBOR stands for such a date or time".to_owned());
        self.text(text, out)
    }

    fn simple(&self, simple: Option<u8>, out: &mut Output<'_, '_>) -> Step {
        match simple {
            None => out.push(&[0xf7]),
            Some(short @ 0..24) => out.push(&[0xe0 | short]),
            Some(none @ 24..32) => {
                out.lose(Code::UndefinedAsNull, || {
                    format!("CBOR has no simple value {none}; it became null")
                });
                self.null(out)
            }
            Some(long @ 32..) => out.push(&[0xf8, long]),
        }
    }

    fn tag(&self, tag: &Tag, _value: &Document, out: &mut Output<'_, '_>) -> Step<Tagged> {
        match tag {
            Tag::Number(number) => head(TAG, *number, out)?,
            Tag::Name(_) => out.lose(Code::TagDropped, || "the tags of CBOR are numbers".to_owned()),
        }
        Ok(Tagged::ValueFollows)
    }

    #[inline]
    fn array(&self, count: usize, out: &mut Output<'_, '_>) -> Step {
        head(ARRAY, count as u64, out)
    }

    #[inline]
    fn map(&self, count: usize, out: &mut Output<'_, '_>) -> Step {
        head(MAP, count as u64, out)
    }
}

impl Cbor {
    fn literal(&self, literal: &Literal, out: &mut Output<'_, '_>) -> Step {
        let bytes = literal.as_bytes();
        let is_float = bytes.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'));
        if !is_float && bytes != b"-0" {
            return big_integer(literal, out);
        }
        let nearest = nearest(bytes);
        if nearest.is_named {
            return self::double(nearest.double, out);
        }
        self.rounded(literal, nearest.double, out)
    }

    /// A decimal that is not its nearest double.
    fn rounded(&self, literal: &str, nearest: f64, out: &mut Output<'_, '_>) -> Step {
        match (self.form, parts(literal)) {
            (Foreign::Tagged, Some((digits, exponent))) => {
                head(TAG, DECIMAL, out)?;
                head(ARRAY, 2, out)?;
                integer(exponent, out)?;
                let sign = if literal.starts_with('-') { "-" } else { "" };
                big_integer(&format!("{sign}{digits}"), out)
            }
            (Foreign::Tagged, None) | (Foreign::Plain, _) => {
                out.lose(Code::NumberRounded, || format!("the nearest double is {nearest:e}"));
                self::double(nearest, out)
            }
        }
    }
}

/// An integer from -2^64 to 2^64 - 1.
#[inline]
fn integer(integer: i128, out: &mut Output<'_, '_>) -> Step {
    match integer {
        // What is cast is in range by the arm or by the caller.
        0.. => head(UNSIGNED, integer as u64, out),
        ..0 => head(NEGATIVE, (-1 - integer) as u64, out),
    }
}

fn big_integer(literal: &str, out: &mut Output<'_, '_>) -> Step {
    match literal.parse::<i128>() {
        Ok(small) if (-(1_i128 << 64)..1 << 64).contains(&small) => return integer(small, out),
        Ok(_) | Err(_) => {}
    }
    let (tag, digits) = match literal.strip_prefix('-') {
        Some(digits) => (NEGATIVE_BIGNUM, digits),
        None => (BIGNUM, literal),
    };
    let mut size = Big::from_digits(digits, &out.meter)?;
    if tag == NEGATIVE_BIGNUM {
        size.subtract_one();
    }
    let bytes = size.to_bytes();
    head(TAG, tag, out)?;
    head(BYTES, bytes.len() as u64, out)?;
    out.push(&bytes)
}

/// The shortest float that has the value of `double`.
fn double(double: f64, out: &mut Output<'_, '_>) -> Step {
    let single = double as f32;
    if f64::from(single) != double {
        return out.head(SIMPLE << 5 | 27, double.to_be_bytes());
    }
    match half::of_single(single) {
        Some(half) => out.head(SIMPLE << 5 | 25, half.to_be_bytes()),
        None => out.head(SIMPLE << 5 | 26, single.to_be_bytes()),
    }
}

/// The shortest head of an item.
#[inline]
fn head(major: u8, argument: u64, out: &mut Output<'_, '_>) -> Step {
    let initial = major << 5;
    // Each cast is in range by its arm.
    match argument {
        0..24 => out.push(&[initial | argument as u8]),
        24..0x100 => out.push(&[initial | 24, argument as u8]),
        0x100..0x1_0000 => out.head(initial | 25, (argument as u16).to_be_bytes()),
        0x1_0000..0x1_0000_0000 => out.head(initial | 26, (argument as u32).to_be_bytes()),
        0x1_0000_0000.. => out.head(initial | 27, argument.to_be_bytes()),
    }
}
