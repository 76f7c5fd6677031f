//! What the model decides.

use json_engine::schema::Compatibility;

use super::*;

const LIMITS: Limits = Limits { names: 2, versions: 2, total_bytes: 3 * VERSION_BYTES + 100 };

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn draft(text: &str) -> Draft {
    let hash = [text.len() as u8; 32];
    let text = bytes::Bytes::copy_from_slice(text.as_bytes());
    Draft { text, hash, is_exact: false, id: None, steps: 0, policy: None, judged: None }
}

fn put(shelf: &mut Shelf, to: &str, draft: Draft, expected: Expected) -> Result<(u64, bool), Error> {
    let plan = shelf.plan(&name(to), draft, expected, SystemTime::UNIX_EPOCH)?;
    shelf.apply(&plan);
    Ok(match plan {
        Plan::New(version) => (version.entry.version, true),
        Plan::Same(version) | Plan::Policy(version) => (version.entry.version, false),
    })
}

#[test]
fn a_number_is_never_given_twice() {
    let mut shelf = Shelf::new(LIMITS);
    assert_eq!(put(&mut shelf, "a", draft("1"), Expected::Absent), Ok((1, true)));
    assert_eq!(put(&mut shelf, "a", draft("1"), Expected::Absent), Ok((1, false)), "safe to repeat");
    assert_eq!(put(&mut shelf, "a", draft("2"), Expected::Newest(1)), Ok((2, true)));
    assert_eq!(shelf.delete(&name("a"), Some(2)), 1);
    assert_eq!(put(&mut shelf, "a", draft("3"), Expected::Newest(1)), Ok((3, true)));
    assert_eq!((shelf.delete(&name("a"), None), shelf.delete(&name("a"), None)), (2, 0));
    assert_eq!(put(&mut shelf, "a", draft("1"), Expected::Present), Err(Error::Conflict { newest: 0 }));
    assert_eq!(put(&mut shelf, "a", draft("1"), Expected::Absent), Ok((4, true)));
    assert_eq!(put(&mut shelf, "a", draft("2"), Expected::Newest(3)), Err(Error::Conflict { newest: 4 }));
    assert_eq!(shelf.bytes, cost(1));
}

#[test]
fn one_past_each_limit_is_refused() {
    let mut shelf = Shelf::new(LIMITS);
    let limit = |outcome: Result<(u64, bool), Error>| match outcome {
        Err(Error::Full { limit, .. }) => limit,
        other => panic!("{other:?}"),
    };
    put(&mut shelf, "a", draft("1"), Expected::Any).unwrap();
    put(&mut shelf, "a", draft("2"), Expected::Any).unwrap();
    assert_eq!(limit(put(&mut shelf, "a", draft("3"), Expected::Any)), "registry.max_versions");
    put(&mut shelf, "b", draft(&"x".repeat(98)), Expected::Any).unwrap();
    assert_eq!(limit(put(&mut shelf, "c", draft(""), Expected::Any)), "registry.max_names");
    assert_eq!(limit(put(&mut shelf, "b", draft("y"), Expected::Any)), "registry.max_total_bytes");
    shelf.delete(&name("b"), None);
    put(&mut shelf, "b", draft(&"x".repeat(98)), Expected::Any).unwrap();
}

#[test]
fn an_id_belongs_to_one_name() {
    let mut shelf = Shelf::new(LIMITS);
    let with_id = |text| Draft { id: Some("x:a".to_owned()), ..draft(text) };
    put(&mut shelf, "a", with_id("1"), Expected::Any).unwrap();
    assert_eq!(put(&mut shelf, "b", with_id("2"), Expected::Any), Err(Error::IdTaken { name: name("a") }));
    put(&mut shelf, "a", with_id("22"), Expected::Any).unwrap();
    assert_eq!(shelf.with_id("x:a").unwrap().entry.version, 2);
    shelf.delete(&name("a"), Some(2));
    assert_eq!(shelf.with_id("x:a").unwrap().entry.version, 1);
    shelf.delete(&name("a"), None);
    assert!(shelf.with_id("x:a").is_none());
    put(&mut shelf, "b", with_id("2"), Expected::Any).unwrap();
}

#[test]
fn the_same_text_may_change_what_is_asked_of_new_versions() {
    let mut shelf = Shelf::new(LIMITS);
    let asks = |policy| Draft { policy: Some(policy), ..draft("1") };
    put(&mut shelf, "a", asks(None), Expected::Any).unwrap();
    assert_eq!(put(&mut shelf, "a", asks(Some(Compatibility::Full)), Expected::Any), Ok((1, false)));
    let unjudged = put(&mut shelf, "a", draft("2"), Expected::Any);
    assert_eq!(unjudged, Err(Error::Overtaken { newest: 1 }), "it was judged by what was asked before");
    let judged = Draft { judged: Some(Compatibility::Full), ..draft("2") };
    put(&mut shelf, "a", judged, Expected::Any).unwrap();
    assert_eq!(shelf.get(&name("a"), None).unwrap().policy, Some(Compatibility::Full));
    shelf.delete(&name("a"), None);
    put(&mut shelf, "a", draft("2"), Expected::Any).unwrap();
    assert_eq!(shelf.get(&name("a"), None).unwrap().policy, None, "a new name asks nothing");
}

#[test]
fn lists_go_on_where_they_ended() {
    let mut shelf = Shelf::new(Limits { names: 9, total_bytes: 1 << 20, ..LIMITS });
    for name in ["b/1", "a", "b/2", "c"] {
        put(&mut shelf, name, draft("1"), Expected::Any).unwrap();
    }
    shelf.delete(&name("c"), None);
    let names = |prefix: &str, after: &str, count| -> Vec<String> {
        let found = shelf.names(prefix, after, count);
        found.iter().map(|version| version.entry.name.as_str().to_owned()).collect()
    };
    assert_eq!(names("", "", 2), ["a", "b/1"]);
    assert_eq!(names("", "b/1", 2), ["b/2"], "what is deleted is not listed");
    assert_eq!(names("b/", "", 9), ["b/1", "b/2"]);
    assert_eq!(names("b/1", "a", 9), ["b/1"]);
}
