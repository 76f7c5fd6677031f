//! What the caller of a check chooses.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::document::Document;
use crate::{Error, ScanOptions};

/// A version of JSON Schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Draft {
    /// Draft 4, of 2013.
    Draft4,
    /// Draft 6, of 2017.
    Draft6,
    /// Draft 7, of 2018.
    Draft7,
    /// Of 2019.
    Draft201909,
    /// Of 2020.
    #[default]
    Draft202012,
}

impl Draft {
    pub(super) fn library(self) -> jsonschema::Draft {
        match self {
            Draft::Draft4 => jsonschema::Draft::Draft4,
            Draft::Draft6 => jsonschema::Draft::Draft6,
            Draft::Draft7 => jsonschema::Draft::Draft7,
            Draft::Draft201909 => jsonschema::Draft::Draft201909,
            Draft::Draft202012 => jsonschema::Draft::Draft202012,
        }
    }
}

/// What `format` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Formats {
    /// A string that is not of its format fails.
    #[default]
    Assert,
    /// Nothing is checked.
    Annotate,
}

/// How much is said about failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Output {
    /// Whether there are any; the fastest.
    Flag,
    /// Each failure.
    #[default]
    Basic,
    /// Each failure; behind one of `anyOf` or `oneOf` why each of its schemas failed.
    Detailed,
}

/// How a schema is compiled.
#[derive(Debug, Clone, Copy)]
pub struct SchemaOptions<'r> {
    /// The draft of a schema without `$schema`.
    pub default_draft: Draft,
    /// What `format` does.
    pub formats: Formats,
    /// What a `$ref` may name besides the schema itself.
    pub registered: &'r Registered,
}

/// Schemas by their URI. Cloning costs one reference count.
#[derive(Debug, Clone, Default)]
pub struct Registered {
    schemas: Arc<BTreeMap<String, Document>>,
    base: Option<Arc<str>>,
}

impl Registered {
    /// Adds the schema that `text`, which is JSON, holds, under `uri`. A name that is no whole URI is one next to a schema
    /// without `$id`: what is registered as `address` is reached by `{"$ref": "address"}`. Fails with [`Error::Option`] on
    /// what is no URI, and where the text is no JSON.
    pub fn add(&mut self, uri: &str, text: &[u8], options: &ScanOptions) -> Result<(), Error> {
        let whole = jsonschema::uri::from_str(uri).map_err(|_| Error::Option {
            name: "uri",
            message: format!("{:?} is no URI", crate::pointer::cut(uri)),
            allowed: "a URI, or a reference to one",
        })?;
        let (document, _) = crate::parse::parse(text, options)
            .map_err(|error| Error::Part { part: "schema", error: Box::new(error) })?;
        Arc::make_mut(&mut self.schemas).insert(without_fragment(whole.as_str()).to_owned(), document);
        Ok(())
    }

    /// The schema that a URI names, whatever its fragment.
    pub(super) fn find(&self, uri: &str) -> Option<&Document> {
        self.schemas.get(without_fragment(uri))
    }

    /// Says by which absolute URI the schema that is compiled is reached itself: references of one without `$id` are relative
    /// to it.
    #[must_use]
    pub fn with_base(mut self, uri: &str) -> Self {
        self.base = Some(without_fragment(uri).into());
        self
    }

    pub(super) fn base(&self) -> Option<&str> {
        self.base.as_deref()
    }
}

pub(super) fn without_fragment(uri: &str) -> &str {
    uri.split_once('#').map_or(uri, |(before, _)| before)
}
