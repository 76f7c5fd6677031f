//! How long an entry is to live, from a message or from the parameters of a URL.

use std::time::{Duration, SystemTime};

use cache_engine::{Clock, Error, Life, Ttl};
use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;

use super::engine_failure;

/// Absent parts mean what the contract says.
pub(crate) fn life(expiry: pb::Expiry, clock: &dyn Clock) -> Result<Life, Failure> {
    let life = match (expiry.ttl, expiry.expires_at) {
        (ttl, None) => Life::from(ttl_of(ttl)?),
        (None, Some(end)) => until(end, clock)?,
        (Some(_), Some(_)) => {
            return Err(Failure::invalid(
                "TTL_INVALID",
                "both ttl and expires_at are set; allowed: one of them",
            ));
        }
    };
    let read = |name: &str, given: Option<prost_types::Duration>| match given {
        None => Ok(None),
        Some(duration) => Duration::try_from(duration).map(Some).map_err(|_| below_zero(name)),
    };
    extend(
        life,
        [
            read("jitter", expiry.jitter)?,
            read("sliding", expiry.sliding)?,
            read("fresh_for", expiry.fresh_for)?,
        ],
    )
}

/// Absent means the default of the namespace.
fn ttl_of(ttl: Option<prost_types::Duration>) -> Result<Ttl, Failure> {
    let Some(ttl) = ttl else { return Ok(Ttl::NamespaceDefault) };
    let duration = Duration::try_from(ttl).map_err(|_| below_zero("ttl"))?;
    Ttl::after(duration).map_err(engine_failure)
}

/// The parameters `ttl`, `jitter`, `sliding` and `fresh_for`, in this order.
pub(crate) fn rest_life([ttl, jitter, sliding, fresh_for]: [Option<&str>; 4]) -> Result<Life, Failure> {
    let ttl = match rest_duration("ttl", ttl)? {
        Some(duration) => Ttl::after(duration).map_err(engine_failure)?,
        None => Ttl::NamespaceDefault,
    };
    extend(
        ttl.into(),
        [
            rest_duration("jitter", jitter)?,
            rest_duration("sliding", sliding)?,
            rest_duration("fresh_for", fresh_for)?,
        ],
    )
}

/// A parameter that is a duration.
pub(crate) fn rest_duration(name: &str, text: Option<&str>) -> Result<Option<Duration>, Failure> {
    let Some(text) = text else { return Ok(None) };
    context::duration::parse(text).map(Some).ok_or_else(|| {
        let allowed = context::duration::ALLOWED;
        Failure::invalid("TTL_INVALID", format!("the {name} cannot be read; allowed: {allowed}"))
            .with("allowed", allowed)
    })
}

fn extend(life: Life, [jitter, sliding, fresh_for]: [Option<Duration>; 3]) -> Result<Life, Failure> {
    let with = |life: Result<Life, Error>,
                part: Option<Duration>,
                add: fn(Life, Duration) -> Result<Life, Error>| {
        match part {
            Some(duration) => life.and_then(|life| add(life, duration)),
            None => life,
        }
    };
    let life = with(Ok(life), jitter, Life::jitter);
    let life = with(life, sliding, Life::sliding);
    with(life, fresh_for, Life::fresh_for).map_err(engine_failure)
}

fn until(end: prost_types::Timestamp, clock: &dyn Clock) -> Result<Life, Failure> {
    let end = SystemTime::try_from(end).map_err(|_| past("expires_at"))?;
    let left = end.duration_since(clock.wall()).map_err(|_| past("expires_at"))?;
    Life::until(end, left).map_err(engine_failure)
}

/// What every duration of a life is.
pub(super) const ALLOWED: &str = "above 0 and at most 10 years (3650d)";

/// A time that cannot be one of a life.
fn invalid(problem: &str) -> Failure {
    Failure::invalid("TTL_INVALID", format!("{problem}; allowed: {ALLOWED}")).with("allowed", ALLOWED)
}

fn past(name: &str) -> Failure {
    invalid(&format!("the {name} is in the past"))
}

fn below_zero(name: &str) -> Failure {
    invalid(&format!("the {name} is below zero"))
}

#[cfg(test)]
mod tests {
    use cache_engine::ManualClock;

    use super::*;

    fn check(expiry: pb::Expiry, expected: &str) {
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000));
        let failure = life(expiry, &*clock).unwrap_err();
        assert_eq!((&*failure.reason, &*failure.message), ("TTL_INVALID", expected));
        assert!(failure.metadata.contains(&("allowed".to_owned(), ALLOWED.to_owned())), "{failure:?}");
    }

    /// Said that a duration was in the past, and the longest one in seconds.
    #[test]
    fn a_time_that_cannot_be_says_what_can() {
        let seconds = |seconds| Some(prost_types::Duration { seconds, nanos: 0 });
        let expiry = pb::Expiry::default;
        let allowed = "allowed: above 0 and at most 10 years (3650d)";
        check(pb::Expiry { ttl: seconds(-5), ..expiry() }, &format!("the ttl is below zero; {allowed}"));
        check(
            pb::Expiry { sliding: seconds(-5), ..expiry() },
            &format!("the sliding is below zero; {allowed}"),
        );
        let date = Some(prost_types::Timestamp { seconds: 999, nanos: 0 });
        check(
            pb::Expiry { expires_at: date, ..expiry() },
            &format!("the expires_at is in the past; {allowed}"),
        );
        check(
            pb::Expiry { ttl: seconds(315_360_001), ..expiry() },
            "a time to live is above zero and at most 3650d, which is 10 years; this one is 315360001s",
        );
    }
}
