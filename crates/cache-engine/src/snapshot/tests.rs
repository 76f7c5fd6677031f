//! The format by itself: what is written is read, and nothing else is.

use std::{
    io::{self, Read},
    time::{Duration, SystemTime},
};

use super::*;
use crate::{
    Body, Entry, Found, Key, NamespaceConfig, NamespaceName, Receipt, RequestId, Tags, Timestamp, Value,
    Version, entry::Lasting, policy::Cost,
};

/// When it was begun, by the clock of the store.
fn origin() -> Timestamp {
    Timestamp::from_nanos(1_000)
}

/// A moment so long after the beginning.
fn at(nanos: u64) -> Timestamp {
    origin().after(Duration::from_nanos(nanos))
}

fn entry(number: u64, body: Body) -> Found {
    let lasting =
        Lasting { ends: number.is_multiple_of(2).then(|| at(5_000 + number)), ..Lasting::default() };
    let value = Value::new(body, if number.is_multiple_of(3) { "text/plain" } else { "" }).unwrap();
    let version = Version::new(number + 1).unwrap();
    Found {
        key: Key::new(format!("key {number}")).unwrap(),
        entry: Entry::restored(value, version, lasting, Box::default(), 1),
    }
}

/// A snapshot of two namespaces; the second has these entries.
fn written(entries: &[Found]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = Writer::begin(&mut bytes, origin(), SystemTime::UNIX_EPOCH, 7).unwrap();
    writer.namespace(&NamespaceConfig::default()).unwrap();
    writer.namespace(&other()).unwrap();
    let entries: Vec<_> =
        entries.iter().map(|found| (found.clone(), Cost::of(Duration::from_micros(90)))).collect();
    writer.batch(1, at(7), &entries).unwrap();
    writer.receipts(1, at(8), (&[5; 32], 6), &[receipt()]).unwrap();
    let saved = writer.finish(vec![1, 2]).unwrap();
    assert_eq!((saved.namespaces, saved.entries, saved.bytes), (2, entries.len() as u64, bytes.len() as u64));
    bytes
}

fn receipt() -> ReceiptRecord {
    let (id, receipt) = (RequestId::new("id").unwrap(), Receipt::Missing);
    ReceiptRecord { id, left: Duration::from_secs(9), write: 7, receipt }
}

fn other() -> NamespaceConfig {
    NamespaceConfig {
        name: NamespaceName::parse("other").unwrap(),
        capacity_bytes: 1 << 20,
        max_bytes: Some(1 << 21),
        max_entries: Some(7),
        policy: crate::PolicyKind::Lru,
        default_ttl: Some(Duration::from_millis(1_500)),
        max_value_bytes: 1_000,
        events: crate::EventLimits { events: 8, bytes: 9_000 },
        schema: Some("team/order".into()),
    }
}

fn read(bytes: &[u8]) -> Result<(Vec<NamespaceConfig>, Vec<Record>, End), SnapshotError> {
    let mut reader = Reader::begin(bytes)?;
    let (mut namespaces, mut records) = (Vec::new(), Vec::new());
    loop {
        match reader.next()? {
            Part::Namespace(config) => namespaces.push(config),
            Part::Block(block) => {
                assert_eq!((block.namespace, block.looked_at), (1, Duration::from_nanos(7)));
                records.extend(block.records);
            }
            Part::Receipts(block) => {
                assert_eq!((block.namespace, block.looked_at), (1, Duration::from_nanos(8)));
                assert_eq!((block.key, block.check, block.records), ([5; 32], 6, vec![receipt()]));
            }
            Part::End(end) => return Ok((namespaces, records, end)),
        }
    }
}

fn reason(bytes: &[u8]) -> &'static str {
    read(bytes).unwrap_err().reason()
}

#[test]
fn what_is_written_is_read() {
    let entries: Vec<_> = (0..5).map(|number| entry(number, Body::text("né".repeat(40)))).collect();
    let (namespaces, records, end) = read(&written(&entries)).unwrap();
    assert_eq!(namespaces, [NamespaceConfig::default(), other()]);
    assert_eq!(end, End { entries: 5, numbers: vec![1, 2] });
    for (Found { key, entry }, record) in entries.iter().zip(&records) {
        assert_eq!((key, entry.value(), entry.version()), (&record.key, &record.value, record.version));
        let ends = entry.lasting().ends.map(|end| Timestamp::default().after(end.since(origin())));
        assert_eq!((record.lasting.ends, &record.tags), (ends, &Tags::default()));
        assert_eq!(record.cost, Cost::of(Duration::from_micros(90)));
    }
}

#[test]
fn an_entry_larger_than_a_block_and_many_blocks_are_read() {
    let mut large = vec![0; 3 << 20];
    blake3::Hasher::new().finalize_xof().fill(&mut large); // which nothing compresses
    let entries =
        [entry(0, Body::data(&large)), entry(1, Body::data(vec![0; 1 << 20])), entry(2, Body::text(""))];
    let bytes = written(&entries);
    assert!(bytes.len() > large.len() && bytes.len() < large.len() + (100 << 10), "zeros are compressed");
    let (_, records, _) = read(&bytes).unwrap();
    let bodies: Vec<_> = records.iter().map(|record| record.value.body().clone()).collect();
    assert_eq!(bodies, entries.map(|found| found.entry.value().body().clone()));
}

#[test]
fn a_file_that_ends_anywhere_before_its_end_is_torn() {
    let bytes = written(&[entry(0, Body::text("body")), entry(1, Body::text("body"))]);
    for length in 0..bytes.len() {
        assert_eq!(reason(&bytes[..length]), "SNAPSHOT_TORN", "{length}");
    }
}

#[test]
fn a_file_of_which_any_bit_is_another_is_refused() {
    let bytes = written(&[entry(0, Body::text("body".repeat(30)))]);
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << bit;
            let reason = reason(&changed);
            match place {
                0..16 => assert_eq!(reason, "SNAPSHOT_FOREIGN"),
                16..20 => assert!(["SNAPSHOT_NEWER", "SNAPSHOT_DAMAGED"].contains(&reason)),
                _ => assert!(
                    ["SNAPSHOT_DAMAGED", "SNAPSHOT_TORN", "SNAPSHOT_PART_BYTES_LIMIT"].contains(&reason),
                    "{place}: {reason}"
                ),
            }
        }
    }
}

#[test]
fn a_file_of_others_is_foreign_and_one_of_a_later_release_is_newer() {
    assert_eq!(reason(b"{\"json\": true, \"long\": \"enough\"}"), "SNAPSHOT_FOREIGN");
    let mut bytes = written(&[]);
    bytes[16] = 3;
    assert_eq!(
        read(&bytes).unwrap_err().to_string(),
        "it has format 3, and this release reads formats 1 to 2"
    );
}

#[test]
fn parts_that_are_left_out_or_stand_twice_are_noticed() {
    let bytes = written(&[entry(0, Body::text("body"))]);
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(reason(&longer), "SNAPSHOT_TRAILING");
    // The frame of the first namespace, by its lengths.
    let stored = |at: usize| 25 + u32::from_le_bytes(bytes[at + 5..at + 9].try_into().unwrap()) as usize;
    let first = 20 + stored(20);
    let second = first + stored(first);
    assert_eq!(reason(&[&bytes[..first], &bytes[second..]].concat()), "SNAPSHOT_DAMAGED");
    assert_eq!(reason(&[&bytes[..second], &bytes[first..]].concat()), "SNAPSHOT_DAMAGED");
}

#[test]
fn a_length_that_a_file_claims_takes_no_memory() {
    let mut bytes = written(&[])[..20].to_vec();
    bytes.push(1);
    bytes.extend_from_slice(&[0xff; 8]);
    bytes.extend_from_slice(&[0; 16]);
    assert_eq!(reason(&bytes), "SNAPSHOT_PART_BYTES_LIMIT");
    bytes[21..29].copy_from_slice(&[0, 0, 0, 0x40, 0, 0, 0, 0x40]);
    assert_eq!(reason(&bytes), "SNAPSHOT_TORN");
}

/// Gives one byte at a time, and is interrupted before each.
struct Slow<'b>(&'b [u8], bool);

impl Read for Slow<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let one = to.len().min(1);
        self.0.read(&mut to[..one])
    }
}

#[test]
fn how_the_bytes_arrive_plays_no_part() {
    let bytes = written(&[]);
    let mut reader = Reader::begin(Slow(&bytes, false)).unwrap();
    while !matches!(reader.next().unwrap(), Part::End(_)) {}
}
