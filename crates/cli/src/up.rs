//! `fastjson up`: both services in one process, each reaching the other over the loopback address. Settings are those that each
//! service alone would have, from its environment and a file; the addresses are those of the command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use chassis::settings::{self, Overrides};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpListener;

use crate::error::Error;
use crate::{Common, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where fastjson-api listens.
    #[arg(long, default_value = "127.0.0.1:50051")]
    json_listen: SocketAddr,
    /// Where rust-cache-server listens.
    #[arg(long, default_value = "127.0.0.1:50052")]
    cache_listen: SocketAddr,
    /// Where fastjson-api shows metrics and health.
    #[arg(long, default_value = "127.0.0.1:9051")]
    json_admin: SocketAddr,
    /// Where rust-cache-server shows metrics and health.
    #[arg(long, default_value = "127.0.0.1:9052")]
    cache_admin: SocketAddr,
    /// Settings of fastjson-api, TOML; its variables `FASTJSON_API_*` go over it.
    #[arg(long, value_name = "FILE")]
    json_config: Option<PathBuf>,
    /// Settings of rust-cache-server, TOML; its variables `RUST_CACHE_SERVER_*` go over it.
    #[arg(long, value_name = "FILE")]
    cache_config: Option<PathBuf>,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let mut json_config: fastjson_api::Config = configured("FASTJSON_API_", args.json_config)?;
    let mut cache_config: rust_cache_server::Config = configured("RUST_CACHE_SERVER_", args.cache_config)?;
    let (json_listener, json_admin) = (listen(args.json_listen)?, listen(args.json_admin)?);
    let (cache_listener, cache_admin) = (listen(args.cache_listen)?, listen(args.cache_admin)?);
    let (json, cache) = (local(&json_listener)?, local(&cache_listener)?);
    if common.registry.is_some() {
        json_config.registry = common.registry();
    }
    json_config.cache.address = format!("http://{}", reachable(cache));
    cache_config.json.address = format!("http://{}", reachable(json));
    let serve = |error: &dyn std::fmt::Display| Error::Serve(error.to_string());
    chassis::telemetry::init(&json_config.server.log).map_err(|error| serve(&error))?;
    // Dropping the sender is the signal; both drain at the same time.
    let (shutdown, mut for_json) = tokio::sync::watch::channel(());
    let mut for_cache = shutdown.subscribe();
    let json_run = fastjson_api::run(json_config, json_listener, Some(json_admin), async move {
        let _sender_gone = for_json.changed().await;
    });
    let cache_run = rust_cache_server::run(cache_config, cache_listener, Some(cache_admin), async move {
        let _sender_gone = for_cache.changed().await;
    });
    let signal = async move {
        chassis::shutdown_signal().await;
        drop(shutdown);
    };
    announce(&reachable(json), &reachable(cache), args.json_admin, args.cache_admin)?;
    let (json_end, cache_end, ()) = tokio::join!(json_run, cache_run, signal);
    json_end.map_err(|error| serve(&error))?;
    cache_end.map_err(|error| serve(&error))?;
    Ok(ExitCode::SUCCESS)
}

fn configured<T: DeserializeOwned + Serialize + Default>(
    env_prefix: &'static str,
    file: Option<PathBuf>,
) -> Result<T, Error> {
    let sources = Overrides { config: file, ..Default::default() }.sources(env_prefix);
    settings::load(&sources).map_err(|error| Error::Usage(error.to_string()))
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

fn announce(
    json: &SocketAddr,
    cache: &SocketAddr,
    json_admin: SocketAddr,
    cache_admin: SocketAddr,
) -> Result<(), Error> {
    let text = format!(
        "fastjson-api       {json}   metrics http://{json_admin}/metrics
rust-cache-server  {cache}   metrics http://{cache_admin}/metrics
try:
  grpcurl -plaintext -d '{{\"input\":{{\"text\":\"{{\\\"a\\\":1,}}\"}}}}' {json} fastjson.v1.JsonService/Validate
  curl -sS --data-binary '{{\"a\": 1}}' 'http://{json}/v1/format?style=minify'
ready"
    );
    output::line(text.as_bytes())
}
