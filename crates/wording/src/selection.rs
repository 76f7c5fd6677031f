//! What a path of GetDocument selected, as its language answers: a pointer with a value, a JSONPath with an array.
//!
//! Promise: the same text as the engine would give for the document itself. Cost: a copy of several values; one value is moved.

use chassis::Failure;
use fastjson_proto::rustcache::v1 as cache;
use fastjson_proto::rustcache::v1::document_path::Kind;
use fastjson_proto::rustcache::v1::path_answer::Outcome;

/// The text of an answer to one path, and how many values it has. A pointer that names nothing is `POINTER_NOT_FOUND`.
pub fn selection(path: &Kind, answer: Option<cache::PathAnswer>) -> Result<(String, u64), Failure> {
    let values = match answer.and_then(|answer| answer.outcome) {
        Some(Outcome::Found(found)) => found.values,
        Some(Outcome::Missing(_)) | None => Vec::new(),
    };
    let hits = values.len() as u64;
    let mut texts = values.into_iter().map(|value| value.text);
    match path {
        Kind::Pointer(_) => {
            let message = "the pointer names nothing in this document";
            let text = texts.next().ok_or_else(|| Failure::not_found("POINTER_NOT_FOUND", message))?;
            Ok((text, 1))
        }
        Kind::Jsonpath(_) => Ok((format!("[{}]", texts.collect::<Vec<_>>().join(",")), hits)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: Kind, texts: &[&str], expected: Result<(&str, u64), &str>) {
        let value = |text: &&str| cache::FoundValue { text: (*text).to_owned(), ..Default::default() };
        let found = cache::FoundValues { values: texts.iter().map(value).collect() };
        let answer = cache::PathAnswer { outcome: Some(Outcome::Found(found)) };
        let selected = selection(&path, Some(answer)).map_err(|failure| failure.reason.to_string());
        assert_eq!(selected, expected.map(|(text, hits)| (text.to_owned(), hits)).map_err(str::to_owned));
    }

    #[test]
    fn a_pointer_is_one_value_and_a_jsonpath_is_an_array() {
        check(Kind::Pointer("/a".to_owned()), &["1"], Ok(("1", 1)));
        check(Kind::Pointer("/a".to_owned()), &[], Err("POINTER_NOT_FOUND"));
        check(Kind::Jsonpath("$..a".to_owned()), &["1", "{}"], Ok(("[1,{}]", 2)));
        check(Kind::Jsonpath("$..a".to_owned()), &[], Ok(("[]", 0)));
    }
}
