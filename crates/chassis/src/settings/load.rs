//! Layers the sources and names the one that is wrong.

use std::path::PathBuf;

use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
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
}

/// Settings that cannot be used; every variant says where to look.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file named cannot be read.
    #[error("settings file {path}: {source}")]
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
        /// What is wrong and what was allowed.
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
    }
    figment
        .extract()
        .map_err(|error| SettingsError::Invalid { origin: "settings".to_owned(), message: error.to_string() })
}
