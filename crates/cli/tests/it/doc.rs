//! `fastjson doc`: documents that lie in the cache, written, read in part and changed where they lie.

use crate::up::Up;

/// Exit code and standard output; standard error holds `err`.
fn check(up: &Up, (args, input): (&[&str], &str), (code, out): (i32, &str), err: &str) {
    let told = up.fastjson(&[&["doc"], args].concat(), input);
    assert_eq!((told.0, told.1.as_str()), (code, out), "{args:?} {}", told.2);
    assert!(told.2.contains(err), "{args:?} {err:?} in {:?}", told.2);
}

/// The version that a write prints.
fn version(up: &Up, args: &[&str], input: &str) -> u64 {
    let (code, out, err) = up.fastjson(&[&["doc"], args].concat(), input);
    assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
    out.trim_end().parse().unwrap()
}

#[test]
fn a_document_is_put_read_patched_and_merged() {
    let up = Up::start();
    let first = version(&up, &["put", "tea"], r#"{"name": "tea", "price": 4.50, "tags": ["hot", "green"]}"#);
    check(&up, (&["get", "tea", "/price", "$.tags[*]"], ""), (0, "4.50\n\"hot\"\n\"green\"\n"), "");
    let patch = r#"[{"op":"test","path":"/price","value":4.5},{"op":"remove","path":"/tags/0"}]"#;
    let second = version(&up, &["patch", "tea", patch], "");
    let third = version(&up, &["merge", "tea"], r#"{"price":null,"stock":7}"#);
    assert!(first < second && second < third);
    let (_, whole, _) = up.fastjson(&["doc", "get", "tea"], "");
    assert_eq!(whole.split_whitespace().collect::<String>(), r#"{"name":"tea","tags":["green"],"stock":7}"#);
    check(&up, (&["get", "tea", "/price"], ""), (1, ""), "`/price` names nothing in this document");
    let paths = &["get", "tea", "/stock", "/no~1where", "$.nothing"];
    let missing = "`/no~1where` names nothing in this document\n`$.nothing` names nothing in this document\n";
    check(&up, (paths, ""), (1, "7\n"), missing);
    let long = format!("/{}", "é".repeat(40));
    check(&up, (&["get", "tea", &long], ""), (1, ""), &format!("`/{}` names nothing", "é".repeat(31)));
    check(&up, (&["get", "mug"], ""), (1, ""), "there is no entry under this key");
}

#[test]
fn a_condition_that_does_not_hold_is_a_no() {
    let up = Up::start();
    let first = version(&up, &["put", "k", "1", "--if-absent"], "");
    let conflict = format!("conflict: the entry has version {first}");
    check(&up, (&["put", "k", "2", "--if-absent"], ""), (1, ""), &conflict);
    check(
        &up,
        (&["put", "none", "2", "--if-present"], ""),
        (1, ""),
        "conflict: there is no entry under this key",
    );
    let given = first.to_string();
    let second = version(
        &up,
        &["patch", "k", r#"[{"op":"replace","path":"","value":[]}]"#, "--if-version", &given],
        "",
    );
    let conflict = format!("conflict: the entry has version {second}");
    check(&up, (&["patch", "k", "[]", "--if-version", &given], ""), (1, ""), &conflict);
    check(&up, (&["merge", "k", "{}", "--if-version", &given], ""), (1, ""), &conflict);
    check(&up, (&["get", "k"], ""), (0, "[]"), "");
}

#[test]
fn bad_input_says_what_is_wrong_and_writes_nothing() {
    let up = Up::start();
    version(&up, &["put", "k", "[1]"], "");
    check(&up, (&["put", "k"], "[1,\n]"), (1, ""), "error[TRAILING_COMMA]");
    check(&up, (&["patch", "k", r#"[{"op":"remove","path":"/7"}]"#], ""), (1, ""), "PATCH_PATH_NOT_FOUND");
    let test = r#"[{"op":"test","path":"/0","value":2}]"#;
    check(&up, (&["patch", "k", test], ""), (1, ""), "PATCH_TEST_FAILED");
    check(&up, (&["patch", "k", r#"{"op":"remove"}"#], ""), (2, ""), "PATCH_INVALID");
    check(&up, (&["patch", "none", "[]"], ""), (1, ""), "there is no entry under this key");
    check(&up, (&["merge", "none", "{}"], ""), (1, ""), "there is no entry under this key");
    check(&up, (&["get", "k", "$["], ""), (2, ""), "QUERY_INVALID");
    check(&up, (&["get", "k", "--namespace", "nobody"], ""), (1, ""), "NAMESPACE_NOT_FOUND");
    check(&up, (&["put", &"k".repeat(1_025), "1"], ""), (2, ""), "KEY_BYTES_LIMIT");
    check(&up, (&["put", "k", "--file", "/nowhere/at/all"], ""), (2, ""), "/nowhere/at/all");
    check(&up, (&["put", "k", "1", "--schema", "nobody"], ""), (1, ""), "SCHEMA_NOT_FOUND");
    check(&up, (&["merge", "k", "{}", "--schema-version", "1"], ""), (2, ""), "--schema");
    check(&up, (&["get", "k"], ""), (0, "[1]"), "");
}

#[test]
fn a_namespace_demands_a_schema_that_is_there() {
    let up = Up::start();
    let namespace = |args: &[&str]| up.fastjson(&[&["cache", "namespace"], args].concat(), "");
    let (code, out, err) = namespace(&["create", "shop", "--schema", "nobody"]);
    assert!(code == 1 && out.is_empty() && err.contains("SCHEMA_NOT_FOUND"), "{code} {out} {err}");
    let (code, out, err) = namespace(&["create", "shop"]);
    assert!(code == 0 && out.contains(r#""schema":"""#), "{code} {out} {err}");
    let (code, _, err) = namespace(&["update", "shop", "--no-schema"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let (code, _, err) = namespace(&["update", "shop", "--schema", "a", "--no-schema"]);
    assert!(code == 2 && err.contains("--no-schema"), "{code} {err}");
}

#[test]
fn top_shows_namespaces_operations_and_hot_keys() {
    let up = Up::start();
    assert_eq!(up.fastjson(&["cache", "set", "k", "v"], "").0, 0);
    let (code, out, err) = up.fastjson(&["top", "--count", "1", "--interval", "1ms"], "");
    assert_eq!((code, err.as_str()), (0, ""));
    let begins: Vec<&str> = out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(begins[0].starts_with("http://") && begins[1..3] == ["NAMESPACE", "default"], "{out}");
    assert!(begins.contains(&"Set") && begins.contains(&"HOT"), "{out}");
    let (code, _, err) = up.fastjson(&["top", "--namespace", "nobody"], "");
    assert!(code == 1 && err.contains("NAMESPACE_NOT_FOUND"), "{code} {err}");
}
