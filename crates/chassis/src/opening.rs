//! A socket that must say something in time: until its first bytes tell HTTP/1.1 from HTTP/2 no other timeout runs.
//!
//! Promise: who says nothing holds a place no longer than the timeout. Cost: a boxed timer until the protocol is known, a
//! branch a read after that.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// RFC 9113 section 3.4; a connection that does not begin like this is HTTP/1.1.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(crate) struct Opening {
    stream: TcpStream,
    /// `None` once the protocol is known.
    unknown: Option<Box<Unknown>>,
}

struct Unknown {
    timer: Pin<Box<Sleep>>,
    matched: usize,
}

impl Opening {
    pub(crate) fn new(stream: TcpStream, timeout: Duration) -> Self {
        let unknown = Some(Box::new(Unknown { timer: Box::pin(sleep(timeout)), matched: 0 }));
        Self { stream, unknown }
    }
}

impl Unknown {
    /// Whether `bytes`, the next of the connection, leave the protocol unknown.
    fn after(&mut self, bytes: &[u8]) -> bool {
        let expected = &PREFACE[self.matched..];
        let length = bytes.len().min(expected.len());
        self.matched += length;
        bytes[..length] == expected[..length] && self.matched < PREFACE.len()
    }
}

impl AsyncRead for Opening {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let filled = buf.filled().len();
        let read = Pin::new(&mut this.stream).poll_read(cx, buf);
        let Some(unknown) = &mut this.unknown else { return read };
        if read.is_pending() {
            return unknown.timer.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()));
        }
        if !unknown.after(&buf.filled()[filled..]) {
            this.unknown = None;
        }
        read
    }
}

impl AsyncWrite for Opening {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
