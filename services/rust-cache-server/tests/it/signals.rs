//! A process that is told twice to end does not wait for its callers.

use std::path::Path;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::process::Process;

/// A call that does not end: the server has asked for the rest of its body, which does not come.
async fn unfinished_call(address: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = "PUT /v1/namespaces/default/keys/k HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\
                expect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100");
    stream
}

async fn check(second: &str, expected: i32) {
    let directory = tempfile::tempdir().unwrap();
    let mut process = Process::start(&Path::new(directory.path()).join("snapshot")).await;
    let _call = unfinished_call(&process.address).await;
    process.signal("-TERM").await;
    process.log_until("\"draining\"").await;
    process.signal(second).await;
    let (status, _) = process.end().await;
    assert_eq!(status.code(), Some(expected), "{status:?}");
}

#[tokio::test]
async fn a_second_signal_ends_a_drain_at_once() {
    check("-TERM", 143).await;
    check("-INT", 130).await;
}
