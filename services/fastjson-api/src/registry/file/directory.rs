//! Directory: files that are there as a whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Where files go that are not believed.
const ASIDE: &str = "aside";

/// The file whose lock says that a process holds the directory.
const LOCK: &str = ".lock";

/// End of the name of a file that is being written.
const UNFINISHED: &str = ".unfinished";

/// A directory that this process holds.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    /// Holds the lock as long as it is open.
    _lock: File,
}

impl Directory {
    /// Makes the directory where it is not there, and holds it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        fs::create_dir_all(path)?;
        let lock = File::create(path.join(LOCK))?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => {
                io::Error::new(io::ErrorKind::WouldBlock, "another process holds the directory")
            }
            fs::TryLockError::Error(error) => error,
        })?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// The names of its files, in order; what was being written when a process ended is removed.
    pub(super) fn files(&self) -> io::Result<Vec<String>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if !entry.file_type()?.is_file() || name == LOCK {
                continue;
            }
            if name.ends_with(UNFINISHED) {
                fs::remove_file(entry.path())?;
                continue;
            }
            files.push(name);
        }
        files.sort_unstable();
        Ok(files)
    }

    pub(super) fn read(&self, file: &str) -> io::Result<Vec<u8>> {
        fs::read(self.path.join(file))
    }

    /// Writes a file in place of what is there; when it returns, it is on disk.
    pub(super) fn write(&self, file: &str, bytes: &[u8]) -> io::Result<()> {
        let unfinished = self.path.join(format!("{file}{UNFINISHED}"));
        let mut to = File::create(&unfinished)?;
        to.write_all(bytes)?;
        to.sync_all()?;
        fs::rename(&unfinished, self.path.join(file))?;
        self.sync()
    }

    /// Removes a file; one that is not there is fine.
    pub(super) fn remove(&self, file: &str) -> io::Result<()> {
        match fs::remove_file(self.path.join(file)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => self.sync(),
        }
    }

    /// Moves a file out of the way, under a name that is free there.
    pub(super) fn put_aside(&self, file: &str) -> io::Result<()> {
        let aside = self.path.join(ASIDE);
        fs::create_dir_all(&aside)?;
        let free = (0..).map(|count: u32| match count {
            0 => aside.join(file),
            _ => aside.join(format!("{file}.{count}")),
        });
        let mut free = free.skip_while(|path| path.exists());
        let Some(to) = free.next() else { return Err(io::ErrorKind::AlreadyExists.into()) };
        fs::rename(self.path.join(file), to)?;
        self.sync()
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }
}
