//! Records: entries as bytes.
//!
//! Promise: an entry comes back with its version, life, tags and cost as they were, or is a [`Problem`]: what the engine would not take from a caller, it does
//! not take from a file. Cost: some 20 bytes an entry besides its texts; a copy each way.

use std::time::Duration;

use super::codec::{Cursor, Problem, put_bytes, put_number};
use crate::{Body, Entry, Key, Tags, Timestamp, Value, Version, entry::Lasting, policy::Cost};

/// An entry as it was written. Times count from when the snapshot was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) key: Key,
    pub(crate) value: Value,
    pub(crate) version: Version,
    pub(crate) lasting: Lasting,
    pub(crate) tags: Tags,
    pub(crate) cost: Cost,
}

/// What a record has of what not all have.
const TEXT: u8 = 1;
const CONTENT_TYPE: u8 = 2;
const ENDS: u8 = 4;
const SLIDES: u8 = 8;
const STALE: u8 = 16;
const TAGS: u8 = 32;
const COST: u8 = 64;
const KNOWN: u8 = 127;

/// Appends an entry, and what it took to make; `origin` is when the snapshot was begun.
pub(super) fn encode(key: &Key, (entry, cost): (&Entry, Cost), origin: Timestamp, to: &mut Vec<u8>) {
    let (value, lasting) = (entry.value(), entry.lasting());
    let has = |flag: u8, is_there: bool| if is_there { flag } else { 0 };
    let tags = entry.tags().count();
    to.push(
        has(TEXT, value.body().is_text())
            | has(CONTENT_TYPE, !value.content_type().is_empty())
            | has(ENDS, lasting.ends.is_some())
            | has(SLIDES, lasting.idle.is_some())
            | has(STALE, lasting.stale_from.is_some())
            | has(TAGS, tags > 0)
            | has(COST, cost != Cost::UNKNOWN),
    );
    put_number(to, entry.version().get());
    put_bytes(to, key.as_str().as_bytes());
    put_bytes(to, value.body().as_bytes());
    if !value.content_type().is_empty() {
        put_bytes(to, value.content_type().as_bytes());
    }
    let nanos = |duration: Duration| u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let mut put_moment = |moment: Timestamp| put_number(to, nanos(moment.since(origin)));
    lasting.ends.into_iter().for_each(&mut put_moment);
    lasting.stale_from.into_iter().for_each(&mut put_moment);
    if let Some((limit, until)) = lasting.idle {
        put_moment(until);
        put_number(to, nanos(limit));
    }
    if tags > 0 {
        put_number(to, tags as u64);
        entry.tags().for_each(|tag| put_bytes(to, tag.as_str().as_bytes()));
    }
    if cost != Cost::UNKNOWN {
        to.push(cost.step());
    }
}

/// Reads the next entry.
pub(super) fn decode(cursor: &mut Cursor<'_>) -> Result<Record, Problem> {
    let flags = cursor.byte()?;
    if flags & !KNOWN != 0 {
        return Err("an entry has what is not known".to_owned());
    }
    let has = |flag: u8| flags & flag != 0;
    let version = Version::new(cursor.number()?).map_err(problem)?;
    let key = Key::new(cursor.text()?).map_err(problem)?;
    let body = if has(TEXT) { Body::text(cursor.text()?) } else { Body::data(cursor.bytes()?) };
    let content_type = if has(CONTENT_TYPE) { cursor.text()? } else { "" };
    let value = Value::new(body, content_type).map_err(problem)?;
    let ends = has(ENDS).then(|| moment(cursor)).transpose()?;
    let stale_from = has(STALE).then(|| moment(cursor)).transpose()?;
    let idle = match has(SLIDES) {
        true => Some((moment(cursor)?, Duration::from_nanos(cursor.number()?))),
        false => None,
    };
    let tags = if has(TAGS) { tags(cursor)? } else { Tags::default() };
    let cost = if has(COST) { Cost::from_step(cursor.byte()?) } else { Cost::UNKNOWN };
    let lasting = Lasting { ends, idle: idle.map(|(until, limit)| (limit, until)), stale_from };
    Ok(Record { key, value, version, lasting, tags, cost })
}

fn moment(cursor: &mut Cursor<'_>) -> Result<Timestamp, Problem> {
    cursor.number().map(Timestamp::from_nanos)
}

fn tags(cursor: &mut Cursor<'_>) -> Result<Tags, Problem> {
    let count = cursor.number()?;
    let most = crate::MAX_TAGS as u64;
    if count > most {
        return Err(format!("an entry has {count} tags; allowed: {most}"));
    }
    let names = (0..count).map(|_| cursor.text()).collect::<Result<Vec<_>, _>>()?;
    Tags::new(&names).map_err(problem)
}

fn problem(error: crate::Error) -> Problem {
    error.to_string()
}
