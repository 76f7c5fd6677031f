//! The right to compute an answer that others may wait for.
//!
//! Promise: it is given back, with an answer or without, also when its call ends in any other way. Cost: a task.

use bytes::Bytes;
use context::Context;
use tokio::runtime::Handle;

use super::Memo;

/// A lease of the cache service.
#[derive(Debug)]
pub(super) struct Lease {
    memo: Memo,
    peer: Context,
    /// `None` once it is given back.
    held: Option<(String, u64)>,
}

impl Lease {
    /// The lease of this token, of the answer under `key`.
    pub(super) fn new(memo: Memo, peer: Context, key: String, token: u64) -> Self {
        Self { memo, peer, held: Some((key, token)) }
    }

    /// Gives it back with an answer.
    pub(super) fn complete(mut self, sealed: Bytes) {
        self.give_back(Some(sealed));
    }

    fn give_back(&mut self, sealed: Option<Bytes>) {
        let Some(held) = self.held.take() else { return };
        if Handle::try_current().is_err() {
            // The process is about to end; the lease ends by itself.
            return;
        }
        let (memo, context) = (self.memo.clone(), unhurried(&self.peer));
        let task = async move { memo.0.peer.complete(&context, held, sealed).await };
        let _joined_at_drain = self.memo.0.tasks.spawn("memo lease", task);
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.give_back(None);
    }
}

/// The call without its deadline: nobody waits for it.
pub(super) fn unhurried(peer: &Context) -> Context {
    Context { deadline: None, ..peer.clone() }
}
