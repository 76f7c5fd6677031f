//! What batches share: how many items there may be, and items that fail for themselves.

use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;

use crate::App;

/// Items that are done in a row before other tasks may run.
pub(crate) const ITEMS_AT_ONCE: usize = 64;

/// 1 to `store.max_batch_items`.
pub(crate) fn check_items(app: &App, actual: usize) -> Result<(), Failure> {
    let allowed = app.config.store.max_batch_items;
    if (1..=allowed).contains(&actual) {
        return Ok(());
    }
    let message = format!("the batch has {actual} items; allowed: 1 to {allowed}");
    let bounds = (allowed as u64, actual as u64);
    Err(Failure::outside("BATCH_ITEMS_LIMIT", message, bounds).with("limit", "store.max_batch_items"))
}

/// A failure as the outcome of its item.
pub(crate) fn failed(failure: &Failure) -> pb::Failed {
    pb::Failed {
        reason: failure.reason.clone().into_owned(),
        message: failure.message.clone(),
        code: failure.code.into(),
    }
}
