//! References: what a schema refers to outside itself, so that a caller can bring it along.
//!
//! Promise: nothing that the schema reaches is missing; a URI that only stands in data may be among them. Cost: a parse.

use std::collections::BTreeSet;

use jsonschema::{Uri, uri};

use crate::document::Document;
use crate::{Error, ScanOptions};

/// The scheme and authority of a name that is no URI: `address` is `json-schema:///address`.
const OF_NAMES: &str = "json-schema:///";

/// What a schema is called and what it calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// Its own absolute URI, from `$id`, without a fragment.
    pub id: Option<String>,
    /// Absolute URIs without fragments that it refers to and that are neither its own nor those of a meta-schema, in order.
    pub uris: Vec<String>,
}

/// The name that a URI stands for, if it is one of a name: `json-schema:///address` is `address`.
pub fn name_of(uri: &str) -> Option<&str> {
    uri.strip_prefix(OF_NAMES)
}

/// The absolute URI of a name or a URI. Fails with [`Error::Option`] on what is neither.
pub fn uri_of(name: &str) -> Result<String, Error> {
    absolute(name).map(|whole| super::options::without_fragment(whole.as_str()).to_owned())
}

/// What the schema that `text` holds refers to; `known_as` is the name or URI by which it was reached, empty where there is
/// none. Fails with [`Error::Part`] `schema` where the text is no JSON or over a limit.
pub fn references(text: &[u8], known_as: &str, scan: &ScanOptions) -> Result<References, Error> {
    let (document, _) = crate::parse::parse(text, scan)
        .map_err(|error| Error::Part { part: "schema", error: Box::new(error) })?;
    let base = absolute(known_as)?;
    let id_key = id_key(&document);
    let mut walk = Walk { id_key, own: BTreeSet::new(), found: BTreeSet::new() };
    walk.own.insert(super::options::without_fragment(base.as_str()).to_owned());
    walk.enter(&document, &base);
    let id = text_of(&document, id_key)
        .and_then(|id| Uri::parse(id).ok())
        .map(|whole| super::options::without_fragment(whole.as_str()).to_owned());
    let own = &walk.own;
    let is_outside = |uri: &String| !own.contains(uri) && !is_meta_schema(uri);
    Ok(References { id, uris: walk.found.iter().filter(|uri| is_outside(uri)).cloned().collect() })
}

struct Walk {
    id_key: &'static str,
    own: BTreeSet<String>,
    found: BTreeSet<String>,
}

impl Walk {
    /// Recurses by the depth of the schema, at most 512.
    fn enter(&mut self, document: &Document, base: &Uri<String>) {
        match document {
            Document::Arr(elements) => elements.iter().for_each(|element| self.enter(element, base)),
            Document::Obj(members) => {
                let own = text_of(document, self.id_key).and_then(|id| resolved(id, base));
                if let Some(own) = &own {
                    self.own.insert(super::options::without_fragment(own.as_str()).to_owned());
                }
                let base = own.as_ref().unwrap_or(base);
                for keyword in ["$ref", "$dynamicRef", "$recursiveRef", "$schema"] {
                    let target = text_of(document, keyword).and_then(|target| resolved(target, base));
                    self.found
                        .extend(target.map(|uri| super::options::without_fragment(uri.as_str()).to_owned()));
                }
                members.values().for_each(|member| self.enter(member, base));
            }
            Document::Null
            | Document::Bool(_)
            | Document::Number(_)
            | Document::Str(_)
            | Document::Surrogates(_) => {}
        }
    }
}

fn absolute(name: &str) -> Result<Uri<String>, Error> {
    uri::from_str(name).map_err(|_| Error::Option {
        name: "uri",
        message: format!("{:?} is no URI", crate::pointer::cut(name)),
        allowed: "a URI, or a reference to one",
    })
}

fn resolved(reference: &str, base: &Uri<String>) -> Option<Uri<String>> {
    uri::resolve_against(&base.borrow(), reference).ok()
}

pub(super) fn text_of<'d>(document: &'d Document, key: &str) -> Option<&'d str> {
    match document {
        Document::Obj(members) => match members.get(key) {
            Some(Document::Str(text)) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// Draft 4 has no dollar there.
pub(super) fn id_key(document: &Document) -> &'static str {
    let is_draft4 = text_of(document, "$schema").is_some_and(|uri| uri.contains("json-schema.org/draft-04/"));
    if is_draft4 { "id" } else { "$id" }
}

/// Whether an identifier gives a new base; one of drafts before 2019-09 may be a mere anchor.
pub(super) fn is_base(id: &str) -> bool {
    !id.starts_with('#')
}

fn is_meta_schema(uri: &str) -> bool {
    uri.contains("json-schema.org/draft")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, known_as: &str, expected: (Option<&str>, &[&str])) {
        let found = references(text.as_bytes(), known_as, &ScanOptions::default()).unwrap();
        let uris: Vec<&str> = found.uris.iter().map(String::as_str).collect();
        assert_eq!((found.id.as_deref(), uris.as_slice()), expected, "{text}");
    }

    #[test]
    fn a_schema_without_id_refers_to_names() {
        check(r#"{"$ref":"address#/a"}"#, "", (None, &["json-schema:///address"]));
        check(r#"{"items":[{"$ref":"../x"}]}"#, "team/order", (None, &["json-schema:///x"]));
        check(r##"{"$ref":"#/a","b":{"$ref":"order"}}"##, "order", (None, &[]));
    }

    #[test]
    fn an_id_is_the_base_of_what_lies_below() {
        let text = r#"{"$id":"https://e.com/a/b#","$ref":"c","$defs":{"d":{"$id":"d/","$ref":"f"}, "e":{"$ref":"d/"}}}"#;
        check(text, "n", (Some("https://e.com/a/b"), &["https://e.com/a/c", "https://e.com/a/d/f"]));
        check(r#"{"$schema":"http://json-schema.org/draft-04/schema#","id":"x:a"}"#, "", (Some("x:a"), &[]));
    }

    #[test]
    fn names_and_uris_are_told_apart() {
        assert_eq!(uri_of("a/b").unwrap(), "json-schema:///a/b");
        assert_eq!(name_of("json-schema:///a/b"), Some("a/b"));
        assert_eq!(
            (uri_of("https://e.com/a#b").unwrap().as_str(), name_of("https://e.com/a")),
            ("https://e.com/a", None)
        );
    }
}
