//! Starting and stopping the services.

use std::net::{Ipv4Addr, SocketAddr};

use client::{CacheClient, DocumentClient, JsonClient, LoadClient, RecipeClient, SchemaClient};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::fault::Plug;

/// Settings of both services; addresses are overwritten.
#[derive(Debug, Clone, Default)]
pub struct PairConfig {
    /// The JSON service.
    pub json: fastjson_api::Config,
    /// The cache service.
    pub cache: rust_cache_server::Config,
}

/// One running service.
#[derive(Debug)]
pub struct Running {
    /// Where gRPC and REST listen.
    pub address: SocketAddr,
    /// Where metrics and health listen.
    pub admin: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), String>>,
}

/// Both services, and a plug on each hop between them.
#[derive(Debug)]
pub struct Plugged {
    /// The services.
    pub pair: Pair,
    /// On the way of the cache service to the JSON service.
    pub to_json: Plug,
    /// On the way of the JSON service to the cache service.
    pub to_cache: Plug,
}

/// Both services.
#[derive(Debug)]
pub struct Pair {
    /// The JSON service.
    pub json: Running,
    /// The cache service.
    pub cache: Running,
}

impl Pair {
    /// Starts both with their defaults.
    pub async fn start() -> Self {
        Self::start_with(PairConfig::default()).await
    }

    /// Starts both; each gets the other's address.
    pub async fn start_with(config: PairConfig) -> Self {
        let (json_listener, cache_listener) = (bind(), bind());
        let PairConfig { mut json, mut cache } = config;
        json.cache.address = url(&cache_listener);
        cache.json.address = url(&json_listener);
        Self { json: start_json(json, json_listener), cache: start_cache(cache, cache_listener) }
    }

    /// Starts both with a plug on either way between them; a plug drops nothing and delays nothing until it is told.
    pub async fn with_plugs(config: PairConfig) -> Plugged {
        let (json_listener, cache_listener) = (bind(), bind());
        let to_json = Plug::before(local(&json_listener));
        let to_cache = Plug::before(local(&cache_listener));
        let PairConfig { mut json, mut cache } = config;
        json.cache.address = to_cache.url();
        cache.json.address = to_json.url();
        let pair = Self { json: start_json(json, json_listener), cache: start_cache(cache, cache_listener) };
        Plugged { pair, to_json, to_cache }
    }

    /// A client of the JSON service.
    pub fn json_client(&self) -> JsonClient {
        JsonClient::new(client::Config::at(format!("http://{}", self.json.address)))
            .expect("the address is one")
    }

    /// A client of the registry of schemas.
    pub fn schema_client(&self) -> SchemaClient {
        SchemaClient::new(client::Config::at(format!("http://{}", self.json.address)))
            .expect("the address is one")
    }

    /// A client of the registry of recipes.
    pub fn recipe_client(&self) -> RecipeClient {
        RecipeClient::new(client::Config::at(format!("http://{}", self.json.address)))
            .expect("the address is one")
    }

    /// A client of the cache service.
    pub fn cache_client(&self) -> CacheClient {
        CacheClient::new(client::Config::at(format!("http://{}", self.cache.address)))
            .expect("the address is one")
    }

    /// A client of the documents in the cache service.
    pub fn document_client(&self) -> DocumentClient {
        DocumentClient::new(client::Config::at(format!("http://{}", self.cache.address)))
            .expect("the address is one")
    }

    /// A client of the tokens and leases of the cache service.
    pub fn load_client(&self) -> LoadClient {
        LoadClient::new(client::Config::at(format!("http://{}", self.cache.address)))
            .expect("the address is one")
    }

    /// Drains both. Panics when a drain was not clean.
    pub async fn stop(self) {
        self.json.stop().await;
        self.cache.stop().await;
    }
}

impl Running {
    /// Starts the drain and waits for its end. Panics when it was not clean.
    pub async fn stop(self) {
        // An error says that the service ended by itself; the join below tells why.
        let _ended = self.stop.send(());
        self.task.await.expect("the service does not panic").expect("the drain is clean");
    }
}

/// Starts the JSON service alone.
pub fn start_json(config: fastjson_api::Config, listener: TcpListener) -> Running {
    start(listener, move |listener, admin, shutdown| async move {
        fastjson_api::run(config, listener, Some(admin), shutdown).await.map_err(|error| error.to_string())
    })
}

/// Starts the cache service alone.
pub fn start_cache(config: rust_cache_server::Config, listener: TcpListener) -> Running {
    start(listener, move |listener, admin, shutdown| async move {
        rust_cache_server::run(config, listener, Some(admin), shutdown)
            .await
            .map_err(|error| error.to_string())
    })
}

type Shutdown = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

#[allow(clippy::disallowed_methods, reason = "the roof stands outside the services; stop() joins the task")]
fn start<F, R>(listener: TcpListener, run: F) -> Running
where
    F: FnOnce(TcpListener, TcpListener, Shutdown) -> R,
    R: Future<Output = Result<(), String>> + Send + 'static,
{
    let admin_listener = bind();
    let (address, admin) = (local(&listener), local(&admin_listener));
    let (stop, stopped) = oneshot::channel();
    let shutdown = Box::pin(async move {
        // A dropped sender stops the service too.
        let _dropped = stopped.await;
    });
    Running { address, admin, stop, task: tokio::spawn(run(listener, admin_listener, shutdown)) }
}

/// A listener on a free port of the loopback address.
pub fn bind() -> TcpListener {
    chassis::listen((Ipv4Addr::LOCALHOST, 0).into()).expect("the loopback address has a free port")
}

fn local(listener: &TcpListener) -> SocketAddr {
    listener.local_addr().expect("a bound listener has an address")
}

fn url(listener: &TcpListener) -> String {
    format!("http://{}", local(listener))
}
