//! Load: what a directory holds, as it was when the last process ended.

use std::collections::BTreeMap;
use std::io;

use super::super::shelf::{Series, Shelf};
use super::super::{Kind, Name};
use super::codec::{self, Found, Record, State};
use super::directory::Directory;

/// A file that was not believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// Its name in the directory.
    pub(crate) file: String,
    pub(crate) reason: String,
}

/// What the files of one name say.
#[derive(Default)]
struct Versions {
    found: BTreeMap<u64, Found>,
    /// The highest version whose file was not believed.
    torn: u64,
}

/// Fills `shelf`. Files that are not believed are moved aside and named; what is deleted is cleaned up.
pub(super) fn load(kind: Kind, directory: &Directory, shelf: &mut Shelf) -> io::Result<Vec<Refused>> {
    let mut refused = Vec::new();
    let mut names: BTreeMap<Name, Versions> = BTreeMap::new();
    for file in directory.files()? {
        let Some((name, version)) = codec::parse_file_name(&file) else {
            directory.put_aside(&file)?;
            refused.push(Refused { file, reason: "its name is not that of a registry file".to_owned() });
            continue;
        };
        let versions = names.entry(name.clone()).or_default();
        match codec::decode(&directory.read(&file)?, kind, (&name, version)) {
            Ok(found) => {
                versions.found.insert(version, found);
            }
            Err(doubt) => {
                versions.torn = versions.torn.max(version);
                directory.put_aside(&file)?;
                refused.push(Refused { file, reason: doubt.to_string() });
            }
        }
    }
    for (name, versions) in names {
        let series = settle(kind, directory, &name, versions)?;
        shelf.restore(name, series);
    }
    Ok(refused)
}

/// The highest file decides what is deleted and what the name asks.
fn settle(kind: Kind, directory: &Directory, name: &Name, versions: Versions) -> io::Result<Series> {
    let Versions { found, torn } = versions;
    let (highest, floor, policy) = match found.last_key_value() {
        Some((version, found)) => (*version, found.floor, found.policy),
        None => (0, 1, None),
    };
    let mut series = Series { last: highest.max(torn), floor, policy, ..Series::default() };
    if torn > highest {
        let mark = Record { kind, name, version: torn, floor, policy, state: State::Deleted };
        directory.write(&codec::file_name(name, torn), &codec::encode(&mark)?)?;
    }
    for (version, found) in found {
        match found.entry {
            Some(entry) if version >= floor => {
                series.live.insert(version, entry);
            }
            Some(_) | None if version < series.last => directory.remove(&codec::file_name(name, version))?,
            Some(_) | None => {}
        }
    }
    Ok(series)
}
