//! Snapshots of the local store.
//!
//! Promise: a snapshot has every entry as it was at one moment between its begin and its end. What was acknowledged
//! before the begin and not changed since is not missing; what had expired or was invalidated is not there. What is
//! deleted or invalidated after it was written out comes back with this snapshot, and goes with the next one. A write with a request
//! id that was done before the begin, or meanwhile, is not done again.
//! Cost: readers never wait; a writer waits at most for 64 entries of its shard to be looked at.

use std::{
    io::{Read, Write},
    sync::Arc,
    time::Duration,
};

use super::{
    LocalStore,
    namespace::{Namespace, Outcome},
};
use crate::{
    Error, NamespaceConfig, NamespaceName, Timestamp,
    snapshot::{About, Block, End, Part, Reader, ReceiptBlock, Restored, Saved, SnapshotError, Writer},
};

impl LocalStore {
    /// Writes a snapshot; takes some 2 us an entry on the thread of the caller, besides what `to` takes. A namespace that
    /// is made meanwhile is not in it.
    ///
    /// # Errors
    /// [`SnapshotError::Io`]; then `to` holds no snapshot.
    pub fn save(&self, to: impl Write) -> Result<Saved, SnapshotError> {
        let namespaces: Vec<Arc<Namespace>> = self.rooms.table().values().cloned().collect();
        let clock = namespaces.first().expect("there is always the namespace `default`").clock();
        let mut writer = Writer::begin(to, clock.now(), clock.wall(), self.fencing.0.end())?;
        for namespace in &namespaces {
            writer.namespace(&namespace.config())?;
        }
        for (place, namespace) in (0..).zip(&namespaces) {
            namespace.save(place, &mut writer)?;
        }
        writer.finish(namespaces.iter().map(|namespace| namespace.numbers_end()).collect())
    }

    /// Takes in what a snapshot holds; meant for a store that nobody uses yet. A namespace that is there keeps its
    /// limits, another one is made with those that it had. Versions, sequences of events and fencing tokens go on above all that were given before.
    ///
    /// # Errors
    /// [`SnapshotError`], and then there is no store any more.
    pub fn restore(self, from: impl Read) -> Result<(Self, Restored), SnapshotError> {
        let mut reader = Reader::begin(from)?;
        self.fencing.0.resume(reader.about().tokens_end);
        let mut taken = Taken::new(&self, reader.about());
        loop {
            match reader.next()? {
                Part::Namespace(config) => taken.namespace(config),
                Part::Block(block) => taken.block(block),
                Part::Receipts(block) => taken.receipts(block),
                Part::End(end) => {
                    taken.resume_numbers(&end);
                    let restored = taken.restored;
                    return Ok((self, restored));
                }
            }
        }
    }
}

/// What was taken in so far.
struct Taken<'s> {
    store: &'s LocalStore,
    /// How long ago the snapshot was begun, by the wall; zero, if the clock was set back.
    age: Duration,
    /// The namespaces of the snapshot, in its order; `None`: one that the limits do not take.
    names: Vec<Option<NamespaceName>>,
    restored: Restored,
}

impl<'s> Taken<'s> {
    fn new(store: &'s LocalStore, about: &About) -> Self {
        let age = store.rooms.clock().wall().duration_since(about.begun).unwrap_or_default();
        let restored = Restored { age_seconds: age.as_secs(), ..Restored::default() };
        Self { store, age, names: Vec::new(), restored }
    }

    fn namespace(&mut self, config: NamespaceConfig) {
        let name = config.name.clone();
        let is_there = match self.store.rooms.create(config) {
            Ok(_) => {
                self.restored.namespaces_added += 1;
                true
            }
            Err(error) => matches!(error, Error::NamespaceExists { .. }),
        };
        self.restored.namespaces_left_out += u64::from(!is_there);
        self.names.push(is_there.then_some(name));
    }

    fn block(&mut self, block: Block) {
        // As much has passed as lies between two looks at the same clock, at least.
        let passed = Timestamp::default().after(self.age.max(block.looked_at));
        let name = self.names.get(block.namespace).and_then(Option::as_ref);
        let table = self.store.rooms.table();
        let Some(namespace) = name.and_then(|name| table.get(name)) else {
            self.restored.left_out += block.records.len() as u64;
            return;
        };
        for record in block.records {
            match namespace.restore(record, passed) {
                Outcome::Restored => self.restored.entries += 1,
                Outcome::Expired => self.restored.expired += 1,
                Outcome::LeftOut => self.restored.left_out += 1,
            }
        }
    }

    fn receipts(&mut self, block: ReceiptBlock) {
        let name = self.names.get(block.namespace).and_then(Option::as_ref);
        let table = self.store.rooms.table();
        if let Some(namespace) = name.and_then(|name| table.get(name)) {
            self.restored.receipts += namespace.restore_receipts(block, self.age) as u64;
        }
    }

    fn resume_numbers(&self, end: &End) {
        let table = self.store.rooms.table();
        for (name, number) in self.names.iter().zip(&end.numbers) {
            if let Some(namespace) = name.as_ref().and_then(|name| table.get(name)) {
                namespace.resume_numbers(*number);
            }
        }
    }
}
