//! `fastjson up`: both services in one process, each reaching the other over the loopback address. Settings are those that each
//! service alone would have, from flags, its environment and a file; only the address of the peer is always that of the other one.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use chassis::health::{self, Serving};
use chassis::settings::{self, Overrides, Sources, key_value};
use fastjson_api::config::RegistryStore;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::{Common, output};

/// How long one question for a service's health waits; callers of one that still restores wait in its backlog.
const PATIENCE: Duration = Duration::from_secs(10);
/// The pause behind a question that was not answered.
const RETRY: Duration = Duration::from_millis(50);

/// Behind the flags in the help.
const EXAMPLES: &str = "Examples:
  fastjson up --cache-set snapshot.path=/var/lib/fastjson/cache.snapshot   entries outlive a restart
  fastjson up --cache-set store.capacity_bytes=1073741824                  room of the default namespace, 1 GiB
  fastjson up --cache-set namespaces.sessions.capacity_bytes=67108864      a further namespace, 64 MiB
  fastjson up --cache-set store.memory_limit_bytes=4294967296              all that the cache may take, 4 GiB
  fastjson up --json-set limits.program_time=50ms                          a query's budget
  fastjson up --json-set server.log.filter=warn                            what both services write to stderr
  RUST_CACHE_SERVER_STORE__POLICY=lru fastjson up                          the same by the environment
What is in force: curl localhost:50051/v1/limits, curl localhost:50052/v1/limits";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Where fastjson-api listens (setting `server.listen`, by default 127.0.0.1:50051).
    #[arg(long, value_name = "ADDR:PORT")]
    json_listen: Option<SocketAddr>,
    /// Where rust-cache-server listens (setting `server.listen`, by default 127.0.0.1:50052).
    #[arg(long, value_name = "ADDR:PORT")]
    cache_listen: Option<SocketAddr>,
    /// Where fastjson-api shows metrics and health (setting `server.admin`, by default 127.0.0.1:9051).
    #[arg(long, value_name = "ADDR:PORT")]
    json_admin: Option<SocketAddr>,
    /// Where rust-cache-server shows metrics and health (setting `server.admin`, by default 127.0.0.1:9052).
    #[arg(long, value_name = "ADDR:PORT")]
    cache_admin: Option<SocketAddr>,
    /// Any setting of fastjson-api, by its path: `--json-set limits.max_depth=200`. May be repeated.
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    json_set: Vec<(String, String)>,
    /// Any setting of rust-cache-server, by its path: `--cache-set snapshot.path=FILE`. May be repeated.
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    cache_set: Vec<(String, String)>,
    /// Settings of fastjson-api, TOML; its variables `FASTJSON_API_*` go over it.
    #[arg(long, value_name = "FILE")]
    json_config: Option<PathBuf>,
    /// Settings of rust-cache-server, TOML; its variables `RUST_CACHE_SERVER_*` go over it.
    #[arg(long, value_name = "FILE")]
    cache_config: Option<PathBuf>,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let (for_json, for_cache) = args.overrides();
    let mut json_config: fastjson_api::Config = configured("FASTJSON_API_", "--json-set", &for_json)?;
    let mut cache_config: rust_cache_server::Config =
        configured("RUST_CACHE_SERVER_", "--cache-set", &for_cache)?;
    if let Some(directory) = &common.registry {
        json_config.registry.store = RegistryStore::File;
        json_config.registry.directory.clone_from(directory);
    }
    let (json, cache) = (Listeners::open(&json_config.server)?, Listeners::open(&cache_config.server)?);
    json_config.cache.address = format!("http://{}", cache.address);
    cache_config.json.address = format!("http://{}", json.address);
    chassis::telemetry::init(&json_config.server.log).map_err(|error| serving(&error))?;
    // Whoever ends first ends the other, by the signal or for a reason of its own; both drain at the same time.
    let stop = CancellationToken::new();
    let text = announcement(&json, &cache)?;
    let addresses = [json.address, cache.address].map(|address| address.to_string());
    let json_run = fastjson_api::run(json_config, json.service, json.admin, stop.clone().cancelled_owned());
    let cache_run =
        rust_cache_server::run(cache_config, cache.service, cache.admin, stop.clone().cancelled_owned());
    let (json_end, cache_end, (), said) = tokio::join!(
        ending(&stop, json_run),
        ending(&stop, cache_run),
        ending(&stop, async {
            stop.run_until_cancelled(chassis::shutdown_signal()).await;
        }),
        async {
            // Until both serve: one that restores a snapshot takes its time, and one that cannot serve says why.
            match stop.run_until_cancelled(both_serve(&addresses)).await {
                Some(()) => output::line(text.as_bytes()),
                None => Ok(()),
            }
        },
    );
    json_end.map_err(|error| serving(&error))?;
    cache_end.map_err(|error| serving(&error))?;
    said.map(|()| ExitCode::SUCCESS)
}

/// What `work` gives; the others are to end with it.
async fn ending<T>(stop: &CancellationToken, work: impl Future<Output = T>) -> T {
    let _ends_the_others = stop.clone().drop_guard();
    work.await
}

/// Resolves when both answer.
async fn both_serve(addresses: &[String; 2]) {
    for address in addresses {
        while !matches!(health::check(address, None, PATIENCE).await, Ok(Serving::Serving)) {
            tokio::time::sleep(RETRY).await;
        }
    }
}

impl Args {
    /// The flags that each service alone would have: fastjson-api, rust-cache-server.
    fn overrides(self) -> (Overrides, Overrides) {
        let json = Overrides {
            config: self.json_config,
            listen: self.json_listen,
            admin_listen: self.json_admin,
            set: self.json_set,
        };
        let cache = Overrides {
            config: self.cache_config,
            listen: self.cache_listen,
            admin_listen: self.cache_admin,
            set: self.cache_set,
        };
        (json, cache)
    }
}

fn configured<T: DeserializeOwned + Serialize + Default>(
    env_prefix: &'static str,
    flag: &'static str,
    overrides: &Overrides,
) -> Result<T, Error> {
    let sources = Sources { flag: Some(flag), ..overrides.sources(env_prefix) };
    settings::load(&sources).map_err(|error| Error::Usage(error.to_string()))
}

fn serving(error: &dyn std::fmt::Display) -> Error {
    Error::Serve(error.to_string())
}

/// Where one service listens.
struct Listeners {
    service: TcpListener,
    admin: Option<TcpListener>,
    /// Where the service can be called.
    address: SocketAddr,
}

impl Listeners {
    fn open(config: &chassis::Config) -> Result<Self, Error> {
        let (service, admin) = (listen(config.listen)?, config.admin.map(listen).transpose()?);
        let address = reachable(local(&service)?);
        Ok(Self { service, admin, address })
    }

    /// For a person: where the service is, and its metrics.
    fn described(&self) -> Result<String, Error> {
        let Some(admin) = &self.admin else { return Ok(self.address.to_string()) };
        Ok(format!("{}   metrics http://{}/metrics", self.address, reachable(local(admin)?)))
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    chassis::listen(address).map_err(|error| Error::Serve(format!("cannot listen on {address}: {error}")))
}

fn local(listener: &TcpListener) -> Result<SocketAddr, Error> {
    listener.local_addr().map_err(|error| Error::Serve(error.to_string()))
}

/// An address that can be called: a listener on all addresses is reached by the loopback one.
fn reachable(address: SocketAddr) -> SocketAddr {
    let mut address = address;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    address
}

/// What a person is told once both serve.
fn announcement(json: &Listeners, cache: &Listeners) -> Result<String, Error> {
    let address = json.address;
    Ok(format!(
        "fastjson-api       {}
rust-cache-server  {}
try:
  grpcurl -plaintext -d '{{\"input\":{{\"text\":\"{{\\\"a\\\":1,}}\"}}}}' {address} fastjson.v1.JsonService/Validate
  curl -sS --data-binary '{{\"a\": 1}}' 'http://{address}/v1/format?style=minify'
ready",
        json.described()?,
        cache.described()?
    ))
}
