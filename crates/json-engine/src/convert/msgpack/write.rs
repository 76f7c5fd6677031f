//! Document to bytes, each value in its shortest form.
//!
//! An integer beyond 64 bits and a decimal that no double has become the nearest double and are listed as rounded: the
//! format has no other numbers, and readers would take a text for a text.

use super::extension;
use crate::convert::Writing;
use crate::convert::binary::Step;
use crate::convert::binary::output::Output;
use crate::convert::binary::walk::{Tagged, Target, walk};
use crate::convert::datetime::{self, Instant, Spelling};
use crate::convert::foreign::{self, Meaning, NonFinite, Tag};
use crate::convert::losses::Losses;
use crate::document::{Document, Literal, Number};
use crate::error::LimitKind;
use crate::number::double::nearest;
use crate::{Code, Error};

/// Writes one object.
pub(in crate::convert) fn write(
    document: &Document,
    writing: &Writing<'_>,
    losses: &mut Losses,
) -> Result<Vec<u8>, Error> {
    let mut out = Output::new(writing, losses)?;
    walk(&Msgpack, document, writing.foreign, &mut out).map_err(|error| *error)?;
    Ok(out.finish())
}

struct Msgpack;

/// Initial bytes of the forms whose length has one, two and four bytes; some kinds lack the first.
struct Forms {
    one: Option<u8>,
    two: u8,
    four: u8,
}

const TEXT: Forms = Forms { one: Some(0xd9), two: 0xda, four: 0xdb };
const BYTES: Forms = Forms { one: Some(0xc4), two: 0xc5, four: 0xc6 };
const EXTENSION: Forms = Forms { one: Some(0xc7), two: 0xc8, four: 0xc9 };
const ARRAY: Forms = Forms { one: None, two: 0xdc, four: 0xdd };
const MAP: Forms = Forms { one: None, two: 0xde, four: 0xdf };

impl Target for Msgpack {
    fn null(&self, out: &mut Output<'_, '_>) -> Step {
        out.push(&[0xc0])
    }

    fn boolean(&self, boolean: bool, out: &mut Output<'_, '_>) -> Step {
        out.push(&[0xc2 | u8::from(boolean)])
    }

    #[inline]
    fn number(&self, number: &Number, out: &mut Output<'_, '_>) -> Step {
        match number {
            Number::I64(integer) => self::integer(*integer, out),
            Number::Literal(text) => literal(text, out),
        }
    }

    #[inline]
    fn text(&self, text: &str, out: &mut Output<'_, '_>) -> Step {
        match text.len() {
            // The cast is in range by its arm.
            short @ 0..32 => out.push(&[0xa0 | short as u8])?,
            long => head(&TEXT, long, out)?,
        }
        out.push(text.as_bytes())
    }

    fn bytes(&self, bytes: &[u8], out: &mut Output<'_, '_>) -> Step {
        head(&BYTES, bytes.len(), out)?;
        out.push(bytes)
    }

    fn float(&self, float: NonFinite, out: &mut Output<'_, '_>) -> Step {
        let single = match float {
            NonFinite::Nan => f32::NAN,
            NonFinite::Infinity => f32::INFINITY,
            NonFinite::NegativeInfinity => f32::NEG_INFINITY,
        };
        out.head(0xca, single.to_be_bytes())
    }

    fn datetime(&self, text: &str, out: &mut Output<'_, '_>) -> Step {
        let Some(Instant { seconds, nanoseconds, spelling }) = datetime::instant(text) else {
            return self.datetime_as_text(text, out);
        };
        match spelling {
            Spelling::Utc => {}
            Spelling::Offset => out.lose(Code::StructureChanged, || {
                "a timestamp has no offset from UTC; the instant was kept".to_owned()
            }),
            Spelling::Finer => return self.datetime_as_text(text, out),
        }
        out.push(&extension::of_instant(seconds, nanoseconds))
    }

    fn simple(&self, _simple: Option<u8>, out: &mut Output<'_, '_>) -> Step {
        out.lose(Code::UndefinedAsNull, || "undefined or a simple value became nil".to_owned());
        self.null(out)
    }

    fn tag(&self, tag: &Tag, value: &Document, out: &mut Output<'_, '_>) -> Step<Tagged> {
        if let (Some(kind), Some(Meaning::Bytes(bytes))) = (extension::kind(tag), foreign::meaning(value)) {
            extension_of(kind, &bytes, out)?;
            return Ok(Tagged::Whole);
        }
        out.lose(Code::TagDropped, || {
            "the format has tags on bytes only, named ext:-128 to ext:127".to_owned()
        });
        Ok(Tagged::ValueFollows)
    }

    #[inline]
    fn array(&self, count: usize, out: &mut Output<'_, '_>) -> Step {
        match count {
            // The cast is in range by its arm.
            short @ 0..16 => out.push(&[0x90 | short as u8]),
            long => head(&ARRAY, long, out),
        }
    }

    #[inline]
    fn map(&self, count: usize, out: &mut Output<'_, '_>) -> Step {
        match count {
            // The cast is in range by its arm.
            short @ 0..16 => out.push(&[0x80 | short as u8]),
            long => head(&MAP, long, out),
        }
    }
}

impl Msgpack {
    fn datetime_as_text(&self, text: &str, out: &mut Output<'_, '_>) -> Step {
        let message = "no timestamp stands for such a date or time; it became text";
        out.lose(Code::DatetimeAsText, || message.to_owned());
        self.text(text, out)
    }
}

fn extension_of(kind: i8, bytes: &[u8], out: &mut Output<'_, '_>) -> Step {
    match bytes.len() {
        1 => out.push(&[0xd4])?,
        2 => out.push(&[0xd5])?,
        4 => out.push(&[0xd6])?,
        8 => out.push(&[0xd7])?,
        16 => out.push(&[0xd8])?,
        other => head(&EXTENSION, other, out)?,
    }
    out.push(&kind.to_be_bytes())?;
    out.push(bytes)
}

fn literal(literal: &Literal, out: &mut Output<'_, '_>) -> Step {
    let bytes = literal.as_bytes();
    let is_float = is_float(bytes);
    if !is_float && let Ok(integer) = literal.parse::<u64>() {
        return unsigned(integer, out);
    }
    // A literal of 64 bits with a sign is an integer already, so whatever is left is a float or no integer of 64 bits.
    let nearest = nearest(bytes);
    if !(is_float && nearest.is_named) {
        out.lose(Code::NumberRounded, || format!("the nearest double is {:e}", nearest.double));
    }
    double(nearest.double, out)
}

/// Whether a literal says by its point, its exponent or the sign of its zero that it is a float.
fn is_float(literal: &[u8]) -> bool {
    literal.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E')) || literal == b"-0"
}

#[inline]
fn integer(integer: i64, out: &mut Output<'_, '_>) -> Step {
    // Each cast is in range by its arm.
    match integer {
        0.. => unsigned(integer as u64, out),
        -32..0 => out.push(&(integer as i8).to_be_bytes()),
        -0x80..-32 => out.head(0xd0, (integer as i8).to_be_bytes()),
        -0x8000..-0x80 => out.head(0xd1, (integer as i16).to_be_bytes()),
        -0x8000_0000..-0x8000 => out.head(0xd2, (integer as i32).to_be_bytes()),
        ..-0x8000_0000 => out.head(0xd3, integer.to_be_bytes()),
    }
}

#[inline]
fn unsigned(integer: u64, out: &mut Output<'_, '_>) -> Step {
    // Each cast is in range by its arm.
    match integer {
        0..0x80 => out.push(&[integer as u8]),
        0x80..0x100 => out.push(&[0xcc, integer as u8]),
        0x100..0x1_0000 => out.head(0xcd, (integer as u16).to_be_bytes()),
        0x1_0000..0x1_0000_0000 => out.head(0xce, (integer as u32).to_be_bytes()),
        0x1_0000_0000.. => out.head(0xcf, integer.to_be_bytes()),
    }
}

/// The shorter float that has the value of `double`.
fn double(double: f64, out: &mut Output<'_, '_>) -> Step {
    let single = double as f32;
    match f64::from(single) == double {
        true => out.head(0xca, single.to_be_bytes()),
        false => out.head(0xcb, double.to_be_bytes()),
    }
}

/// The shortest head with a length or count.
fn head(forms: &Forms, length: usize, out: &mut Output<'_, '_>) -> Step {
    match (u8::try_from(length), u16::try_from(length), u32::try_from(length), forms.one) {
        (Ok(length), _, _, Some(one)) => out.push(&[one, length]),
        (_, Ok(length), _, _) => out.head(forms.two, length.to_be_bytes()),
        (_, _, Ok(length), _) => out.head(forms.four, length.to_be_bytes()),
        (_, _, Err(_), _) => {
            let (allowed, actual) = (u64::from(u32::MAX), length as u64);
            Err(Box::new(Error::Limit { limit: LimitKind::Output, allowed, actual, position: None }))
        }
    }
}
