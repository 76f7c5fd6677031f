//! A page of a scan of one namespace.
//!
//! The idea: shard by shard in the order of handles, which entries keep as long as they are there. A cursor is a place in
//! that order with a check that is keyed at random for each namespace and covers what is asked for, so that one of another
//! scan, namespace or process is told apart.
//!
//! Promise: what is there from the first page to the last is met exactly once; what comes or goes meanwhile at most
//! once for each time that it was written anew after it had gone. Cost: at most [`SCAN_LOOKS`] places a page, some 0.2 ms;
//! a writer waits for [`LOOKS_AT_ONCE`] of them.

use std::hash::BuildHasher;

use super::Namespace;
use crate::{Cursor, Error, Page, SCAN_LOOKS, Scan, scan::Filter};

/// Places looked at under one lock.
const LOOKS_AT_ONCE: u32 = 64;

/// Where the next look goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    shard: u32,
    handle: u32,
}

const START: Place = Place { shard: 0, handle: 0 };

impl Namespace {
    /// The next page.
    ///
    /// # Errors
    /// [`Error::CursorInvalid`].
    pub(in crate::local) fn scan(&self, scan: &Scan) -> Result<Page, Error> {
        let mut place = scan.cursor.as_ref().map_or(Ok(START), |cursor| self.place(scan, cursor))?;
        let filter = Filter::new(scan, self.clock.now());
        let (mut found, mut looks) = (Vec::new(), SCAN_LOOKS);
        while looks > 0 && found.len() < scan.page_size {
            let Some(shard) = self.shards.get(place.shard as usize) else {
                return Ok(Page { found, next: None });
            };
            let missing = u32::try_from(scan.page_size - found.len()).unwrap_or(u32::MAX);
            let limit = LOOKS_AT_ONCE.min(looks).min(missing);
            place = match shard.visit(place.handle, limit, &filter, &mut found) {
                Some(handle) => Place { handle, ..place },
                None => Place { shard: place.shard + 1, handle: 0 },
            };
            looks -= limit;
        }
        let more = (place.shard as usize) < self.shards.len();
        Ok(Page { found, next: if more { Some(self.cursor(scan, place)?) } else { None } })
    }

    fn cursor(&self, scan: &Scan, place: Place) -> Result<Cursor, Error> {
        Cursor::new(&format!("{:x}.{:x}.{:x}", place.shard, place.handle, self.check(scan, place)))
    }

    fn place(&self, scan: &Scan, cursor: &Cursor) -> Result<Place, Error> {
        let mut numbers = cursor.as_str().split('.').map(|part| u64::from_str_radix(part, 16));
        let mut next = || numbers.next().and_then(Result::ok).ok_or(Error::CursorInvalid);
        let small = |number: u64| u32::try_from(number).map_err(|_| Error::CursorInvalid);
        let place = Place { shard: small(next()?)?, handle: small(next()?)? };
        if next()? == self.check(scan, place) { Ok(place) } else { Err(Error::CursorInvalid) }
    }

    fn check(&self, scan: &Scan, place: Place) -> u64 {
        self.seal.hash_one((place, &scan.prefix, &scan.tag))
    }
}
