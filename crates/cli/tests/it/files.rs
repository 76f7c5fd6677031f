//! Files that are formatted where they lie.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use crate::{check, fastjson};

#[test]
fn files_are_put_in_their_style_all_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (good, bad, link) = (path("good.json"), path("bad.json"), path("link.json"));
    fs::write(&good, "{\"a\":1E2}").unwrap();
    fs::set_permissions(&good, fs::Permissions::from_mode(0o640)).unwrap();
    fs::write(&bad, "[1,]").unwrap();
    symlink(&good, &link).unwrap();

    check(&["format", "--check", &good, &link], "", (1, &format!("{good}\n{link}\n"), ""));
    check(&["format", "-i", &link], "", (0, "", ""));
    assert_eq!(fs::read_to_string(&good).unwrap(), "{\n  \"a\": 1E2\n}\n");
    assert_eq!(fs::metadata(&good).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    check(&["format", "--check", &good], "", (0, "", ""));
    check(&["format", "--check", "--style", "minify", &good], "", (1, &format!("{good}\n"), ""));

    let (code, out, err) = fastjson(&["--local", "format", "--in-place", &bad], "");
    assert!(code == 1 && out.is_empty() && err.contains(&format!("--> {bad}:1:")), "{code} {err}");
    assert_eq!(fs::read_to_string(&bad).unwrap(), "[1,]");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing is left beside them");
}

#[test]
fn what_is_no_file_is_not_written() {
    check(&["format", "--check"], "[\n  1\n]\n", (0, "", ""));
    check(&["format", "--check"], "[1]", (1, "<stdin>\n", ""));
    for args in [&["format", "-i", "-"][..], &["format", "-i", "ref:a"], &["format", "a.json", "b.json"]] {
        let (code, out, err) = fastjson(&[&["--local"], args].concat(), "[1]");
        assert!(code == 2 && out.is_empty() && err.contains("allowed"), "{args:?} {code} {err}");
    }
}
