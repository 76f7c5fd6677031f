//! The connections to one server, each as a generated client; calls go over them in turn.
//!
//! Promise: a call that is under way keeps its connection when all are renewed. Cost: an atomic addition and a read lock a call.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::RwLock;
use tonic::transport::Channel;

use crate::{Config, Error};

/// Some connections, opened by the first call that needs them.
#[derive(Debug)]
pub(crate) struct Lines<C> {
    make: fn(Channel, usize) -> C,
    clients: RwLock<Arc<[C]>>,
    turn: AtomicUsize,
}

impl<C: Clone> Lines<C> {
    pub(crate) fn new(config: &Config, make: fn(Channel, usize) -> C) -> Result<Self, Error> {
        let clients = RwLock::new(clients(config, make)?);
        Ok(Self { make, clients, turn: AtomicUsize::new(0) })
    }

    /// The next in turn.
    pub(crate) fn next(&self) -> C {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let clients = self.clients.read();
        clients[turn % clients.len()].clone()
    }

    /// Puts new connections in the place of all; calls under way keep theirs.
    pub(crate) fn renew(&self, config: &Config) {
        // The address was one when these were made first.
        if let Ok(new) = clients(config, self.make) {
            *self.clients.write() = new;
        }
    }
}

fn clients<C>(config: &Config, make: fn(Channel, usize) -> C) -> Result<Arc<[C]>, Error> {
    let decoding_bytes = config.decoding_bytes();
    Ok(config.channels()?.into_iter().map(|channel| make(channel, decoding_bytes)).collect())
}
