//! Codec: a version as a file, readable for people: a line with the checksum of all that follows, a line of JSON that says
//! what it is, the text.
//!
//! Promise: a file of which any byte was changed or is missing is not believed. Cost: a hash of the text.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use json_engine::schema::Compatibility;
use serde::{Deserialize, Serialize};

use super::super::{Entry, Kind, Name, Policy};

/// First word of each file; the number is the version of this form.
const MAGIC: &str = "fastjson-registry/1";

/// End of the names of files.
const SUFFIX: &str = ".entry";

/// A version, or the mark of a deleted one.
#[derive(Debug)]
pub(super) struct Record<'e> {
    pub(super) kind: Kind,
    pub(super) name: &'e Name,
    pub(super) version: u64,
    /// Versions of the name below this are deleted.
    pub(super) floor: u64,
    pub(super) policy: Policy,
    pub(super) state: State<'e>,
}

#[derive(Debug)]
pub(super) enum State<'e> {
    Live(&'e Entry),
    Deleted,
}

/// What a file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) floor: u64,
    pub(super) policy: Policy,
    /// Absent in the mark of a deleted version.
    pub(super) entry: Option<Arc<Entry>>,
}

/// Why a file is not believed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Doubt {
    #[error("its first line is not that of a registry file of this form ({MAGIC})")]
    Foreign,
    #[error("it is torn or was changed: its checksum does not fit")]
    Torn,
    #[error("it is not what its name says: {0}")]
    Elsewhere(String),
    #[error("its second line cannot be read: {0}")]
    Header(String),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    kind: String,
    name: String,
    version: u64,
    floor: u64,
    compatibility: Option<Asked>,
    entry: Option<About>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    hash: String,
    is_exact: bool,
    id: Option<String>,
    steps: u32,
    created_at_millis: u64,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Asked {
    Backward,
    Forward,
    Full,
}

/// The name of the file of a version: no name holds `+` or `@`.
pub(super) fn file_name(name: &Name, version: u64) -> String {
    format!("{}@{version}{SUFFIX}", name.as_str().replace('/', "+"))
}

/// The version that a file is named after.
pub(super) fn parse_file_name(file: &str) -> Option<(Name, u64)> {
    let (name, version) = file.strip_suffix(SUFFIX)?.split_once('@')?;
    let version = version.parse().ok().filter(|version| *version > 0)?;
    let name = Name::of(&name.replace('+', "/"))?;
    (file_name(&name, version) == file).then_some((name, version))
}

pub(super) fn encode(record: &Record<'_>) -> Result<Vec<u8>, serde_json::Error> {
    let (about, text) = match record.state {
        State::Live(entry) => (Some(about(entry)), &entry.text[..]),
        State::Deleted => (None, &b""[..]),
    };
    let header = Header {
        kind: record.kind.word().to_owned(),
        name: record.name.as_str().to_owned(),
        version: record.version,
        floor: record.floor,
        compatibility: record.policy.map(asked),
        entry: about,
    };
    let mut rest = serde_json::to_vec(&header)?;
    rest.push(b'\n');
    rest.extend_from_slice(text);
    let first = format!("{MAGIC} {}\n", blake3::hash(&rest).to_hex());
    Ok([first.as_bytes(), &rest].concat())
}

fn about(entry: &Entry) -> About {
    let since = entry.created_at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    About {
        hash: blake3::Hash::from_bytes(entry.hash).to_hex().to_string(),
        is_exact: entry.is_exact,
        id: entry.id.clone(),
        steps: entry.steps,
        created_at_millis: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
    }
}

/// Reads the file of version `version` of `name`.
pub(super) fn decode(bytes: &[u8], kind: Kind, (name, version): (&Name, u64)) -> Result<Found, Doubt> {
    let rest = checked(bytes)?;
    let end = rest.iter().position(|byte| *byte == b'\n').ok_or(Doubt::Torn)?;
    let header: Header =
        serde_json::from_slice(&rest[..end]).map_err(|error| Doubt::Header(error.to_string()))?;
    if (header.kind.as_str(), header.name.as_str(), header.version) != (kind.word(), name.as_str(), version) {
        let is = format!("version {} of the {} {:?}", header.version, header.kind, header.name);
        return Err(Doubt::Elsewhere(is));
    }
    let entry = match header.entry {
        Some(about) => Some(Arc::new(entry(about, (name, version), &rest[end + 1..])?)),
        None => None,
    };
    Ok(Found { floor: header.floor, policy: header.compatibility.map(policy), entry })
}

/// What follows the first line, if it is what was written.
fn checked(bytes: &[u8]) -> Result<&[u8], Doubt> {
    let after_magic = bytes.strip_prefix(MAGIC.as_bytes()).and_then(|rest| rest.strip_prefix(b" "));
    let Some(after_magic) = after_magic else {
        // A file of which only the beginning is there, or nothing, is one of ours that is torn.
        let is_ours = MAGIC.as_bytes().starts_with(bytes);
        return Err(if is_ours { Doubt::Torn } else { Doubt::Foreign });
    };
    let (digits, rest) = after_magic.split_at_checked(64).ok_or(Doubt::Torn)?;
    let rest = rest.strip_prefix(b"\n").ok_or(Doubt::Torn)?;
    let written = blake3::Hash::from_hex(digits).map_err(|_| Doubt::Torn)?;
    if blake3::hash(rest) == written { Ok(rest) } else { Err(Doubt::Torn) }
}

fn entry(about: About, (name, version): (&Name, u64), text: &[u8]) -> Result<Entry, Doubt> {
    let hash = blake3::Hash::from_hex(&about.hash).map_err(|error| Doubt::Header(error.to_string()))?;
    let created_at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(about.created_at_millis));
    Ok(Entry {
        name: name.clone(),
        version,
        text: Bytes::copy_from_slice(text),
        hash: *hash.as_bytes(),
        is_exact: about.is_exact,
        id: about.id,
        steps: about.steps,
        created_at: created_at.ok_or_else(|| Doubt::Header("its time is out of range".to_owned()))?,
    })
}

fn asked(compatibility: Compatibility) -> Asked {
    match compatibility {
        Compatibility::Backward => Asked::Backward,
        Compatibility::Forward => Asked::Forward,
        Compatibility::Full => Asked::Full,
    }
}

fn policy(asked: Asked) -> Compatibility {
    match asked {
        Asked::Backward => Compatibility::Backward,
        Asked::Forward => Compatibility::Forward,
        Asked::Full => Compatibility::Full,
    }
}
