//! Files: the snapshot at its path, as a whole or not at all.
//!
//! Beside it lie `<path>.unfinished` while one is written, `<path>.lock`, and `<path>.refused-<n>`, which were not believed.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, ErrorKind};
use std::path::{Path, PathBuf};

use cache_engine::{Saved, SnapshotError};

/// So many refused files are kept; behind that, the last one is replaced.
const MOST_REFUSED: u32 = 8;

/// The place of the snapshot, which this process holds.
#[derive(Debug)]
pub(super) struct Files {
    path: PathBuf,
    /// Holds the lock as long as it is open.
    _lock: File,
}

impl Files {
    /// Makes the directory where it is not there, and holds the path.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if path.file_name().is_none() {
            return Err(io::Error::new(ErrorKind::InvalidInput, "the path does not name a file"));
        }
        fs::create_dir_all(directory(path))?;
        let lock = File::create(beside(path, ".lock"))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => io::Error::new(ErrorKind::WouldBlock, "another process holds it"),
            TryLockError::Error(error) => error,
        })?;
        match fs::remove_file(beside(path, ".unfinished")) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(Self { path: path.to_owned(), _lock: lock }),
        }
    }

    /// The snapshot, if there is one.
    pub(super) fn read(&self) -> io::Result<Option<File>> {
        match File::open(&self.path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Puts what `write` writes in the place of the snapshot; when it returns, that is on disk. If it fails, the last one
    /// is still there.
    pub(super) fn replace(
        &self,
        write: impl FnOnce(&mut BufWriter<File>) -> Result<Saved, SnapshotError>,
    ) -> Result<Saved, SnapshotError> {
        let unfinished = beside(&self.path, ".unfinished");
        let saved = fill(&unfinished, write).and_then(|saved| {
            fs::rename(&unfinished, &self.path)?;
            self.sync()?;
            Ok(saved)
        });
        if saved.is_err() {
            // It is removed at the next start, if it cannot be now.
            let _left_behind = fs::remove_file(&unfinished);
        }
        saved
    }

    /// Moves the snapshot out of the way and says where to.
    pub(super) fn put_aside(&self) -> io::Result<PathBuf> {
        let aside = |number: u32| beside(&self.path, &format!(".refused-{number}"));
        let to =
            (1..MOST_REFUSED).map(aside).find(|path| !path.exists()).unwrap_or_else(|| aside(MOST_REFUSED));
        fs::rename(&self.path, &to)?;
        self.sync()?;
        Ok(to)
    }

    /// Makes the names of the directory last.
    fn sync(&self) -> io::Result<()> {
        File::open(directory(&self.path))?.sync_all()
    }
}

fn fill(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<Saved, SnapshotError>,
) -> Result<Saved, SnapshotError> {
    let mut to = BufWriter::new(File::create(path)?);
    let saved = write(&mut to)?;
    let file = to.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(saved)
}

fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const SAVED: Saved = Saved { namespaces: 0, entries: 0, bytes: 0 };

    fn write(text: &'static str) -> impl FnOnce(&mut BufWriter<File>) -> Result<Saved, SnapshotError> {
        move |to| {
            to.write_all(text.as_bytes())?;
            Ok(SAVED)
        }
    }

    #[test]
    fn a_write_that_fails_leaves_the_last_snapshot_and_nothing_else() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("made/here/snapshot");
        let files = Files::open(&path).unwrap();
        assert!(files.read().unwrap().is_none());
        files.replace(write("first")).unwrap();
        let failed = files.replace(|to| {
            to.write_all(b"half")?;
            Err(io::Error::other("disk full").into())
        });
        assert_eq!(failed.unwrap_err().to_string(), "input or output failed: disk full");
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert!(!beside(&path, ".unfinished").exists());
    }

    #[test]
    fn of_two_processes_one_holds_the_path() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("snapshot");
        let first = Files::open(&path).unwrap();
        assert_eq!(Files::open(&path).unwrap_err().to_string(), "another process holds it");
        drop(first);
        fs::write(beside(&path, ".unfinished"), "torn").unwrap();
        let _second = Files::open(&path).unwrap();
        assert!(!beside(&path, ".unfinished").exists());
    }

    #[test]
    fn at_most_eight_refused_files_are_kept() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("snapshot");
        let files = Files::open(&path).unwrap();
        for number in 1..=10_u32 {
            files.replace(write("refused")).unwrap();
            let expected = beside(&path, &format!(".refused-{}", number.min(8)));
            assert_eq!(files.put_aside().unwrap(), expected);
        }
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 8 + 1, "and the lock");
    }
}
