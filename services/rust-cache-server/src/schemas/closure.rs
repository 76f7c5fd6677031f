//! Closure: a registered schema and all that its `$ref`s reach.

use std::collections::BTreeMap;

use bytes::Bytes;
use chassis::Failure;
use json_engine::schema::{self, Registered};
use json_engine::{Error, ScanOptions};

use super::records::Records;
use super::{not_found, unusable};

/// Most schemas that one may reach; as of fastjson-api.
const MAX_REACHED: usize = 100;

/// Texts by URI.
pub(super) struct Closure {
    pub(super) text: Bytes,
    pub(super) version: u64,
    known_as: String,
    reached: BTreeMap<String, Bytes>,
}

impl Closure {
    /// Reads all. What is not registered is left to the compiler, which names it.
    pub(super) async fn of(records: &Records<'_>, name: &str, version: Option<u64>) -> Result<Self, Failure> {
        let (text, number) = records.text(name, version).await?.ok_or_else(|| not_found(version))?;
        let refused = |error: Error| unusable(name, &error);
        let known_as = schema::uri_of(name).map_err(refused)?;
        let mut reached = BTreeMap::new();
        let mut open = vec![(name.to_owned(), text.clone())];
        while let Some((known_as, text)) = open.pop() {
            let references =
                schema::references(&text, &known_as, &ScanOptions::default()).map_err(refused)?;
            for uri in references.uris {
                if reached.contains_key(&uri) {
                    continue;
                }
                let found = match schema::name_of(&uri) {
                    Some(name) => records.text(name, None).await?.map(|(text, _)| text),
                    None => records.with_id(&uri).await?,
                };
                let Some(text) = found else { continue };
                if reached.len() >= MAX_REACHED {
                    return Err(unusable(name, &format_args!("it reaches more than {MAX_REACHED} others")));
                }
                reached.insert(uri.clone(), text.clone());
                open.push((uri, text));
            }
        }
        Ok(Self { text, version: number, known_as, reached })
    }

    /// What the compiler needs.
    pub(super) fn registered(&self, scan: &ScanOptions) -> Result<Registered, Error> {
        let mut registered = Registered::default().with_base(&self.known_as);
        for (uri, text) in &self.reached {
            registered.add(uri, text, scan)?;
        }
        Ok(registered)
    }
}
