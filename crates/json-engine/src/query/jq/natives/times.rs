//! Natives over dates; those that need a clock or a time zone are refused, so they are not defined.

use super::super::dates::{format_date, parse_date, to_array, to_seconds};
use super::super::val::Val;
use super::{Native, native};

const ISO_8601: &str = "%Y-%m-%dT%H:%M:%SZ";

pub(super) static TABLE: &[Native] = &[
    native("gmtime", 0, |val, _| to_array(&val)),
    native("mktime", 0, |val, _| to_seconds(&val)),
    native("strftime", 1, |val, args| format_date(&val, &args[0])),
    native("strptime", 1, |val, args| parse_date(&val, &args[0])),
    native("todate", 0, |val, _| format_date(&val, &Val::text(ISO_8601))),
    native("todateiso8601", 0, |val, _| format_date(&val, &Val::text(ISO_8601))),
    native("fromdate", 0, |val, _| to_seconds(&parse_date(&val, &Val::text(ISO_8601))?)),
    native("fromdateiso8601", 0, |val, _| to_seconds(&parse_date(&val, &Val::text(ISO_8601))?)),
];
