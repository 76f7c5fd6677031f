//! The border between the services, with somebody who counts what crosses it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// A way to a server on which bytes are counted, in both directions.
pub(crate) struct Border {
    pub(crate) address: SocketAddr,
    bytes: Arc<AtomicU64>,
}

impl Border {
    /// Stands before the server at `behind`, as long as the test runs.
    #[allow(
        clippy::disallowed_methods,
        reason = "the roof stands outside the services; the tasks end with the test"
    )]
    pub(crate) async fn before(behind: SocketAddr) -> Self {
        let listener = testkit::bind();
        let address = listener.local_addr().unwrap();
        let bytes = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&bytes);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let Ok(far) = TcpStream::connect(behind).await else { return };
                let ((near_read, near_write), (far_read, far_write)) = (near.into_split(), far.into_split());
                tokio::spawn(pass(near_read, far_write, Arc::clone(&counted)));
                tokio::spawn(pass(far_read, near_write, Arc::clone(&counted)));
            }
        });
        Self { address, bytes }
    }

    /// How many bytes have crossed.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, bytes: Arc<AtomicU64>) {
    let mut piece = vec![0; 64 << 10];
    while let Ok(count @ 1..) = from.read(&mut piece).await {
        bytes.fetch_add(count as u64, Ordering::Relaxed);
        if to.write_all(&piece[..count]).await.is_err() {
            return;
        }
    }
}
