//! The documents of one call; an entry that several of them name is fetched once.

use chassis::Failure;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::{Arm, Document, as_json, fetch_reference, missing};
use crate::{App, wire};

/// Entries that one call fetches at the same time.
const AT_ONCE: usize = 8;

/// Gets documents, and remembers those that came by reference as long as the call lasts.
pub(crate) struct Fetched<'c> {
    app: &'c App,
    context: &'c Context,
    seen: Vec<(pb::CacheRef, (bytes::Bytes, Arm))>,
}

impl<'c> Fetched<'c> {
    pub(crate) fn new(app: &'c App, context: &'c Context) -> Self {
        Self { app, context, seen: Vec::new() }
    }

    /// The context of the call.
    pub(crate) fn context(&self) -> &'c Context {
        self.context
    }

    /// Gets all entries that `inputs` name, each once and several at the same time, so that they are at hand when asked for.
    pub(crate) async fn fetch_ahead<'i>(
        &mut self,
        inputs: impl Iterator<Item = &'i pb::Input>,
    ) -> Result<(), Failure> {
        let mut wanted: Vec<pb::CacheRef> = Vec::new();
        for reference in inputs.filter_map(reference) {
            if !wanted.iter().any(|other| same(other, reference)) {
                wanted.push(reference.clone());
            }
        }
        let (app, context) = (self.app, self.context);
        let fetches = wanted.into_iter().map(|wanted| async move {
            let found = fetch_reference(&app.cache, context, wanted.clone()).await?;
            Ok((wanted, found))
        });
        let found = stream::iter(fetches).buffered(AT_ONCE).try_collect::<Vec<_>>().await?;
        self.seen.extend(found);
        Ok(())
    }

    /// Gets the document that `input` names, as it is.
    pub(crate) async fn fetch(&mut self, input: Option<pb::Input>) -> Result<Document, Failure> {
        let input = input.unwrap_or_default();
        let format = input.format();
        let (bytes, arm) = match input.source {
            Some(pb::input::Source::Text(text)) => (text.into(), Arm::Text),
            Some(pb::input::Source::Data(bytes)) => (bytes, Arm::Data),
            Some(pb::input::Source::Ref(reference)) => self.entry(reference).await?,
            None => return Err(missing()),
        };
        Ok(Document { bytes, arm, format })
    }

    /// Gets the document that `input` names, as JSON: what is written otherwise is converted first.
    pub(crate) async fn fetch_json(&mut self, input: Option<pb::Input>) -> Result<Document, Failure> {
        wire::choice::source(input.as_ref().map_or(0, |input| input.format))?;
        let document = self.fetch(input).await?;
        as_json(self.app, self.context, document).await
    }

    async fn entry(&mut self, reference: pb::CacheRef) -> Result<(bytes::Bytes, Arm), Failure> {
        if let Some((_, found)) = self.seen.iter().find(|(seen, _)| same(seen, &reference)) {
            return Ok(found.clone());
        }
        let found = fetch_reference(&self.app.cache, self.context, reference.clone()).await?;
        self.seen.push((reference, found.clone()));
        Ok(found)
    }
}

fn reference(input: &pb::Input) -> Option<&pb::CacheRef> {
    match &input.source {
        Some(pb::input::Source::Ref(reference)) => Some(reference),
        Some(pb::input::Source::Text(_) | pb::input::Source::Data(_)) | None => None,
    }
}

/// Whether both name one entry; an empty namespace is `default`.
pub(super) fn same(one: &pb::CacheRef, other: &pb::CacheRef) -> bool {
    one.version == other.version && same_entry(one, other)
}

/// The same, whatever the version.
pub(super) fn same_entry(one: &pb::CacheRef, other: &pb::CacheRef) -> bool {
    fn room(reference: &pb::CacheRef) -> &str {
        if reference.namespace.is_empty() { "default" } else { &reference.namespace }
    }
    one.key == other.key && room(one) == room(other)
}
