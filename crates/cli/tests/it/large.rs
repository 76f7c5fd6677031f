//! Documents that are too large for one message: the commands that people reach for take them as they take others.

use crate::fastjson;

/// A little over 4 MiB, `[1.50, 1.50, …, ends]`.
fn document(ends: &str) -> String {
    format!("[{}{ends}]", "1.50, ".repeat(710_000))
}

fn run(args: &[&str], input: &str) -> (i32, String, String) {
    fastjson(&[&["--local", "--timeout", "60s"], args].concat(), input)
}

#[test]
fn validate_gives_its_verdict() {
    assert_eq!(run(&["validate"], &document("1")), (0, "valid\n".to_owned(), String::new()));
    let (code, out, err) = run(&["validate"], &document("1,"));
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.starts_with("error[TRAILING_COMMA]") && err.contains("--> <stdin>:1:4260003 "), "{err}");
    let (code, _, err) = run(&["validate", "--duplicate-keys", "reject"], &document("{\"a\":1,\"a\":2}"));
    assert!(code == 1 && err.contains("error[DUPLICATE_KEY]"), "{code} {err}");
    let (code, _, err) = run(&["validate", "--max-depth", "3"], &document("1"));
    assert!(code == 2 && err.contains("--max-depth takes documents of up to 4194304 bytes"), "{code} {err}");
}

#[test]
fn of_several_files_each_large_one_is_named() {
    let folder = std::env::temp_dir().join(format!("fastjson-large-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (bad, good) = (file("bad.json", &document("1,")), file("good.json", &document("1")));
    let (code, out, err) = run(&["validate", &bad, &good], "");
    assert_eq!((code, out), (1, format!("{good}: valid\n")));
    assert!(err.contains(&format!("--> {bad}:1:")), "{err}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn format_convert_and_query_give_their_answers() {
    let given = document("{\"b\": [2]}");
    let minified = given.replace(' ', "");
    assert_eq!(run(&["format", "--style", "minify"], &given), (0, format!("{minified}\n"), String::new()));
    assert_eq!(run(&["convert", "--to", "json"], &given), (0, format!("{minified}\n"), String::new()));
    let yaml = format!("- {}\n", given[1..given.len() - 1].replace(", ", "\n- "));
    let (code, out, err) = run(&["convert", "--to", "yaml"], &document("2"));
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, yaml.replace("{\"b\": [2]}", "2"));
    assert_eq!(run(&["query", "/710000/b/0"], &given), (0, "2\n".to_owned(), String::new()));
    assert_eq!(run(&["query", ".[-1]", "--from", "yaml"], &given).1, "[{\"b\":[2]}]\n");
    let words = document("\"a word\"");
    assert_eq!(run(&["query", "-r", "$[-1]"], &words), (0, "a word\n".to_owned(), String::new()));
}

#[test]
fn what_a_transfer_does_not_do_is_said() {
    let given = document("1");
    let (code, out, err) = run(&["query", "--places", "$[0]"], &given);
    assert!(code == 2 && out.is_empty() && err.contains("--places takes documents of up to"), "{code} {err}");
    let (code, _, err) = run(&["query", "--ndjson", ".[0]"], &given);
    assert!(code == 2 && err.contains("--ndjson with jq takes documents of up to"), "{code} {err}");
    let (code, _, err) = run(&["query", ".[0"], &given);
    assert!(code == 2 && err.contains("   | .[0\n"), "{code} {err}");
    let (code, _, err) = run(&["convert", "--to", "toml", "--strict"], &document("null"));
    assert!(code != 0 && !err.is_empty(), "{code} {err}");
}

/// They refused what `format` and `query` took.
#[test]
fn patch_merge_and_schema_check_take_them_too() {
    let given = document("{\"b\": [2]}");
    let minified = given.replace(' ', "");
    let patch = r#"[{"op":"replace","path":"/710000/b/0","value":3}]"#;
    let expected = minified.replace("[2]", "[3]");
    assert_eq!(run(&["patch", patch], &given), (0, format!("{expected}\n"), String::new()));
    assert_eq!(
        run(&["merge", "--patch", r#"{"a":1}"#], &given),
        (0, "{\"a\":1}\n".to_owned(), String::new())
    );
    assert_eq!(
        run(&["schema", "check", r#"{"type":"array"}"#], &given),
        (0, "valid\n".to_owned(), String::new())
    );
    let (code, out, err) = run(&["schema", "check", r#"{"maxItems":2}"#], &given);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.starts_with("error[SCHEMA_VIOLATION]") && err.contains("--> <stdin>:1:1 "), "{err}");
}

#[test]
fn of_a_patch_merge_or_check_the_part_that_is_wrong_is_named() {
    let given = document("1");
    for args in
        [&["patch", r#"[{"op":"#][..], &["merge", "--patch", r#"{"a":"#], &["schema", "check", r#"{"type":"#]]
    {
        let (code, out, err) = run(args, &given);
        assert!(code == 1 && out.is_empty() && err.contains("--> <argument>:1:"), "{args:?} {err}");
    }
    let (code, _, err) = run(&["patch", r#"[{"op":"remove","path":"/x"}]"#], &given);
    assert!(code == 1 && err.starts_with("error[PATCH_PATH_NOT_FOUND]"), "{err}");
    let (code, _, err) = run(&["schema", "check", "--detailed", "{}"], &given);
    assert!(code == 2 && err.contains("--detailed takes documents of up to 4194304 bytes"), "{err}");
}
