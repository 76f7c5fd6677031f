//! The flags that every server binary has; flatten them into its clap parser.
//!
//! Promise: the flags are the same in every binary. Cost: none.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::Sources;

/// `--config`, `--listen`, `--admin-listen` and `--set`, for `#[command(flatten)]`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Overrides {
    /// TOML file with settings.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Address of gRPC and REST (setting `server.listen`).
    #[arg(long, value_name = "ADDR:PORT")]
    pub listen: Option<SocketAddr>,
    /// Address of /metrics, /healthz and /readyz (setting `server.admin`).
    #[arg(long, value_name = "ADDR:PORT")]
    pub admin_listen: Option<SocketAddr>,
    /// Any setting, by its path: `--set server.limits.max_connections=100`. May be repeated.
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    pub set: Vec<(String, String)>,
}

impl Overrides {
    /// These flags over the process's environment. `env_prefix`: such as `FASTJSON_API_`.
    pub fn sources(&self, env_prefix: &'static str) -> Sources {
        let listen = self.listen.map(|addr| ("server.listen".to_owned(), addr.to_string()));
        let admin = self.admin_listen.map(|addr| ("server.admin".to_owned(), addr.to_string()));
        Sources {
            file: self.config.clone(),
            env_prefix,
            env: std::env::vars_os()
                .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
                .collect(),
            flags: self.set.iter().cloned().chain(listen).chain(admin).collect(),
            flag: None,
        }
    }
}

/// Reads the value of a flag such as `--set`: the path of a setting, `=`, its value.
///
/// # Errors
/// What is allowed, where there is no `=` behind a path.
pub fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("allowed: KEY=VALUE, such as server.limits.max_connections=100".to_owned()),
    }
}
