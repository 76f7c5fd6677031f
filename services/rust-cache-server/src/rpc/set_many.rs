//! SetMany: writes, each for itself, answered in their order.

use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;

use super::{batch, set};
use crate::App;

/// `rustcache.v1.CacheService/SetMany`.
pub(crate) async fn call(app: &App, request: &pb::SetManyRequest) -> Result<pb::SetManyResponse, Failure> {
    batch::check_items(app, request.items.len())?;
    let mut items = Vec::with_capacity(request.items.len());
    for (number, item) in request.items.iter().enumerate() {
        if number % batch::ITEMS_AT_ONCE == batch::ITEMS_AT_ONCE - 1 {
            tokio::task::yield_now().await;
        }
        items.push(one(app, item).await);
    }
    Ok(pb::SetManyResponse { items })
}

async fn one(app: &App, item: &pb::SetRequest) -> pb::SetManyItem {
    let outcome = match set::call(app, item).await.map(|response| response.outcome) {
        Ok(Some(pb::set_response::Outcome::Stored(outcome))) => pb::set_many_item::Outcome::Stored(outcome),
        Ok(Some(pb::set_response::Outcome::Conflict(outcome))) => {
            pb::set_many_item::Outcome::Conflict(outcome)
        }
        Ok(None) => pb::set_many_item::Outcome::Failed(pb::Failed::default()),
        Err(failure) => pb::set_many_item::Outcome::Failed(batch::failed(&failure)),
    };
    pb::SetManyItem { outcome: Some(outcome) }
}
