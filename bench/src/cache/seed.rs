//! What the caches hold.

use std::time::SystemTime;

use anyhow::{Result, ensure};
use client::CacheClient;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;

/// Length of a key.
pub(super) const KEY_BYTES: usize = "bench:000000000000".len();

/// The first so many keys.
pub(super) fn keys(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("bench:{number:012}")).collect()
}

/// A write of a value of so many bytes.
pub(super) fn write(key: String, value_bytes: usize, end: Option<SystemTime>) -> pb::SetRequest {
    let body = pb::value::Body::Data(vec![b'v'; value_bytes].into());
    let value = Some(pb::Value { body: Some(body), content_type: String::new() });
    pb::SetRequest { key, value, expires_at: end.map(Into::into), ..Default::default() }
}

/// Writes them all.
pub(super) async fn fill(
    address: &str,
    keys: &[String],
    value_bytes: usize,
    end: Option<SystemTime>,
) -> Result<()> {
    let client = CacheClient::new(client::Config::at(format!("http://{address}")))?;
    for some in keys.chunks(1_000) {
        let items = some.iter().map(|key| write(key.clone(), value_bytes, end)).collect();
        let answers = client.set_many(&Context::background(), pb::SetManyRequest { items }).await?.items;
        let is_stored =
            |item: &pb::SetManyItem| matches!(item.outcome, Some(pb::set_many_item::Outcome::Stored(_)));
        ensure!(answers.iter().all(is_stored), "every entry fits");
    }
    Ok(())
}
