//! Natives over dates. Local time is UTC, whatever the host says; what needs a clock is refused, so it is not defined.

use super::super::dates::{format_date, format_local_date, parse_date, to_array, to_seconds};
use super::super::val::Val;
use super::{Native, native};

const ISO_8601: &str = "%Y-%m-%dT%H:%M:%SZ";

pub(super) static TABLE: &[Native] = &[
    native("gmtime", 0, |val, _| to_array("gmtime", &val)),
    native("localtime", 0, |val, _| to_array("localtime", &val)),
    native("mktime", 0, |val, _| to_seconds(&val)),
    native("strftime", 1, |val, args| format_date(&val, &args[0])),
    native("strflocaltime", 1, |val, args| format_local_date(&val, &args[0])),
    native("strptime", 1, |val, args| parse_date(&val, &args[0])),
    native("todate", 0, |val, _| format_date(&val, &Val::text(ISO_8601))),
    native("todateiso8601", 0, |val, _| format_date(&val, &Val::text(ISO_8601))),
    native("fromdate", 0, |val, _| to_seconds(&parse_date(&val, &Val::text(ISO_8601))?)),
    native("fromdateiso8601", 0, |val, _| to_seconds(&parse_date(&val, &Val::text(ISO_8601))?)),
];
