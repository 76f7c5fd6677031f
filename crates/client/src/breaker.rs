//! A circuit breaker: a server that does not answer is left alone, and asked by one call at a time whether it is back.
//!
//! Closed -> open after `failures` in a row within `window`; open -> probing after the back-off; probing -> closed when the
//! probe is answered, -> open with twice the back-off when it is not. A verdict counts only in the state in which its call
//! began, so that late answers neither open nor close it.
//!
//! Promise: while the server is away, one call each back-off goes to it, or the next when the caller of that one left; once
//! it is back, no call is refused after `max_backoff`. It knows no clock and no network. Cost: a look at the state, one write a call.

use std::collections::VecDeque;
use std::num::NonZeroU8;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// No setting makes it longer; keeps sums of times far from overflow.
const LONGEST_BACKOFF: Duration = Duration::from_secs(3_600);

/// When to leave a server alone. Unknown keys are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BreakerConfig {
    /// Failures in a row that open it, 1 to 255: no connection, a lost one, UNAVAILABLE, no answer within the deadline. Any
    /// other answer shows that the server lives. Default: 5.
    pub failures: NonZeroU8,
    /// Those failures lie within this time. Default: `10s`.
    #[serde(with = "context::duration")]
    pub window: Duration,
    /// How long it stays open at first; doubled whenever a probe fails. Default: `100ms`.
    #[serde(with = "context::duration")]
    pub backoff: Duration,
    /// How long it stays open at most. Default: `500ms`.
    #[serde(with = "context::duration")]
    pub max_backoff: Duration,
}

impl Default for BreakerConfig {
    fn default() -> Self {
        Self {
            failures: NonZeroU8::MIN.saturating_add(4),
            window: Duration::from_secs(10),
            backoff: Duration::from_millis(100),
            max_backoff: Duration::from_millis(500),
        }
    }
}

/// What an observer is told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    Closed,
    Probing,
    Open,
}

/// The leave to make a call; goes back with the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pass {
    round: u64,
    /// Whether the fate of all hangs on this call.
    pub(crate) probe: bool,
}

/// No call now; the next one may be let through after this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) retry_after: Duration,
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The server answered, whatever it said.
    Answered,
    /// It did not.
    Failed,
    /// The caller went away before that was known.
    Unknown,
}

#[derive(Debug)]
enum State {
    /// The times of the last failures since the last answer, at most `failures` of them.
    Closed(VecDeque<Instant>),
    Open {
        until: Instant,
        backoff: Duration,
    },
    Probing {
        since: Instant,
        backoff: Duration,
    },
}

/// The state machine; every method is told the time.
#[derive(Debug)]
pub(crate) struct Breaker {
    config: BreakerConfig,
    state: State,
    /// Counts changes of state.
    round: u64,
}

impl Breaker {
    pub(crate) fn new(config: BreakerConfig) -> Self {
        let max_backoff = config.max_backoff.min(LONGEST_BACKOFF);
        let config = BreakerConfig { max_backoff, ..config };
        Self { config, state: State::Closed(VecDeque::new()), round: 0 }
    }

    pub(crate) fn position(&self) -> Position {
        match self.state {
            State::Closed(_) => Position::Closed,
            State::Open { .. } => Position::Open,
            State::Probing { .. } => Position::Probing,
        }
    }

    /// Asks for leave to call. A probe without a verdict for as long as its back-off is overtaken by another, since a server
    /// that never answers must not keep the others from finding it again.
    pub(crate) fn admit(&mut self, now: Instant) -> Result<Pass, Refusal> {
        let (due, next_backoff) = match &self.state {
            State::Closed(_) => return Ok(Pass { round: self.round, probe: false }),
            State::Open { until, backoff } => (*until, *backoff),
            State::Probing { since, backoff } => (*since + *backoff, self.longer(*backoff)),
        };
        let retry_after = due.saturating_duration_since(now);
        if !retry_after.is_zero() {
            return Err(Refusal { retry_after });
        }
        self.enter(State::Probing { since: now, backoff: next_backoff });
        Ok(Pass { round: self.round, probe: true })
    }

    /// Takes the verdict of a call that began with `pass`.
    pub(crate) fn settle(&mut self, pass: Pass, verdict: Verdict, now: Instant) {
        if pass.round != self.round {
            return;
        }
        match (&mut self.state, verdict) {
            (State::Closed(failures), Verdict::Answered) => failures.clear(),
            (State::Closed(_), Verdict::Failed) => self.count(now),
            (State::Probing { .. }, Verdict::Answered) => self.enter(State::Closed(VecDeque::new())),
            (State::Probing { backoff, .. }, Verdict::Failed) => {
                let backoff = *backoff;
                self.open(now, self.longer(backoff));
            }
            (State::Probing { backoff, .. }, Verdict::Unknown) => {
                let backoff = *backoff;
                self.enter(State::Open { until: now, backoff });
            }
            // No pass is given out while it is open, and who went away says nothing of a server that answers others.
            (State::Closed(_), Verdict::Unknown) | (State::Open { .. }, _) => {}
        }
    }

    fn count(&mut self, now: Instant) {
        let State::Closed(failures) = &mut self.state else { return };
        let most = usize::from(self.config.failures.get());
        failures.push_back(now);
        if failures.len() > most {
            failures.pop_front();
        }
        let begun = failures.front().map_or(Duration::ZERO, |first| now.saturating_duration_since(*first));
        if failures.len() == most && begun <= self.config.window {
            self.open(now, self.config.backoff.min(self.config.max_backoff));
        }
    }

    fn open(&mut self, now: Instant, backoff: Duration) {
        self.enter(State::Open { until: now + backoff, backoff });
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.round += 1;
    }

    fn longer(&self, backoff: Duration) -> Duration {
        backoff.saturating_mul(2).min(self.config.max_backoff)
    }
}
