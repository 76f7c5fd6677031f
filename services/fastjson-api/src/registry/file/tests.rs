//! What a directory says after its process ended, in good and in bad ways.

use std::fs;
use std::path::PathBuf;

use json_engine::schema::Compatibility;

use super::*;
use crate::config;

/// A directory of its own, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("fastjson-registry-{name}-{}", std::process::id()));
        let _none_before = fs::remove_dir_all(&path);
        Self(path)
    }

    fn open(&self) -> (File, Vec<Refused>) {
        let limits = Limits::of(&config::Registry::default());
        File::open_and_tell(Kind::Schema, &self.0, limits).unwrap()
    }

    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut files: Vec<String> = names.filter(|name| name.ends_with(".entry")).collect();
        files.sort();
        files
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _gone_already = fs::remove_dir_all(&self.0);
    }
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn draft(text: &str) -> Draft {
    Draft {
        text: bytes::Bytes::copy_from_slice(text.as_bytes()),
        hash: *blake3::hash(text.as_bytes()).as_bytes(),
        is_exact: true,
        id: None,
        steps: 7,
        policy: Some(Some(Compatibility::Full)),
        judged: Some(Compatibility::Full),
    }
}

fn put(store: &File, to: &str, text: &str) -> u64 {
    let draft = Draft { id: Some(format!("x:{to}/{}", text.len())), ..draft(text) };
    store.inside.put(&name(to), draft, Expected::Any).unwrap().version.entry.version
}

fn newest(store: &File, of: &str) -> Option<Version> {
    store.inside.shelf.read().get(&name(of), None)
}

#[test]
fn a_restart_changes_nothing() {
    let scratch = Scratch::new("restart");
    let (store, _) = scratch.open();
    put(&store, "team/order", "{\n}");
    put(&store, "team/order", "{ }");
    let before = newest(&store, "team/order").unwrap();
    drop(store);
    let (store, refused) = scratch.open();
    assert_eq!(refused, []);
    let after = newest(&store, "team/order").unwrap();
    assert_eq!((&after.entry, after.policy), (&before.entry, before.policy));
    assert_eq!(store.inside.shelf.read().with_id("x:team/order/3").unwrap().entry.version, 2);
    assert_eq!(scratch.files(), ["team+order@1.entry", "team+order@2.entry"]);
}

#[test]
fn numbers_of_deleted_versions_are_not_given_again_after_a_restart() {
    let scratch = Scratch::new("numbers");
    let (store, _) = scratch.open();
    for text in ["1", "22", "333"] {
        put(&store, "a", text);
    }
    assert_eq!(store.inside.delete(&name("a"), Some(3)), Ok(1));
    drop(store);
    let (store, _) = scratch.open();
    assert_eq!(newest(&store, "a").unwrap().entry.version, 2);
    assert_eq!(put(&store, "a", "4444"), 4);
    assert_eq!(scratch.files(), ["a@1.entry", "a@2.entry", "a@4.entry"]);
    assert_eq!(
        (store.inside.delete(&name("a"), None), store.inside.delete(&name("a"), None)),
        (Ok(3), Ok(0))
    );
    drop(store);
    let (store, _) = scratch.open();
    assert!(newest(&store, "a").is_none());
    assert_eq!(scratch.files(), ["a@4.entry"]);
    assert_eq!(put(&store, "a", "1"), 5);
    drop(store);
    assert_eq!(newest(&scratch.open().0, "a").unwrap().entry.version, 5);
}

/// A crash between the mark of a deletion and the removal of files leaves them behind.
#[test]
fn files_below_the_mark_of_a_deletion_do_not_come_back() {
    let scratch = Scratch::new("crash");
    let (store, _) = scratch.open();
    put(&store, "a", "1");
    put(&store, "a", "22");
    let left = fs::read(scratch.0.join("a@1.entry")).unwrap();
    store.inside.delete(&name("a"), None).unwrap();
    fs::write(scratch.0.join("a@1.entry"), &left).unwrap();
    put(&store, "a", "333");
    fs::write(scratch.0.join("a@9.entry.unfinished"), "half").unwrap();
    drop(store);
    let (store, refused) = scratch.open();
    assert_eq!(refused, []);
    assert_eq!(store.inside.shelf.read().versions(&name("a"), 0, 9).len(), 1);
    assert_eq!(scratch.files(), ["a@3.entry"]);
    assert!(!scratch.0.join("a@9.entry.unfinished").exists());
}

#[test]
fn torn_and_foreign_files_are_named_and_kept_aside() {
    let scratch = Scratch::new("torn");
    let (store, _) = scratch.open();
    for to in ["a", "a", "b", "c"] {
        put(&store, to, &format!("{:?}", scratch.files().len()));
    }
    drop(store);
    let path = |file: &str| scratch.0.join(file);
    let whole = fs::read(path("a@2.entry")).unwrap();
    fs::write(path("a@2.entry"), &whole[..whole.len() - 1]).unwrap();
    fs::write(path("b@1.entry"), "").unwrap();
    fs::rename(path("c@1.entry"), path("d@1.entry")).unwrap();
    fs::write(path("notes.txt"), "mine").unwrap();
    let (store, refused) = scratch.open();
    let told: Vec<(&str, &str)> =
        refused.iter().map(|one| (one.file.as_str(), one.reason.split(':').next().unwrap())).collect();
    let expected = [
        ("a@2.entry", "it is torn or was changed"),
        ("b@1.entry", "it is torn or was changed"),
        ("d@1.entry", "it is not what its name says"),
        ("notes.txt", "its name is not that of a registry file"),
    ];
    assert_eq!(told, expected);
    assert_eq!(fs::read(path("aside/notes.txt")).unwrap(), b"mine");
    assert_eq!(newest(&store, "a").unwrap().entry.version, 1);
    drop(store);
    let (store, refused) = scratch.open();
    assert_eq!(refused, []);
    assert_eq!((put(&store, "a", "new"), put(&store, "b", "new")), (3, 2), "a torn version keeps its number");
}

#[test]
fn a_directory_is_held_by_one() {
    let scratch = Scratch::new("held");
    let (_store, _) = scratch.open();
    let limits = Limits::of(&config::Registry::default());
    let error = File::open(Kind::Schema, &scratch.0, limits).unwrap_err().to_string();
    assert!(error.contains("another process holds the directory"), "{error}");
}

/// Many writers expect the same version; the file system sees one winner.
#[tokio::test]
async fn one_of_many_writers_wins() {
    let scratch = Scratch::new("race");
    let (store, _) = scratch.open();
    put(&store, "a", "0");
    let store = Arc::new(store);
    let mut writers = tokio::task::JoinSet::new();
    for writer in 1..9 {
        let (store, draft) = (Arc::clone(&store), draft(&writer.to_string()));
        writers.spawn(async move { store.put(&name("a"), draft, Expected::Newest(1)).await });
    }
    let outcomes = writers.join_all().await;
    let lost = outcomes.iter().filter(|one| matches!(one, Err(Error::Conflict { newest: 2 }))).count();
    assert_eq!((outcomes.len() - lost, lost), (1, 7));
}
