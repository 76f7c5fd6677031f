//! What a layer does while nobody can say whether a request is within its limit.
//!
//! Promise: what was chosen, and counted. Cost: none while the server answers.

use std::time::Duration;

use context::{Context, Deadline};
use metrics::counter;
use serde::{Deserialize, Serialize};

use super::refusal::Refusal;

/// What a layer does with a request while the cache server gives no answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenDown {
    /// Lets it pass: the service is worth more than its limit. The default.
    #[default]
    Admit,
    /// Refuses it with 503 or UNAVAILABLE: what the limit guards is worth more.
    Refuse,
}

impl WhenDown {
    /// Counts that a layer had no answer, and decides.
    pub(super) fn decide(self, layer: &'static str) -> Result<(), Refusal> {
        match self {
            Self::Admit => {
                count(layer, "admitted_unlimited");
                Ok(())
            }
            Self::Refuse => {
                count(layer, "refused_unlimited");
                Err(Refusal::unavailable())
            }
        }
    }
}

/// `load_layer_total`: what layers decided, by outcome. `…_unlimited`: without an answer of the cache server.
pub(super) fn count(layer: &'static str, outcome: &'static str) {
    counter!("load_layer_total", "layer" => layer, "outcome" => outcome).increment(1);
}

/// The context of a call that a layer makes.
pub(super) fn call_within(patience: Duration) -> Context {
    Context { deadline: Some(Deadline::after(patience)), ..Context::background() }
}
