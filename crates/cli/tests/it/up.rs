//! Both services as `fastjson up` runs them, on free ports, for the commands that need one.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// Ends with the test.
pub(crate) struct Up {
    process: Child,
    json: String,
    cache: String,
}

impl Up {
    /// Starts both and waits until they say that they are ready.
    pub(crate) fn start() -> Self {
        Self::start_with(&[], &[])
    }

    /// The same with further flags and variables.
    pub(crate) fn start_with(flags: &[&str], variables: &[(&str, &str)]) -> Self {
        let ports = ["--json-listen", "--cache-listen", "--json-admin", "--cache-admin"];
        let mut process = Command::new(env!("CARGO_BIN_EXE_fastjson"))
            .arg("up")
            .args(ports.iter().flat_map(|port| [*port, "127.0.0.1:0"]))
            .args(flags)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (mut json, mut cache) = (String::new(), String::new());
        for line in BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap) {
            let mut words = line.split_whitespace();
            match (words.next(), words.next()) {
                (Some("fastjson-api"), Some(address)) => json = format!("http://{address}"),
                (Some("rust-cache-server"), Some(address)) => cache = format!("http://{address}"),
                (Some("ready"), _) => break,
                _ => {}
            }
        }
        Self { process, json, cache }
    }

    /// Runs a command against them: exit code, standard output, standard error.
    pub(crate) fn fastjson(&self, args: &[&str], input: &str) -> (i32, String, String) {
        let addresses = ["--json-addr", &self.json, "--cache-addr", &self.cache];
        crate::fastjson(&[&addresses, args].concat(), input)
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        // Errors say that it has ended already.
        let _ended = self.process.kill();
        let _ended = self.process.wait();
    }
}

#[test]
fn any_setting_of_both_services_is_a_flag() {
    let variables =
        [("RUST_CACHE_SERVER_STORE__MAX_BATCH_ITEMS", "2"), ("FASTJSON_API_LIMITS__MAX_DEPTH", "9")];
    let flags = ["--json-set", "limits.max_depth=3", "--cache-set", "namespaces.shop.capacity_bytes=1048576"];
    let up = Up::start_with(&flags, &variables);
    let (code, out, err) = up.fastjson(&["cache", "namespace", "list"], "");
    assert!(code == 0 && out.contains("\"shop\""), "{code} {out} {err}");
    let (code, _, err) = up.fastjson(&["validate"], "[[[[]]]]");
    assert!(
        code == 2 && err.contains("DEPTH_LIMIT") && err.contains(" 3"),
        "the flag goes over the variable: {code} {err}"
    );
}

#[test]
fn entries_outlive_a_restart_where_a_snapshot_is_set() {
    let file = std::env::temp_dir().join(format!("fastjson-up-{}.snapshot", std::process::id()));
    let set = format!("snapshot.path={}", file.display());
    let up = Up::start_with(&["--cache-set", &set], &[]);
    assert_eq!(up.fastjson(&["cache", "set", "k", "v"], "").0, 0);
    assert_eq!(up.fastjson(&["cache", "snapshot"], "").0, 0);
    drop(up);
    let up = Up::start_with(&["--cache-set", &set], &[]);
    assert_eq!(up.fastjson(&["cache", "get", "k"], ""), (0, "v".to_owned(), String::new()));
    drop(up);
    for kept in std::fs::read_dir(std::env::temp_dir()).unwrap().flatten() {
        if kept.path().to_string_lossy().starts_with(&*file.to_string_lossy()) {
            std::fs::remove_file(kept.path()).unwrap();
        }
    }
}

/// The addresses of `up` were those of its flags alone, whatever the settings said.
#[test]
fn where_no_flag_says_otherwise_up_listens_as_the_settings_say() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = Command::new(env!("CARGO_BIN_EXE_fastjson"))
        .arg("up")
        .env("FASTJSON_API_SERVER__LISTEN", &address)
        .output()
        .unwrap();
    let err = String::from_utf8(told.stderr).unwrap();
    assert!(!told.status.success() && err.contains(&format!("cannot listen on {address}")), "{err}");
}

/// The other one went on, behind a line that said that both were ready.
#[test]
fn where_one_service_cannot_serve_both_end_and_nothing_says_ready() {
    let ports = ["--json-listen", "--cache-listen", "--json-admin", "--cache-admin"];
    let told = Command::new(env!("CARGO_BIN_EXE_fastjson"))
        .arg("up")
        .args(ports.iter().flat_map(|port| [*port, "127.0.0.1:0"]))
        .args(["--cache-set", "snapshot.interval=0s"])
        .output()
        .unwrap();
    let [out, err] = [told.stdout, told.stderr].map(|text| String::from_utf8(text).unwrap());
    assert_eq!((told.status.code(), out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains("error: settings: snapshot.interval is at least 1s, not 0s"), "{err}");
}

#[test]
fn bench_measures_each_call_and_says_what_failed() {
    let up = Up::start();
    for what in ["get", "set", "take", "validate", "format", "query"] {
        let (code, out, err) =
            up.fastjson(&["bench", what, "--calls", "40", "--callers", "3", "--keys", "7"], "");
        assert_eq!((code, err.as_str()), (0, ""), "{what}");
        let begins: Vec<&str> = out.lines().filter_map(|line| line.split_whitespace().next()).collect();
        assert_eq!(begins, ["40", "p50", "p90", "p99", "p99.9", "max"], "{what}: {out}");
    }
    let (code, out, _) = up.fastjson(&["bench", "set", "--calls", "5", "--namespace", "nobody"], "");
    assert!(code == 1 && out.ends_with("\nfailed 5: NAMESPACE_NOT_FOUND\n"), "{code} {out}");
    let (code, _, err) = up.fastjson(&["bench", "get", "--namespace", "nobody"], "");
    assert!(code == 2 && err.contains("cannot be written: NAMESPACE_NOT_FOUND"), "{code} {err}");
    let (code, out, _) = crate::fastjson(&["--cache-addr", "127.0.0.1:1", "bench", "set"], "");
    assert_eq!((code, out.as_str()), (3, ""));
}
