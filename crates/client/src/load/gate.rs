//! What the layers share: a gate before a service, at which each request is let pass or is refused by a rule.
//!
//! Promise: what a request holds by its rule it holds until the last byte of its response is out, or until it is dropped.

use std::convert::Infallible;
use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Buf;
use http::request::Parts;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use tower::{Layer, Service};

use super::LoadClient;
use super::refusal::{Protocol, Refusal};
use super::when_down::{self, WhenDown};

/// How long a layer waits for the cache server before it takes it for down, unless told otherwise.
const PATIENCE: Duration = Duration::from_millis(100);

/// By what requests are let pass.
pub trait Rule: Debug + Clone + Send + Sync + 'static {
    /// The name of the layer in metrics.
    const NAME: &'static str;

    /// Asks the cache server about a request of `key`, which has `patience` to answer.
    fn ask(
        &self,
        client: &LoadClient,
        key: String,
        patience: Duration,
    ) -> impl Future<Output = Verdict> + Send;
}

/// What a rule says of a request.
pub enum Verdict {
    /// It passes; what it holds meanwhile, if anything, is kept as long as this is polled, and given back when it is dropped.
    Pass(Option<Keeping>),
    /// It does not.
    Refuse(Refusal),
    /// The cache server gave no answer.
    Unknown,
}

/// Keeps what a request holds.
pub(super) type Keeping = Pin<Box<dyn Future<Output = Infallible> + Send>>;

type Key = dyn Fn(&Parts) -> Option<String> + Send + Sync;

/// A layer that limits the callers of a service by a rule: see [`RateLimitLayer`](super::RateLimitLayer) and
/// [`ConcurrencyLayer`](super::ConcurrencyLayer).
#[derive(Clone)]
pub struct GateLayer<L> {
    client: LoadClient,
    pub(super) rule: L,
    key: Arc<Key>,
    when_down: WhenDown,
    patience: Duration,
}

impl<L: Rule> Debug for GateLayer<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GateLayer")
            .field("rule", &self.rule)
            .field("when_down", &self.when_down)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

impl<L: Rule> GateLayer<L> {
    pub(super) fn by(
        rule: L,
        client: LoadClient,
        key: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self { client, rule, key: Arc::new(key), when_down: WhenDown::default(), patience: PATIENCE }
    }

    /// What to do while the cache server gives no answer. Default [`WhenDown::Admit`].
    #[must_use]
    pub fn when_down(self, when_down: WhenDown) -> Self {
        Self { when_down, ..self }
    }

    /// How long the cache server may take, beside what a request waits for its turn, before it counts as down. Default 100 ms.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    async fn admit(&self, key: Option<String>) -> Result<Option<Keeping>, Refusal> {
        let Some(key) = key else { return Ok(None) };
        match self.rule.ask(&self.client, key, self.patience).await {
            Verdict::Pass(keeping) => {
                when_down::count(L::NAME, "admitted");
                Ok(keeping)
            }
            Verdict::Refuse(refusal) => {
                when_down::count(L::NAME, "refused");
                Err(refusal)
            }
            Verdict::Unknown => self.when_down.decide(L::NAME).map(|()| None),
        }
    }
}

impl<S, L: Rule> Layer<S> for GateLayer<L> {
    type Service = Gated<S, L>;

    fn layer(&self, inner: S) -> Gated<S, L> {
        Gated { inner, gate: self.clone() }
    }
}

/// A service behind a gate.
#[derive(Debug, Clone)]
pub struct Gated<S, L: Rule> {
    inner: S,
    gate: GateLayer<L>,
}

impl<S, L, B, R> Service<Request<B>> for Gated<S, L>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    L: Rule,
    B: Send + 'static,
    R: Default,
{
    type Response = Response<Kept<R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that is ready goes into the future; its clone has to become ready first.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let gate = self.gate.clone();
        let (parts, body) = request.into_parts();
        let (key, protocol) = ((gate.key)(&parts), Protocol::of(&parts));
        Box::pin(async move {
            let mut keeping = match gate.admit(key).await {
                Ok(keeping) => keeping,
                Err(refusal) => return Ok(refusal.response(&protocol)),
            };
            let work = inner.call(Request::from_parts(parts, body));
            let response = match &mut keeping {
                None => work.await,
                Some(keeping) => tokio::select! {
                    response = work => response,
                    never = keeping => match never {},
                },
            };
            response.map(|response| response.map(|body| Kept { body, keeping }))
        })
    }
}

/// The body of a response whose request holds something until it is out.
pub struct Kept<R> {
    body: R,
    keeping: Option<Keeping>,
}

impl<R: Default> Default for Kept<R> {
    fn default() -> Self {
        Self { body: R::default(), keeping: None }
    }
}

impl<R: Debug> Debug for Kept<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept").field("body", &self.body).finish_non_exhaustive()
    }
}

impl<R> Body for Kept<R>
where
    R: Body<Data: Buf> + Unpin,
{
    type Data = R::Data;
    type Error = R::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<R::Data>, R::Error>>> {
        if let Some(keeping) = &mut self.keeping
            && let Poll::Ready(never) = keeping.as_mut().poll(context)
        {
            match never {}
        }
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if self.body.is_end_stream() || matches!(frame, Poll::Ready(None | Some(Err(_)))) {
            self.keeping = None;
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
