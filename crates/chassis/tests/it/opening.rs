//! A service that takes its time: `/readyz` says what it does, callers wait, a shutdown ends it.

use chassis::{Config, Error, Opening, Service, Tasks, open_and_run};
use tokio::sync::oneshot;

use crate::server::get_text;

/// An opening that ends when the test says so, and the shutdown.
struct Started {
    addr: std::net::SocketAddr,
    admin: std::net::SocketAddr,
    open: oneshot::Sender<()>,
    shutdown: oneshot::Sender<()>,
    ended: tokio::task::JoinHandle<Result<(), Error>>,
}

fn start() -> Started {
    let any = "127.0.0.1:0".parse().unwrap();
    let (listener, admin_listener) = (chassis::listen(any).unwrap(), chassis::listen(any).unwrap());
    let (addr, admin) = (listener.local_addr().unwrap(), admin_listener.local_addr().unwrap());
    let (open, opened) = oneshot::channel::<()>();
    let (shutdown, asked) = oneshot::channel::<()>();
    let service = async {
        opened.await.map_err(|_| Error::Descriptors("it cannot be opened".to_owned()))?;
        let hello = axum::Router::new().route("/hello", axum::routing::get(async || "hello"));
        Ok(Service::new("slow").rest(hello))
    };
    let opening = Opening { name: "slow", doing: "restoring", service };
    let running = open_and_run(Config::on_ports(0, 0), listener, Some(admin_listener), opening, async {
        let _either_way = asked.await;
    });
    Started { addr, admin, open, shutdown, ended: Tasks::new().spawn("server", running) }
}

#[tokio::test]
async fn until_it_is_there_readyz_says_what_it_does_and_callers_wait() {
    let Started { addr, admin, open, shutdown, ended } = start();
    assert_eq!(get_text(admin, "/readyz").await, (503, "restoring\n".to_owned()));
    assert_eq!(get_text(admin, "/healthz").await.0, 200);
    let (answer, ()) = tokio::join!(get_text(addr, "/hello"), async { open.send(()).unwrap() });
    assert_eq!(answer, (200, "hello".to_owned()));
    assert_eq!(get_text(admin, "/readyz").await, (200, "ready\n".to_owned()));
    shutdown.send(()).unwrap();
    ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_shutdown_ends_an_opening() {
    let Started { open: _open, shutdown, ended, .. } = start();
    shutdown.send(()).unwrap();
    ended.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_shutdown_that_comes_first_still_drains_a_service_that_is_there() {
    // Often, since what is first of two things that are ready was once left to chance.
    for _ in 0..32 {
        let tasks = Tasks::new();
        let listener = chassis::listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let service = Service::new("there").tasks(tasks.clone());
        chassis::run(Config::on_ports(0, 0), listener, None, service, std::future::ready(())).await.unwrap();
        assert!(tasks.is_draining());
    }
}

#[tokio::test]
async fn what_cannot_be_opened_ends_with_its_error() {
    let Started { open, shutdown: _shutdown, ended, .. } = start();
    drop(open);
    assert_eq!(ended.await.unwrap().unwrap_err().to_string(), "descriptors: it cannot be opened");
}
