//! What a script takes from a query: lines, plain strings, the exit code; and what it need not give.

use crate::{check, fastjson};

#[test]
fn raw_output_is_what_a_script_can_use() {
    let names = r#"{"a":[{"n":"x y"},{"n":1.50},{"n":[1, "b"]}]}"#;
    check(&["query", "-r", ".a[].n"], names, (0, "x y\n1.50\n[1,\"b\"]\n", ""));
    check(&["query", "--raw-output", "$.a[0].n"], names, (0, "x y\n", ""));
    check(&["query", "-r", "/a/0/n"], names, (0, "x y\n", ""));
    check(&["query", "-r", "a[0].n"], names, (0, "x y\n", ""));
}

#[test]
fn lines_are_json() {
    let names = r#"{"a":[{"n":"x y"},{"n":1.50}]}"#;
    check(&["query", "-c", ".a[].n"], names, (0, "\"x y\"\n1.50\n", ""));
    check(&["query", "--lines", "$.a[*]"], names, (0, "{\"n\":\"x y\"}\n{\"n\":1.50}\n", ""));
    check(&["query", "--compact-output", "/a/0"], names, (0, "{\"n\":\"x y\"}\n", ""));
    check(&["query", "-rc", ".a[0].n"], names, (0, "x y\n", ""));
    check(&["query", "-c", ".a[] | select(.n == 2)"], names, (0, "", ""));
}

/// The exit code was 0 whatever was found, so that `if fastjson query …` said nothing.
#[test]
fn the_exit_code_is_that_of_the_last_value() {
    check(&["query", "-e", ".a"], r#"{"a":0}"#, (0, "[0]\n", ""));
    check(&["query", "-e", ".a, .b"], r#"{"a":1}"#, (1, "[1,null]\n", ""));
    check(&["query", "-e", "/a"], r#"{"a":false}"#, (1, "false\n", ""));
    check(&["query", "--exit-status", "-c", "$.b"], r#"{"a":1}"#, (1, "", ""));
    check(&["query", "-er", "a"], r#"{"a":"null"}"#, (0, "null\n", ""));
}

#[test]
fn a_program_may_need_no_document() {
    check(&["query", "-n", "[range(3)]"], "", (0, "[[0,1,2]]\n", ""));
    check(&["query", "-nc", "range($n)", "--argjson", "n", "2"], "", (0, "0\n1\n", ""));
    check(&["query", "-n", "--lang", "jmespath", "@"], "", (0, "null\n", ""));
}

/// A program with variables that begins with a letter was taken for JMESPath, which has none.
#[test]
fn variables_are_those_of_jq() {
    check(&["query", "map(. + $n)", "--argjson", "n", "1"], "[1]", (0, "[[2]]\n", ""));
    let (code, _, err) = fastjson(&["--local", "query", "map(", "--arg", "a", "b"], "[]");
    assert!(code == 2 && !err.contains("taken for"), "{err}");
}

#[test]
fn several_documents_in_one_input_are_told_of_ndjson() {
    let (code, _, err) = fastjson(&["--local", "query", ".a"], "{\"a\":1}\n{\"a\":2}\n");
    assert!(code == 1 && err.ends_with("   = if it is a document a line, --ndjson reads it\n"), "{err}");
    let (_, _, err) = fastjson(&["--local", "query", ".a"], "{\"a\":1,}");
    assert!(!err.contains("ndjson"), "{err}");
}
