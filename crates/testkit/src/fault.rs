//! A plug: a TCP proxy before a service that makes faults on demand.
//!
//! Promise: [`Plug::set`] holds at once for connections that are open and for those to come; what each fault does stands at
//! [`Fault`]. A plug keeps its port until it is dropped. Cost: one task a direction, no copy beside the one through user space.

mod connection;
mod garbage;
mod stand_in;

pub use stand_in::StandIn;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What a plug does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Lets everything through.
    Pass,
    /// Resets the connections that are open, and each that comes.
    Cut,
    /// Nobody listens: what is open is reset, and a new connection is refused.
    Refuse,
    /// Holds each piece of an answer back for so long.
    Delay(Duration),
    /// A black hole: takes connections and bytes and gives nothing back until another fault is set; then what was held goes on.
    Drop,
    /// Answers with bytes that are no HTTP/2; resets what is open.
    Noise,
    /// Answers every call with HTTP/2 and gRPC as they should be, and a message that is none; resets what is open.
    WrongMessage,
}

impl Fault {
    /// All of them, one after the other; the delay as given.
    pub fn all(delay: Duration) -> [Self; 6] {
        [Self::Cut, Self::Refuse, Self::Delay(delay), Self::Drop, Self::Noise, Self::WrongMessage]
    }
}

/// Stands before a service. Dropping it ends its connections.
#[derive(Debug)]
pub struct Plug {
    address: SocketAddr,
    fault: watch::Sender<Fault>,
    accepted: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Plug {
    /// Passes on to `service`.
    #[allow(
        clippy::disallowed_methods,
        reason = "the roof stands outside the services; the set ends the task"
    )]
    pub fn before(service: SocketAddr) -> Self {
        let listener = listen(own_address());
        let address = listener.local_addr().expect("a bound listener has an address");
        let (fault, seen) = watch::channel(Fault::Pass);
        let accepted = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, service, seen, Arc::clone(&accepted)));
        Self { address, fault, accepted, _tasks: tasks }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address for a client.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on this happens.
    pub fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }

    /// Connections that were taken so far.
    pub fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }
}

/// Takes connections, and closes the port while none is to be taken.
async fn accept(
    listener: TcpListener,
    service: SocketAddr,
    mut fault: watch::Receiver<Fault>,
    accepted: Arc<AtomicUsize>,
) {
    let address = listener.local_addr().expect("a bound listener has an address");
    let mut listening = Some(listener);
    // Dropped with this task, which ends what it holds.
    let mut connections = JoinSet::new();
    loop {
        let refuses = *fault.borrow_and_update() == Fault::Refuse;
        listening = if refuses { None } else { Some(listening.unwrap_or_else(|| listen(address))) };
        tokio::select! {
            changed = fault.changed() => if changed.is_err() { return },
            Some(inbound) = next(listening.as_ref()) => {
                accepted.fetch_add(1, Ordering::Relaxed);
                connections.spawn(connection::serve(inbound, service, fault.clone()));
            }
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn next(listener: Option<&TcpListener>) -> Option<TcpStream> {
    match listener {
        Some(listener) => listener.accept().await.ok().map(|(inbound, _)| inbound),
        None => std::future::pending().await,
    }
}

/// An address of its own on the loopback network: what a plug gives up for a while, nobody else gets.
fn own_address() -> SocketAddr {
    let ip = Ipv4Addr::new(127, fastrand::u8(1..=254), fastrand::u8(1..=254), fastrand::u8(1..=254));
    (ip, 0).into()
}

fn listen(address: SocketAddr) -> TcpListener {
    chassis::listen(address).expect("the address is of this plug alone")
}

/// Ends a connection so that the other side sees a reset.
fn reset(connection: &TcpStream) {
    // An error says that it has ended already.
    let _ended = connection.set_zero_linger();
}
