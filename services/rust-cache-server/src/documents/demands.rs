//! Schemas that a write must satisfy: the one that it names, and the one that its namespace demands.
//!
//! Promise: a document that breaks one is refused with all places where it does, in the text that would have been stored;
//! where a namespace demands a schema, nothing else gets in by any call. A schema that became stricter says nothing about
//! what is there until that is changed. Cost: a check of the parsed document, and a parse for the places if it fails.

use std::sync::Arc;

use cache_engine::NamespaceName;
use chassis::Failure;
use json_engine::ScanOptions;
use json_engine::convert::{Format, Source};
use json_engine::document::Document;
use json_engine::schema::Output;

use super::Allowance;
use crate::schemas::Compiled;
use crate::{App, wire};

/// A schema by its name in the registry.
#[derive(Debug, Clone, Default)]
pub(crate) struct Named {
    /// Empty: none.
    pub(crate) name: String,
    /// Absent: the newest.
    pub(crate) version: Option<u64>,
}

/// What a write must satisfy. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Demands(Vec<(Arc<str>, Arc<Compiled>)>);

impl Demands {
    /// Of a write into `namespace` that names `named`. Fails with `SCHEMA_NOT_FOUND` and `SCHEMA_UNUSABLE`.
    pub(crate) async fn of(app: &App, namespace: &NamespaceName, named: Named) -> Result<Self, Failure> {
        if named.name.is_empty() && named.version.is_some() {
            let message = "schema_version is set; allowed: only with schema";
            return Err(Failure::invalid("OPTION_INVALID", message).with("option", "schema_version"));
        }
        let own = app.store.schema_of(namespace).map(|name| (name, None));
        let named = (!named.name.is_empty()).then(|| (named.name.into(), named.version));
        let mut all = Vec::new();
        for (name, version) in own.into_iter().chain(named) {
            let compiled = app.schemas.compiled(&name, version).await?;
            all.push((name, compiled));
        }
        Ok(Self(all))
    }

    /// Whether there are any.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks a document that is to be stored as `text`. Fails with `SCHEMA_VIOLATED`.
    pub(crate) fn check(
        &self,
        document: &Document,
        text: &[u8],
        options: &ScanOptions,
        allowance: Allowance,
    ) -> Result<(), Failure> {
        for (name, compiled) in &self.0 {
            let allowed = compiled.schema.allows(document, &allowance.budget());
            if allowed.map_err(wire::document_failure)? {
                continue;
            }
            let from = Source::Is(Format::Json);
            let verdict = compiled.schema.check(text, from, Output::default(), options, &allowance.budget());
            let report = verdict.map_err(wire::document_failure)?.report;
            metrics::counter!("documents_violations_total").increment(1);
            let message =
                format!("the document is not what the schema {name:?} asks for; nothing was written");
            let failure = Failure::invalid("SCHEMA_VIOLATED", message)
                .with("schema", name)
                .with("schema_version", compiled.version);
            return Err(wire::with_diagnostics(failure, &report, None));
        }
        Ok(())
    }
}

/// Refuses what is written without a check into a namespace that demands a schema.
pub(crate) fn unchecked(app: &App, namespace: &NamespaceName) -> Result<(), Failure> {
    let Some(schema) = app.store.schema_of(namespace) else { return Ok(()) };
    let message =
        format!("this namespace takes documents of the schema {schema:?} only; use DocumentService");
    Err(Failure::failed_precondition("SCHEMA_DEMANDED", message).with("schema", schema))
}
