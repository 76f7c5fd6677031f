//! Layers the sources one over the other and names the one that is wrong: `T` is read after every layer, so the first
//! layer after which it cannot be read is the culprit.
//!
//! Promise: an error names file, variable or flag, the key and what is allowed. Cost: one reading of `T` for each layer, at the
//! start.

use std::path::PathBuf;

use figment::error::Kind;
use figment::providers::{Format, Serialized, Toml};
use figment::value::Value;
use figment::{Figment, util};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Where settings come from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// TOML file; it must exist when named.
    pub file: Option<PathBuf>,
    /// Prefix of our environment variables, such as `FASTJSON_API_`; empty: none are read.
    pub env_prefix: &'static str,
    /// The environment.
    pub env: Vec<(String, String)>,
    /// Paths and values from the command line, later ones win.
    pub flags: Vec<(String, String)>,
    /// What the flag that gives them is called, in errors; absent: `--set`.
    pub flag: Option<&'static str>,
}

/// Settings that cannot be used; every variant says where to look.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file named cannot be read.
    #[error("settings file {}: {source}", path.display())]
    Read {
        /// As given.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no such key.
    #[error("{origin}: unknown key `{key}`; allowed: {allowed}")]
    UnknownKey {
        /// The whole path, dotted.
        key: String,
        /// File, variable or flag.
        origin: String,
        /// The keys that exist there.
        allowed: String,
    },
    /// The value cannot be understood.
    #[error("{origin}: {message}")]
    Invalid {
        /// File, variable or flag.
        origin: String,
        /// What is wrong, at which key, and what was expected.
        message: String,
    },
}

/// Reads `T`: defaults, then file, environment and flags, each over the one before. `T` and what it holds must
/// `#[serde(deny_unknown_fields)]`; its chassis part is the field `server`.
pub fn load<T: DeserializeOwned + Serialize + Default>(sources: &Sources) -> Result<T, SettingsError> {
    let mut figment = Figment::from(Serialized::defaults(T::default()));
    if let Some(path) = &sources.file {
        let text = std::fs::read_to_string(path)
            .map_err(|source| SettingsError::Read { path: path.clone(), source })?;
        figment = figment.merge(Toml::string(&text));
        let origin = |_: &str| format!("settings file {}", path.display());
        figment.extract::<T>().map_err(|error| blame(error, origin))?;
    }
    for entries in [from_env(sources), from_flags(sources)] {
        figment = entries.iter().fold(figment, Entry::over);
        figment.extract::<T>().map_err(|error| blame(error, |path| origin_among(&entries, path)))?;
    }
    figment.extract().map_err(|error| blame(error, |_| "defaults".to_owned()))
}

/// One value, its dotted path and where it stands.
struct Entry {
    path: String,
    value: String,
    origin: String,
}

impl Entry {
    fn over(figment: Figment, entry: &Self) -> Figment {
        // Infallible: what is no number, bool, list or table is a string.
        let value: Value =
            entry.value.parse().unwrap_or_else(|never: std::convert::Infallible| match never {});
        figment.merge(Serialized::globals(util::nest(&entry.path, value)))
    }
}

fn from_env(sources: &Sources) -> Vec<Entry> {
    if sources.env_prefix.is_empty() {
        return Vec::new();
    }
    let ours = sources.env.iter().filter_map(|(name, value)| {
        let key = name.strip_prefix(sources.env_prefix).filter(|key| !injected_by_kubernetes(key))?;
        Some(Entry {
            path: key.to_ascii_lowercase().replace("__", "."),
            value: value.clone(),
            origin: format!("environment variable {name}"),
        })
    });
    ours.collect()
}

fn from_flags(sources: &Sources) -> Vec<Entry> {
    let flag = sources.flag.unwrap_or("--set");
    let entry = |(path, value): &(String, String)| Entry {
        path: path.clone(),
        value: value.clone(),
        origin: format!("flag {flag} {path}"),
    };
    sources.flags.iter().map(entry).collect()
}

/// Kubernetes gives every pod `<SERVICE>_SERVICE_HOST`, `<SERVICE>_PORT`, `<SERVICE>_PORT_80_TCP_ADDR`…; a Service
/// named like ours hits our prefix.
fn injected_by_kubernetes(key: &str) -> bool {
    key == "PORT"
        || key == "SERVICE_HOST"
        || key == "SERVICE_PORT"
        || key.starts_with("SERVICE_PORT_")
        || key.strip_prefix("PORT_").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// The entry that set `path` or something around or below it; the last one wins, as its value did.
fn origin_among(entries: &[Entry], path: &str) -> String {
    let related = |a: &str, b: &str| a == b || a.strip_prefix(b).is_some_and(|rest| rest.starts_with('.'));
    let culprit = entries.iter().rev().find(|entry| related(&entry.path, path) || related(path, &entry.path));
    culprit.map_or_else(|| format!("setting {path}"), |entry| entry.origin.clone())
}

fn blame(error: figment::Error, origin: impl Fn(&str) -> String) -> SettingsError {
    let parent = error.path.join(".");
    match &error.kind {
        Kind::UnknownField(field, allowed) => {
            let key = match error.path.last() {
                None => field.clone(),
                Some(last) if last == field => parent,
                Some(_) => format!("{parent}.{field}"),
            };
            SettingsError::UnknownKey { origin: origin(&key), key, allowed: allowed.join(", ") }
        }
        Kind::UnknownVariant(given, allowed) => SettingsError::Invalid {
            origin: origin(&parent),
            message: format!("`{parent}` is `{}`; allowed: {}", excerpt(given), allowed.join(", ")),
        },
        Kind::InvalidType(given, expected) => SettingsError::Invalid {
            origin: origin(&parent),
            message: format!("`{parent}`: invalid type: found {given}; allowed: {}", plain(expected)),
        },
        // The words of the standard library for an address; a host name is none.
        Kind::Message(fault) if fault == "invalid socket address syntax" => SettingsError::Invalid {
            origin: origin(&parent),
            message: format!("`{parent}`: {fault}; allowed: an address and a port, such as 0.0.0.0:50051"),
        },
        kind if parent.is_empty() => SettingsError::Invalid { origin: origin(""), message: kind.to_string() },
        kind => SettingsError::Invalid { origin: origin(&parent), message: format!("`{parent}`: {kind}") },
    }
}

/// What serde expects, in words for a person who does not read Rust.
fn plain(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" | "a nonzero u8" => "a whole number",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number, also below zero",
        "a boolean" | "bool" => "true or false",
        "a sequence" => "a list",
        "path string" | "a string" => "a text",
        other => other.strip_prefix("struct ").map_or(other, |_name| "a table"),
    }
}

fn excerpt(text: &str) -> &str {
    &text[..text.floor_char_boundary(64)]
}
