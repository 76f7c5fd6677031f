//! A server in the place of a service: refuses every call with one code, and remembers the headers.

use std::net::SocketAddr;
use std::sync::Arc;

use http::{HeaderMap, Response};
use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Refuses every call of gRPC. Dropping it ends it.
#[derive(Debug)]
pub struct StandIn {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<HeaderMap>>>,
    _tasks: JoinSet<()>,
}

impl StandIn {
    /// Answers with this code of gRPC, without details: 12 is UNIMPLEMENTED, as of a service that is older, 16
    /// UNAUTHENTICATED.
    pub fn refusing(code: u16) -> Self {
        let listener = crate::bind();
        let address = listener.local_addr().expect("a bound listener has an address");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, code, Arc::clone(&heard)));
        Self { address, heard, _tasks: tasks }
    }

    /// Its address for a client.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The headers of all calls so far.
    pub fn heard(&self) -> Vec<HeaderMap> {
        self.heard.lock().clone()
    }
}

async fn accept(listener: TcpListener, code: u16, heard: Arc<Mutex<Vec<HeaderMap>>>) {
    let mut connections = JoinSet::new();
    while let Ok((connection, _)) = listener.accept().await {
        connections.spawn(refuse(connection, code, Arc::clone(&heard)));
    }
}

async fn refuse(connection: TcpStream, code: u16, heard: Arc<Mutex<Vec<HeaderMap>>>) {
    let Ok(mut calls) = h2::server::handshake(connection).await else { return };
    while let Some(Ok((request, mut respond))) = calls.accept().await {
        heard.lock().push(request.headers().clone());
        let response = Response::builder().header("content-type", "application/grpc");
        let response = response.header("grpc-status", code).body(()).expect("the headers are some");
        // An error says that the caller went away.
        let _gone = respond.send_response(response, true);
    }
}
