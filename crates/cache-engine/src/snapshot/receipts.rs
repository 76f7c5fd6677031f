//! Frames of receipts: which writes were done, so that one that is sent again in the next process is not done again.
//!
//! Promise: a receipt counts no longer than it would have, and its fingerprint is compared under the key under which it was made. Cost: at most some
//! 100 bytes a receipt.

use std::time::Duration;

use super::codec::{Cursor, Problem, put_bytes, put_number};
use crate::{Current, Receipt, RequestId, Version};

/// A receipt as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReceiptRecord {
    pub(crate) id: RequestId,
    /// For how long it counts still, when it is written down.
    pub(crate) left: Duration,
    /// The fingerprint of its write.
    pub(crate) write: u64,
    pub(crate) receipt: Receipt,
}

/// Some receipts of one namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReceiptBlock {
    /// Place of the namespace.
    pub(crate) namespace: usize,
    /// How long after the beginning they were written down.
    pub(crate) looked_at: Duration,
    /// Under which fingerprints are made, and what they give for samples.
    pub(crate) key: [u8; 32],
    pub(crate) check: u64,
    pub(crate) records: Vec<ReceiptRecord>,
}

const STORED: u8 = 0;
const REMOVED: u8 = 1;
const COUNTED: u8 = 2;
const MISSING: u8 = 3;
const CONFLICT_MISSING: u8 = 4;
const CONFLICT_VERSION: u8 = 5;

/// Appends what stands before the receipts of a frame.
pub(super) fn begin(namespace: u64, looked_at: Duration, key: &[u8; 32], check: u64, to: &mut Vec<u8>) {
    put_number(to, namespace);
    put_number(to, nanos(looked_at));
    put_bytes(to, key);
    to.extend_from_slice(&check.to_le_bytes());
}

/// Appends a receipt.
pub(super) fn encode(record: &ReceiptRecord, to: &mut Vec<u8>) {
    put_bytes(to, record.id.as_str().as_bytes());
    put_number(to, nanos(record.left));
    to.extend_from_slice(&record.write.to_le_bytes());
    let mut versioned = |kind: u8, version: Version| {
        to.push(kind);
        put_number(to, version.get());
    };
    match record.receipt {
        Receipt::Stored(version) => versioned(STORED, version),
        Receipt::Removed(version) => versioned(REMOVED, version),
        Receipt::Counted(number, version) => {
            versioned(COUNTED, version);
            to.extend_from_slice(&number.to_le_bytes());
        }
        Receipt::Missing => to.push(MISSING),
        Receipt::Conflict(Current::Missing) => to.push(CONFLICT_MISSING),
        Receipt::Conflict(Current::Version(version)) => versioned(CONFLICT_VERSION, version),
    }
}

/// Reads a frame; `namespaces` is how many came before it.
pub(super) fn decode(content: &[u8], namespaces: usize) -> Result<ReceiptBlock, Problem> {
    let mut cursor = Cursor::new(content);
    let namespace = usize::try_from(cursor.number()?).unwrap_or(usize::MAX);
    if namespace >= namespaces {
        return Err(format!("its receipts are of namespace {namespace}, and there are {namespaces}"));
    }
    let looked_at = Duration::from_nanos(cursor.number()?);
    let key = cursor.bytes()?.try_into().map_err(|_| "the key of its receipts has not 32 bytes")?;
    let check = cursor.fixed()?;
    let mut records = Vec::new();
    while !cursor.is_at_end() {
        records.push(record(&mut cursor)?);
    }
    Ok(ReceiptBlock { namespace, looked_at, key, check, records })
}

fn record(cursor: &mut Cursor<'_>) -> Result<ReceiptRecord, Problem> {
    let id = RequestId::new(cursor.text()?).map_err(|error| error.to_string())?;
    let left = Duration::from_nanos(cursor.number()?);
    let write = cursor.fixed()?;
    let receipt = match cursor.byte()? {
        STORED => Receipt::Stored(version(cursor)?),
        REMOVED => Receipt::Removed(version(cursor)?),
        COUNTED => {
            let version = version(cursor)?;
            Receipt::Counted(cursor.fixed()?.cast_signed(), version)
        }
        MISSING => Receipt::Missing,
        CONFLICT_MISSING => Receipt::Conflict(Current::Missing),
        CONFLICT_VERSION => Receipt::Conflict(Current::Version(version(cursor)?)),
        kind => return Err(format!("receipts of kind {kind} are not known")),
    };
    Ok(ReceiptRecord { id, left, write, receipt })
}

fn version(cursor: &mut Cursor<'_>) -> Result<Version, Problem> {
    Version::new(cursor.number()?).map_err(|error| error.to_string())
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_receipt_is_read_as_it_was_written() {
        let version = Version::new(9).unwrap();
        let receipts = [
            Receipt::Stored(version),
            Receipt::Removed(version),
            Receipt::Counted(i64::MIN, version),
            Receipt::Missing,
            Receipt::Conflict(Current::Missing),
            Receipt::Conflict(Current::Version(version)),
        ];
        let record = |(number, receipt)| {
            let id = RequestId::new(&format!("id {number}")).unwrap();
            ReceiptRecord { id, left: Duration::from_secs(number), write: u64::MAX - number, receipt }
        };
        let records: Vec<_> = (1..).zip(receipts).map(record).collect();
        let mut content = Vec::new();
        begin(1, Duration::from_secs(2), &[3; 32], 4, &mut content);
        records.iter().for_each(|record| encode(record, &mut content));
        let looked_at = Duration::from_secs(2);
        let expected = ReceiptBlock { namespace: 1, looked_at, key: [3; 32], check: 4, records };
        assert_eq!(decode(&content, 2), Ok(expected));
        assert!(decode(&content, 1).is_err(), "there is no such namespace");
        // A receipt that is not whole, or of no kind.
        assert!(decode(&content[..content.len() - 1], 2).is_err());
        *content.last_mut().unwrap() = 0x80;
        assert!(decode(&content, 2).is_err());
    }
}
