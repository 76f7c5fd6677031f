//! Waiting for a lease.

use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::sync::oneshot;

use super::{Lease, Leases};
use crate::Key;

/// A place in the queue of a name, or a lease that is ready. Dropped before it gave the lease, it leaves the queue; a
/// lease that was granted and not given goes to the next one.
#[must_use = "whoever does not wait leaves the queue"]
pub struct Waiting {
    leases: Arc<Leases>,
    name: Key,
    ticket: u64,
    granted: oneshot::Receiver<Lease>,
    is_over: bool,
}

impl Waiting {
    pub(super) fn new(
        leases: Arc<Leases>,
        name: Key,
        ticket: u64,
        granted: oneshot::Receiver<Lease>,
    ) -> Self {
        Self { leases, name, ticket, granted, is_over: false }
    }
}

impl Future for Waiting {
    type Output = Lease;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Lease> {
        let granted = match Pin::new(&mut self.granted).poll(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(granted) => granted,
        };
        self.is_over = true;
        Poll::Ready(granted.expect("only a grant, or the one who waits, takes it out of the queue"))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if !self.is_over {
            self.leases.leave(&self.name, self.ticket, &mut self.granted);
        }
    }
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").field("ticket", &self.ticket).finish_non_exhaustive()
    }
}
