//! Registered versions and comparisons of schemas, in the words of the contract.

use std::time::SystemTime;

use chassis::Failure;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::schema::{Compared, Compatibility, Judgement, Reason};
use prost::Message as _;
use prost_types::{Any, Timestamp};
use serde_json::Value;
use wording::json_value;

use super::choice::known;
use crate::registry::{Policy, Version};

/// Most reasons that an answer carries.
const MAX_REASONS: usize = 100;

/// Longest example that an answer carries, in bytes.
const MAX_EXAMPLE_BYTES: usize = 4 << 10;

/// Reasons in a status share its 4 KiB with the other details.
const MAX_DETAIL_BYTES: usize = 3 << 10;

pub(crate) fn schema_version(version: &Version) -> pb::SchemaVersion {
    let entry = &version.entry;
    pb::SchemaVersion {
        name: entry.name.as_str().to_owned(),
        version: entry.version,
        hash: hex(entry.hash),
        created_at: Some(timestamp(entry.created_at)),
        size_bytes: entry.text.len() as u64,
        compatibility: policy_name(version.policy).into(),
    }
}

pub(crate) fn recipe_version(version: &Version) -> pb::RecipeVersion {
    let entry = &version.entry;
    pb::RecipeVersion {
        name: entry.name.as_str().to_owned(),
        version: entry.version,
        hash: hex(entry.hash),
        created_at: Some(timestamp(entry.created_at)),
        steps: entry.steps,
    }
}

/// A BLAKE3 hash as the contract writes it.
pub(crate) fn hex(hash: [u8; 32]) -> String {
    blake3::Hash::from_bytes(hash).to_hex().to_string()
}

fn timestamp(time: SystemTime) -> Timestamp {
    Timestamp::from(time)
}

/// What a name asks of new versions; `None` where the caller leaves it.
pub(crate) fn policy(value: i32) -> Result<Option<Policy>, Failure> {
    Ok(match known("compatibility", value, pb::Compatibility::as_str_name)? {
        pb::Compatibility::Unspecified => None,
        pb::Compatibility::None => Some(None),
        pb::Compatibility::Backward => Some(Some(Compatibility::Backward)),
        pb::Compatibility::Forward => Some(Some(Compatibility::Forward)),
        pb::Compatibility::Full => Some(Some(Compatibility::Full)),
    })
}

pub(crate) fn policy_name(policy: Policy) -> pb::Compatibility {
    match policy {
        None => pb::Compatibility::None,
        Some(Compatibility::Backward) => pb::Compatibility::Backward,
        Some(Compatibility::Forward) => pb::Compatibility::Forward,
        Some(Compatibility::Full) => pb::Compatibility::Full,
    }
}

/// What a comparison found, asked for `wanted`.
pub(crate) fn compared(compared: &Compared, wanted: Policy) -> pb::CheckCompatibilityResponse {
    pb::CheckCompatibilityResponse {
        compatible: compared.judgement == Judgement::Compatible,
        reasons: compared.reasons.iter().take(MAX_REASONS).map(reason).collect(),
        reasons_total: compared.reasons.len() as u64,
        compatibility: policy_name(wanted).into(),
    }
}

fn reason(reason: &Reason) -> pb::CompatibilityReason {
    let example = reason.example.as_deref().filter(|example| example.len() <= MAX_EXAMPLE_BYTES);
    pb::CompatibilityReason {
        direction: policy_name(Some(reason.direction)).into(),
        breaks: reason.judgement == Judgement::Breaks,
        schema_pointer: reason.pointer.clone(),
        keyword: reason.rule.clone(),
        example: example.unwrap_or_default().to_owned(),
        message: sentence(reason),
    }
}

fn sentence(reason: &Reason) -> String {
    let (wide, narrow) = match reason.direction {
        Compatibility::Forward => ("old", "new"),
        Compatibility::Backward | Compatibility::Full => ("new", "old"),
    };
    let place = cut(&reason.pointer);
    match (&reason.judgement, &reason.example) {
        (Judgement::Breaks, Some(example)) if example.len() <= 64 => {
            format!(
                "the {wide} schema does not allow all that the {narrow} one allows, such as {example}: {place}"
            )
        }
        (Judgement::Breaks, _) => {
            format!("the {wide} schema does not allow all that the {narrow} one allows: {place}")
        }
        (Judgement::Undecided | Judgement::Compatible, _) => {
            format!(
                "it could not be shown that the {wide} schema allows all that the {narrow} one allows: {place}"
            )
        }
    }
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(64)]
}

/// A new version is not what its name asks for: what breaks, and where.
pub(crate) fn incompatible(found: pb::CheckCompatibilityResponse) -> Failure {
    let asked = found.compatibility().as_str_name();
    let first = found.reasons.first().map_or("no reason was kept", |reason| reason.message.as_str());
    let message = format!("the name asks for {asked}, which does not hold: {first}");
    let row = |reason| json_value("fastjson.v1.CompatibilityReason", reason);
    let rows: Vec<Value> = found.reasons.iter().map(row).collect();
    Failure::failed_precondition("SCHEMA_INCOMPATIBLE", message)
        .with("compatibility", asked)
        .with("reasons_total", found.reasons_total)
        .extension("reasons", rows)
        .extension("reasonsTotal", found.reasons_total)
        .detail(detail(found))
}

/// The first reasons that fit; a long example goes before its reason does.
fn detail(found: pb::CheckCompatibilityResponse) -> Any {
    let mut kept = pb::CheckCompatibilityResponse { reasons: Vec::new(), ..found };
    for mut reason in found.reasons {
        if reason.example.len() > MAX_DETAIL_BYTES / 4 {
            reason.example = String::new();
        }
        kept.reasons.push(reason);
        if kept.encoded_len() > MAX_DETAIL_BYTES {
            kept.reasons.pop();
            break;
        }
    }
    let type_url = "type.googleapis.com/fastjson.v1.CheckCompatibilityResponse".to_owned();
    Any { type_url, value: kept.encode_to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_reasons_fit_into_a_status() {
        let one = Reason {
            direction: Compatibility::Backward,
            judgement: Judgement::Breaks,
            pointer: "/properties/".repeat(20),
            rule: "type".to_owned(),
            example: Some(format!("{:?}", "x".repeat(2_000))),
        };
        let found = Compared { judgement: Judgement::Breaks, reasons: vec![one; 300] };
        let answer = compared(&found, Some(Compatibility::Full));
        assert_eq!((answer.reasons.len(), answer.reasons_total), (MAX_REASONS, 300));
        let status = tonic::Status::from(incompatible(answer));
        assert!(status.details().len() < 4_096, "{}", status.details().len());
        let details = tonic_details(&status);
        assert!(!details.reasons.is_empty() && details.reasons_total == 300);
    }

    fn tonic_details(status: &tonic::Status) -> pb::CheckCompatibilityResponse {
        let failure = Failure::from_status(status);
        let detail = failure.details.first().unwrap();
        pb::CheckCompatibilityResponse::decode(detail.value.as_slice()).unwrap()
    }
}
