//! Transfer: a recipe on a document that is too large for one message.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse as _;
use bytes::Bytes;
use chassis::Failure;
use chassis::rest::{Answer, Params};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use futures_util::stream::{self, Stream, StreamExt as _};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Deserialize;

use super::rest::{media_type_of, named_recipe};
use super::run_stream::{header_missing, nothing_more};
use crate::gathered::Gathered;
use crate::stream::header_repeated;
use crate::transfer::{Begins, Feed, Holds, Pieces, run_on};
use crate::{App, documents, recipes};

/// `fastjson.v1.JsonService/Transfer`.
pub(crate) async fn call<S>(app: &App, context: &Context, mut messages: S) -> Result<Pieces, Failure>
where
    S: Stream<Item = Result<pb::TransferRequest, Failure>> + Send + Unpin + 'static,
{
    use pb::transfer_request::Message;
    let first = messages.next().await.transpose()?.and_then(|first| first.message);
    let Some(Message::Header(header)) = first else {
        return Err(header_missing());
    };
    let recipe = recipes::resolve(app, header.recipe, &header.recipe_name, header.recipe_version).await?;
    let gathered = header.store_as.map(|store_as| Gathered::new(app, context, store_as)).transpose()?;
    let feed = match header.r#ref {
        Some(reference) => {
            let (bytes, _) = documents::fetch_reference(&app.cache, context, reference).await?;
            Box::pin(stream::once(async { Ok(bytes) }).chain(nothing_more(messages)))
        }
        None => pieces(messages),
    };
    let pieces = begin(app, context, recipe, feed, Begins::AsItComes).await?;
    Ok(match gathered {
        Some(gathered) => gathered.transfer(pieces),
        None => pieces,
    })
}

/// The pieces behind the header.
fn pieces<S>(messages: S) -> Feed
where
    S: Stream<Item = Result<pb::TransferRequest, Failure>> + Send + 'static,
{
    use pb::transfer_request::Message;
    Box::pin(messages.map(|message| match message?.message {
        Some(Message::Data(bytes)) => Ok(bytes),
        Some(Message::Header(_)) => Err(header_repeated()),
        None => Ok(Bytes::new()),
    }))
}

async fn begin(
    app: &App,
    context: &Context,
    recipe: pb::Recipe,
    feed: Feed,
    begins: Begins,
) -> Result<Pieces, Failure> {
    let holds = if recipe.steps.iter().all(works_on_text) { Holds::Text } else { Holds::Values };
    let recipe = recipes::compile(app, context, recipe).await?;
    run_on(app, recipe, holds, begins, feed)
}

/// Whether a step reads its document as text, without making values of it.
fn works_on_text(step: &pb::Step) -> bool {
    use pb::step::Step;
    match &step.step {
        Some(Step::Validate(_) | Step::Format(_)) => true,
        Some(Step::Query(query)) => query.language() == pb::QueryLanguage::Pointer,
        Some(
            Step::Convert(_)
            | Step::Patch(_)
            | Step::Merge(_)
            | Step::Diff(_)
            | Step::CheckSchema(_)
            | Step::InferSchema(_),
        )
        | None => false,
    }
}

/// Query parameters of `POST /v1/transfer`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    recipe: Option<String>,
    version: Option<u64>,
    streamed: Option<bool>,
}

impl Options {
    /// Only a caller that says so takes the answer while it sends: one that sends all before it reads, as most clients of
    /// HTTP/1.1 do, would wait for the server, and the server for it.
    fn begins(&self) -> Begins {
        match self.streamed {
            Some(true) => Begins::AsItComes,
            Some(false) | None => Begins::Once,
        }
    }
}

/// `POST /v1/transfer?recipe=&streamed=`: the body is the document, the answer that of the recipe. What fails, fails before
/// the first byte of the answer. Streamed, that holds for the first piece, and what fails later breaks the answer off.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Params(options): Params<Options>,
    body: Body,
) -> Answer {
    let begins = options.begins();
    let (recipe, name) = named_recipe(options.recipe)?;
    let recipe = recipes::resolve(&app, recipe, &name, options.version).await?;
    let media_type = media_type_of(&recipe);
    let feed = body.into_data_stream().map(|piece| piece.map_err(|_| unreadable()));
    let mut pieces = begin(&app, &context, recipe, Box::pin(feed), begins)
        .await?
        .filter_map(|piece| async {
            match piece.map(|piece| piece.message) {
                Ok(Some(pb::transfer_response::Message::Data(bytes))) => Some(Ok(bytes)),
                Ok(Some(pb::transfer_response::Message::Summary(_)) | None) => None,
                Err(failure) => Some(Err(failure)),
            }
        })
        .boxed();
    let first = pieces.next().await.transpose()?.unwrap_or_default();
    let all = stream::once(async { Ok(first) }).chain(pieces);
    Ok(([(CONTENT_TYPE, media_type)], Body::from_stream(all)).into_response())
}

fn unreadable() -> Failure {
    Failure::invalid("BODY_UNREADABLE", "the body ended before it was complete").http(StatusCode::BAD_REQUEST)
}
