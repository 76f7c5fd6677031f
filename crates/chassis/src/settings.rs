//! Settings from flags, environment and a TOML file, in this order of precedence, over the defaults.
//!
//! The environment names a key by prefix and path: `FASTJSON_API_SERVER__LIMITS__MAX_CONNECTIONS=100` is
//! `server.limits.max_connections`. An unknown key is an error that names the key, where it came from and what was
//! allowed. Variables that Kubernetes injects for a service of the same name (`<PREFIX>SERVICE_HOST`, `<PREFIX>PORT`,
//! `<PREFIX>PORT_50051_TCP`…) are not ours and are passed over.
//!
//! Promise: what is in force came from the flag, else the variable, else the file, else the default, and nothing was passed over.
//! Cost: at the start only.

mod load;
mod overrides;

pub use load::{SettingsError, Sources, load};
pub use overrides::{Overrides, key_value};
