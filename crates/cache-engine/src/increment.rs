//! Counters: entries whose value is a number, written in decimal text.

use crate::{Body, Error, Life, Value};

/// How to change a counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Increment {
    by: i64,
    initial: i64,
    min: i64,
    max: i64,
    pub(crate) life: Life,
}

impl Increment {
    /// Adds `by`; a counter that is missing starts from zero, lives as its namespace says, and may have any value of 64
    /// bits.
    #[must_use]
    pub fn by(by: i64) -> Self {
        Self { by, initial: 0, min: i64::MIN, max: i64::MAX, life: Life::default() }
    }

    /// What a counter that is missing counts from.
    #[must_use]
    pub fn starting_at(self, initial: i64) -> Self {
        Self { initial, ..self }
    }

    /// How long a counter that is missing is to live; one that is there keeps its life.
    #[must_use]
    pub fn living(self, life: Life) -> Self {
        Self { life, ..self }
    }

    /// The least and the largest value that may come out.
    ///
    /// # Errors
    /// [`Error::BoundsInvalid`] if `min` is above `max`.
    pub fn within(self, min: i64, max: i64) -> Result<Self, Error> {
        if min > max {
            return Err(Error::BoundsInvalid { min, max });
        }
        Ok(Self { min, max, ..self })
    }

    /// What comes out of what is there.
    ///
    /// # Errors
    /// [`Error::NotANumber`], [`Error::IncrementOverflow`].
    pub(crate) fn apply(&self, current: Option<&Value>) -> Result<i64, Error> {
        let start = current.map_or(Ok(self.initial), read)?;
        let sum = start.checked_add(self.by).filter(|sum| (self.min..=self.max).contains(sum));
        sum.ok_or(Error::IncrementOverflow { min: self.min, max: self.max })
    }
}

/// What came of an increment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The number that the entry has now.
    pub number: i64,
    /// The entry.
    pub entry: crate::Entry,
}

/// An optional minus sign and digits, in 64 bits.
fn read(value: &Value) -> Result<i64, Error> {
    let not_a_number = || Error::NotANumber { actual: value.body().len() };
    let text = std::str::from_utf8(value.body().as_bytes()).map_err(|_| not_a_number())?;
    if text.starts_with('+') {
        return Err(not_a_number());
    }
    text.parse().map_err(|_| not_a_number())
}

/// The value that says `number`, with the media type of what was there.
pub(crate) fn write(number: i64, current: Option<&Value>) -> Value {
    let media_type = current.map_or("", Value::content_type);
    Value::new(Body::text(number.to_string()), media_type)
        .expect("a value had this media type, or it is empty")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_decimal_text_of_64_bits() {
        let check = |text: &str, expected: Result<i64, Error>| {
            let value = Value::new(Body::data(text), "").unwrap();
            assert_eq!(Increment::by(1).apply(Some(&value)), expected, "{text}");
        };
        let not_a_number = |actual| Err(Error::NotANumber { actual });
        check("0", Ok(1));
        check("-1", Ok(0));
        check("9223372036854775806", Ok(i64::MAX));
        check("", not_a_number(0));
        check("+1", not_a_number(2));
        check("1.5", not_a_number(3));
        check(" 1", not_a_number(2));
        check("9223372036854775808", not_a_number(19));
        check("9223372036854775807", Err(Error::IncrementOverflow { min: i64::MIN, max: i64::MAX }));
    }

    #[test]
    fn a_counter_stays_within_its_bounds() {
        let increment = Increment::by(5).starting_at(10).within(0, 15).unwrap();
        assert_eq!(increment.apply(None), Ok(15));
        let full = write(11, None);
        assert_eq!(increment.apply(Some(&full)), Err(Error::IncrementOverflow { min: 0, max: 15 }));
        assert_eq!(Increment::by(1).within(2, 1), Err(Error::BoundsInvalid { min: 2, max: 1 }));
    }
}
