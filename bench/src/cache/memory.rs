//! What an entry costs beyond its key and value: resident memory of a million entries of 100 bytes.

use anyhow::Result;

use super::{peers, seed};
use crate::server::{self, Which};

const ENTRIES: usize = 1_000_000;
const VALUE_BYTES: usize = 100;

/// Prints bytes an entry.
pub(super) async fn run() -> Result<()> {
    let keys = seed::keys(ENTRIES);
    let text = (ENTRIES * (seed::KEY_BYTES + VALUE_BYTES)) as u64;
    let beyond = |before: u64, after: u64| after.saturating_sub(before).saturating_sub(text) / ENTRIES as u64;
    let cache = server::start(Which::LargeCache).await?;
    seed::fill(&cache.address, &keys[..1], VALUE_BYTES, None).await?;
    let before = cache.resident_bytes()?;
    seed::fill(&cache.address, &keys, VALUE_BYTES, None).await?;
    let ours = beyond(before, cache.resident_bytes()?);
    let redis = peers::redis().await?;
    redis.fill(1)?;
    let before = redis.resident_bytes()?;
    redis.fill_with(&keys, VALUE_BYTES)?;
    let theirs = beyond(before, redis.resident_bytes()?);
    let mark = if ours <= 420 { "" } else { "  missed" };
    println!(
        "\n{ENTRIES} entries of {VALUE_BYTES} bytes, by resident memory; bytes an entry beyond key and value"
    );
    println!("  ours {ours} (at most 420){mark}, redis {theirs}");
    Ok(())
}
