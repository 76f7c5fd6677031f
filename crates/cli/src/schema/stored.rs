//! `fastjson schema put|get|list|delete`: schemas by name.

use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use crate::error::Error;
use crate::registry::Registry;
use crate::{Common, output, stored};

pub(super) async fn put(common: &Common, request: pb::PutSchemaRequest) -> Result<ExitCode, Error> {
    let put = Registry::new(common)?.put_schema(request).await?;
    let version = put.version.unwrap_or_default().version;
    output::line(version.to_string().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn get(common: &Common, request: pb::GetSchemaRequest) -> Result<ExitCode, Error> {
    let found = Registry::new(common)?.get_schema(request).await?;
    output::value(found.schema.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Prints all pages: name, version, what the name asks for, bytes, hash.
pub(super) async fn list(common: &Common, which: stored::Which) -> Result<ExitCode, Error> {
    let registry = Registry::new(common)?;
    let mut request = pb::ListSchemasRequest {
        name: which.name.unwrap_or_default(),
        prefix: which.prefix,
        page_size: Some(stored::PAGE),
        ..Default::default()
    };
    loop {
        let page = registry.list_schemas(request.clone()).await?;
        for row in &page.schemas {
            let asks = row.compatibility().as_str_name().trim_start_matches("COMPATIBILITY_");
            let line = format!(
                "{}\t{}\t{}\t{}\t{}",
                row.name,
                row.version,
                asks.to_ascii_lowercase(),
                row.size_bytes,
                row.hash
            );
            output::line(line.as_bytes())?;
        }
        if page.next_page_token.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        request.page_token = page.next_page_token;
    }
}

pub(super) async fn delete(common: &Common, request: pb::DeleteSchemaRequest) -> Result<ExitCode, Error> {
    let deleted = Registry::new(common)?.delete_schema(request).await?.deleted;
    stored::deleted(deleted)
}
