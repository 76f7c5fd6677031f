//! Which connection a call came by.
//!
//! Promise: two calls have the same one exactly if they came by the same connection. Cost: of calls with a stream of answers an
//! allocation and an entry of their extensions; of others none.

/// A connection of the service: who writes to many callers at once can serve those of one connection together, so that
/// one write of the socket carries what all of them are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Connection(u64);

impl Connection {
    pub(crate) fn new(number: u64) -> Self {
        Self(number)
    }

    /// Its number, from one on; a listener gives none twice.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

/// The connection of a call of gRPC that is answered by a stream; `None` of other calls, and of those of grpc-web.
#[must_use]
pub fn connection_of(extensions: &http::Extensions) -> Option<Connection> {
    extensions.get().copied()
}
