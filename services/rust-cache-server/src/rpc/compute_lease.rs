//! GetOrCompute by lease: the first caller that misses the key computes, the others get what it made.
//!
//! Promise: one computes at a time; whoever waits gets what it made, what anybody else writes meanwhile, or the lease of one who died.
//! Cost: of a hit that of a Get; of a miss a place in the table of claims and a guard that sees writes of the key.

use std::time::Duration;

use cache_engine::{Arrival, Arriving, Claim, Entry, Guard, Store as _, Turn};
use chassis::Failure;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use metrics::counter;

use super::lease;
use crate::loader::{Computed, Flight};
use crate::{App, wire};

/// How long a lease lasts whose caller names no time.
const USUAL_TTL: Duration = Duration::from_secs(10);

/// The answer to a request that has `lease` in place of a recipe.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    flight: Flight,
    wish: pb::ComputeByLease,
) -> Result<pb::GetOrComputeResponse, Failure> {
    let ttl = match wish.ttl {
        None => USUAL_TTL.min(app.config.compute.max_lease),
        some => lease::ttl(some)?,
    };
    let wait = match wish.wait {
        None => Duration::MAX,
        some => wire::positive(some, "LEASE_WAIT_INVALID", "wait")?,
    };
    let found = look(app, &flight).await?;
    match found {
        Some(Some(entry)) => present(app, &flight, entry, ttl),
        Some(None) => Ok(missing(pb::ComputeSource::Cache)),
        None => {
            let turn = app.claims.claim(&flight, ttl).map_err(wire::engine_failure)?;
            take_turn(app, &flight, turn, lease::within_deadline(context, wait)).await
        }
    }
}

/// What is there: an entry, the knowledge that there is none, or nothing.
async fn look(app: &App, flight: &Flight) -> Result<Option<Option<Entry>>, Failure> {
    let (namespace, key) = flight;
    if let Some(entry) = app.store.get(namespace, key).await.map_err(wire::engine_failure)? {
        return Ok(Some(Some(entry)));
    }
    Ok(app.absences.is_known(flight).then_some(None))
}

/// An entry that is there. If it is stale, the first caller gets the lease, too; nobody waits.
fn present(
    app: &App,
    flight: &Flight,
    entry: Entry,
    ttl: Duration,
) -> Result<pb::GetOrComputeResponse, Failure> {
    let entry = wire::entry(&entry, &*app.clock);
    let claim = match entry.stale.then(|| app.claims.claim(flight, ttl)) {
        Some(Ok(Turn::Claimed(claim))) => Some(claim),
        // Another one refreshes it, or too many are at work; the entry is there all the same.
        Some(Ok(Turn::Waits(_)) | Err(_)) | None => None,
    };
    if let Some(claim) = &claim {
        put_up_guard(app, flight, claim)?;
    }
    let source = if claim.is_some() { pb::ComputeSource::Leased } else { pb::ComputeSource::Cache };
    Ok(pb::GetOrComputeResponse {
        entry: Some(entry),
        lease: claim.map(granted),
        source: source.into(),
        ..Default::default()
    })
}

/// From now on a write of the key keeps what is computed under this claim from being stored.
fn put_up_guard(app: &App, (namespace, key): &Flight, claim: &Claim) -> Result<(), Failure> {
    let guard = app.store.guard(namespace, key).map_err(wire::engine_failure)?;
    app.claims.keep_guard(&(namespace.clone(), key.clone()), claim.token, guard);
    Ok(())
}

async fn take_turn(
    app: &App,
    flight: &Flight,
    turn: Turn<Flight, Computed>,
    wait: Duration,
) -> Result<pb::GetOrComputeResponse, Failure> {
    let arriving = match turn {
        Turn::Claimed(claim) => return claimed(app, flight, claim).await,
        Turn::Waits(arriving) => arriving,
    };
    let came = tokio::select! {
        biased;
        came = wait_for(app, flight, arriving) => came?,
        () = tokio::time::sleep(wait) => Came::Nothing,
        () = app.tasks.draining() => Came::Nothing,
    };
    match came {
        Came::Result(found) => Ok(shared(app, found)),
        Came::Claim(claim) => claimed(app, flight, claim).await,
        Came::Nothing => {
            Ok(pb::GetOrComputeResponse { computing: Some(pb::Computing {}), ..Default::default() })
        }
    }
}

/// What somebody who waited is told.
enum Came {
    /// What there is under the key, whoever made it.
    Result(Option<Entry>),
    /// It is this caller's turn to compute.
    Claim(Claim),
    Nothing,
}

/// Waits for the one who computes, and for anybody else who writes the key: that is newer than what is being computed.
async fn wait_for(
    app: &App,
    flight: &Flight,
    mut arriving: Arriving<Flight, Computed>,
) -> Result<Came, Failure> {
    let (namespace, key) = flight;
    loop {
        let news = app.claims.news(flight, || app.store.guard(namespace, key));
        let news = news.map_err(wire::engine_failure)?;
        // Behind the guard, so that a write is either seen here or told by it.
        if let Some(found) = look(app, flight).await? {
            return Ok(Came::Result(found));
        }
        tokio::select! {
            biased;
            arrival = &mut arriving => return match arrival {
                Arrival::Result(computed) => computed.map(Came::Result),
                Arrival::Claimed(claim) => Ok(Came::Claim(claim)),
            },
            () = written(news.as_ref()) => {}
        }
    }
}

/// Resolves when the key is written or removed; never without a guard, since then nobody computes it any longer.
async fn written(news: Option<&Guard>) {
    match news {
        Some(guard) => guard.fallen().await,
        None => std::future::pending().await,
    }
}

/// The claim is this caller's, unless a result came between its look and its claim.
async fn claimed(app: &App, flight: &Flight, claim: Claim) -> Result<pb::GetOrComputeResponse, Failure> {
    put_up_guard(app, flight, &claim)?;
    if let Some(found) = look(app, flight).await? {
        if let Ok(landing) = app.claims.land(flight, claim.token) {
            landing.finish(&Ok(found.clone()));
        }
        return Ok(shared(app, found));
    }
    counter!("compute_leases_total", "outcome" => "granted").increment(1);
    let (lease, source) = (Some(granted(claim)), pb::ComputeSource::Leased.into());
    Ok(pb::GetOrComputeResponse { lease, source, ..Default::default() })
}

fn shared(app: &App, computed: Option<Entry>) -> pb::GetOrComputeResponse {
    let Some(entry) = computed else { return missing(pb::ComputeSource::Shared) };
    let entry = Some(wire::entry(&entry, &*app.clock));
    pb::GetOrComputeResponse { entry, source: pb::ComputeSource::Shared.into(), ..Default::default() }
}

fn missing(source: pb::ComputeSource) -> pb::GetOrComputeResponse {
    let missing = Some(pb::Missing {});
    pb::GetOrComputeResponse { missing, source: source.into(), ..Default::default() }
}

fn granted(claim: Claim) -> pb::ComputeLease {
    pb::ComputeLease { token: claim.token, ttl: Some(wire::duration(claim.ttl)) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use cache_engine::ManualClock;
    use chassis::Tasks;
    use futures_util::FutureExt as _;
    use pb::complete_lease_request::Result as Outcome;

    use super::super::{complete_lease, delete, set};
    use super::*;
    use crate::Config;

    fn app() -> App {
        App::new(Config::default(), Tasks::new(), Arc::new(ManualClock::default())).unwrap()
    }

    fn flight() -> Flight {
        (wire::namespace("").unwrap(), wire::key("k").unwrap())
    }

    async fn ask(app: &App) -> pb::GetOrComputeResponse {
        call(app, &Context::background(), flight(), pb::ComputeByLease::default()).await.unwrap()
    }

    fn value(text: &str) -> pb::Value {
        let body = Some(pb::value::Body::Text(text.to_owned()));
        pb::Value { body, content_type: String::new() }
    }

    async fn write(app: &App, text: &str) {
        let request = pb::SetRequest { key: "k".to_owned(), value: Some(value(text)), ..Default::default() };
        set::call(app, &request).await.unwrap();
    }

    async fn remove(app: &App) {
        delete::call(app, &pb::DeleteRequest { key: "k".to_owned(), ..Default::default() }).await.unwrap();
    }

    async fn complete(app: &App, token: u64, text: &str) -> pb::CompleteLeaseResponse {
        let result = Some(Outcome::Value(value(text)));
        let request = pb::CompleteLeaseRequest { key: "k".to_owned(), token, result, ..Default::default() };
        complete_lease::call(app, request).await.unwrap()
    }

    fn text(response: &pb::GetOrComputeResponse) -> &str {
        match &response.entry {
            Some(pb::Entry {
                value: Some(pb::Value { body: Some(pb::value::Body::Text(text)), .. }),
                ..
            }) => text,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn whoever_waits_is_told_what_another_one_writes_at_once() {
        let app = app();
        let token = ask(&app).await.lease.unwrap().token;
        let (mut first, mut second) = (Box::pin(ask(&app)), Box::pin(ask(&app)));
        assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
        write(&app, "written").await;
        // The clock stands still: no lease ends.
        for answer in [first.await, second.await] {
            assert_eq!((text(&answer), answer.source()), ("written", pb::ComputeSource::Shared));
        }
        assert!(complete(&app, token, "late").await.conflict.is_some());
        assert_eq!(text(&ask(&app).await), "written");
    }

    #[tokio::test]
    async fn whoever_waits_sees_a_write_behind_a_removal() {
        let app = app();
        let token = ask(&app).await.lease.unwrap().token;
        let mut waiting = Box::pin(ask(&app));
        assert!(waiting.as_mut().now_or_never().is_none());
        write(&app, "gone").await;
        remove(&app).await;
        assert!(waiting.as_mut().now_or_never().is_none(), "there is nothing to tell");
        write(&app, "written").await;
        assert_eq!(text(&waiting.await), "written");
        assert!(complete(&app, token, "late").await.conflict.is_some());
    }

    #[tokio::test]
    async fn what_is_removed_meanwhile_is_computed_by_who_waits() {
        let app = app();
        let token = ask(&app).await.lease.unwrap().token;
        let mut waiting = Box::pin(ask(&app));
        assert!(waiting.as_mut().now_or_never().is_none());
        write(&app, "gone").await;
        remove(&app).await;
        assert!(complete(&app, token, "late").await.conflict.is_some());
        let next = waiting.await.lease.unwrap();
        assert!(next.token > token);
        complete(&app, next.token, "computed").await;
        assert_eq!(text(&ask(&app).await), "computed");
    }
}
