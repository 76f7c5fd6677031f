//! DeleteMany: removals, each for itself, answered in their order.

use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;

use super::{batch, delete};
use crate::App;

/// `rustcache.v1.CacheService/DeleteMany`.
pub(crate) async fn call(
    app: &App,
    request: &pb::DeleteManyRequest,
) -> Result<pb::DeleteManyResponse, Failure> {
    batch::check_items(app, request.items.len())?;
    let mut items = Vec::with_capacity(request.items.len());
    for (number, item) in request.items.iter().enumerate() {
        if number % batch::ITEMS_AT_ONCE == batch::ITEMS_AT_ONCE - 1 {
            tokio::task::yield_now().await;
        }
        items.push(one(app, item).await);
    }
    Ok(pb::DeleteManyResponse { items })
}

async fn one(app: &App, item: &pb::DeleteRequest) -> pb::DeleteManyItem {
    let outcome = match delete::call(app, item).await.map(|response| response.outcome) {
        Ok(Some(pb::delete_response::Outcome::Deleted(outcome))) => {
            pb::delete_many_item::Outcome::Deleted(outcome)
        }
        Ok(Some(pb::delete_response::Outcome::Missing(outcome))) => {
            pb::delete_many_item::Outcome::Missing(outcome)
        }
        Ok(Some(pb::delete_response::Outcome::Conflict(outcome))) => {
            pb::delete_many_item::Outcome::Conflict(outcome)
        }
        Ok(None) => pb::delete_many_item::Outcome::Failed(pb::Failed::default()),
        Err(failure) => pb::delete_many_item::Outcome::Failed(batch::failed(&failure)),
    };
    pb::DeleteManyItem { outcome: Some(outcome) }
}
