//! The sending side of a session.
//!
//! Promise: a frame is sent when the server has room for it. Cost: one channel of a few frames.

use fastjson_proto::rustcache::v1 as pb;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// Frames that are handed over and not yet sent.
const AHEAD: usize = 4;

/// Sends frames of a session; the answers come from the other half, [`crate::Answers`], one for each frame and in their
/// order. Dropping it ends the session when all is answered.
#[derive(Debug)]
pub struct Frames(mpsc::Sender<pb::SessionRequest>);

/// The session has ended; the next of its answers says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the session has ended")]
pub struct Ended;

impl Frames {
    /// Sends a frame. Waits while the server does not read, which it does not while its answers are not taken: with more
    /// frames on their way than a window holds (1 MiB), take answers in another task.
    ///
    /// # Errors
    /// [`Ended`].
    pub async fn send(&self, operations: Vec<pb::Operation>) -> Result<(), Ended> {
        self.0.send(pb::SessionRequest { operations }).await.map_err(|_| Ended)
    }

    /// As [`Frames::send`], from a thread that may wait.
    ///
    /// # Errors
    /// [`Ended`].
    ///
    /// # Panics
    /// In a task.
    pub fn blocking_send(&self, operations: Vec<pb::Operation>) -> Result<(), Ended> {
        self.0.blocking_send(pb::SessionRequest { operations }).map_err(|_| Ended)
    }
}

/// Both ends of what is sent.
pub(crate) fn open() -> (Frames, ReceiverStream<pb::SessionRequest>) {
    let (sender, receiver) = mpsc::channel(AHEAD);
    (Frames(sender), ReceiverStream::new(receiver))
}
