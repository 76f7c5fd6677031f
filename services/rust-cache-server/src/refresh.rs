//! Refreshing a stale entry: the caller gets it as it is, and the server computes it anew behind the answer.
//!
//! Promise: one refresh of a key at a time, and at most `compute.max_refreshes` in all; one that fails leaves the entry as it is,
//! and the next is begun after ten seconds at the earliest. Cost: a task.

use std::sync::Arc;

use context::Context;

use crate::App;
use crate::loader::{self, Job, Why};

/// Begins to refresh the entry of `job`; says whether it is taken care of.
pub(crate) async fn begin(app: &App, context: &Context, job: Job) -> bool {
    // A call that crossed the border already cannot cross it again.
    if context.for_peer(crate::NAME).is_err() {
        return false;
    }
    if loader::standing(app, &job).await.is_some() {
        count("put_off");
        return true;
    }
    let Ok(place) = Arc::clone(&app.refreshes).try_acquire_owned() else {
        count("refused");
        return false;
    };
    count("begun");
    let (app, context) = (app.clone(), Context { deadline: None, ..context.clone() });
    let tasks = app.tasks.clone();
    // The handle is not needed: drain waits for the task.
    let _handle = tasks.spawn("refresh", async move {
        let _place = place;
        let (flights, flight) = (Arc::clone(&app.flights), job.flight());
        let ended = flights.run(flight, move || loader::load(app, context, job, Why::Stale)).await;
        if let Ok((Err(failure), _)) = ended {
            tracing::debug!(reason = %failure.reason, "a stale entry could not be refreshed");
        }
    });
    true
}

fn count(outcome: &'static str) {
    metrics::counter!("refreshes_total", "outcome" => outcome).increment(1);
}
