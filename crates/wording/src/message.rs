//! Messages of the contract as JSON, by the protobuf JSON mapping, and the list of limits, which is one.
//!
//! Promise: the mapping of the contract, the same in both services. Cost: one walk by reflection over the message.

use axum::response::IntoResponse as _;
use chassis::Failure;
use chassis::limits::LimitRow;
use chassis::rest::Answer;
use fastjson_proto::fastjson::v1::Limit;
use http::header::CONTENT_TYPE;
use prost::Message;
use serde_json::Value;

/// A message on one line; `name` is its full name. Fails with `ANSWER_UNWRITABLE`, a fault of the server.
pub fn json_text<M: Message>(name: &str, message: &M) -> Result<String, Failure> {
    client::json_mapping::encode(name, message)
        .map_err(|error| Failure::internal("ANSWER_UNWRITABLE", error.to_string()))
}

/// A response as the body of a REST answer.
pub fn json_answer<M: Message>(name: &str, message: &M) -> Answer {
    Ok(([(CONTENT_TYPE, "application/json")], json_text(name, message)?).into_response())
}

/// A message as a member of a problem; null where it cannot be written, since a failure does not fail.
pub fn json_value<M: Message>(name: &str, message: &M) -> Value {
    let text = client::json_mapping::encode(name, message);
    text.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null)
}

/// The limits in force as GetLimits answers, ordered by name.
pub fn limits(mut rows: Vec<LimitRow>) -> Vec<Limit> {
    rows.sort_by_key(|row| row.name);
    rows.into_iter().map(limit).collect()
}

fn limit(row: LimitRow) -> Limit {
    Limit {
        name: row.name.to_owned(),
        value: row.value,
        unit: row.unit.to_owned(),
        reason: row.reason.to_owned(),
        description: row.description.to_owned(),
    }
}
