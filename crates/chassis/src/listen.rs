//! A listening socket with a backlog that survives a burst of connections.
//!
//! Promise: an address that is in use, or not of this machine, fails here and not later. Cost: one socket.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;

/// Connections that the kernel may hold for us; it cuts this to `net.core.somaxconn`.
const BACKLOG: i32 = 4096;

/// Listens on `addr` (port 0: any free one) with SO_REUSEADDR and a backlog of 4096. Needs a tokio runtime.
/// TCP_NODELAY is set on what is accepted, by [`crate::run`].
pub fn listen(addr: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&addr.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}
