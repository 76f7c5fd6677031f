//! `strftime` of C in the locale "C", with the flags of glibc: `-` no padding, `_` spaces, `0` zeros, `^` upper case,
//! `#` the other case, and a width.
//!
//! Cost: the length of the format and of the answer, which is charged.

use std::fmt::Write as _;

use super::super::account::{charge, reserve};
use super::super::fault::{Answer, Fault};
use super::super::val::Val;
use super::{Broken, days_of};

pub(super) const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// Largest width of a member, in characters.
const WIDEST: usize = 1_000;

/// What stands between `%` and the letter.
#[derive(Default, Clone, Copy)]
struct Flags {
    pad: Option<char>,
    case: Option<char>,
    width: Option<usize>,
}

/// The date in a format.
pub(super) fn formatted(date: &Broken, format: &str) -> Answer {
    let mut out = String::with_capacity(format.len() * 2);
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        charge(1)?;
        reserve(out.capacity())?;
        rest = directive(date, &rest[at..], &mut out)?;
    }
    out.push_str(rest);
    Ok(Val::text(&out))
}

/// Writes the directive that `text` begins with; gives what follows. One that is not known stays as it is.
fn directive<'f>(date: &Broken, text: &'f str, out: &mut String) -> Result<&'f str, Fault> {
    let mut flags = Flags::default();
    let mut rest = &text[1..];
    while let Some(flag) = rest.chars().next().filter(|flag| "-_0^#".contains(*flag)) {
        match flag {
            '^' | '#' => flags.case = Some(flag),
            pad => flags.pad = Some(pad),
        }
        rest = &rest[1..];
    }
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        flags.width = Some(rest[..digits].parse().unwrap_or(WIDEST).min(WIDEST));
        rest = &rest[digits..];
    }
    rest = match rest.as_bytes() {
        [b'E', b'c' | b'C' | b'x' | b'X' | b'y' | b'Y', ..] => &rest[1..],
        [b'O', letter, ..] if b"deHIkmMSuUVwWy".contains(letter) => &rest[1..],
        _ => rest,
    };
    let known = rest.chars().next().is_some_and(|letter| member(date, letter, flags, out));
    if known {
        return Ok(&rest[1..]);
    }
    out.push('%');
    Ok(&text[1..])
}

/// Writes one member; false when the letter means nothing.
fn member(date: &Broken, letter: char, flags: Flags, out: &mut String) -> bool {
    let year = date.year + 1900;
    let hour_of_twelve = if date.hour % 12 == 0 { 12 } else { date.hour % 12 };
    match letter {
        'Y' => number(year, 1, '0', flags, out),
        'C' => number(year.div_euclid(100), 1, '0', flags, out),
        'y' => number(year.rem_euclid(100), 2, '0', flags, out),
        'G' => number(iso_week(date).0, 1, '0', flags, out),
        'g' => number(iso_week(date).0.rem_euclid(100), 2, '0', flags, out),
        'V' => number(iso_week(date).1, 2, '0', flags, out),
        'm' => number(date.month + 1, 2, '0', flags, out),
        'd' => number(date.day, 2, '0', flags, out),
        'e' => number(date.day, 2, ' ', flags, out),
        'H' => number(date.hour, 2, '0', flags, out),
        'k' => number(date.hour, 2, ' ', flags, out),
        'I' => number(hour_of_twelve, 2, '0', flags, out),
        'l' => number(hour_of_twelve, 2, ' ', flags, out),
        'M' => number(date.minute, 2, '0', flags, out),
        'S' => number(date.second, 2, '0', flags, out),
        'j' => number(date.yearday + 1, 3, '0', flags, out),
        'u' => number((date.weekday + 6) % 7 + 1, 1, '0', flags, out),
        'w' => number(date.weekday, 1, '0', flags, out),
        'U' => number((date.yearday + 7 - date.weekday) / 7, 2, '0', flags, out),
        'W' => number((date.yearday + 7 - (date.weekday + 6) % 7) / 7, 2, '0', flags, out),
        's' => number(date.seconds(), 1, '0', flags, out),
        'a' => words(&WEEKDAYS[date.weekday as usize][..3], flags, out),
        'A' => words(WEEKDAYS[date.weekday as usize], flags, out),
        'b' | 'h' => words(&MONTHS[date.month as usize][..3], flags, out),
        'B' => words(MONTHS[date.month as usize], flags, out),
        'p' => words(if date.hour < 12 { "AM" } else { "PM" }, flags, out),
        'P' => words(if date.hour < 12 { "am" } else { "pm" }, flags, out),
        'Z' => words(date.zone, flags, out),
        'z' => words("+0000", flags, out),
        'n' => words("\n", flags, out),
        't' => words("\t", flags, out),
        '%' => words("%", flags, out),
        composed => return composition(date, composed, flags, out),
    }
    true
}

/// A letter that stands for several others.
fn composition(date: &Broken, letter: char, flags: Flags, out: &mut String) -> bool {
    let parts = match letter {
        'c' => "%a %b %e %H:%M:%S %Y",
        'D' | 'x' => "%m/%d/%y",
        'F' => "%Y-%m-%d",
        'r' => "%I:%M:%S %p",
        'R' => "%H:%M",
        'T' | 'X' => "%H:%M:%S",
        _ => return false,
    };
    let mut text = String::new();
    let mut letters = parts.chars();
    while let Some(next) = letters.next() {
        match next {
            '%' => {
                letters.next().map(|letter| member(date, letter, Flags::default(), &mut text));
            }
            other => text.push(other),
        }
    }
    words(&text, flags, out);
    true
}

fn number(value: i64, width: usize, pad: char, flags: Flags, out: &mut String) {
    let pad = match flags.pad {
        Some('-') => None,
        Some('_') => Some(' '),
        Some(_) => Some('0'),
        None => Some(pad),
    };
    let width = flags.width.unwrap_or(width);
    // Writing to a String cannot fail.
    let _ = match pad {
        None => write!(out, "{value}"),
        Some('0') => write!(out, "{value:0width$}"),
        Some(_) => write!(out, "{value:width$}"),
    };
}

fn words(text: &str, flags: Flags, out: &mut String) {
    let text = match flags.case {
        Some('^') => text.to_uppercase(),
        // The names of days and months become upper case, AM, PM and the zone lower case.
        Some(_) if text.chars().all(|c| c.is_ascii_uppercase()) => text.to_lowercase(),
        Some(_) => text.to_uppercase(),
        None => text.to_owned(),
    };
    let width = flags.width.unwrap_or(0);
    let _ = match flags.pad {
        Some('0') => write!(out, "{text:0>width$}"),
        _ => write!(out, "{text:>width$}"),
    };
}

/// Year and week of ISO 8601: weeks begin on Monday, the first one has the year's first Thursday.
fn iso_week(date: &Broken) -> (i64, i64) {
    let year = date.year + 1900;
    let monday_based = (date.weekday + 6) % 7;
    let week = (date.yearday - monday_based + 10) / 7;
    let weeks_of = |year: i64| {
        let first_weekday = (days_of(year, 0, 1) + 3).rem_euclid(7);
        let is_leap = days_of(year + 1, 0, 1) - days_of(year, 0, 1) == 366;
        52 + i64::from(first_weekday == 3 || first_weekday == 2 && is_leap)
    };
    match week {
        0 => (year - 1, weeks_of(year - 1)),
        53 if weeks_of(year) == 52 => (year + 1, 1),
        week => (year, week),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::natives::tests::check;

    /// Answers of jq 1.8.2, which asks glibc.
    #[test]
    fn directives() {
        let cases = [
            (
                "1425599621",
                "%a|%b|%c|%C|%d|%D|%e|%F|%g|%G|%h|%H|%I|%j|%k|%l|%m|%M|%n|%p|%P|%r|%R",
                r"Thu|Mar|Thu Mar  5 23:53:41 2015|20|05|03/05/15| 5|2015-03-05|15|2015|Mar|23|11|064|23|11|03|53|\n|PM|pm|11:53:41 PM|23:53",
            ),
            (
                "1425599621",
                "%s|%S|%t|%T|%u|%U|%V|%w|%W|%x|%X|%y|%Y|%z|%Z|%%",
                r"1425599621|41|\t|23:53:41|4|09|10|4|09|03/05/15|23:53:41|15|2015|+0000|GMT|%",
            ),
            (
                "1425599621",
                "%E|%Ey|%Od|%-d|%_d|%05d|%^a|%#a|%q|%+|%f|%O",
                "%E|15|05|5| 5|00005|THU|THU|%q|%+|%f|%O",
            ),
            (
                "1425599621",
                "%5Y|%10d|%-H|%_m|%-j|%^B|%#Z|%^Z|%010Y|%+4Y|%:z|%_5S",
                "02015|0000000005|23| 3|64|MARCH|gmt|GMT|0000002015|%+4Y|%:z|   41",
            ),
            ("-62135596800", "%C %y %G %Y %F %D %c %+", "0 01 1 1 1-01-01 01/01/01 Mon Jan  1 00:00:00 1 %+"),
            ("253402300800", "%F %C %y %G %D", "10000-01-01 100 00 9999 01/01/00"),
            (
                "-100000000000",
                "%Y|%C|%y|%G|%g|%F|%j|%U|%W|%V",
                "-1199|-12|01|-1199|01|-1199-02-15|046|06|07|07",
            ),
            ("[2015,14,40,-1,61]", "%F %T", "2016-04-09 00:01:00"),
            ("1", "é %", "é %"),
        ];
        for (input, format, expected) in cases {
            check("strftime", input, &[&format!("{format:?}")], &format!("\"{expected}\""));
        }
    }
}
