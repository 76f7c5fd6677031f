//! TakeTokens against Get: the same server, the same connections, in turns.

use anyhow::{Result, ensure};
use client::LoadClient;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use prost::Message as _;

use crate::get::{self, frame_of, median};
use crate::load::{CALLS, CONNECTIONS, STREAMS, h2load};
use crate::server::{self, Which};

const PATH: &str = "/rustcache.v1.LoadService/TakeTokens";
const ROUNDS: usize = 5;

/// Prints calls a second of both and the ratio.
pub(crate) async fn run() -> Result<()> {
    let server = server::start(Which::Cache).await?;
    get::seed(&server.address).await?;
    check(&server.address).await?;
    let folder = std::env::temp_dir();
    let take_body = folder.join(format!("bench-take-{}.bin", std::process::id()));
    let get_body = folder.join(format!("bench-take-get-{}.bin", std::process::id()));
    std::fs::write(&take_body, frame_of(&request().encode_to_vec()))?;
    std::fs::write(&get_body, get::frame())?;
    let (mut takes, mut gets) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        gets.push(h2load(&server.address, get::PATH, &get_body).await?);
        takes.push(h2load(&server.address, PATH, &take_body).await?);
    }
    std::fs::remove_file(&take_body)?;
    std::fs::remove_file(&get_body)?;
    let (take, get) = (median(takes), median(gets));
    println!(
        "TakeTokens of one key, {CONNECTIONS} connections x {STREAMS} in flight, {CALLS} calls, median of {ROUNDS}"
    );
    println!("  get   {get:>9.0}/s");
    println!("  take  {take:>9.0}/s   take/get  {:.2}", take / get);
    Ok(())
}

/// A take that is allowed: a million a second.
fn request() -> pb::TakeTokensRequest {
    let limit = pb::RateLimit { tokens: 1_000_000, period: None, burst: None };
    let key = get::KEY.to_owned();
    pb::TakeTokensRequest { takes: vec![pb::Take { key, limit: Some(limit), cost: None }], mode: 0 }
}

async fn check(address: &str) -> Result<()> {
    let client = LoadClient::new(client::Config::at(format!("http://{address}")))?;
    let response = client.take_tokens(&Context::background(), request()).await?;
    ensure!(response.allowed, "the take is not allowed");
    Ok(())
}
