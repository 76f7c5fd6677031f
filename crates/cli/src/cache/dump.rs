//! `fastjson cache dump`: the entries of a namespace with their values, as the writes that would make them.
//!
//! What is there all along is dumped once, as it is when its page is read. Of the life of an entry the time that is left goes along.

use std::process::ExitCode;

use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;
use pb::get_many_item::Outcome;

use super::scan::{self, Pages};
use crate::Common;
use crate::error::Error;
use crate::output::Reader;

/// Bytes of values that are read at once; a single value may be larger.
const BATCH_BYTES: u64 = 2 << 20;

/// Prints a `SetRequest` in the protobuf JSON mapping a line, without a namespace.
pub(super) async fn run(
    common: &Common,
    client: &CacheClient,
    namespace: String,
    args: scan::Args,
) -> Result<ExitCode, Error> {
    let mut pages = Pages::new(namespace.clone(), args);
    while let Some(mut entries) = pages.next(common, client).await? {
        while !entries.is_empty() {
            let rest = entries.split_off(batch(&entries));
            let writes = writes(common, client, &namespace, &entries).await?;
            if scan::lines("rustcache.v1.SetRequest", &writes)? == Reader::Left {
                return Ok(ExitCode::SUCCESS);
            }
            entries = rest;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// How many of the first entries to read at once; at least one.
fn batch(entries: &[pb::EntryInfo]) -> usize {
    let mut bytes = 0;
    let fit = entries.iter().take_while(|entry| {
        bytes += entry.value_bytes;
        bytes <= BATCH_BYTES
    });
    fit.count().max(1)
}

/// What would write these entries anew. One that has gone meanwhile is left out.
async fn writes(
    common: &Common,
    client: &CacheClient,
    namespace: &str,
    entries: &[pb::EntryInfo],
) -> Result<Vec<pb::SetRequest>, Error> {
    let keys = entries.iter().map(|entry| entry.key.clone()).collect();
    let request = pb::GetManyRequest { namespace: namespace.to_owned(), keys };
    let items = client.get_many(&common.context(), request).await?.items;
    let write = |(item, info): (pb::GetManyItem, &pb::EntryInfo)| match item.outcome {
        Some(Outcome::Found(entry)) => Some(pb::SetRequest {
            key: item.key,
            value: entry.value,
            ttl: entry.ttl,
            tags: info.tags.clone(),
            ..Default::default()
        }),
        Some(Outcome::Missing(_)) | None => None,
    };
    Ok(items.into_iter().zip(entries).filter_map(write).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_has_two_mebibytes_or_one_entry() {
        let check = |sizes: &[u64], expected| {
            let entry = |&value_bytes| pb::EntryInfo { value_bytes, ..Default::default() };
            assert_eq!(batch(&sizes.iter().map(entry).collect::<Vec<_>>()), expected, "{sizes:?}");
        };
        check(&[4 << 20, 1], 1);
        check(&[1 << 20, 1 << 20, 1], 2);
        check(&[1, 1, 1], 3);
    }
}
