//! The task that keeps a near cache coherent: opens the watch, takes in what it tells, opens it again when it is lost.
//!
//! Promise: nothing is kept that no watch vouches for; a watch that is silent for three heartbeats is lost. Cost: one stream;
//! while it is lost an attempt a second.

use std::sync::Arc;
use std::time::Duration;

use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use tokio::time::{sleep, timeout};

use super::Shared;
use crate::stream::Answers;

/// The wait before the watch is opened again; it doubles up to [`LONGEST_WAIT`] while that fails.
const FIRST_WAIT: Duration = Duration::from_millis(20);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Heartbeats that may fail to come.
const PATIENCE: u32 = 3;

/// Follows for ever.
pub(super) async fn follow(shared: Arc<Shared>) {
    let mut wait = FIRST_WAIT;
    loop {
        if let Some(answers) = open(&shared).await {
            wait = FIRST_WAIT;
            shared.coherent.send_replace(true);
            take_in(&shared, answers).await;
            shared.coherent.send_replace(false);
            shared.map.stop();
        }
        sleep(wait.mul_f64(0.5 + 0.5 * fastrand::f64())).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// A watch that has said where it begins; what is read from then on is kept.
async fn open(shared: &Shared) -> Option<Answers<pb::WatchResponse>> {
    let config = &shared.config;
    let filter =
        (!config.prefix.is_empty()).then(|| pb::watch_request::Filter::Prefix(config.prefix.clone()));
    let request = pb::WatchRequest {
        namespace: config.namespace.clone(),
        filter,
        resume_from: None,
        heartbeat: prost_types::Duration::try_from(config.heartbeat).ok(),
    };
    let opened = async {
        let mut answers = shared.client.watch(&Context::background(), request).await.ok()?;
        let _begins = answers.next().await?.ok()?;
        Some(answers)
    };
    let answers = timeout(silence(shared), opened).await.ok()??;
    shared.map.start();
    Some(answers)
}

/// Until the watch ends, or says nothing for too long.
async fn take_in(shared: &Shared, mut answers: Answers<pb::WatchResponse>) {
    while let Ok(Some(Ok(response))) = timeout(silence(shared), answers.next()).await {
        if response.discontinuity.is_some() {
            shared.map.start();
        }
        response.events.iter().for_each(|event| shared.map.tell(event));
    }
}

fn silence(shared: &Shared) -> Duration {
    shared.config.heartbeat * PATIENCE
}
