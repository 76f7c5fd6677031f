//! Explain: what a recipe would do, and what that is likely to cost.

use chassis::Failure;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;

use crate::App;

/// `fastjson.v1.JsonService/Explain`.
pub(crate) async fn call(
    _app: &App,
    _context: &Context,
    _request: pb::ExplainRequest,
) -> Result<pb::ExplainResponse, Failure> {
    Err(Failure::invalid("UNIMPLEMENTED", "not there yet"))
}
