//! Two ways to classify give one answer.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::*;

/// The lines of the changes between two values that were classified.
fn changed(
    classify: impl for<'d> FnOnce(
        &mut Classes<'d, '_, '_>,
        [&'d Document; 2],
    ) -> Result<(Node<'d>, Node<'d>), Error>,
    [from, to]: [&Document; 2],
    arrays: &Arrays,
) -> String {
    let budget = Budget::new(Arc::new(|| Duration::ZERO), Duration::ZERO, 1 << 30);
    let meter = Meter::open(&budget).unwrap();
    let mut classes = Classes::new(&meter);
    let (from, to) = classify(&mut classes, [from, to]).unwrap();
    let (changes, _) = compare(&from, &to, arrays, &Limits::default(), &meter).unwrap();
    String::from_utf8(lines(&changes, u64::MAX, &meter).unwrap()).unwrap()
}

/// Of few scalars and keys, so that much is equal, here and elsewhere.
fn documents() -> impl Strategy<Value = String> {
    let scalar = prop::sample::select(vec!["1", "1.0", "2", "\"a\"", "null"]).prop_map(str::to_owned);
    scalar.prop_recursive(12, 60, 6, |value| {
        let array = prop::collection::vec(value.clone(), 0..6);
        let members = prop::collection::btree_map("[abc]", value, 0..3);
        let member = |(key, value): (String, String)| format!("\"{key}\":{value}");
        prop_oneof![
            2 => array.prop_map(|all| format!("[{}]", all.join(","))),
            1 => members.prop_map(move |all| {
                format!("{{{}}}", all.into_iter().map(member).collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

fn check(from: &str, to: &str) {
    let read = |text: &str| crate::document::parse(text.as_bytes(), &ScanOptions::default()).unwrap().0;
    let (old, new) = (read(from), read(to));
    for arrays in [Arrays::Lcs, Arrays::Position, Arrays::Keyed(vec!["a".to_owned()])] {
        let by_table = changed(
            |classes, [from, to]| Ok((classes.node(from)?, classes.node(to)?)),
            [&old, &new],
            &arrays,
        );
        let in_pairs =
            changed(|classes, [from, to]| Pairs::new(classes, &arrays).pair(from, to), [&old, &new], &arrays);
        assert_eq!(in_pairs, by_table, "{from} {to} {arrays:?}");
    }
}

#[test]
fn arrays_deeper_in_arrays_than_pairs_go() {
    let nested = |inner: &str| format!("{}{inner}{}", "[1,".repeat(20), ",2]".repeat(20));
    check(&nested("[1,2,3]"), &nested("[2,3,1]"));
    check(&nested("{\"a\":[1,{\"a\":1}]}"), &nested("{\"a\":[2,{\"a\":1,\"b\":[]}]}"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn pairs_change_as_the_table_of_all_values_says(
        (from, to, common) in (documents(), documents(), documents()),
        before in 0..4_usize,
    ) {
        check(&from, &to);
        let around = |inner: &str| format!("[{}{inner},{common},1]", format!("{common},").repeat(before));
        check(&around(&from), &around(&to));
    }
}
