//! Threads: one query, run by many.

use capi::*;

use crate::call::{compile, options, run};

#[test]
fn threads_share_a_query() {
    let query = compile(FASTJSON_QUERY_LANGUAGE_JSONPATH, b"$..n", &[]).ok().unwrap();
    let filter = compile(FASTJSON_QUERY_LANGUAGE_JQ, b"[.. | .n? // empty] | add", &[]).ok().unwrap();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let (query, filter) = (&query, &filter);
            scope.spawn(move || {
                let document = format!("[{{\"n\":{number}}},{{\"n\":1}}]");
                for _ in 0..20 {
                    assert_eq!(run(query, document.as_bytes(), &options()).text(), format!("[{number},1]"));
                    let sum = run(filter, document.as_bytes(), &options());
                    assert_eq!(sum.text(), format!("[{}]", number + 1));
                }
            });
        }
    });
}
