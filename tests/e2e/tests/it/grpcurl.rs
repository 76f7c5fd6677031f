//! The real grpcurl, as the README tells people to use it.

use std::net::SocketAddr;

use testkit::Pair;
use tokio::process::Command;

/// What it said.
pub(crate) struct Output {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Output {
    /// The answer, of a call that succeeded.
    pub(crate) fn answer(&self) -> serde_json::Value {
        assert_eq!(self.code, 0, "{}", self.err);
        serde_json::from_str(&self.out).unwrap()
    }
}

/// Runs grpcurl against `address`; `None` where there is no grpcurl.
pub(crate) async fn grpcurl(address: SocketAddr, data: Option<&str>, call: &str) -> Option<Output> {
    let mut command = Command::new("grpcurl");
    command.arg("-plaintext");
    if let Some(data) = data {
        command.args(["-d", data]);
    }
    let output = match command.arg(address.to_string()).args(call.split(' ')).output().await {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            testkit::missing("grpcurl");
            return None;
        }
        Err(error) => panic!("{error}"),
    };
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Some(Output { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) })
}

#[tokio::test]
async fn list_shows_the_services() {
    let pair = Pair::start().await;
    let Some(json) = grpcurl(pair.json.address, None, "list").await else { return };
    for service in ["fastjson.v1.JsonService", "fastjson.v1.SchemaService", "fastjson.v1.RecipeService"] {
        assert!(json.out.lines().any(|line| line == service), "{}", json.out);
    }
    assert_eq!(json.out.lines().filter(|line| *line == "grpc.health.v1.Health").count(), 1, "{}", json.out);
    let Some(cache) = grpcurl(pair.cache.address, None, "list").await else { return };
    assert!(!cache.out.contains("JsonService"), "only what is served: {}", cache.out);
    for service in ["rustcache.v1.CacheService", "rustcache.v1.AdminService"] {
        assert!(cache.out.lines().any(|line| line == service), "{}", cache.out);
    }
    pair.stop().await;
}

#[tokio::test]
async fn validate_names_line_column_and_reason() {
    let pair = Pair::start().await;
    let data = r#"{"input":{"text":"{\"a\":1,}"}}"#;
    let Some(output) = grpcurl(pair.json.address, Some(data), "fastjson.v1.JsonService/Validate").await
    else {
        return;
    };
    let answer: serde_json::Value = serde_json::from_str(&output.out).unwrap();
    let finding = &answer["diagnostics"][0];
    assert_eq!(finding["code"], "TRAILING_COMMA");
    assert_eq!(finding["start"]["line"], "1");
    assert!(finding["start"]["column"].is_string());
    pair.stop().await;
}

#[tokio::test]
async fn a_failure_shows_its_details() {
    let pair = Pair::start().await;
    let data = r#"{"input":{"text":"[1,,2]"}}"#;
    let Some(output) = grpcurl(pair.json.address, Some(data), "fastjson.v1.JsonService/Format").await else {
        return;
    };
    assert_ne!(output.code, 0);
    for part in ["InvalidArgument", "DOCUMENT_INVALID", "fastjson.v1.Diagnostics"] {
        assert!(output.err.contains(part), "{part} in\n{}", output.err);
    }
    pair.stop().await;
}

#[tokio::test]
async fn a_schema_gets_a_name_and_checks_by_it() {
    let pair = Pair::start().await;
    let data = r#"{"name":"team/n","schema":{"text":"{\"type\":\"integer\"}"},"compatibility":"COMPATIBILITY_FULL"}"#;
    let Some(put) = grpcurl(pair.json.address, Some(data), "fastjson.v1.SchemaService/PutSchema").await
    else {
        return;
    };
    assert!(put.out.contains("\"created\": true"), "{} {}", put.out, put.err);
    let data = r#"{"schema_name":"team/n","input":{"text":"1.5"}}"#;
    let check = grpcurl(pair.json.address, Some(data), "fastjson.v1.JsonService/CheckSchema").await.unwrap();
    assert!(check.out.contains("SCHEMA_VIOLATION"), "{} {}", check.out, check.err);
    let data = r#"{"name":"team/n","schema":{"text":"{\"type\":\"string\"}"}}"#;
    let put = grpcurl(pair.json.address, Some(data), "fastjson.v1.SchemaService/PutSchema").await.unwrap();
    for part in ["FailedPrecondition", "SCHEMA_INCOMPATIBLE", "CheckCompatibilityResponse"] {
        assert!(put.err.contains(part), "{part} in\n{}", put.err);
    }
    let data = r#"{"name":"a","recipe":{"steps":[{"infer_schema":{}}]}}"#;
    let put = grpcurl(pair.json.address, Some(data), "fastjson.v1.RecipeService/PutRecipe").await.unwrap();
    assert!(put.out.contains("\"steps\": 1"), "{} {}", put.out, put.err);
    pair.stop().await;
}

#[tokio::test]
async fn set_and_get() {
    let pair = Pair::start().await;
    let data = r#"{"key":"greeting","value":{"text":"hello"},"ttl":"60s","condition":{"ifAbsent":{}}}"#;
    let Some(set) = grpcurl(pair.cache.address, Some(data), "rustcache.v1.CacheService/Set").await else {
        return;
    };
    assert!(set.out.contains("stored"), "{} {}", set.out, set.err);
    let Some(again) = grpcurl(pair.cache.address, Some(data), "rustcache.v1.CacheService/Set").await else {
        return;
    };
    assert!(again.out.contains("conflict"), "{}", again.out);
    let get =
        grpcurl(pair.cache.address, Some(r#"{"key":"greeting"}"#), "rustcache.v1.CacheService/Get").await;
    assert!(get.unwrap().out.contains("\"text\": \"hello\""));
    pair.stop().await;
}

#[tokio::test]
async fn a_session_as_the_docs_write_it() {
    let pair = Pair::start().await;
    let frames = crate::docs::session_frames();
    let Some(output) = grpcurl(pair.cache.address, Some(frames), "rustcache.v1.CacheService/Session").await
    else {
        return;
    };
    let answers = serde_json::Deserializer::from_str(&output.out).into_iter::<serde_json::Value>();
    let answers: Vec<_> = answers.map(Result::unwrap).collect();
    assert_eq!(answers.len(), 2, "{} {}", output.out, output.err);
    assert_eq!(answers[0]["results"][1]["increment"]["value"], "42");
    assert_eq!(answers[1]["results"][0]["get"]["found"]["value"]["text"], "42");
    pair.stop().await;
}
