//! Flags > environment > file > defaults; unknown keys refused wherever they stand.

use std::io::Write;
use std::time::Duration;

use chassis::config::Config;
use chassis::settings::{self, Sources};
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    server: Config,
    peer: Peer,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Peer {
    addr: String,
}

impl Default for Whole {
    fn default() -> Self {
        Self { server: Config::on_ports(50051, 9051), peer: Peer::default() }
    }
}

/// `file` is the text of the TOML file; its path is written as FILE in the expected message.
fn load(file: &str, env: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Whole, String> {
    let owned =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let mut toml = tempfile::NamedTempFile::new().unwrap();
    toml.write_all(file.as_bytes()).unwrap();
    let sources = Sources {
        file: Some(toml.path().to_owned()),
        env_prefix: "FASTJSON_API_",
        env: owned(env),
        flags: owned(flags),
        flag: None,
    };
    settings::load(&sources).map_err(|e| e.to_string().replace(&toml.path().display().to_string(), "FILE"))
}

const ENV_CONNECTIONS: &str = "FASTJSON_API_SERVER__LIMITS__MAX_CONNECTIONS";

fn check_connections(file: &str, env: &[(&str, &str)], flags: &[(&str, &str)], expected: usize) {
    assert_eq!(load(file, env, flags).unwrap().server.limits.max_connections, expected);
}

fn check_refused(file: &str, env: &[(&str, &str)], flags: &[(&str, &str)], expected: &str) {
    let message = load(file, env, flags).expect_err("refused");
    assert!(message.starts_with(expected), "{message}\nexpected: {expected}");
}

#[test]
fn flags_win_over_environment_over_file_over_defaults() {
    let file = "[server.limits]\nmax_connections = 1";
    let env = [(ENV_CONNECTIONS, "2")];
    let flag = ("server.limits.max_connections", "3");
    check_connections("", &[], &[], 16_384);
    check_connections(file, &[], &[], 1);
    check_connections(file, &env, &[], 2);
    check_connections(file, &env, &[flag], 3);
    check_connections(file, &env, &[flag, ("server.limits.max_connections", "4")], 4);
}

#[test]
fn values_of_every_shape_come_from_the_environment() {
    let env = [
        ("FASTJSON_API_SERVER__LISTEN", "0.0.0.0:50051"),
        ("FASTJSON_API_SERVER__LIMITS__DRAIN_TIMEOUT", "250ms"),
        ("FASTJSON_API_SERVER__LOG__FORMAT", "json"),
        ("FASTJSON_API_SERVER__LOG__FILTER", "warn,chassis=debug"),
        ("FASTJSON_API_PEER__ADDR", "http://cache:50052"),
        ("FASTJSON_API_PORT", "tcp://10.0.0.1:50051"),
        ("FASTJSON_API_PORT_50051_TCP_ADDR", "10.0.0.1"),
        ("FASTJSON_API_SERVICE_PORT_GRPC", "50051"),
        ("HOME", "/root"),
    ];
    let whole = load("", &env, &[]).unwrap();
    assert_eq!(whole.server.listen.to_string(), "0.0.0.0:50051");
    assert_eq!(whole.server.limits.drain_timeout, Duration::from_millis(250));
    assert_eq!(whole.server.log.format, chassis::config::LogFormat::Json);
    assert_eq!(whole.server.log.filter, "warn,chassis=debug");
    assert_eq!(whole.peer.addr, "http://cache:50052");
}

#[test]
fn unknown_keys_are_refused_with_key_origin_and_allowed() {
    check_refused(
        "[server.limits]\nmax_conections = 1",
        &[],
        &[],
        "settings file FILE: unknown key `server.limits.max_conections`; allowed: max_connections, ",
    );
    check_refused("[sever]\n", &[], &[], "settings file FILE: unknown key `sever`; allowed: server, peer");
    check_refused(
        "",
        &[("FASTJSON_API_SERVER__LISTN", "1")],
        &[],
        "environment variable FASTJSON_API_SERVER__LISTN: unknown key `server.listn`; allowed: listen, admin, limits, log",
    );
    check_refused(
        "",
        &[("FASTJSON_API_LISTEN", "1")],
        &[],
        "environment variable FASTJSON_API_LISTEN: unknown key `listen`; allowed: server, peer",
    );
    check_refused(
        "",
        &[],
        &[("server.log.level", "debug")],
        "flag --set server.log.level: unknown key `server.log.level`; allowed: format, filter",
    );
}

#[test]
fn values_that_cannot_be_understood_name_key_and_origin() {
    check_refused(
        "[server.limits]\ndrain_timeout = 5",
        &[],
        &[],
        "settings file FILE: `server.limits.drain_timeout`: invalid type: found signed int `5`; allowed: a whole number and a unit",
    );
    check_refused(
        "",
        &[(ENV_CONNECTIONS, "many")],
        &[],
        "environment variable FASTJSON_API_SERVER__LIMITS__MAX_CONNECTIONS: `server.limits.max_connections`: invalid type",
    );
    check_refused(
        "",
        &[],
        &[("server.limits.drain_timeout", "1w")],
        "flag --set server.limits.drain_timeout: `server.limits.drain_timeout`: invalid value string \"1w\", expected a whole number and a unit",
    );
    check_refused(
        "[server.log]\nformat = 'yaml'",
        &[],
        &[],
        "settings file FILE: `server.log.format` is `yaml`; allowed: text, json",
    );
    check_refused(
        "[server.limits]\nmax_connections = '10MB'",
        &[],
        &[],
        "settings file FILE: `server.limits.max_connections`: invalid type: found string \"10MB\"; allowed: a whole number",
    );
    check_refused(
        "",
        &[],
        &[("server.listen", "localhost:50051")],
        "flag --set server.listen: `server.listen`: invalid socket address syntax; allowed: an address and a port",
    );
    check_refused(
        "server = 1",
        &[],
        &[],
        "settings file FILE: `server`: invalid type: found signed int `1`; allowed: a table",
    );
    check_refused("[server", &[], &[], "settings file FILE: ");
}

/// They were taken, and every call was refused.
#[test]
fn limits_of_nothing_are_refused() {
    for (key, zero, allowed) in [
        ("max_in_flight", "0", "a whole number above zero"),
        ("max_header_bytes", "0", "a whole number above zero"),
        ("default_deadline", "0s", "such as 250ms or 2s, above zero"),
    ] {
        let message = load("", &[], &[(&format!("server.limits.{key}"), zero)]).unwrap_err();
        assert!(message.starts_with(&format!("flag --set server.limits.{key}: ")), "{message}");
        assert!(message.ends_with(allowed), "{message}");
    }
}

#[test]
fn a_missing_file_is_named() {
    let sources = Sources { file: Some("/nowhere/at/all.toml".into()), ..Sources::default() };
    let message = settings::load::<Whole>(&sources).unwrap_err().to_string();
    assert!(message.starts_with("settings file /nowhere/at/all.toml: "), "{message}");
}

/// The origins, as they stand in a table of settings.
#[track_caller]
fn check_origins(file: &str, env: &[(&str, &str)], flags: &[(&str, &str)], expected: serde_json::Value) {
    let cors = load(file, env, flags).unwrap().server.cors;
    assert_eq!(serde_json::to_value(&cors.allowed_origins).unwrap(), expected);
}

#[test]
fn origins_of_pages_are_a_list_or_a_text_wherever_they_stand() {
    const ENV: &str = "FASTJSON_API_SERVER__CORS__ALLOWED_ORIGINS";
    let two = serde_json::json!(["https://app.example", "http://localhost:3000"]);
    check_origins("", &[], &[], serde_json::json!([]));
    let file = "[server.cors]\nallowed_origins = ['https://app.example', 'http://localhost:3000']";
    check_origins(file, &[], &[], two.clone());
    check_origins("", &[(ENV, "https://app.example,http://localhost:3000")], &[], two.clone());
    check_origins("", &[(ENV, r#"["https://app.example","http://localhost:3000"]"#)], &[], two);
    check_origins(file, &[(ENV, "*")], &[], "*".into());
    check_origins(file, &[], &[("server.cors.allowed_origins", "*")], "*".into());
    check_refused(
        "[server.cors]\nallowed_origins = ['https://app.example/']",
        &[],
        &[],
        "settings file FILE: `server.cors.allowed_origins`: `https://app.example/` is not an origin; allowed: * or",
    );
    check_refused(
        "",
        &[(ENV, "7")],
        &[],
        "environment variable FASTJSON_API_SERVER__CORS__ALLOWED_ORIGINS: `server.cors.allowed_origins`: allowed: * or a list",
    );
}
