//! Memory: a registry that ends with the process.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use parking_lot::RwLock;

use super::shelf::{Limits, Plan, Shelf};
use super::{Draft, Error, Expected, Name, Put, Store, Version};

/// A [`Shelf`] behind a lock that is held for no longer than a look-up or an insertion.
#[derive(Debug)]
pub(crate) struct Memory {
    shelf: RwLock<Shelf>,
    generation: AtomicU64,
}

impl Memory {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { shelf: RwLock::new(Shelf::new(limits)), generation: AtomicU64::new(0) }
    }

    fn changed(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }
}

#[tonic::async_trait]
impl Store for Memory {
    async fn put(&self, name: &Name, draft: Draft, expected: Expected) -> Result<Put, Error> {
        let mut shelf = self.shelf.write();
        let plan = shelf.plan(name, draft, expected, SystemTime::now())?;
        shelf.apply(&plan);
        self.changed();
        Ok(plan.into())
    }

    async fn get(&self, name: &Name, version: Option<u64>) -> Result<Option<Version>, Error> {
        Ok(self.shelf.read().get(name, version))
    }

    async fn with_id(&self, id: &str) -> Result<Option<Version>, Error> {
        Ok(self.shelf.read().with_id(id))
    }

    async fn names(&self, prefix: &str, after: &str, count: usize) -> Result<Vec<Version>, Error> {
        Ok(self.shelf.read().names(prefix, after, count))
    }

    async fn versions(&self, name: &Name, after: u64, count: usize) -> Result<Vec<Version>, Error> {
        Ok(self.shelf.read().versions(name, after, count))
    }

    async fn delete(&self, name: &Name, version: Option<u64>) -> Result<u64, Error> {
        let deleted = self.shelf.write().delete(name, version);
        self.changed();
        Ok(deleted)
    }

    fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }
}

impl From<Plan> for Put {
    fn from(plan: Plan) -> Self {
        match plan {
            Plan::New(version) => Put { version, is_new: true },
            Plan::Same(version) | Plan::Policy(version) => Put { version, is_new: false },
        }
    }
}
