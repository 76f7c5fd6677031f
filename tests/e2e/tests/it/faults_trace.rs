//! One trace over both hops: the span of the calling side is the parent of the peer's.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use context::{Context, TraceContext};
use testkit::Pair;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context as LayerContext, SubscriberExt as _};

use crate::faults::{compute, store, validate_by_ref, within};

#[derive(Debug, Clone, Default)]
struct Span(BTreeMap<&'static str, String>);

impl Visit for Span {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}").trim_matches('"').to_owned());
    }
}

/// Keeps every span of a request.
#[derive(Clone, Default)]
struct Requests(Arc<Mutex<Vec<Span>>>);

impl<S: tracing::Subscriber> Layer<S> for Requests {
    fn on_new_span(&self, attributes: &Attributes<'_>, _id: &Id, _context: LayerContext<'_, S>) {
        if attributes.metadata().name() == "request" {
            let mut span = Span::default();
            attributes.record(&mut span);
            self.0.lock().unwrap().push(span);
        }
    }
}

fn traced(trace: TraceContext) -> Context {
    Context { trace, ..within(10_000) }
}

impl Requests {
    /// For the whole process: a subscriber of one thread would miss what other tests were first to ask for.
    fn of_the_process() -> Self {
        let requests = Self::default();
        let of_the_chassis = Targets::new().with_target("chassis", LevelFilter::DEBUG);
        let subscriber = tracing_subscriber::registry().with(requests.clone().with_filter(of_the_chassis));
        tracing::subscriber::set_global_default(subscriber).unwrap();
        requests
    }

    /// The span that `server` had in this trace.
    #[track_caller]
    fn of(&self, server: &str, trace: TraceContext) -> Span {
        let id = format!("{:032x}", trace.trace_id);
        let spans = self.0.lock().unwrap();
        let mut found = spans.iter().filter(|span| span.0["server"] == server && span.0["trace"] == id);
        let one = found.next().unwrap_or_else(|| panic!("no span of {server}"));
        assert!(found.next().is_none(), "one call of {server}");
        one.clone()
    }

    /// The call was one of `called` because of the caller's span, and one of `peer` because of that.
    #[track_caller]
    fn check(&self, trace: TraceContext, called: &str, peer: &str) {
        let (first, second) = (self.of(called, trace).0, self.of(peer, trace).0);
        assert_eq!(first["parent"], format!("{:016x}", trace.span_id));
        assert_eq!(second["parent"], first["span"]);
        assert_ne!(second["span"], first["span"]);
    }
}

#[tokio::test]
async fn a_call_that_crosses_the_border_is_one_trace() {
    let requests = Requests::of_the_process();
    let pair = Pair::start().await;
    store(&pair).await;
    let (one, other) = (TraceContext::root(), TraceContext::root());
    validate_by_ref(&pair, &traced(one)).await.unwrap();
    requests.check(one, "fastjson-api", "rust-cache-server");
    compute(&pair, &traced(other), "k").await.unwrap();
    requests.check(other, "rust-cache-server", "fastjson-api");
    pair.stop().await;
}
