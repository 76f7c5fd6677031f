//! `strptime` of C, as glibc has it in the locale "C": a zone is read and means nothing.
//!
//! Cost: the length of text and format, which is charged.

use super::super::account::charge;
use super::super::fault::{Answer, Fault};
use super::super::val::Val;
use super::format::{MONTHS, WEEKDAYS};
use super::{Broken, days_of};

/// Weekday and day of the year that are not known, as jq marks them.
const NO_WEEKDAY: i64 = 8;
const NO_YEARDAY: i64 = 367;

/// A date that is being read.
struct Reader<'t> {
    rest: &'t str,
    date: Broken,
    century: Option<i64>,
    is_afternoon: bool,
    /// Whether the hour is one of twelve.
    has_half_day: bool,
    has_month: bool,
    has_day: bool,
    has_weekday: bool,
    has_yearday: bool,
    /// Whether weekday and day of the year follow from what was read.
    wants_days: bool,
    /// A week of the year, and the weekday it begins with.
    week: Option<(i64, i64)>,
}

/// `strptime`: a text in a format as an array. White space that is left over is its last element.
pub(in super::super) fn parse_date(val: &Val, format: &Val) -> Answer {
    let (Some(text), Some(format)) = (val.as_text(), format.as_text()) else {
        return Err(Fault::raise("strptime/1 requires string inputs and arguments"));
    };
    charge(1 + (text.len() + format.len()) / 8)?;
    let mut reader = Reader::of(text);
    let is_read = reader.read(format).is_some();
    if !is_read || reader.rest.starts_with(|first: char| !first.is_ascii_whitespace()) {
        return Err(Fault::raise(&format!("date \"{text}\" does not match format \"{format}\"")));
    }
    let rest = reader.rest;
    let date = reader.finished();
    let mut array = date.to_val(Val::integer(date.second));
    if !rest.is_empty() {
        array.push(Val::text(rest));
    }
    Ok(array)
}

impl<'t> Reader<'t> {
    fn of(text: &'t str) -> Reader<'t> {
        let date = Broken {
            year: 0,
            month: 0,
            day: 0,
            hour: 0,
            minute: 0,
            second: 0,
            weekday: NO_WEEKDAY,
            yearday: NO_YEARDAY,
            zone: super::ZONE,
        };
        Reader {
            rest: text,
            date,
            century: None,
            is_afternoon: false,
            has_half_day: false,
            has_month: false,
            has_day: false,
            has_weekday: false,
            has_yearday: false,
            wants_days: false,
            week: None,
        }
    }

    fn read(&mut self, format: &str) -> Option<()> {
        let mut letters = format.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '%' => {
                    let mut letter = letters.next()?;
                    while "-_0^#".contains(letter) {
                        letter = letters.next()?;
                    }
                    match letter {
                        'E' => self.directive(letters.next().filter(|next| "cCxXY".contains(*next))?)?,
                        'O' => {
                            self.directive(letters.next().filter(|next| "deHImMSUWVwy".contains(*next))?)?
                        }
                        letter => self.directive(letter)?,
                    }
                }
                space if space.is_ascii_whitespace() => self.skip_space(),
                literal => self.rest = self.rest.strip_prefix(literal)?,
            }
        }
        Some(())
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\x0b');
    }

    /// A number of at most `digits` digits between two bounds, after spaces.
    fn number(&mut self, from: i64, upto: i64, digits: usize) -> Option<i64> {
        let text = self.rest.trim_start_matches(' ');
        let length = text.bytes().take(digits).take_while(u8::is_ascii_digit).count();
        let number = text[..length].parse().ok().filter(|number| (from..=upto).contains(number))?;
        self.rest = &text[length..];
        Some(number)
    }

    /// One of some names, in full or its first three letters, in any case.
    fn name(&mut self, names: &[&str]) -> Option<i64> {
        for (at, name) in names.iter().enumerate() {
            for length in [name.len(), 3] {
                let found = self.rest.get(..length);
                if found.is_some_and(|found| found.eq_ignore_ascii_case(&name[..length])) {
                    self.rest = &self.rest[length..];
                    return Some(at as i64);
                }
            }
        }
        None
    }

    fn directive(&mut self, letter: char) -> Option<()> {
        match letter {
            '%' => self.rest = self.rest.strip_prefix('%')?,
            'n' | 't' => self.skip_space(),
            'H' | 'k' => (self.date.hour, self.has_half_day) = (self.number(0, 23, 2)?, false),
            'I' | 'l' => (self.date.hour, self.has_half_day) = (self.number(1, 12, 2)? % 12, true),
            'M' => self.date.minute = self.number(0, 59, 2)?,
            'S' => self.date.second = self.number(0, 61, 2)?,
            'p' | 'P' => {
                let half = self.rest.get(..2)?;
                self.is_afternoon = half.eq_ignore_ascii_case("pm");
                if !self.is_afternoon && !half.eq_ignore_ascii_case("am") {
                    return None;
                }
                self.rest = &self.rest[2..];
            }
            'z' => self.zone()?,
            'Z' => {
                self.skip_space();
                self.rest = self.rest.trim_start_matches(|c: char| !c.is_ascii_whitespace());
            }
            's' => self.seconds()?,
            'c' => self.read("%a %b %e %H:%M:%S %Y")?,
            'D' | 'x' => self.read("%m/%d/%y")?,
            'F' => self.read("%Y-%m-%d")?,
            'r' => self.read("%I:%M:%S %p")?,
            'R' => self.read("%H:%M")?,
            'T' | 'X' => self.read("%H:%M:%S")?,
            letter => self.day_directive(letter)?,
        }
        Some(())
    }

    /// The directives that say a day.
    fn day_directive(&mut self, letter: char) -> Option<()> {
        match letter {
            'a' | 'A' => (self.date.weekday, self.has_weekday) = (self.name(&WEEKDAYS)?, true),
            'u' => (self.date.weekday, self.has_weekday) = (self.number(1, 7, 1)? % 7, true),
            'w' => (self.date.weekday, self.has_weekday) = (self.number(0, 6, 1)?, true),
            'b' | 'B' | 'h' => (self.date.month, self.has_month) = (self.name(&MONTHS)?, true),
            'm' => (self.date.month, self.has_month) = (self.number(1, 12, 2)? - 1, true),
            'd' | 'e' => (self.date.day, self.has_day) = (self.number(1, 31, 2)?, true),
            'j' => (self.date.yearday, self.has_yearday) = (self.number(1, 366, 3)? - 1, true),
            'Y' => (self.date.year, self.century) = (self.number(0, 9999, 4)? - 1900, None),
            'y' => {
                let year = self.number(0, 99, 2)?;
                self.date.year = if year >= 69 { year } else { year + 100 };
            }
            'C' => self.century = Some(self.number(0, 99, 2)?),
            'U' => self.week = Some((self.number(0, 53, 2)?, 0)),
            'W' => self.week = Some((self.number(0, 53, 2)?, 1)),
            // Read, but they mean nothing, as in glibc.
            'V' => drop(self.number(0, 53, 2)?),
            'g' => drop(self.number(0, 99, 2)?),
            'G' => drop(self.number(0, i64::MAX, 18)?),
            _ => return None,
        }
        self.wants_days = self.wants_days || "bBhmdeYyC".contains(letter);
        Some(())
    }

    /// `Z`, or hours and perhaps minutes with a sign.
    fn zone(&mut self) -> Option<()> {
        self.skip_space();
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Some(());
        }
        self.rest = self.rest.strip_prefix(['+', '-'])?;
        let digits = |text: &str| text.bytes().take(2).take_while(u8::is_ascii_digit).count();
        if digits(self.rest) != 2 {
            return None;
        }
        self.rest = &self.rest[2..];
        let after = self.rest.strip_prefix(':').unwrap_or(self.rest);
        if digits(after) == 2 {
            self.rest = &after[2..];
        }
        Some(())
    }

    fn seconds(&mut self) -> Option<()> {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        self.date = Broken::of(self.rest[..length].parse().ok().filter(|seconds| *seconds < 1 << 56)?)?;
        self.rest = &self.rest[length..];
        (self.has_weekday, self.has_yearday, self.has_month, self.has_day) = (true, true, true, true);
        Some(())
    }

    /// The date with what follows from what was read.
    fn finished(mut self) -> Broken {
        if self.has_half_day && self.is_afternoon {
            self.date.hour += 12;
        }
        if let Some(century) = self.century {
            self.date.year = self.date.year.rem_euclid(100) + (century - 19) * 100;
        }
        let is_by_yearday = self.wants_days && self.has_yearday && !(self.has_month && self.has_day);
        if is_by_yearday {
            self.set_month_and_day();
        }
        if self.wants_days && !self.has_weekday {
            self.date.set_weekday();
        }
        if self.wants_days && !self.has_yearday {
            self.date.set_yearday();
        }
        if let (Some((week, begin)), true) = (self.week, self.has_weekday) {
            self.set_by_week(week, begin);
        }
        self.date
    }

    fn set_month_and_day(&mut self) {
        let start = days_of(self.date.year + 1900, 0, 1);
        if let Some(date) = Broken::of((start + self.date.yearday) * 86_400) {
            (self.date.month, self.date.day) = (date.month, date.day);
        }
    }

    fn set_by_week(&mut self, week: i64, begin: i64) {
        let first = (days_of(self.date.year + 1900, 0, 1) + 4).rem_euclid(7);
        if !self.has_yearday {
            let weekday = (self.date.weekday - begin).rem_euclid(7);
            self.date.yearday = (7 - (first - begin)) % 7 + (week - 1) * 7 + weekday;
        }
        if !self.has_day || !self.has_month {
            self.set_month_and_day();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::natives::tests::check;

    /// Answers of jq 1.8.2, which asks glibc.
    #[test]
    fn directives() {
        let failed = |text: &str, format: &str| format!("date \"{text}\" does not match format \"{format}\"");
        for (text, format, expected) in [
            ("2015-03-05T23:51:47Z", "%Y-%m-%dT%H:%M:%SZ", "[2015,2,5,23,51,47,4,63]"),
            ("2015-03-05T23:51:47Z", "%Y", ""),
            ("x", "x", "[1900,0,0,0,0,0,8,367]"),
            ("Thu, 05 Mar 2015 23:51:47 +0100", "%A, %d %B %Y %T %z", "[2015,2,5,23,51,47,4,63]"),
            ("2015 64", "%Y %j", "[2015,2,5,0,0,0,4,63]"),
            ("15", "%y", "[2015,0,0,0,0,0,3,-1]"),
            ("20", "%C", "[2000,0,0,0,0,0,5,-1]"),
            ("1425599621", "%s", "[2015,2,5,23,53,41,4,63]"),
            ("11:20:30 PM", "%r", "[1900,0,0,23,20,30,8,367]"),
            ("12 AM", "%I %p", "[1900,0,0,0,0,0,8,367]"),
            ("Thu Mar  5 23:51:47 2015", "%c", "[2015,2,5,23,51,47,4,63]"),
            ("2015-W10-4", "%G-W%V-%u", "[1900,0,0,0,0,0,4,367]"),
            ("10", "%e", "[1900,0,10,0,0,0,3,9]"),
            ("32", "%d", ""),
            ("62", "%S", ""),
            ("366", "%j", "[1900,0,0,0,0,0,8,365]"),
            ("MAR 5 2015", "%b %d %Y", "[2015,2,5,0,0,0,4,63]"),
            ("12345", "%Y", ""),
            ("2015 ", "%Y", "[2015,0,0,0,0,0,3,-1,\" \"]"),
            (" 2015", "%Y", "[2015,0,0,0,0,0,3,-1]"),
            ("2015-02-30", "%Y-%m-%d", "[2015,1,30,0,0,0,1,60]"),
            ("+01:00", "%z", "[1900,0,0,0,0,0,8,367]"),
            ("5", "%Ey", ""),
            ("x", "%", ""),
            ("xx", "%Q", ""),
        ] {
            let expected = if expected.is_empty() { failed(text, format) } else { expected.to_owned() };
            check("strptime", &format!("{text:?}"), &[&format!("{format:?}")], &expected);
        }
    }

    #[test]
    fn seconds_and_arrays() {
        check("mktime", "[2015,2,5,23,51,47,4,63]", &[], "1425599507");
        check("mktime", "[]", &[], "-2209075200");
        check("mktime", "[2015,13,5,23,51,47]", &[], "1454716307");
        check("mktime", "[2015,2,5,23,51,1e300]", &[], "3573083107");
        check("mktime", "[\"a\"]", &[], "mktime requires parsed datetime inputs");
        check("mktime", "1", &[], "mktime requires array inputs");
        check("gmtime", "1425599621.678", &[], "[2015,2,5,23,53,41.67799997329712,4,63]");
        check("gmtime", "-1.5", &[], "[1969,11,31,23,59,59.5,3,364]");
        check("gmtime", "1e12", &[], "[33658,8,27,1,46,40,5,269]");
        check("gmtime", "1e18", &[], "error converting number of seconds since epoch to datetime");
        check("gmtime", "\"a\"", &[], "gmtime() requires numeric inputs");
    }
}
