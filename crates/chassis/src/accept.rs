//! The accept loop: one port, HTTP/1.1 and HTTP/2 with prior knowledge, a bounded number of connections.
//!
//! Promise: a connection too many is closed at once; a failing `accept` (no file descriptor left) backs off instead
//! of spinning; a connection that never says a word is closed. Cost: one task and one timer a connection.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use metrics::{Counter, Gauge, counter, gauge};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use crate::config::Limits;
use crate::connection::Connection;
use crate::opening::Opening;
use crate::tasks::Tasks;

/// Longest frame that a client may send, in bytes, of those that keep to it: a document in frames of 64 KiB takes a quarter of the
/// reads of one in frames of the usual 16 KiB, and its call a fifth less time. A connection holds no more than one.
const MAX_FRAME_BYTES: u32 = 64 << 10;

/// Accepts and serves connections; knows them all.
pub(crate) struct Acceptor {
    builder: Arc<Builder<TokioExecutor>>,
    places: Arc<Semaphore>,
    tasks: Tasks,
    draining: CancellationToken,
    cut: CancellationToken,
    opening_timeout: Duration,
    metrics: Metrics,
}

struct Metrics {
    open: Gauge,
    refused: Counter,
    accept_errors: Counter,
}

impl Acceptor {
    /// Connections finish the call in hand and close when `draining` is cancelled.
    pub(crate) fn new(name: &'static str, limits: &Limits, draining: CancellationToken) -> Self {
        Self {
            builder: Arc::new(protocol(limits)),
            places: Arc::new(Semaphore::new(limits.max_connections.min(Semaphore::MAX_PERMITS))),
            tasks: Tasks::new(),
            draining,
            cut: CancellationToken::new(),
            opening_timeout: limits.header_read_timeout,
            metrics: Metrics {
                open: gauge!("connections", "server" => name),
                refused: counter!("connections_refused_total", "server" => name),
                accept_errors: counter!("accept_errors_total", "server" => name),
            },
        }
    }

    /// Accepts for ever, and serves each connection by what `service_of` makes for it; drop the future to stop, which closes
    /// the listening socket.
    pub(crate) async fn accept<S>(&self, listener: TcpListener, service_of: impl Fn(Connection) -> S)
    where
        S: hyper::service::Service<Request<Incoming>, Response = Response<Body>, Error = Infallible>,
        S: Send + 'static,
        S::Future: Send + 'static,
    {
        let mut number = 0;
        let mut pause = Backoff::default();
        loop {
            match listener.accept().await {
                Ok((stream, _peer)) => {
                    pause = Backoff::default();
                    number += 1;
                    self.take_on(stream, service_of(Connection::new(number)));
                }
                Err(error) if concerns_one_connection(&error) => self.metrics.accept_errors.increment(1),
                Err(error) => {
                    self.metrics.accept_errors.increment(1);
                    tracing::warn!(%error, "accept failed");
                    tokio::time::sleep(pause.next()).await;
                }
            }
        }
    }

    fn take_on<S>(&self, stream: TcpStream, service: S)
    where
        S: hyper::service::Service<Request<Incoming>, Response = Response<Body>, Error = Infallible>,
        S: Send + 'static,
        S::Future: Send + 'static,
    {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            self.metrics.refused.increment(1);
            return;
        };
        // Fails only when the peer is gone already, which serving it will tell.
        let _gone = stream.set_nodelay(true);
        let seat = Seat::take(self.metrics.open.clone(), place);
        let io = TokioIo::new(Opening::new(stream, self.opening_timeout));
        let builder = Arc::clone(&self.builder);
        let (draining, cut) = (self.draining.clone(), self.cut.clone());
        self.tasks.spawn("connection", async move {
            let _seat = seat;
            let connection = pin!(builder.serve_connection(io, service));
            let drained = finish(connection, draining);
            tokio::select! {
                () = drained => {}
                () = cut.cancelled() => tracing::debug!("connection cut off"),
            }
        });
    }

    /// Resolves when every connection is closed.
    pub(crate) async fn join(&self) {
        self.tasks.join().await;
    }

    /// Connections open now.
    pub(crate) fn open(&self) -> usize {
        self.tasks.count()
    }

    /// Drops what is still open.
    pub(crate) fn cut(&self) {
        self.cut.cancel();
    }
}

/// Serves to the end; at drain says so (GOAWAY, `connection: close`) and finishes the calls in hand.
async fn finish<S>(
    mut connection: std::pin::Pin<
        &mut hyper_util::server::conn::auto::Connection<'_, TokioIo<Opening>, S, TokioExecutor>,
    >,
    draining: CancellationToken,
) where
    S: hyper::service::Service<Request<Incoming>, Response = Response<Body>, Error = Infallible>,
    S: Send + 'static,
    S::Future: Send + 'static,
{
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = draining.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error, "connection ended");
    }
}

fn protocol(limits: &Limits) -> Builder<TokioExecutor> {
    // The stack refuses a call over max_header_bytes by itself; h2 and the HTTP/1.1 parser, which can only end the
    // whole connection, get room beyond it.
    let header_room = limits.max_header_bytes.saturating_mul(4).max(64 << 10);
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_read_timeout)
        .max_buf_size(usize::try_from(header_room).unwrap_or(usize::MAX));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.max_concurrent_streams)
        .max_frame_size(MAX_FRAME_BYTES)
        .max_header_list_size(header_room)
        .keep_alive_interval(limits.idle_timeout)
        .keep_alive_timeout(limits.idle_timeout);
    builder
}

/// A connection's place and its part in the gauge, given back on drop.
struct Seat {
    open: Gauge,
    _place: OwnedSemaphorePermit,
}

impl Seat {
    fn take(open: Gauge, place: OwnedSemaphorePermit) -> Self {
        open.increment(1.0);
        Self { open, _place: place }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.open.decrement(1.0);
    }
}

/// Pauses that double from 10 ms to 1 s.
struct Backoff(Duration);

impl Default for Backoff {
    fn default() -> Self {
        Self(Duration::from_millis(10))
    }
}

impl Backoff {
    fn next(&mut self) -> Duration {
        let pause = self.0;
        self.0 = (pause * 2).min(Duration::from_secs(1));
        pause
    }
}

/// The client went away between SYN and accept; the listener itself is fine.
fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_second() {
        let mut pause = Backoff::default();
        let millis: Vec<_> = (0..9).map(|_| pause.next().as_millis()).collect();
        assert_eq!(millis, [10, 20, 40, 80, 160, 320, 640, 1000, 1000]);
    }

    #[test]
    fn running_out_of_descriptors_is_not_about_one_connection() {
        const EMFILE: i32 = 24;
        const ECONNABORTED: i32 = 103;
        assert!(!concerns_one_connection(&io::Error::from_raw_os_error(EMFILE)));
        assert!(concerns_one_connection(&io::Error::from_raw_os_error(ECONNABORTED)));
    }
}
