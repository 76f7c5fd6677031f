//! Single flight: of many callers who need the same result at once, one computes.
//!
//! The idea: the first caller of a key starts the computation, as a task of its own; all callers, the first too, only
//! wait for it. So it goes on when a caller goes away, whoever that is.
//!
//! Promise: never two computations of one key at once; every caller gets the result or an error; a computation that
//! panics or is dropped frees its key and fails its callers with [`Error::ComputationFailed`]. A caller that comes
//! after the end starts a new computation, so one whose look into a store is older than that should have the
//! computation look again first. Cost: one short lock a call, one task a computation, one clone of the result a
//! caller. How many callers wait is not limited here: each is a call, and calls are limited where they come in.

use std::{collections::HashMap, future::Future, hash::Hash, pin::Pin, sync::Arc};

use tokio::sync::watch;

use crate::{Error, sync::Mutex};

/// A computation, ready to run as a task.
pub type Computation = Pin<Box<dyn Future<Output = ()> + Send + 'static>>;

/// Runs computations as tasks. It belongs to the caller, who names the tasks, keeps their span and joins them at the
/// end. One that drops a computation without running it fails its callers.
pub type Spawner = Arc<dyn Fn(Computation) + Send + Sync>;

/// Whether a caller's own call computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// It started the computation.
    Leader,
    /// It waited for that of another caller.
    Shared,
}

type Flights<K, T> = Mutex<HashMap<K, watch::Receiver<Option<T>>>>;

/// Computations under way, by key. `T` is what all callers get a clone of: mostly a `Result` of cheap parts.
pub struct SingleFlight<K, T> {
    flights: Arc<Flights<K, T>>,
    max_flights: usize,
    spawn: Spawner,
}

impl<K, T> SingleFlight<K, T>
where
    K: Hash + Eq + Clone + Send + 'static,
    T: Clone + Send + Sync + 'static,
{
    /// At most `max_flights` computations at once, run by `spawn`.
    #[must_use]
    pub fn new(max_flights: usize, spawn: Spawner) -> Self {
        Self { flights: Arc::default(), max_flights, spawn }
    }

    /// Gives the result of the computation of `key` that is under way, or else of `compute`.
    ///
    /// May be dropped at any time; that ends nobody's computation.
    ///
    /// # Errors
    /// [`Error::FlightsLimit`] if a computation would have to start and no more may; [`Error::ComputationFailed`].
    pub async fn run<C, F>(&self, key: K, compute: C) -> Result<(T, Role), Error>
    where
        C: FnOnce() -> F + Send + 'static,
        F: Future<Output = T> + Send,
    {
        let (mut arrival, role) = self.board(key, compute)?;
        let arrived = arrival.wait_for(Option::is_some).await.map_err(|_| Error::ComputationFailed)?;
        let result = arrived.clone().ok_or(Error::ComputationFailed)?;
        Ok((result, role))
    }

    /// How many computations are under way.
    #[must_use]
    pub fn flights(&self) -> usize {
        self.flights.lock().len()
    }

    fn board<C, F>(&self, key: K, compute: C) -> Result<(watch::Receiver<Option<T>>, Role), Error>
    where
        C: FnOnce() -> F + Send + 'static,
        F: Future<Output = T> + Send,
    {
        let (arrival, flight) = {
            let mut flights = self.flights.lock();
            if let Some(arrival) = flights.get(&key) {
                return Ok((arrival.clone(), Role::Shared));
            }
            if flights.len() >= self.max_flights {
                return Err(Error::FlightsLimit { allowed: self.max_flights });
            }
            let (sender, arrival) = watch::channel(None);
            flights.insert(key.clone(), arrival.clone());
            (arrival, Flight { key: Some(key), flights: Arc::clone(&self.flights), sender })
        };
        (self.spawn)(Box::pin(async move { flight.land(compute().await) }));
        Ok((arrival, Role::Leader))
    }
}

/// A computation under way. Dropped before it lands, it frees the key and lets the callers know.
struct Flight<K: Hash + Eq, T> {
    key: Option<K>,
    flights: Arc<Flights<K, T>>,
    sender: watch::Sender<Option<T>>,
}

impl<K: Hash + Eq, T> Flight<K, T> {
    /// Frees the key first: whoever has seen the result and calls again gets a new computation, not this one.
    fn land(mut self, result: T) {
        self.free_key();
        self.sender.send_replace(Some(result));
    }

    fn free_key(&mut self) {
        if let Some(key) = self.key.take() {
            self.flights.lock().remove(&key);
        }
    }
}

impl<K: Hash + Eq, T> Drop for Flight<K, T> {
    fn drop(&mut self) {
        self.free_key();
    }
}
