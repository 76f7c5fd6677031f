//! Pinned: schemas that calls name as entries of the cache service at a version. A version never changes, so what was fetched
//! once need not be fetched again.
//!
//! Promise: what is given is the text of that version, as JSON; a call that must not cross the border gets none. Cost: texts are
//! kept among what is compiled, under its limits; a look-up is a hash of the reference.

use std::sync::Arc;

use bytes::Bytes;
use chassis::Failure;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use prost::Message as _;

use super::Fetched;
use crate::App;
use crate::compiled::{Key, KeyBuilder, What};

/// Whether the schema that `input` names has to be fetched.
pub(crate) fn is_wanted(app: &App, context: &Context, input: &pb::Input) -> bool {
    key(context, Some(input)).and_then(|key| app.compiled.get::<Bytes>(&key, 0)).is_none()
}

/// The text of the schema that `input` names, as JSON.
pub(crate) async fn schema(
    app: &App,
    fetched: &mut Fetched<'_>,
    input: Option<pb::Input>,
) -> Result<Bytes, Failure> {
    let Some(key) = key(fetched.context(), input.as_ref()) else {
        return Ok(fetched.fetch_json(input).await?.bytes);
    };
    if let Some(text) = app.compiled.get::<Bytes>(&key, 0) {
        return Ok(Bytes::clone(&text));
    }
    let found = fetched.fetch_json(input).await?.bytes;
    // Of its own, so that it does not keep the message alive that it came in.
    let text = Bytes::copy_from_slice(&found);
    app.compiled.put_with(key, &Arc::new(text.clone()), (0, text.len()), None);
    Ok(text)
}

/// The name of a version of an entry, and of how it is written.
fn key(context: &Context, input: Option<&pb::Input>) -> Option<Key> {
    let input = input?;
    match &input.source {
        Some(pb::input::Source::Ref(reference)) if reference.version.is_some() && context.hop.is_none() => {
            let mut reference = reference.clone();
            if reference.namespace.is_empty() {
                "default".clone_into(&mut reference.namespace);
            }
            let words = reference.encode_to_vec();
            Some(KeyBuilder::new(What::Pinned).part(&words).part(&input.format.to_le_bytes()).build())
        }
        Some(pb::input::Source::Ref(_) | pb::input::Source::Text(_) | pb::input::Source::Data(_)) | None => {
            None
        }
    }
}
