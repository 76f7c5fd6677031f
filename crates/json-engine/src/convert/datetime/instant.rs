//! Dates and times as points in time, as far as the binary formats need them.
//!
//! Cost: a look at each byte; nothing is allocated but the texts that are asked for.

/// A date and time with an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Instant {
    /// Seconds since 1970-01-01T00:00:00Z, as if no leap second had ever been.
    pub(crate) seconds: i64,
    /// Nanoseconds, below 10^9.
    pub(crate) nanoseconds: u32,
    /// What it takes to say it exactly.
    pub(crate) spelling: Spelling,
}

/// What of a text an instant does not keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// Nothing.
    Utc,
    /// The offset from UTC.
    Offset,
    /// A leap second, or a fraction finer than a nanosecond.
    Finer,
}

/// Whether `text` is a `full-date`.
pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10 && days(text.as_bytes()).is_some()
}

/// Reads a `date-time` of RFC 3339 whose `T` and `Z` are large, as RFC 4287 section 3.3 and so CBOR demand it; `None` if it
/// is none.
pub(crate) fn instant(text: &str) -> Option<Instant> {
    let bytes = text.as_bytes();
    let days = days(bytes)?;
    let is = |at: usize, mark: u8| bytes.get(at) == Some(&mark);
    if !(is(10, b'T') && is(13, b':') && is(16, b':')) {
        return None;
    }
    let (hour, minute) = (number(bytes, 11..13, 23)?, number(bytes, 14..16, 59)?);
    let second = number(bytes, 17..19, 60)?;
    let (fraction, rest) = fraction(&bytes[19..])?;
    let offset = offset(rest)?;
    let is_fine = second == 60 || fraction.is_finer;
    let spelling = match (is_fine, offset) {
        (true, _) => Spelling::Finer,
        (false, None) => Spelling::Utc,
        (false, Some(_)) => Spelling::Offset,
    };
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset.unwrap_or(0) * 60;
    Some(Instant { seconds, nanoseconds: fraction.nanoseconds, spelling })
}

/// The text of an instant in UTC; `None` outside the years 0000 to 9999.
pub(crate) fn text(seconds: i64, nanoseconds: u32) -> Option<String> {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(days)?;
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if nanoseconds > 0 {
        let fraction = format!(".{nanoseconds:09}");
        text.push_str(fraction.trim_end_matches('0'));
    }
    text.push('Z');
    Some(text)
}

struct Fraction {
    nanoseconds: u32,
    is_finer: bool,
}

fn fraction(text: &[u8]) -> Option<(Fraction, &[u8])> {
    let Some(digits) = text.strip_prefix(b".") else {
        return Some((Fraction { nanoseconds: 0, is_finer: false }, text));
    };
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = digits.split_at(length);
    let nanoseconds =
        (0..9).fold(0, |sum, at| sum * 10 + digits.get(at).map_or(0, |digit| u32::from(digit - b'0')));
    let is_finer = digits.iter().skip(9).any(|digit| *digit != b'0');
    (length > 0).then_some((Fraction { nanoseconds, is_finer }, rest))
}

/// Minutes east of UTC, `None` inside for `Z`.
#[expect(clippy::option_option, reason = "no offset and a wrong one differ")]
fn offset(text: &[u8]) -> Option<Option<i64>> {
    let sign = match text {
        b"Z" => return Some(None),
        [b'+', ..] => 1,
        [b'-', ..] => -1,
        _ => return None,
    };
    if text.len() != 6 || text[3] != b':' {
        return None;
    }
    Some(Some(sign * (number(text, 1..3, 23)? * 60 + number(text, 4..6, 59)?)))
}

fn number(text: &[u8], place: std::ops::Range<usize>, most: i64) -> Option<i64> {
    let digits = text.get(place)?;
    let number = digits
        .iter()
        .try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))?;
    (number <= most).then_some(number)
}

/// Days since 1970-01-01 of the `full-date` that `text` begins with.
fn days(text: &[u8]) -> Option<i64> {
    let (year, month, day) = (number(text, 0..4, 9_999)?, number(text, 5..7, 12)?, number(text, 8..10, 31)?);
    if text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let days = days_of(year, month, day);
    // A date that does not exist, such as 30 February, is another day's.
    (date(days) == Some((year, month, day))).then_some(days)
}

/// Days of the proleptic Gregorian calendar, counted in eras of 400 years that begin in March.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The reverse of [`days_of`], for the years 0 to 9999.
fn date(days: i64) -> Option<(i64, i64, i64)> {
    let shifted = days.checked_add(719_468)?;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (0..=9_999).contains(&year).then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: Option<(i64, u32, Spelling)>) {
        let found = instant(source).map(|i| (i.seconds, i.nanoseconds, i.spelling));
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn instants() {
        check("1970-01-01T00:00:00Z", Some((0, 0, Spelling::Utc)));
        check("2013-03-21T20:04:00Z", Some((1_363_896_240, 0, Spelling::Utc)));
        check("1979-05-27T00:32:00.5-07:00", Some((296_638_320, 500_000_000, Spelling::Offset)));
        check("2016-12-31T23:59:60Z", Some((1_483_228_800, 0, Spelling::Finer)));
        check("1970-01-01T00:00:00.0000000001Z", Some((0, 0, Spelling::Finer)));
        check("0000-01-01T00:00:00Z", Some((-62_167_219_200, 0, Spelling::Utc)));
        for wrong in [
            "",
            "1970",
            "1970-01-01",
            "1970-01-01T00:00:00",
            "1970-02-30T00:00:00Z",
            "1970-13-01T00:00:00Z",
            "1970-01-01T24:00:00Z",
            "1970-01-01T00:00:00.Z",
            "1970-01-01T00:00:00Zx",
            "1970-01-01T00:00:00+1:00",
            "1970-01-00T00:00:00Z",
            "é970-01-01T00:00:00Z",
            "1970-01-01T00:00:00+24:00",
            "1970-01-01t00:00:00Z",
            "1970-01-01 00:00:00Z",
            "1970-01-01T00:00:00z",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn every_day_comes_back() {
        for days in (-719_528..2_932_897).step_by(97) {
            let written = text(days * 86_400 + 5, 1_000).unwrap();
            let read = instant(&written).unwrap();
            assert_eq!((read.seconds, read.nanoseconds), (days * 86_400 + 5, 1_000), "{written}");
        }
        assert_eq!(text(-62_167_219_201, 0), None);
        assert_eq!(text(253_402_300_800, 0), None);
        assert_eq!(text(i64::MAX, 0), None);
        assert!(is_date("2020-02-29") && !is_date("2021-02-29") && !is_date("2020-02-29T"));
    }
}
