//! Single flight.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
};

use cache_engine::{Error, Role, SingleFlight};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    sync::oneshot,
};

type Answer = Result<u32, String>;
type Outcome = Result<(Answer, Role), Error>;
type Call = Pin<Box<dyn Future<Output = Outcome>>>;

fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

/// Flights whose computations are tasks of the runtime that runs the test.
fn flights(max_flights: usize) -> Arc<SingleFlight<&'static str, Answer>> {
    let spawn = |computation| drop(Handle::current().spawn(computation));
    Arc::new(SingleFlight::new(max_flights, Arc::new(spawn)))
}

/// A call that waits for `gate` if it is the one to compute. It is under way: it has been polled once.
fn call(
    flights: &Arc<SingleFlight<&'static str, Answer>>,
    key: &'static str,
    computed: &Arc<AtomicUsize>,
    gate: oneshot::Receiver<Answer>,
) -> Call {
    let (flights, computed) = (Arc::clone(flights), Arc::clone(computed));
    let compute = async move || {
        computed.fetch_add(1, Ordering::SeqCst);
        gate.await.expect("the test opens the gate or panics the computation")
    };
    let mut call: Call = Box::pin(async move { flights.run(key, compute).await });
    let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Pending));
    call
}

/// Runs `callers` calls of one key at once; gives their outcomes.
async fn outcomes(callers: usize, answer: Answer) -> (Vec<Outcome>, usize) {
    let (flights, computed) = (flights(1), Arc::new(AtomicUsize::new(0)));
    let (gates, waits): (Vec<_>, Vec<_>) = (0..callers).map(|_| oneshot::channel()).unzip();
    let calls: Vec<Call> = waits.into_iter().map(|gate| call(&flights, "k", &computed, gate)).collect();
    for gate in gates {
        drop(gate.send(answer.clone())); // only that of the leader is waited for
    }
    let mut outcomes = Vec::new();
    for call in calls {
        outcomes.push(call.await);
    }
    assert_eq!(flights.flights(), 0);
    (outcomes, computed.load(Ordering::SeqCst))
}

fn check_shared(answer: Answer) {
    let (outcomes, computed) = runtime().block_on(outcomes(1_000, answer.clone()));
    assert_eq!(computed, 1);
    assert_eq!(outcomes[0], Ok((answer.clone(), Role::Leader)));
    assert!(outcomes[1..].iter().all(|outcome| *outcome == Ok((answer.clone(), Role::Shared))));
}

#[test]
fn a_thousand_callers_compute_once() {
    check_shared(Ok(7));
}

#[test]
fn an_error_is_shared_too() {
    check_shared(Err("peer down".to_owned()));
}

#[test]
fn the_computation_goes_on_when_its_first_caller_goes_away() {
    runtime().block_on(async {
        let (flights, computed) = (flights(1), Arc::new(AtomicUsize::new(0)));
        let (open, gate) = oneshot::channel();
        let first = call(&flights, "k", &computed, gate);
        let second = call(&flights, "k", &computed, oneshot::channel().1);
        drop(first);
        open.send(Ok(1)).unwrap();
        assert_eq!(second.await, Ok((Ok(1), Role::Shared)));
        assert_eq!(computed.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_panic_fails_all_callers_and_frees_the_key() {
    runtime().block_on(async {
        let (flights, computed) = (flights(1), Arc::new(AtomicUsize::new(0)));
        let (open, gate) = oneshot::channel();
        let first = call(&flights, "k", &computed, gate);
        let second = call(&flights, "k", &computed, oneshot::channel().1);
        drop(open); // the computation panics
        assert_eq!(first.await, Err(Error::ComputationFailed));
        assert_eq!(second.await, Err(Error::ComputationFailed));
        assert_eq!(flights.run("k", async || Ok(2)).await, Ok((Ok(2), Role::Leader)));
    });
}

#[test]
fn a_computation_that_is_never_run_fails_its_caller_and_frees_the_key() {
    let flights: SingleFlight<&str, Answer> = SingleFlight::new(1, Arc::new(drop));
    runtime().block_on(async {
        assert_eq!(flights.run("k", async || Ok(1)).await, Err(Error::ComputationFailed));
        assert_eq!(flights.flights(), 0);
    });
}

#[test]
fn only_so_many_fly_at_once() {
    runtime().block_on(async {
        let (flights, computed) = (flights(2), Arc::new(AtomicUsize::new(0)));
        let (open_a, gate_a) = oneshot::channel();
        let a = call(&flights, "a", &computed, gate_a);
        let _b = call(&flights, "b", &computed, oneshot::channel().1);
        let full = flights.run("c", async || Ok(3)).await;
        assert_eq!(full, Err(Error::FlightsLimit { allowed: 2 }));
        let shared = call(&flights, "a", &computed, oneshot::channel().1);
        open_a.send(Ok(1)).unwrap();
        assert_eq!((a.await, shared.await), (Ok((Ok(1), Role::Leader)), Ok((Ok(1), Role::Shared))));
    });
}

#[test]
fn a_call_after_the_end_computes_anew() {
    runtime().block_on(async {
        let flights = flights(1);
        assert_eq!(flights.run("k", async || Ok(1)).await, Ok((Ok(1), Role::Leader)));
        assert_eq!(flights.run("k", async || Ok(2)).await, Ok((Ok(2), Role::Leader)));
    });
}
