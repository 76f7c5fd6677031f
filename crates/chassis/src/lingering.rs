//! Request bodies that are read to their end although nobody wants the rest.
//!
//! The idea: a server that answers early over HTTP/1.1 and closes resets the connection, and a client that was still sending, as browsers
//! do, sees the reset in place of the answer (RFC 9112, section 9.6). So what a handler left unread is read and thrown away.
//! Promise: the answer arrives, and the connection can be used again; a client that sends too much or for too long is closed after all.
//! Cost: nothing where the body was read; else a task until it is. HTTP/2 ends one stream without harm to the others and needs none.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Version, header};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::tasks::Tasks;

/// How long the rest is read; a client on a slow line has then had time to see the answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How much of the rest is read: as much as the longest upload that any call takes.
const MAX_BYTES: u64 = 256 << 20;

/// A request body that does not end before its sender has.
pub(crate) struct Lingering {
    /// Absent once it ended.
    body: Option<Incoming>,
    /// Where the rest is read; absent where nothing has to be.
    tasks: Option<Tasks>,
}

impl Lingering {
    /// A client that waits for `100 Continue` has sent nothing that would have to be read.
    pub(crate) fn of(request: Request<Incoming>, tasks: &Tasks) -> Request<Self> {
        let waits = request.headers().contains_key(header::EXPECT);
        let lingers = request.version() <= Version::HTTP_11 && !waits && !request.body().is_end_stream();
        let tasks = lingers.then(|| tasks.clone());
        request.map(|body| Self { body: Some(body), tasks })
    }
}

impl Body for Lingering {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let polled = Pin::new(body).poll_frame(cx);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.body = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or(SizeHint::with_exact(0), Body::size_hint)
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        let (Some(body), Some(tasks)) = (self.body.take(), self.tasks.take()) else { return };
        // Without a runtime the connection is gone as well.
        if !body.is_end_stream() && Handle::try_current().is_ok() {
            tasks.spawn("lingering", read(body));
        }
    }
}

async fn read(mut body: Incoming) {
    let rest = async {
        let mut left = MAX_BYTES;
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, |data| data.len() as u64));
            if left == 0 {
                return;
            }
        }
    };
    // Whatever is left then is the client's loss.
    let _elapsed = timeout(PATIENCE, rest).await;
}
