//! CreateNamespace, UpdateNamespace, DeleteNamespace, ListNamespaces.

use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use bytes::Bytes;
use cache_engine::{NamespaceName, Store as _};
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use fastjson_proto::rustcache::v1 as pb;
use http::StatusCode;
use serde::Deserialize;

use super::rest::json_answer;
use crate::{App, wire};

/// Entries that are thrown out before other tasks may run.
const TRIM_ENTRIES: usize = 64;

/// How often a change has the memory shared out anew at most: while others write, there may be no end.
const MOST_TURNS: usize = 1_000;

/// `rustcache.v1.AdminService/CreateNamespace`.
pub(crate) async fn create(
    app: &App,
    request: pb::CreateNamespaceRequest,
) -> Result<pb::CreateNamespaceResponse, Failure> {
    let config = wire::namespace_config(request.namespace.unwrap_or_default(), &app.config)?;
    check_schema(app, config.schema.as_deref()).await?;
    let made = app.store.create_namespace(config).await.map_err(wire::engine_failure)?;
    give_back(app, &made.name).await;
    Ok(pb::CreateNamespaceResponse { namespace: Some(wire::namespace_message(made)) })
}

/// `rustcache.v1.AdminService/UpdateNamespace`.
pub(crate) async fn update(
    app: &App,
    request: pb::UpdateNamespaceRequest,
) -> Result<pb::UpdateNamespaceResponse, Failure> {
    let mask = request.update_mask.unwrap_or_default().paths;
    let (name, change) = wire::namespace_change(request.namespace.unwrap_or_default(), &mask)?;
    check_schema(app, change.schema.as_ref().and_then(Option::as_deref)).await?;
    let changed = app.store.update_namespace(&name, change).await.map_err(wire::engine_failure)?;
    give_back(app, &name).await;
    Ok(pb::UpdateNamespaceResponse { namespace: Some(wire::namespace_message(changed)) })
}

/// Refuses a schema that nothing could be checked against.
async fn check_schema(app: &App, schema: Option<&str>) -> Result<(), Failure> {
    match schema {
        Some(name) => app.schemas.compiled(name, None).await.map(drop),
        None => Ok(()),
    }
}

/// Throws out what is above the quota of a namespace that was changed, and what others have borrowed and must give back. If it
/// was deleted meanwhile, there is nothing to do.
async fn give_back(app: &App, name: &NamespaceName) {
    for _ in 0..MOST_TURNS {
        if app.store.balance(TRIM_ENTRIES) == 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    while app.store.trim(name, TRIM_ENTRIES).is_ok_and(|gone| gone > 0) {
        tokio::task::yield_now().await;
    }
}

/// `rustcache.v1.AdminService/DeleteNamespace`.
pub(crate) async fn delete(
    app: &App,
    request: pb::DeleteNamespaceRequest,
) -> Result<pb::DeleteNamespaceResponse, Failure> {
    let name = wire::namespace(&request.name)?;
    app.store.delete_namespace(&name).await.map_err(wire::engine_failure)?;
    crate::report::forget(&name);
    Ok(pb::DeleteNamespaceResponse {})
}

/// `rustcache.v1.AdminService/ListNamespaces`.
pub(crate) async fn list(app: &App) -> Result<pb::ListNamespacesResponse, Failure> {
    let configs = app.store.namespaces().await.map_err(wire::engine_failure)?;
    Ok(pb::ListNamespacesResponse {
        namespaces: configs.into_iter().map(wire::namespace_message).collect(),
        memory_limit_bytes: app.store.memory_limit_bytes(),
    })
}

/// `PUT /v1/namespaces/{namespace}`: 201; the body has the settings, as `rustcache.v1.Namespace`, or is empty.
pub(crate) async fn rest_create(
    State(app): State<App>,
    Path(name): Path<String>,
    Payload(body): Payload,
) -> Answer {
    let request = pb::CreateNamespaceRequest { namespace: Some(message(name, &body)?) };
    let made = create(&app, request).await?.namespace.unwrap_or_default();
    Ok((StatusCode::CREATED, json_answer("rustcache.v1.Namespace", &made)?).into_response())
}

/// Query parameters of `PATCH`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    /// Names of settings between commas.
    #[serde(default)]
    update_mask: String,
}

/// `PATCH /v1/namespaces/{namespace}`: the body has the settings that change, as `rustcache.v1.Namespace`.
pub(crate) async fn rest_update(
    State(app): State<App>,
    Path(name): Path<String>,
    Params(options): Params<Options>,
    Payload(body): Payload,
) -> Answer {
    let paths = options.update_mask.split(',').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    let request = pb::UpdateNamespaceRequest {
        namespace: Some(message(name, &body)?),
        update_mask: Some(prost_types::FieldMask { paths }),
    };
    let changed = update(&app, request).await?.namespace.unwrap_or_default();
    json_answer("rustcache.v1.Namespace", &changed)
}

/// `DELETE /v1/namespaces/{namespace}`: 204.
pub(crate) async fn rest_delete(State(app): State<App>, Path(name): Path<String>) -> Answer {
    delete(&app, pb::DeleteNamespaceRequest { name }).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /v1/namespaces`.
pub(crate) async fn rest_list(State(app): State<App>) -> Answer {
    json_answer("rustcache.v1.ListNamespacesResponse", &list(&app).await?)
}

/// `GET /v1/namespaces/{namespace}`: its settings.
pub(crate) async fn rest_get(State(app): State<App>, Path(name): Path<String>) -> Answer {
    let wanted = wire::namespace(&name)?;
    let configs = app.store.namespaces().await.map_err(wire::engine_failure)?;
    let found = configs.into_iter().find(|config| config.name == wanted);
    let found =
        found.ok_or_else(|| wire::engine_failure(cache_engine::Error::NamespaceNotFound { name: wanted }))?;
    json_answer("rustcache.v1.Namespace", &wire::namespace_message(found))
}

/// The settings of a body; the name is that of the path.
fn message(name: String, body: &Bytes) -> Result<pb::Namespace, Failure> {
    let json: &[u8] = if body.is_empty() { b"{}" } else { body };
    let given: pb::Namespace = client::json_mapping::decode("rustcache.v1.Namespace", json)
        .map_err(|error| Failure::invalid("NAMESPACE_INVALID", error.to_string()))?;
    if !given.name.is_empty() && given.name != name {
        return Err(Failure::invalid(
            "NAMESPACE_INVALID",
            "the body has another name than the path; allowed: the same, or none",
        ));
    }
    Ok(pb::Namespace { name, ..given })
}
