//! The command line as a person uses it: arguments and input in; output, findings and exit code out.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod answers;
mod doc;
mod entries;
mod files;
mod large;
mod up;

use std::io::Write as _;
use std::process::{Command, Stdio};

/// Exit code, standard output and standard error.
fn fastjson(args: &[&str], input: &str) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_fastjson"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that needs no input may have left already.
    let _left = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Runs a command in process and compares all that it says.
fn check(args: &[&str], input: &str, expected: (i32, &str, &str)) {
    let args = [&["--local"], args].concat();
    let (code, out, err) = fastjson(&args, input);
    assert_eq!((code, out.as_str(), err.as_str()), expected, "{args:?} {input}");
}

#[test]
fn validate_says_valid_or_what_is_wrong() {
    check(&["validate"], "[1,2]", (0, "valid\n", ""));
    let error = "error[TRAILING_COMMA]: trailing comma: a value must follow ',' or the bracket must close without it\n  \
                 --> <stdin>:1:7 (byte 6, at \"\")\n   | {\"a\":1,}\n   |       ^\n   = fix: delete this\n";
    check(&["validate"], r#"{"a":1,}"#, (1, "", error));
    check(&["format"], r#"{"a":1,}"#, (1, "", error));
    let (code, out, err) = fastjson(&["--local", "validate"], r#"{"a":1,"a":2}"#);
    assert_eq!((code, out.as_str()), (0, "valid\n"));
    assert!(err.starts_with("warning[DUPLICATE_KEY]"), "{err}");
    let (code, ..) = fastjson(&["--local", "validate", "--duplicate-keys=reject"], r#"{"a":1,"a":2}"#);
    assert_eq!(code, 1);
}

#[test]
fn format_keeps_every_digit() {
    check(&["format", "--style", "minify"], "[1E2, -0, 1.50]", (0, "[1E2,-0,1.50]\n", ""));
    check(&["format", "--indent", "1"], "[1]", (0, "[\n 1\n]\n", ""));
    let (code, _, err) = fastjson(&["--local", "format", "--indent", "17"], "1");
    assert_eq!(code, 2);
    assert!(err.contains("OPTION_INVALID") && err.contains("0 to 16"), "{err}");
}

#[test]
fn convert_reads_what_it_is_given() {
    check(&["convert", "--to", "json"], "a: [1, no]", (0, "{\"a\":[1,\"no\"]}\n", ""));
    check(&["convert", "--to", "yaml"], r#"{"a":1}"#, (0, "a: 1\n", ""));
    let (code, _, err) = fastjson(&["--local", "convert", "--to", "toml", "--strict"], r#"{"a":null}"#);
    assert!(
        code == 1 && err.contains("warning[NULL_DROPPED]") && err.contains("<stdin>:1:6"),
        "{code} {err}"
    );
}

#[test]
fn jq_takes_variables() {
    check(&["query", ".a[] | select(. > $low)", "--argjson", "low", "1"], r#"{"a":[1,2]}"#, (0, "[2]\n", ""));
    check(&["query", ".a + $s", "--arg", "s", "b"], r#"{"a":"a"}"#, (0, "[\"ab\"]\n", ""));
}

#[test]
fn jq_takes_a_line_after_the_other() {
    check(&["query", "--ndjson", "--lang", "jq", "[., input]"], "1\n2\n3\n4\n", (0, "[[1,2],[3,4]]\n", ""));
    check(&["query", "--ndjson", "$[1].a"], "{\"a\":1}\n{\"a\":2}\n", (0, "[2]\n", ""));
}

#[test]
fn query_says_where_its_values_stand() {
    let text = "{\"a\": [1,\n {\"b\": 2.50}]}";
    check(&["query", "--places", "$..b"], text, (0, "2:8\t$['a'][1]['b']\t2.50\n", ""));
    check(&["query", "--places", "/a/0"], text, (0, "1:8\t$['a'][0]\t1\n", ""));
    let (code, _, err) = fastjson(&["--local", "query", "--places", ".a"], text);
    assert!(code == 2 && err.contains("OPTION_INVALID"), "{code} {err}");
}

#[test]
fn query_reads_a_file_of_yaml_as_yaml() {
    let file = std::env::temp_dir().join(format!("fastjson-query-{}.yaml", std::process::id()));
    std::fs::write(&file, "image: api\nports: [80]\n").unwrap();
    check(&["query", ".ports[0]", file.to_str().unwrap()], "", (0, "[80]\n", ""));
    std::fs::remove_file(&file).unwrap();
    check(&["query", "--from", "toml", "/a/b"], "[a]\nb = 1\n", (0, "1\n", ""));
}

#[test]
fn a_program_that_is_wrong_is_shown_with_its_place_and_its_language() {
    let (code, _, err) = fastjson(&["--local", "query", "map(.a)"], "[]");
    assert_eq!(code, 2);
    assert!(err.contains("   | map(.a)\n   |     ^\n") && err.contains("taken for jmespath"), "{err}");
    let (_, _, err) = fastjson(&["--local", "query", "--lang", "jq", ".a\n| .b |"], "{}");
    assert!(err.contains("   | | .b |\n   |       ^\n") && !err.contains("taken for"), "{err}");
}

#[test]
fn a_program_that_fails_on_the_document_is_a_no() {
    let (code, _, err) = fastjson(&["--local", "query", ".a.b"], r#"{"a":1}"#);
    assert!(code == 1 && err.contains("PROGRAM_FAILED"), "{code} {err}");
}

/// It said `<stdin>`, or both names.
#[test]
fn the_file_that_is_wrong_is_named_and_not_another_one() {
    let file = std::env::temp_dir().join(format!("fastjson-wrong-{}.json", std::process::id()));
    std::fs::write(&file, "[1,]").unwrap();
    let path = file.to_str().unwrap();
    let place = format!("--> {path}:1:3 ");
    let all: [&[&str]; 6] = [
        &["diff", "-", path],
        &["diff", path, "-"],
        &["patch", path],
        &["merge", "--patch", path],
        &["merge", "--base", path, "--theirs", "-"],
        &["schema", "check", path],
    ];
    for args in all {
        let (_, _, err) = fastjson(&[&["--local"], args].concat(), "{}");
        assert!(err.contains(&place), "{args:?}: {err}");
    }
    std::fs::remove_file(&file).unwrap();
    let (_, _, err) = fastjson(&["--local", "query", ".", "--argjson", "x", "[1,]"], "{}");
    assert!(err.contains("--> <variable>:1:3 "), "{err}");
    let (_, _, err) = fastjson(&["--local", "patch", "[1,]"], "{}");
    assert!(err.contains("--> <argument>:1:3 "), "{err}");
}

#[test]
fn validate_names_each_of_several_files() {
    let folder = std::env::temp_dir().join(format!("fastjson-several-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (good, bad) = (folder.join("good.json"), folder.join("bad.json"));
    std::fs::write(&good, "1").unwrap();
    std::fs::write(&bad, "[1,]").unwrap();
    let (good, bad) = (good.to_str().unwrap(), bad.to_str().unwrap());
    let (code, out, err) = fastjson(&["--local", "validate", bad, good], "");
    assert_eq!((code, out), (1, format!("{good}: valid\n")));
    assert!(err.contains(&format!("--> {bad}:1:3 ")), "{err}");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// A failure names its line in YAML, where it was written.
#[test]
fn schema_checks_and_infers() {
    let schema = r#"{"properties":{"port":{"type":"integer"}}}"#;
    check(&["schema", "check", schema], "port: 80", (0, "valid\n", ""));
    let (code, _, err) = fastjson(&["--local", "schema", "check", schema], "name: a\nport: http\n");
    assert_eq!(code, 1, "{err}");
    assert!(err.starts_with("error[SCHEMA_VIOLATION]") && err.contains("--> <stdin>:2:7 "), "{err}");
    let (code, out, _) = fastjson(&["--local", "schema", "infer"], r#"{"a":1}"#);
    assert!(code == 0 && out.contains(r#""required":["a"]"#), "{out}");
}

#[test]
fn patch_merge_and_diff() {
    let patch = r#"[{"op":"add","path":"/b","value":2}]"#;
    check(&["patch", patch], r#"{"a":1}"#, (0, "{\"a\":1,\"b\":2}\n", ""));
    check(&["merge", "--patch", r#"{"a":null}"#], r#"{"a":1,"c":2}"#, (0, "{\"c\":2}\n", ""));
    let (code, _, err) = fastjson(&["--local", "patch", r#"[{"op":"remove","path":"/x"}]"#], "{}");
    assert!(code == 1 && err.contains("PATCH_PATH_NOT_FOUND"), "{code} {err}");
    let folder = std::env::temp_dir().join(format!("fastjson-diff-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (one, two) = (file("one.json", r#"{"a":1}"#), file("two.json", r#"{"a":2}"#));
    check(&["diff", &one, &two], "", (1, "~ /a: 1 -> 2\n", ""));
    check(&["diff", &one, "-"], r#"{"a":1.0}"#, (0, "", ""));
    let (code, out, err) = fastjson(&["--local", "merge", "--base", &one, "--theirs", &two], r#"{"a":3}"#);
    assert_eq!((code, out.as_str()), (1, "{\"a\":3}\n"));
    assert!(err.contains("conflict[BOTH_CHANGED]: <stdin> at \"/a\""), "{err}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn query_guesses_its_language() {
    check(&["query", "/a/0"], r#"{"a":[1E2]}"#, (0, "1E2\n", ""));
    check(&["query", "$.a[*]"], r#"{"a":[1E2]}"#, (0, "[1E2]\n", ""));
    check(&["query", "sort_by(a, &n)[0].n"], r#"{"a":[{"n":2},{"n":1.0}]}"#, (0, "1.0\n", ""));
    let (code, _, err) = fastjson(&["--local", "query", "/b"], "{}");
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("POINTER_NOT_FOUND"), "{err}");
    let (code, _, err) = fastjson(&["--local", "query", "$["], "{}");
    assert_eq!(code, 2, "{err}");
}

#[test]
fn run_takes_a_recipe_inline_and_refuses_unknown_fields() {
    let recipe = r#"{"steps":[{"query":{"language":"QUERY_LANGUAGE_POINTER","query":"/a"}}]}"#;
    check(&["run", "--recipe", recipe], r#"{"a": 7}"#, (0, "7\n", ""));
    let (code, _, err) = fastjson(&["--local", "run", "--recipe", r#"{"steps":[{"explode":{}}]}"#], "1");
    assert_eq!(code, 2);
    assert!(
        err.contains("steps[0]") && err.contains("explode") && err.contains("allowed: validate"),
        "{err}"
    );
}

#[test]
fn files_and_their_absence() {
    let file = std::env::temp_dir().join(format!("fastjson-cli-{}.json", std::process::id()));
    std::fs::write(&file, "[ 1 ]").unwrap();
    check(&["format", "--style", "minify", file.to_str().unwrap()], "", (0, "[1]\n", ""));
    std::fs::write(&file, "[ 1").unwrap();
    let (_, _, err) = fastjson(&["--local", "format", file.to_str().unwrap()], "");
    assert!(err.contains(&format!("--> {}:1:4 ", file.display())), "{err}");
    std::fs::remove_file(&file).unwrap();
    let (code, _, err) = fastjson(&["--local", "validate", file.to_str().unwrap()], "");
    assert_eq!(code, 2);
    assert!(err.contains(file.to_str().unwrap()), "{err}");
}

#[test]
fn more_than_4_mib_is_refused_with_the_limit_where_one_message_takes_it() {
    let (code, _, err) = fastjson(&["--local", "diff", "-", "-"], &" ".repeat((4 << 20) + 1));
    assert_eq!(code, 2);
    assert!(err.contains("4194304"), "{err}");
}

#[test]
fn a_server_that_is_not_there_is_exit_code_3() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (code, _, err) = fastjson(&["--json-addr", &address, "validate"], "1");
    assert_eq!(code, 3, "{err}");
    let bare = address.trim_start_matches("http://");
    assert!(err.contains(bare), "{err}");
    let (code, _, err) = fastjson(&["--json-addr", bare, "validate"], "1");
    assert!(code == 3 && err.contains(&address), "an address without a scheme: {code} {err}");
    let (code, out, _) = fastjson(&["--json-addr", &address, "--cache-addr", &address, "health"], "");
    assert_eq!(code, 3, "{out}");
    assert!(out.starts_with("fastjson-api http") && out.contains("\nrust-cache-server http"), "both: {out}");
    let (code, ..) = fastjson(&["--cache-addr", &address, "cache", "get", "k"], "");
    assert_eq!(code, 3);
}

/// `up` took the defaults, whatever was set.
#[test]
fn up_has_the_settings_of_its_services() {
    let (code, _, err) = fastjson(&["up", "--cache-config", "/nowhere/settings.toml"], "");
    assert!(code == 2 && err.contains("/nowhere/settings.toml"), "{code} {err}");
    let (code, _, err) = fastjson(&["up", "--cache-set", "store.colour=red"], "");
    assert!(
        code == 2 && err.contains("flag --cache-set store.colour: unknown key `store.colour`"),
        "{code} {err}"
    );
    let output = Command::new(env!("CARGO_BIN_EXE_fastjson"))
        .arg("up")
        .env("RUST_CACHE_SERVER_STORE__COLOUR", "red")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(err.contains("store.colour") && err.contains("RUST_CACHE_SERVER_STORE__COLOUR"), "{err}");
}

#[test]
fn completions_for_each_shell() {
    for shell in ["bash", "zsh", "fish"] {
        let (code, out, _) = fastjson(&["completions", shell], "");
        assert!(code == 0 && out.contains("fastjson"), "{shell}");
    }
}

/// Schemas and recipes by name, in a directory that each command opens anew.
#[test]
fn schemas_and_recipes_by_name() {
    let folder = std::env::temp_dir().join(format!("fastjson-registry-cli-{}", std::process::id()));
    let directory = folder.to_str().unwrap();
    let check = |args: &[&str], input: &str, expected: (i32, &str, &str)| {
        let args = [&["--local", "--registry", directory], args].concat();
        let (code, out, err) = fastjson(&args, input);
        assert_eq!((code, out.as_str(), err.as_str()), expected, "{args:?} {input}");
    };
    check(&["schema", "put", "order", "--compatibility", "backward"], "type: object", (0, "1\n", ""));
    check(&["schema", "put", "order"], r#"{"type":["object","array"]}"#, (0, "2\n", ""));
    check(&["schema", "get", "order", "--version", "1"], "", (0, r#"{"type":"object"}"#, ""));
    check(&["schema", "check", "--schema-name", "order"], "[]", (0, "valid\n", ""));
    check(
        &["schema", "compat", r#"{"type":["object","array","null"]}"#, "--name", "order"],
        "",
        (0, "compatible\n", ""),
    );
    let (code, out, err) =
        fastjson(&["--local", "schema", "compat", "{\"type\":\"null\"}", "--old", "{}"], "");
    assert!(code == 1 && out.is_empty() && err.starts_with("breaks[BACKWARD]: "), "{code} {out} {err}");
    let args = ["--local", "--registry", directory, "schema", "put", "order"];
    let (code, _, err) = fastjson(&args, r#"{"type":"null"}"#);
    assert!(code == 1 && err.contains("SCHEMA_INCOMPATIBLE"), "{code} {err}");
    let (code, out, _) = fastjson(&["--local", "--registry", directory, "schema", "list"], "");
    assert!(code == 0 && out.starts_with("order\t2\tbackward\t"), "{out}");
    check(&["schema", "delete", "order"], "", (0, "2\n", ""));
    check(&["schema", "delete", "order"], "", (1, "0\n", ""));
    let recipe = r#"{"steps":[{"format":{"style":"FORMAT_STYLE_MINIFY"}}]}"#;
    check(&["recipe", "put", "small", recipe], "", (0, "1\n", ""));
    check(&["recipe", "put", "small", recipe, "--expect", "0"], "", (0, "1\n", ""));
    check(&["run", "--name", "small"], "[ 1 ]", (0, "[1]\n", ""));
    let (code, out, _) = fastjson(&["--local", "--registry", directory, "recipe", "get", "small"], "");
    assert!(code == 0 && out.contains("FORMAT_STYLE_MINIFY"), "{out}");
    let (code, out, _) = fastjson(&["--local", "--registry", directory, "recipe", "list", "small"], "");
    assert!(code == 0 && out.starts_with("small\t1\t1\t"), "{out}");
    check(&["recipe", "delete", "small"], "", (0, "1\n", ""));
    let (code, _, err) = fastjson(&["--local", "schema", "list"], "");
    assert!(code == 2 && err.contains("--registry"), "{code} {err}");
    std::fs::remove_dir_all(&folder).unwrap();
}

const MINIFY: &str = r#"{"steps":[{"format":{"style":"FORMAT_STYLE_MINIFY"}}]}"#;

#[test]
fn run_stream_writes_an_answer_a_line_and_names_the_records_that_fail() {
    let records = "{\"a\": 1E2}\n\n[ 1 ]\n";
    check(&["run", "--stream", "--recipe", MINIFY], records, (0, "{\"a\":1E2}\n[1]\n", ""));
    let (code, out, err) = fastjson(&["--local", "run", "--stream", "--recipe", MINIFY], "1\n[1,]\n2");
    assert_eq!((code, out.as_str()), (1, "1\n2\n"));
    assert!(
        err.starts_with("error[DOCUMENT_INVALID]: record 2: the document is not valid: line 2, column 3"),
        "{err}"
    );
    assert!(err.contains("--> <stdin>:2:3 (byte 4,"), "{err}");
    let at_most = ["--local", "run", "--stream", "--max-errors", "0", "--recipe", MINIFY];
    let (code, out, err) = fastjson(&at_most, "1\nx\n2\n");
    assert_eq!((code, out.as_str()), (1, "1\n"));
    assert!(err.contains("error[ERRORS_LIMIT]: 1 of 2 records failed, 0 may"), "{err}");
}

#[test]
fn run_transfers_a_document_over_four_megabytes() {
    let document = format!("[ {}1 ]", "1.50, ".repeat(800_000));
    let (code, out, err) = fastjson(&["--local", "--timeout", "60s", "run", "--recipe", MINIFY], &document);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out == format!("{}\n", document.replace(' ', "")), "the answers differ");
    let (code, _, err) = fastjson(&["--local", "run", "--recipe", MINIFY], &document.replace("1 ]", "1,]"));
    assert_eq!(code, 1);
    assert!(err.starts_with("error[TRAILING_COMMA]"), "{err}");
}

#[test]
fn run_explain_says_what_a_recipe_would_do() {
    let (code, out, _) = fastjson(&["--local", "run", "--explain", "--recipe", MINIFY], "");
    assert_eq!(code, 0);
    assert!(
        out.starts_with(r#"{"steps":[{"name":"format","description":"writes the text without white space""#),
        "{out}"
    );
}
