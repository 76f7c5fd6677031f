//! Answers that are none.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// As a server of another protocol greets.
const NOISE: &[u8] = b"220 mail.example ESMTP ready; whoever speaks HTTP/2 here is wrong\r\n";

/// A message of gRPC (5 bytes before it: not compressed, its length) whose first field has a key that no message has.
const WRONG_MESSAGE: &[u8] = b"\0\0\0\0\x04\xff\xff\xff\xff";

/// Greets in another protocol.
pub(super) async fn noise(connection: &mut TcpStream) {
    // An error says that nobody listens.
    let _gone = connection.write_all(NOISE).await;
}

/// Answers every call with a message that cannot be read, until the connection ends.
pub(super) async fn wrong_messages(connection: &mut TcpStream) {
    let Ok(mut calls) = h2::server::handshake(connection).await else { return };
    while let Some(Ok((_request, mut respond))) = calls.accept().await {
        let response = Response::builder().header("content-type", "application/grpc").body(());
        let response = response.expect("the header is one");
        let Ok(mut body) = respond.send_response(response, false) else { continue };
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", HeaderValue::from_static("0"));
        // Errors say that the caller went away.
        let _gone = body.send_data(Bytes::from_static(WRONG_MESSAGE), false);
        let _gone = body.send_trailers(trailers);
    }
}
