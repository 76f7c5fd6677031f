//! What messages in flight may take together, of callers and of the peer.

use chassis::Failure;
use chassis::config::Limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::Code;

use crate::server::{Server, call, get_text, http, problem, status_of, text, with};

/// With its tag, length and prefix a message of gRPC has 8 bytes more.
fn limits() -> Limits {
    Limits { max_in_flight_bytes: 1_000, max_peer_in_flight_bytes: 500, ..Limits::default() }
}

fn check_refused(failure: &Failure, limit: (&str, &str)) {
    assert_eq!((failure.code, &*failure.reason), (Code::ResourceExhausted, "OVERLOADED"), "{failure:?}");
    assert!(failure.retry_after.is_some());
    for (key, value) in [("limit", limit.0), ("allowed", limit.1)] {
        assert!(failure.metadata.contains(&(key.to_owned(), value.to_owned())), "{failure:?}");
    }
}

#[tokio::test]
async fn a_message_for_which_there_is_no_room_is_refused_and_the_peer_has_its_own() {
    let server = Server::start(limits());
    let channel = server.channel().await;
    let echo = async |bytes: usize| call(&channel, "/test.Echo/Echo", text(&"x".repeat(bytes))).await;
    let of_the_peer = async |bytes: usize| {
        let message = with(text(&"x".repeat(bytes)), "x-fastjson-hop", "rust-cache-server");
        call(&channel, "/test.Echo/Echo", message).await
    };
    let patient = "p".repeat(600 - 8);
    let (first, ()) = tokio::join!(call(&channel, "/test.Echo/Wait", text(&patient)), async {
        server.turnstile.entered.notified().await;
        echo(400 - 8).await.unwrap();
        let status = echo(400 - 7).await.unwrap_err();
        check_refused(&Failure::from_status(&status), ("server.limits.max_in_flight_bytes", "1000"));
        let answer = http(server.addr, "POST", "/echo", "", &[b'x'; 401]).await;
        assert_eq!((status_of(&answer.0), &problem(&answer)["reason"]), (429, &"OVERLOADED".into()));
        assert!(answer.0.contains("retry-after: 1\r\n"), "{}", answer.0);
        let answer = http(server.addr, "POST", "/echo", "", &[b'x'; 400]).await;
        assert_eq!((status_of(&answer.0), answer.1.len()), (200, 400));
        of_the_peer(500 - 8).await.unwrap();
        let status = of_the_peer(500 - 7).await.unwrap_err();
        check_refused(&Failure::from_status(&status), ("server.limits.max_peer_in_flight_bytes", "500"));
        let (_, metrics) = get_text(server.admin, "/metrics").await;
        assert!(metrics.contains("in_flight_bytes{server=\"echo\"}"), "{metrics}");
        server.turnstile.release.notify_one();
    });
    assert_eq!(first.unwrap().into_inner().service, patient);
    echo(1_000 - 8).await.unwrap();
}

/// Once each call could hold a whole message for as long as it liked to send it.
#[tokio::test]
async fn a_body_that_comes_slowly_is_counted_as_it_comes() {
    let server = Server::start(limits());
    let mut slow = TcpStream::connect(server.addr).await.unwrap();
    let head = "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n";
    slow.write_all(format!("{head}{}", "x".repeat(999)).as_bytes()).await.unwrap();
    let refused = loop {
        // Until what came was read.
        let answer = http(server.addr, "POST", "/echo", "", b"xx").await;
        if status_of(&answer.0) != 200 {
            break answer;
        }
    };
    assert_eq!((status_of(&refused.0), &problem(&refused)["reason"]), (429, &"OVERLOADED".into()));
    let answer = http(server.addr, "POST", "/echo", "", b"x").await;
    assert_eq!(status_of(&answer.0), 200);
    slow.write_all(b"x").await.unwrap();
    let mut begin = [0; 15];
    slow.read_exact(&mut begin).await.unwrap();
    assert_eq!(&begin, b"HTTP/1.1 200 OK");
}

#[tokio::test]
async fn a_long_answer_arrives_whole_whichever_way_it_takes() {
    let server = Server::start(Limits::default());
    let channel = server.channel().await;
    for bytes in [256 << 10, (256 << 10) + 1, 3_000_000] {
        let long: String = ('a'..='z').cycle().take(bytes).collect();
        let answer = call(&channel, "/test.Echo/Echo", text(&long)).await.unwrap();
        assert!(answer.into_inner().service == long, "{bytes}");
        let answer = http(server.addr, "POST", "/echo", "", long.as_bytes()).await;
        assert!(answer.0.contains(&format!("content-length: {bytes}\r\n")), "{}", answer.0);
        assert!(answer.1 == long.as_bytes(), "{bytes}");
    }
}
