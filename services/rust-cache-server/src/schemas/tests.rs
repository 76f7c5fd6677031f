//! What is compiled is what is registered now.

use cache_engine::{Body, Condition, Draft, ManualClock, NamespaceConfig, Ttl, Value};
use fastjson_proto::fastjson::v1 as json;
use json_engine::convert::{Format, Source};
use json_engine::schema::Output;
use prost::Message as _;

use super::*;
use bytes::Bytes;

struct Registry {
    store: Arc<LocalStore>,
    schemas: Schemas,
}

impl Registry {
    fn new(max_compiled: usize) -> Self {
        let config = config::Schemas { max_compiled, ..config::Schemas::default() };
        let namespace = NamespaceConfig::new(NamespaceName::parse(&config.namespace).unwrap());
        let store = Arc::new(LocalStore::new(vec![namespace], Arc::new(ManualClock::default())).unwrap());
        Self { schemas: Schemas::new(Arc::clone(&store), &config).unwrap(), store }
    }

    /// Puts texts, as versions from 1 on.
    async fn put(&self, name: &str, texts: &[&str]) {
        let version = |(number, text): (u64, &&str)| json::RegistryVersion {
            version: number,
            text: Bytes::copy_from_slice(text.as_bytes()),
            id: if text.contains("$id") { "x:money".to_owned() } else { String::new() },
            ..Default::default()
        };
        let record = json::RegistryRecord {
            name: name.to_owned(),
            next_version: texts.len() as u64 + 1,
            versions: (1..).zip(texts).map(version).collect(),
            ..Default::default()
        };
        let value = Value::new(Body::data(record.encode_to_vec()), "application/x-protobuf").unwrap();
        let (key, draft) =
            (Key::new(format!("schema:{name}")).unwrap(), Draft::new(value, Ttl::NamespaceDefault));
        self.store.set(&self.schemas.namespace, key, draft, Condition::Always).await.unwrap();
    }

    /// Whether the schema allows a document, or why it cannot say.
    async fn check(&self, name: &str, version: Option<u64>, document: &str) -> Result<bool, String> {
        let compiled = self.schemas.compiled(name, version).await;
        let compiled = compiled.map_err(|failure| failure.reason.to_string())?;
        let budget = COMPILING.budget();
        let scan = ScanOptions::default();
        let verdict = compiled.schema.check(
            document.as_bytes(),
            Source::Is(Format::Json),
            Output::Flag,
            &scan,
            &budget,
        );
        Ok(verdict.unwrap().valid)
    }
}

#[tokio::test]
async fn a_schema_is_the_newest_or_the_version_that_was_asked_for() {
    let registry = Registry::new(9);
    let not_found = Err("SCHEMA_NOT_FOUND".to_owned());
    assert_eq!(registry.check("a", None, "1").await, not_found);
    registry.put("a", &[r#"{"type":"integer"}"#]).await;
    assert_eq!(registry.check("a", None, "1").await, Ok(true));
    registry.put("a", &[r#"{"type":"integer"}"#, r#"{"type":"string"}"#]).await;
    assert_eq!(registry.check("a", None, "1").await, Ok(false));
    assert_eq!(registry.check("a", Some(1), "1").await, Ok(true));
    assert_eq!(registry.check("a", Some(3), "1").await, not_found);
    let first = registry.schemas.compiled("a", None).await.unwrap();
    assert_eq!(first.version, 2);
    assert!(Arc::ptr_eq(&first, &registry.schemas.compiled("a", None).await.unwrap()), "compiled once");
    registry.put("a", &[]).await;
    assert_eq!(registry.check("a", None, "1").await, not_found);
}

#[tokio::test]
async fn what_a_schema_refers_to_counts_as_it_is_now() {
    let registry = Registry::new(9);
    registry.put("team/city", &[r#"{"type":"string"}"#]).await;
    registry.put("money", &[r#"{"$id":"x:money","type":"number"}"#]).await;
    let order = r#"{"properties":{"city":{"$ref":"city"},"total":{"$ref":"x:money"}}}"#;
    registry.put("team/order", &[order]).await;
    let check = async |document: &str| registry.check("team/order", None, document).await;
    assert_eq!(check(r#"{"city":"a","total":1}"#).await, Ok(true));
    assert_eq!(check(r#"{"city":1}"#).await, Ok(false));
    registry.put("team/city", &[r#"{"type":"integer"}"#]).await;
    assert_eq!(check(r#"{"city":1}"#).await, Ok(true));
    registry.put("money", &[r#"{"$id":"x:money","type":"string"}"#]).await;
    assert_eq!(check(r#"{"total":1}"#).await, Ok(false));
    registry.put("team/city", &[]).await;
    assert_eq!(check(r#"{"city":1}"#).await, Err("SCHEMA_UNUSABLE".to_owned()));
}

#[tokio::test]
async fn the_least_recently_used_schema_goes_first() {
    let registry = Registry::new(2);
    for name in ["a", "b", "c"] {
        registry.put(name, &["{}"]).await;
    }
    let first = registry.schemas.compiled("a", None).await.unwrap();
    registry.schemas.compiled("b", None).await.unwrap();
    assert!(Arc::ptr_eq(&first, &registry.schemas.compiled("a", None).await.unwrap()));
    registry.schemas.compiled("c", None).await.unwrap();
    assert!(Arc::ptr_eq(&first, &registry.schemas.compiled("a", None).await.unwrap()));
    assert_eq!(registry.schemas.kept.lock().slots.len(), 2);
}
