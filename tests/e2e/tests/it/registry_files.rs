//! A registry in files: what a restart keeps, and what it does not believe.

use std::path::Path;

use context::Context;
use fastjson_api::config::{Registry, RegistryStore};
use fastjson_proto::fastjson::v1 as pb;
use testkit::{Pair, PairConfig};

use crate::registry_stores::Scratch;
use crate::schemas::{put, put_request};

async fn start(directory: &Path) -> Pair {
    let mut config = PairConfig::default();
    config.json.registry =
        Registry { store: RegistryStore::File, directory: directory.to_owned(), ..Registry::default() };
    Pair::start_with(config).await
}

async fn newest(pair: &Pair, name: &str) -> (u64, String) {
    let request = pb::GetSchemaRequest { name: name.to_owned(), version: None };
    let found = pair.schema_client().get(&Context::background(), request).await.unwrap();
    (found.version.unwrap().version, found.schema)
}

#[tokio::test]
async fn schemas_and_recipes_survive_a_restart() {
    let scratch = Scratch::new("restart");
    let pair = start(&scratch.0).await;
    let schemas = pair.schema_client();
    put(&schemas, "team/order", "{}").await;
    let asks = pb::Compatibility::Full.into();
    let second = pb::PutSchemaRequest { compatibility: asks, ..put_request("team/order", "true") };
    schemas.put(&Context::background(), second).await.unwrap();
    put(&schemas, "gone", "{}").await;
    let delete = pb::DeleteSchemaRequest { name: "gone".to_owned(), version: None };
    schemas.delete(&Context::background(), delete).await.unwrap();
    let recipe =
        client::json_mapping::decode("fastjson.v1.Recipe", br#"{"steps":[{"inferSchema":{}}]}"#).unwrap();
    let put_recipe =
        pb::PutRecipeRequest { name: "a".to_owned(), recipe: Some(recipe), ..Default::default() };
    let recipes = pair.recipe_client();
    recipes.put(&Context::background(), put_recipe).await.unwrap();
    let get = pb::GetRecipeRequest { name: "a".to_owned(), version: None };
    let before = recipes.get(&Context::background(), get.clone()).await.unwrap();
    pair.stop().await;

    let pair = start(&scratch.0).await;
    assert_eq!(newest(&pair, "team/order").await, (2, "true".to_owned()));
    assert_eq!(pair.recipe_client().get(&Context::background(), get).await.unwrap(), before);
    assert_eq!(put(&pair.schema_client(), "gone", "{}").await, 2, "a number is not given twice");
    let list = pb::ListSchemasRequest { name: "team/order".to_owned(), ..Default::default() };
    let list = pair.schema_client().list(&Context::background(), list).await.unwrap();
    assert_eq!((list.schemas.len(), list.schemas[1].compatibility()), (2, pb::Compatibility::Full));
    pair.stop().await;
}

#[tokio::test]
async fn a_torn_file_is_kept_aside_and_its_number_is_not_used_again() {
    let scratch = Scratch::new("torn");
    let pair = start(&scratch.0).await;
    put(&pair.schema_client(), "a", "{}").await;
    put(&pair.schema_client(), "a", "true").await;
    pair.stop().await;
    let file = scratch.0.join("schema/a@2.entry");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();

    let pair = start(&scratch.0).await;
    assert_eq!(newest(&pair, "a").await, (1, "{}".to_owned()));
    assert_eq!(put(&pair.schema_client(), "a", "true").await, 3);
    assert_eq!(std::fs::read(scratch.0.join("schema/aside/a@2.entry")).unwrap().len(), whole.len() / 2);
    pair.stop().await;
}

#[tokio::test]
async fn a_store_in_files_needs_a_directory() {
    let mut config = fastjson_api::Config::default();
    config.registry.store = RegistryStore::File;
    let error = fastjson_api::Local::new(config).unwrap_err().to_string();
    assert!(error.contains("registry.directory"), "{error}");
}
