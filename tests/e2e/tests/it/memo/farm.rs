//! Replicas of the JSON service on one cache service, which use the memo wherever it is allowed.

use std::time::Duration;

use bytes::Bytes;
use client::{CacheClient, JsonClient, SchemaClient};
use context::{Context, Deadline};
use fastjson_proto::fastjson::v1 as pb;
use fastjson_proto::rustcache::v1 as cache;
use serde_json::{Value, json};
use testkit::{Running, bind, start_cache, start_json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const NAMESPACE: &str = "fastjson.memo";

pub(super) struct Replica {
    pub(super) running: Running,
    pub(super) client: JsonClient,
}

pub(super) struct Farm {
    cache: Option<Running>,
    cache_client: CacheClient,
    /// Takes connections as long as it is there, and never looks at them.
    mute: Option<TcpListener>,
    pub(super) json: Vec<Replica>,
}

impl Farm {
    /// One replica for each edition. They ask whatever it costs, and wait for long.
    pub(super) async fn start(editions: &[&str]) -> Self {
        let configs = editions.iter().map(|edition| {
            let mut config = fastjson_api::Config::default();
            config.memo.max_loss_percent = u32::MAX;
            config.memo.timeout = Duration::from_secs(20);
            config.memo.edition = (*edition).to_owned();
            config.limits.program_time = Duration::from_secs(20);
            config
        });
        Self::start_with(configs.collect()).await
    }

    /// One replica with the settings as they come.
    pub(super) async fn start_usual() -> Self {
        Self::start_with(vec![fastjson_api::Config::default()]).await
    }

    /// One replica whose cache service takes connections and says nothing.
    pub(super) async fn start_with_mute_cache() -> Self {
        let mute = bind();
        let mut config = fastjson_api::Config::default();
        config.memo.max_loss_percent = u32::MAX;
        config.cache.address = format!("http://{}", mute.local_addr().unwrap());
        let mut farm = Self::start_with(Vec::new()).await;
        farm.add(config);
        farm.mute = Some(mute);
        farm
    }

    async fn start_with(configs: Vec<fastjson_api::Config>) -> Self {
        let cache = start_cache(rust_cache_server::Config::default(), bind());
        let cache_client = CacheClient::new(config_of(&cache)).unwrap();
        let mut farm = Self { cache: Some(cache), cache_client, mute: None, json: Vec::new() };
        for mut config in configs {
            config.cache = farm.cache.as_ref().map(config_of).unwrap();
            farm.add(config);
        }
        farm
    }

    fn add(&mut self, config: fastjson_api::Config) {
        let running = start_json(config, bind());
        let client = JsonClient::new(config_of(&running)).unwrap();
        self.json.push(Replica { running, client });
    }

    pub(super) fn request(&self, recipe: &pb::Recipe, document: &str) -> pb::RunRequest {
        let source = pb::input::Source::Text(document.to_owned());
        let input = Some(pb::Input { source: Some(source), format: 0 });
        pb::RunRequest { input, recipe: Some(recipe.clone()), ..Default::default() }
    }

    pub(super) async fn run(&self, replica: usize, recipe: &pb::Recipe, document: &str) -> pb::RunResponse {
        self.json[replica].client.run(&patient(), self.request(recipe, document)).await.unwrap()
    }

    /// Eight calls at the same time, over the replicas in turn; what each gave.
    pub(super) async fn run_at_once(&self, recipe: &pb::Recipe, document: &str) -> Vec<pb::RunResponse> {
        let mut calls = JoinSet::new();
        for replica in self.json.iter().cycle().take(8) {
            let (client, request) = (replica.client.clone(), self.request(recipe, document));
            calls.spawn(async move { client.run(&patient(), request).await.unwrap() });
        }
        calls.join_all().await
    }

    pub(super) async fn put_schema(&self, schema: &str) {
        let input = Some(pb::Input { source: Some(pb::input::Source::Text(schema.to_owned())), format: 0 });
        let request = pb::PutSchemaRequest { name: "s".to_owned(), schema: input, ..Default::default() };
        let schemas = SchemaClient::new(config_of(&self.json[0].running)).unwrap();
        schemas.put(&patient(), request).await.unwrap();
    }

    /// Waits until so many answers are kept; their keys.
    pub(super) async fn until_kept(&self, count: usize) -> Vec<String> {
        let request = cache::ScanRequest { namespace: NAMESPACE.to_owned(), ..Default::default() };
        loop {
            // The namespace comes with the first of them.
            let page = self.cache_client.scan(&patient(), request.clone()).await;
            let keys: Vec<String> =
                page.unwrap_or_default().entries.into_iter().map(|entry| entry.key).collect();
            assert!(keys.len() <= count, "{} answers are kept, {count} were expected", keys.len());
            if keys.len() == count {
                return keys;
            }
        }
    }

    pub(super) async fn entry(&self, key: &str) -> Vec<u8> {
        let request = cache::GetRequest { namespace: NAMESPACE.to_owned(), key: key.to_owned() };
        match self.cache_client.get(&patient(), request).await.unwrap().outcome.unwrap() {
            cache::get_response::Outcome::Found(entry) => match entry.value.unwrap().body.unwrap() {
                cache::value::Body::Data(bytes) => bytes.to_vec(),
                other @ cache::value::Body::Text(_) => panic!("{other:?}"),
            },
            cache::get_response::Outcome::Missing(_) => panic!("{key} is missing"),
        }
    }

    pub(super) async fn overwrite(&self, key: &str, bytes: Vec<u8>) {
        let body = Some(cache::value::Body::Data(Bytes::from(bytes)));
        let value = Some(cache::Value { body, content_type: String::new() });
        let (namespace, key) = (NAMESPACE.to_owned(), key.to_owned());
        let request = cache::SetRequest { namespace, key, value, ..Default::default() };
        self.cache_client.set(&patient(), request).await.unwrap();
    }

    pub(super) async fn delete(&self, key: &str) {
        let (namespace, key) = (NAMESPACE.to_owned(), key.to_owned());
        let request = cache::DeleteRequest { namespace, key, ..Default::default() };
        self.cache_client.delete(&patient(), request).await.unwrap();
    }

    /// Takes the right to compute an answer.
    pub(super) async fn claim(&self, key: &str, lease: cache::ComputeByLease) -> cache::GetOrComputeResponse {
        let (namespace, key) = (NAMESPACE.to_owned(), key.to_owned());
        let request = cache::GetOrComputeRequest { namespace, key, lease: Some(lease), ..Default::default() };
        self.cache_client.get_or_compute(&patient(), request).await.unwrap()
    }

    pub(super) async fn stop_cache(&mut self) {
        self.cache.take().unwrap().stop().await;
    }

    pub(super) async fn stop(self) {
        for replica in self.json {
            replica.running.stop().await;
        }
        if let Some(cache) = self.cache {
            cache.stop().await;
        }
    }
}

fn config_of(running: &Running) -> client::Config {
    client::Config::at(format!("http://{}", running.address))
}

/// A call that may take long.
pub(super) fn patient() -> Context {
    Context { deadline: Some(Deadline::after(Duration::from_secs(60))), ..Context::background() }
}

pub(super) fn jq(program: &str) -> Value {
    json!({"query": {"language": "QUERY_LANGUAGE_JQ", "query": program}})
}

pub(super) fn steps(steps: &[Value]) -> pb::Recipe {
    let text = json!({"steps": steps}).to_string();
    client::json_mapping::decode("fastjson.v1.Recipe", text.as_bytes()).unwrap()
}

pub(super) fn text(answer: &pb::RunResponse) -> &str {
    match answer.output.as_ref().unwrap().result.as_ref().unwrap() {
        pb::output::Result::Text(text) => text,
        other => panic!("{other:?}"),
    }
}
