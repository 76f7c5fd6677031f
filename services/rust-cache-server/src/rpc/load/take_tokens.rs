//! TakeTokens: whether keys may act now, each within its rate.

use axum::extract::State;
use cache_engine::{Decision, Take, TakeMode};
use chassis::Failure;
use chassis::rest::{Answer, Payload};
use fastjson_proto::rustcache::v1 as pb;
use metrics::counter;

use crate::rpc::lease;
use crate::rpc::rest::json_answer;
use crate::{App, wire};

/// `rustcache.v1.LoadService/TakeTokens`.
pub(crate) fn call(app: &App, request: pb::TakeTokensRequest) -> Result<pb::TakeTokensResponse, Failure> {
    let mode = mode(request.mode)?;
    check_count(app, request.takes.len())?;
    let takes = request.takes.into_iter().map(wire::take).collect::<Result<Vec<Take>, Failure>>()?;
    let decisions = app.limits.take(&takes, mode).map_err(wire::engine_failure)?;
    let refused = decisions.iter().filter(|decision| !decision.allowed).count();
    counter!("takes_total", "outcome" => "allowed").increment((decisions.len() - refused) as u64);
    counter!("takes_total", "outcome" => "refused").increment(refused as u64);
    Ok(pb::TakeTokensResponse {
        allowed: refused == 0,
        decisions: decisions.into_iter().map(answer).collect(),
    })
}

fn mode(mode: i32) -> Result<TakeMode, Failure> {
    Ok(match wording::known("mode", mode, pb::TakeMode::as_str_name)? {
        pb::TakeMode::Unspecified | pb::TakeMode::Each => TakeMode::Each,
        pb::TakeMode::All => TakeMode::All,
    })
}

fn check_count(app: &App, actual: usize) -> Result<(), Failure> {
    let allowed = app.config.load.max_takes;
    if (1..=allowed).contains(&actual) {
        return Ok(());
    }
    let message = format!("the call has {actual} takes; allowed: 1 to {allowed}");
    let bounds = (allowed as u64, actual as u64);
    Err(Failure::outside("TAKES_LIMIT", message, bounds).with("limit", "load.max_takes"))
}

fn answer(decision: Decision) -> pb::Decision {
    pb::Decision {
        allowed: decision.allowed,
        remaining: decision.remaining,
        retry_after: (!decision.allowed).then(|| wire::duration(decision.retry_after)),
        reset_after: Some(wire::duration(decision.reset_after)),
    }
}

/// `POST /v1/limits:take`: a TakeTokensRequest. That tokens are refused is an answer, 200.
pub(crate) async fn rest(State(app): State<App>, Payload(body): Payload) -> Answer {
    let request = lease::message("rustcache.v1.TakeTokensRequest", &body)?;
    json_answer("rustcache.v1.TakeTokensResponse", &call(&app, request)?)
}
