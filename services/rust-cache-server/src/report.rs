//! What namespaces hold and did, as metrics: `namespace_*{namespace}`. Times of operations are in `rpc_duration_seconds`.
//!
//! Cost: some twelve numbers a namespace every [`EVERY`]; nothing on the way of a request.

use std::time::Duration;

use cache_engine::{NamespaceName, NamespaceStats, Store as _};
use metrics::{counter, gauge};

use crate::App;

/// How old the numbers are at most. A call of Stats makes them new, too.
const EVERY: Duration = Duration::from_secs(5);

impl App {
    /// Keeps the metrics up to date until drain.
    pub(crate) fn keep_reported(&self) {
        let (store, tasks) = (self.store.clone(), self.tasks.clone());
        let _joined_at_drain = self.tasks.spawn("report", async move {
            let mut ticks = tokio::time::interval(EVERY);
            let draining = tasks.draining();
            tokio::pin!(draining);
            loop {
                tokio::select! {
                    () = &mut draining => return,
                    _ = ticks.tick() => store.stats(None).await.iter().flatten().for_each(publish),
                }
            }
        });
    }
}

/// Sets the metrics of a namespace.
pub(crate) fn publish(row: &NamespaceStats) {
    let name = row.namespace.to_string();
    gauge!("namespace_entries", "namespace" => name.clone()).set(row.entries as f64);
    gauge!("namespace_live_bytes", "namespace" => name.clone()).set(row.live_bytes as f64);
    gauge!("namespace_capacity_bytes", "namespace" => name.clone()).set(row.capacity_bytes as f64);
    gauge!("namespace_room_bytes", "namespace" => name.clone()).set(row.room_bytes as f64);
    let reads = [("hit", row.hits), ("miss", row.misses)];
    for (outcome, count) in reads {
        counter!("namespace_reads_total", "namespace" => name.clone(), "outcome" => outcome).absolute(count);
    }
    let gone = [
        ("deleted", row.deletes),
        ("expired", row.expirations),
        ("invalidated", row.invalidations),
        ("quota", row.reclaims),
        ("room", row.evictions),
    ];
    for (cause, count) in gone {
        counter!("namespace_removals_total", "namespace" => name.clone(), "cause" => cause).absolute(count);
    }
    counter!("namespace_sets_total", "namespace" => name.clone()).absolute(row.sets);
    counter!("namespace_conflicts_total", "namespace" => name).absolute(row.conflicts);
}

/// A namespace that was deleted holds nothing. Its counters stay as they are: they begin anew with one of its name.
pub(crate) fn forget(name: &NamespaceName) {
    for gauge in
        ["namespace_entries", "namespace_live_bytes", "namespace_capacity_bytes", "namespace_room_bytes"]
    {
        gauge!(gauge, "namespace" => name.to_string()).set(0.0);
    }
}
