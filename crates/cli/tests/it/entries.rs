//! Documents that lie in the cache service, read as `ref:KEY` and written with `--store-as`.

use crate::up::Up;

/// Runs it and gives the version that it says it stored under `namespace` and `key`.
fn stored(up: &Up, args: &[&str], input: &str, (namespace, key): (&str, &str)) -> u64 {
    let (code, out, err) = up.fastjson(args, input);
    assert!(code == 0 || (args[0] == "diff" && code == 1), "{args:?} {code} {err}");
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    let text = |member: &str| told[member].as_str().unwrap_or_default().to_owned();
    assert_eq!((text("namespace").as_str(), text("key").as_str()), (namespace, key), "{args:?} {out}");
    told["version"].as_u64().unwrap()
}

fn check(up: &Up, args: &[&str], expected: (i32, &str)) {
    let (code, out, err) = up.fastjson(args, "");
    assert_eq!((code, out.as_str()), expected, "{args:?} {err}");
}

#[test]
fn every_command_takes_an_entry_and_stores_its_answer() {
    let up = Up::start();
    let mine = |key| ("", key);
    let first = stored(&up, &["format", "--style", "minify", "--store-as", "a"], "[ 1.50, 2 ]", mine("a"));
    check(&up, &["cache", "get", "a"], (0, "[1.50,2]"));
    check(&up, &["validate", "ref:a"], (0, "valid\n"));
    check(&up, &["format", "--style", "minify", "ref:a"], (0, "[1.50,2]\n"));
    check(&up, &["query", "/0", "ref:a"], (0, "1.50\n"));
    check(&up, &["convert", "--to", "yaml", "ref:a"], (0, "- 1.50\n- 2\n"));
    let patch = r#"[{"op":"add","path":"/-","value":3}]"#;
    let second = stored(&up, &["patch", patch, "ref:a", "--store-as", "a"], "", mine("a"));
    assert!(second > first);
    let minified = ["--style", "minify"];
    check(&up, &[&["format", "ref:a"], &minified[..]].concat(), (0, "[1.50,2,3]\n"));

    stored(&up, &["query", ".[]", "ref:a", "--store-as", "b", "--store-ttl", "60s"], "", mine("b"));
    check(&up, &[&["format", "ref:b"], &minified[..]].concat(), (0, "[1.50,2,3]\n"));
    stored(&up, &["convert", "--to", "yaml", "ref:a", "--store-as", "b.yaml"], "", mine("b.yaml"));
    check(&up, &["query", "/2", "ref:b.yaml"], (0, "3\n"));
    stored(&up, &["merge", "--patch", r#"{"n":1}"#, "--store-as", "/x/y"], "{}", mine("x/y"));
    check(&up, &["query", "/n", "ref:/x/y"], (0, "1\n"));
    stored(&up, &["diff", "ref:a", "ref:/x/y", "--output", "patch", "--store-as", "d"], "", mine("d"));
    check(&up, &["patch", "ref:d", "ref:a"], (0, "{\"n\":1}\n"));
    stored(&up, &["schema", "infer", "ref:a", "--store-as", "s"], "", mine("s"));
    check(&up, &["schema", "check", "ref:s", "ref:a"], (0, "valid\n"));

    let recipe = r#"{"steps":[{"query":{"language":"QUERY_LANGUAGE_POINTER","query":"/n"}}]}"#;
    stored(&up, &["run", "--recipe", recipe, "ref:/x/y", "--store-as", "n"], "", mine("n"));
    check(&up, &["cache", "get", "n"], (0, "1"));
}

#[test]
fn streams_and_large_documents_are_stored_too() {
    let up = Up::start();
    let recipe = r#"{"steps":[{"query":{"language":"QUERY_LANGUAGE_POINTER","query":"/n"}}]}"#;
    let lines = "{\"n\":1}\n{\"n\":[2]}\n{\"m\":0}\n";
    let (code, out, err) = up.fastjson(&["run", "--stream", "--recipe", recipe, "--store-as", "n"], lines);
    assert!(code == 1 && err.contains("record 3") && out.contains("\"key\":\"n\""), "{code} {out} {err}");
    check(&up, &["cache", "get", "n"], (0, "1\n[2]\n"));
    let root = recipe.replace("/n", "");
    check(&up, &["run", "--stream", "--recipe", &root, "ref:n"], (0, "1\n[2]\n"));
    let large = format!("[{}1]", "1,".repeat(2_200_000));
    stored(&up, &["query", "length(@)", "--store-as", "count"], &large, ("", "count"));
    check(&up, &["cache", "get", "count"], (0, "2200001"));
}

#[test]
fn an_entry_that_is_not_there_or_has_no_name_says_so() {
    let up = Up::start();
    let check = |args: &[&str], code: i32, says: &str| {
        let told = up.fastjson(args, "1");
        assert_eq!((told.0, told.1.as_str()), (code, ""), "{args:?} {}", told.2);
        assert!(told.2.contains(says), "{args:?} {says:?} in {:?}", told.2);
    };
    check(&["format", "ref:none"], 1, "REF_NOT_FOUND");
    check(&["format", "ref:nobody/a"], 1, "NAMESPACE_NOT_FOUND");
    check(&["format", "ref:"], 2, "allowed: KEY or NAMESPACE/KEY");
    check(&["format", "--store-as", "shop/"], 2, "allowed: KEY or NAMESPACE/KEY");
    check(&["format", "--store-ttl", "1s"], 2, "--store-as");
    check(&["query", ".", "-r", "--store-as", "a"], 2, "--raw-output");
}
