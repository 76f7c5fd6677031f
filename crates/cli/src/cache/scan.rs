//! `fastjson cache scan`: the entries of a namespace, without their values.

use std::process::ExitCode;

use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;

use crate::error::Error;
use crate::output::Reader;
use crate::{Common, output};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only keys that begin with this.
    #[arg(default_value = "")]
    prefix: String,
    /// Only entries that have this tag.
    #[arg(long, default_value = "")]
    tag: String,
    /// Entries asked for at a time.
    #[arg(long, default_value_t = 1_000)]
    page_size: u32,
}

/// The pages of a scan, one after the other.
pub(super) struct Pages {
    request: Option<pb::ScanRequest>,
}

impl Pages {
    pub(super) fn new(namespace: String, args: Args) -> Self {
        let Args { prefix, tag, page_size } = args;
        let cursor = String::new();
        let request = pb::ScanRequest { namespace, prefix, tag, page_size: Some(page_size), cursor };
        Self { request: Some(request) }
    }

    /// The entries of the next page, perhaps none; `None` after the last.
    pub(super) async fn next(
        &mut self,
        common: &Common,
        client: &CacheClient,
    ) -> Result<Option<Vec<pb::EntryInfo>>, Error> {
        let Some(request) = self.request.take() else { return Ok(None) };
        let page = client.scan(&common.context(), request.clone()).await?;
        if !page.next_cursor.is_empty() {
            self.request = Some(pb::ScanRequest { cursor: page.next_cursor, ..request });
        }
        Ok(Some(page.entries))
    }
}

/// Prints a JSON object a line.
pub(super) async fn run(
    common: &Common,
    client: &CacheClient,
    namespace: String,
    args: Args,
) -> Result<ExitCode, Error> {
    let mut pages = Pages::new(namespace, args);
    while let Some(entries) = pages.next(common, client).await? {
        if lines("rustcache.v1.EntryInfo", &entries)? == Reader::Left {
            break;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes messages of this name, one a line.
pub(super) fn lines<M: prost::Message>(name: &str, messages: &[M]) -> Result<Reader, Error> {
    let mut text = String::new();
    for message in messages {
        let json = client::json_mapping::encode(name, message);
        text.push_str(&json.map_err(|error| Error::Usage(error.to_string()))?);
        text.push('\n');
    }
    output::piece(text.as_bytes())
}
