//! Dates as jq has them: seconds since 1970, or an array of year, month from 0, day, hour, minute, second, weekday from
//! Sunday and day of the year from 0; all in UTC, in the proleptic Gregorian calendar.
//!
//! Promise: no clock and no time zone of the host is looked at. Cost: a few divisions and the text.

mod format;
mod parse;

use super::fault::{Answer, Fault};
use super::val::Val;

pub(super) use parse::parse_date;

/// A broken-down time, as `struct tm` of C: the year counts from 1900.
#[derive(Debug, Clone, Copy)]
struct Broken {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    weekday: i64,
    yearday: i64,
    /// What `%Z` writes.
    zone: &'static str,
}

/// The zone of a time that is in none, as C names it.
const ZONE: &str = "GMT";
/// The local zone, which is that of no machine.
const LOCAL_ZONE: &str = "UTC";

/// Days from 1970-01-01 to a date; the month is 0 to 11.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the leap day is the last one; 400 years are an era of 146,097 days.
    let year = if month < 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 10) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

impl Broken {
    /// The date of a number of seconds. `None` when the year does not fit 32 bits.
    fn of(seconds: i64) -> Option<Broken> {
        let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let month = (from_march + 2) % 12;
        let year = era * 400 + year_of_era + i64::from(month < 2);
        i32::try_from(year - 1900).ok()?;
        Some(Broken {
            year: year - 1900,
            month,
            day: day_of_year - (153 * from_march + 2) / 5 + 1,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
            weekday: (days + 4).rem_euclid(7),
            yearday: days - days_of(year, 0, 1),
            zone: ZONE,
        })
    }

    /// The seconds of a date whose members may be out of their ranges.
    fn seconds(&self) -> i64 {
        let year = self.year + 1900 + self.month.div_euclid(12);
        let days = days_of(year, self.month.rem_euclid(12), 1) + self.day - 1;
        ((days * 24 + self.hour) * 60 + self.minute) * 60 + self.second
    }

    fn set_weekday(&mut self) {
        self.weekday = (days_of(self.year + 1900, self.month, 1) + self.day - 1 + 4).rem_euclid(7);
    }

    fn set_yearday(&mut self) {
        let year = self.year + 1900;
        self.yearday = days_of(year, self.month, 1) + self.day - 1 - days_of(year, 0, 1);
    }

    fn to_val(self, second: Val) -> Val {
        let members = [self.year + 1900, self.month, self.day, self.hour, self.minute];
        let mut values: Vec<Val> = members.into_iter().map(Val::integer).collect();
        values.push(second);
        values.extend([Val::integer(self.weekday), Val::integer(self.yearday)]);
        Val::collect(values)
    }
}

/// Whole seconds of a number, cut as a cast does. Fails on what is no time of a year of 32 bits.
fn broken_down(seconds: f64) -> Result<Broken, Fault> {
    let failed = || Fault::raise("error converting number of seconds since epoch to datetime");
    // Seconds of 2^31 years; beyond them nothing is computed.
    if seconds.is_nan() || seconds.abs() > 6.8e16 {
        return Err(failed());
    }
    Broken::of(seconds as i64).ok_or_else(failed)
}

/// `gmtime` and `localtime`, which is `name`: a number of seconds as an array; a fraction stays with the seconds.
pub(super) fn to_array(name: &str, val: &Val) -> Answer {
    let failed = || Fault::raise(&format!("{name}() requires numeric inputs"));
    let seconds = val.as_double().ok_or_else(failed)?;
    let broken = broken_down(seconds)?;
    Ok(broken.to_val(Val::double(broken.second as f64 + (seconds - seconds.floor()))))
}

/// The date that an array says; members that are missing are zero. `None` when one is no number.
fn of_array(val: &Val) -> Option<Broken> {
    let elements = val.as_elements()?;
    let mut members = [1900, 0, 0, 0, 0, 0, 0, 0_i64];
    for (at, element) in elements.iter().take(members.len()).enumerate() {
        let double = super::val::as_double(element).filter(|double| !double.is_nan())?;
        // Saturates at what an `int` of C holds.
        let offset = if at == 0 { 1900.0 } else { 0.0 };
        members[at] = i64::from((double - offset) as i32) + offset as i64;
    }
    let [year, month, day, hour, minute, second, weekday, yearday] = members;
    Some(Broken { year: year - 1900, month, day, hour, minute, second, weekday, yearday, zone: ZONE })
}

/// `mktime`: an array as seconds.
pub(super) fn to_seconds(val: &Val) -> Answer {
    if val.as_elements().is_none() {
        return Err(Fault::raise("mktime requires array inputs"));
    }
    let broken = of_array(val).ok_or_else(|| Fault::raise("mktime requires parsed datetime inputs"))?;
    Ok(Val::integer(broken.seconds()))
}

/// `strftime`: a number of seconds or an array in a format of C.
pub(super) fn format_date(val: &Val, format: &Val) -> Answer {
    format_in(("strftime", ZONE), val, format)
}

/// `strflocaltime`: the same in the local zone.
pub(super) fn format_local_date(val: &Val, format: &Val) -> Answer {
    format_in(("strflocaltime", LOCAL_ZONE), val, format)
}

fn format_in((name, zone): (&str, &'static str), val: &Val, format: &Val) -> Answer {
    let failed = |wanted: &str| Fault::raise(&format!("{name}/1 requires {wanted}"));
    let is_date = val.as_double().is_some() || val.as_elements().is_some();
    if !is_date {
        return Err(failed("parsed datetime inputs"));
    }
    let format = format.as_text().ok_or_else(|| failed("a string format"))?;
    let broken = match val.as_double() {
        Some(seconds) => broken_down(seconds)?,
        None => {
            let broken = of_array(val).ok_or_else(|| failed("parsed datetime inputs"))?;
            // What is out of its range moves the others, as `timegm` does it.
            broken_down(broken.seconds() as f64)?
        }
    };
    format::formatted(&Broken { zone, ..broken }, format)
}
