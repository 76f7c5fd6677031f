//! What a call asks for.

use bytes::Bytes;
use client::{CacheClient, Config, JsonClient, LoadClient};
use context::Context;
use fastjson_proto::fastjson::v1 as json;
use fastjson_proto::rustcache::v1 as cache;

use super::Args;
use crate::error::Error;
use crate::query;
use crate::{Common, input};

/// Where no file is named.
const SMALL: &[u8] =
    br#"{"id": 7, "name": "tea", "price": 4.50, "tags": ["hot", "green"], "stock": {"id": 8, "left": 120}}"#;

/// How long what is written stays.
const TTL: prost_types::Duration = prost_types::Duration { seconds: 600, nanos: 0 };

/// What there is to call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum What {
    /// Reads entries, which are written first.
    Get,
    /// Writes entries.
    Set,
    /// Takes tokens of a rate that is never met.
    Take,
    /// Checks a document.
    Validate,
    /// Minifies a document.
    Format,
    /// Queries a document.
    Query,
}

/// A call, ready to be made any number of times.
#[derive(Debug)]
pub(super) enum Work {
    Get(CacheClient, Entries),
    Set(CacheClient, Entries),
    Take(LoadClient, u64),
    Validate(JsonClient, json::ValidateRequest),
    Format(JsonClient, json::FormatRequest),
    Query(JsonClient, json::QueryRequest),
}

/// The entries that are gone over.
#[derive(Debug)]
pub(super) struct Entries {
    namespace: String,
    keys: u64,
    value: Bytes,
}

impl Work {
    pub(super) fn new(common: &Common, what: What, args: &Args) -> Result<Self, Error> {
        let (json, cache) = (Config::at(&common.json_addr), Config::at(&common.cache_addr));
        let entries = || Entries {
            namespace: args.namespace.clone(),
            keys: args.keys.into(),
            value: vec![b'v'; args.value_bytes as usize].into(),
        };
        let input = || -> Result<_, Error> {
            let file = args.file.as_ref();
            let bytes =
                file.map(|file| input::read(Some(file))).transpose()?.map(|source| source.bytes.into());
            let bytes = bytes.unwrap_or(Bytes::from_static(SMALL));
            Ok(Some(json::Input { source: Some(json::input::Source::Data(bytes)), format: 0 }))
        };
        Ok(match what {
            What::Get => Self::Get(CacheClient::new(cache)?, entries()),
            What::Set => Self::Set(CacheClient::new(cache)?, entries()),
            What::Take => Self::Take(LoadClient::new(cache)?, args.keys.into()),
            What::Validate => {
                let request = json::ValidateRequest { input: input()?, ..Default::default() };
                Self::Validate(JsonClient::new(json)?, request)
            }
            What::Format => {
                let style = json::FormatStyle::Minify.into();
                let request = json::FormatRequest { input: input()?, style, ..Default::default() };
                Self::Format(JsonClient::new(json)?, request)
            }
            What::Query => {
                let (query, language) = (args.program.clone(), query::guess(&args.program).wire().into());
                // What is measured is the query, not the look-up of an answer that was kept.
                let memo = json::Memo::Off.into();
                let request =
                    json::QueryRequest { input: input()?, query, language, memo, ..Default::default() };
                Self::Query(JsonClient::new(json)?, request)
            }
        })
    }

    /// Makes the call; `turn` says which entry it is about.
    pub(super) async fn call(&self, context: &Context, turn: u64) -> Result<(), client::Error> {
        match self {
            Self::Get(client, entries) => {
                let request =
                    cache::GetRequest { namespace: entries.namespace.clone(), key: entries.key(turn) };
                client.get(context, request).await.map(drop)
            }
            Self::Set(client, entries) => client.set(context, entries.set(turn)).await.map(drop),
            Self::Take(client, keys) => client.take_tokens(context, take(turn % keys)).await.map(drop),
            Self::Validate(client, request) => client.validate(context, request.clone()).await.map(drop),
            Self::Format(client, request) => client.format(context, request.clone()).await.map(drop),
            Self::Query(client, request) => client.query(context, request.clone()).await.map(drop),
        }
    }
}

impl Entries {
    fn key(&self, turn: u64) -> String {
        format!("fastjson-bench:{}", turn % self.keys)
    }

    fn set(&self, turn: u64) -> cache::SetRequest {
        let body = Some(cache::value::Body::Data(self.value.clone()));
        cache::SetRequest {
            namespace: self.namespace.clone(),
            key: self.key(turn),
            value: Some(cache::Value { body, content_type: String::new() }),
            ttl: Some(TTL),
            ..Default::default()
        }
    }
}

fn take(key: u64) -> cache::TakeTokensRequest {
    let limit = cache::RateLimit { tokens: 1_000_000_000, period: None, burst: None };
    let take = cache::Take { key: format!("fastjson-bench:{key}"), limit: Some(limit), cost: None };
    cache::TakeTokensRequest { takes: vec![take], mode: 0 }
}
