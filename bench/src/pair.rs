//! The pair at work: what the two services gain by each other, one row a promise.
//!
//! Both run in one process and speak over the loopback address; callers share all cores with them.

mod documents;
mod hop;
mod memo;
mod operations;
mod recovery;

use anyhow::Result;
use client::JsonClient;

use crate::server::{self, Which};

/// Prints the rows of all topics whose name has `topic` in it.
pub(crate) async fn run(topic: &str) -> Result<()> {
    let server = server::start_on_all(Which::Pair).await?;
    let json = JsonClient::new(client::Config::at(format!("http://{}", server.address)))?;
    if "hop".contains(topic) {
        hop::run(&json).await?;
    }
    if "memo".contains(topic) {
        memo::run(&json).await?;
        operations::run(&json).await?;
    }
    if "recovery".contains(topic) {
        recovery::run().await?;
    }
    if "documents".contains(topic) {
        let cache = server::start_on_all(Which::Cache).await?;
        documents::run(&cache.address).await?;
    }
    Ok(())
}
