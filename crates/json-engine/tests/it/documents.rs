//! What passes through a Document keeps its exact numbers and its strings.

use json_engine::query::{Language, Query};
use json_engine::{Limits, ScanOptions};

use crate::budgets::budget;

fn check(program: &str, text: &str, expected: &str) {
    let query = Query::compile(Language::JsonPath, program).unwrap();
    let answer = query.run(text.as_bytes(), &ScanOptions::default(), &budget()).unwrap();
    assert_eq!(String::from_utf8(answer.text).unwrap(), expected, "{program}");
}

#[test]
fn numbers_come_out_as_they_went_in() {
    let numbers = "[12345678901234567890123,0.1000000000000000055,1E2,-0,1.50,18446744073709551615,1e999]";
    check("$[*]", numbers, numbers);
}

#[test]
fn numbers_compare_by_exact_value() {
    check("$[?@ == 100]", "[1E2,100.0,100.0000000000000000001,99]", "[1E2,100.0]");
    check(
        "$[?@ > 12345678901234567890122]",
        "[12345678901234567890122,12345678901234567890123]",
        "[12345678901234567890123]",
    );
}

#[test]
fn a_number_of_the_program_stands_on_either_side() {
    let numbers = r#"[0.5,0.50000000000000000001,-1,1e30,"1",null,[1]]"#;
    check("$[?@ > 0.5]", numbers, "[0.50000000000000000001,1e30]");
    check("$[?0.5 < @]", numbers, "[0.50000000000000000001,1e30]");
    check("$[?0.5 >= @]", numbers, "[0.5,-1]");
    check("$[?0.5 == @]", numbers, "[0.5]");
    check("$[?@ != 0.50]", numbers, r#"[0.50000000000000000001,-1,1e30,"1",null,[1]]"#);
    check("$[?@[0] <= 1]", numbers, "[[1]]");
    check("$[?@[0] != 1]", numbers, r#"[0.5,0.50000000000000000001,-1,1e30,"1",null]"#);
}

#[test]
fn strings_keep_their_text_and_lone_surrogates_their_literal() {
    check("$[*]", r#"["\u0061\/é\n","\ud800x","\ud83d\ude00"]"#, r#"["a/é\n","\ud800x","😀"]"#);
}

/// The scanner calls them one key, so a Document does too.
#[test]
fn a_lone_surrogate_is_one_string_however_it_is_spelled() {
    check("$", r#"{"\ud800a":1,"\uD800\u0061":2}"#, r#"[{"\ud800a":2}]"#);
    check("$[?@ == $[0]]", r#"["\uDFFF\n","\udfff\u000a","\udffe"]"#, r#"["\udfff\n","\udfff\n"]"#);
}

#[test]
fn the_last_of_duplicate_members_counts() {
    check("$.a", r#"{"a":1,"b":2,"a":3}"#, "[3]");
    check("$", r#"{"a":1,"b":2,"a":3}"#, r#"[{"a":3,"b":2}]"#);
}

/// Reading, walking, writing and dropping at the greatest depth, on a thread with a quarter of the usual stack.
#[test]
fn the_deepest_document_fits_a_small_stack() {
    let work = || {
        let limits = Limits { max_depth: 512, ..Limits::default() };
        let options = ScanOptions { limits, ..ScanOptions::default() };
        for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
            let text = format!("{}1{}", open.repeat(512), close.repeat(512));
            let query = Query::compile(Language::JsonPath, "$").unwrap();
            let answer = query.run(text.as_bytes(), &options, &budget()).unwrap();
            assert_eq!(answer.text, format!("[{text}]").as_bytes());
        }
    };
    std::thread::Builder::new().stack_size(512 << 10).spawn(work).unwrap().join().unwrap();
}

/// The places of a large array are given away whole, those of a small one are copied.
#[test]
fn arrays_and_objects_of_every_size() {
    for size in [0, 1, 2, 15, 16, 17, 1_023, 1_024, 1_025, 5_000] {
        let numbers: Vec<String> = (0..size).map(|number| number.to_string()).collect();
        let members: Vec<String> = (0..size).map(|number| format!("\"k{number}\":[{number}]")).collect();
        let (array, object) = (format!("[{}]", numbers.join(",")), format!("{{{}}}", members.join(",")));
        for text in [array.clone(), object.clone(), format!("[0,{array},{object},{array}]")] {
            check("$", &text, &format!("[{text}]"));
        }
        if size > 0 {
            let last = size - 1;
            check(&format!("$.k{last}"), &object, &format!("[[{last}]]"));
        }
    }
}

/// Equal keys share their text, which must not make different keys equal.
#[test]
fn many_keys_of_many_objects() {
    let object = |from: usize| {
        let members: Vec<String> =
            (0..40).map(|n| format!("\"{}{}\":{n}", "key".repeat(n % 5), from * 7 + n)).collect();
        format!("{{{}}}", members.join(","))
    };
    let text = format!("[{}]", (0..500).map(object).collect::<Vec<_>>().join(","));
    check("$[*]", &text, &text);
}
