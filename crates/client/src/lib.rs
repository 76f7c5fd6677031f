//! What users and the peers link to talk to the services: [`JsonClient`], [`SchemaClient`], [`RecipeClient`] and
//! [`CacheClient`], [`DocumentClient`] and [`LoadClient`]. [`RateLimitLayer`] and [`ConcurrencyLayer`] limit the callers of a service.
//!
//! A client holds a few connections to one server, opens them when they are first needed and again when they are lost,
//! so that services start in any order. Every call has a deadline; it travels with hop mark and trace, and holds here
//! too, whatever the server does. With [`Config::breaker`] a server that does not answer is left alone for moments; without
//! it every call tries.
//!
//! Promise: a call that failed was repeated only if repeating could do no harm: the rpc has no effect, or the server
//! never saw the request. [`Error`] tells a server that cannot be reached from one that refused.
//! Cost: one atomic increment to pick a connection, one timer, a copy of the request's texts (its bytes are shared).

mod breaker;
mod cache;
mod call;
mod config;
mod documents;
mod error;
mod failure;
mod guard;
mod json;
pub mod json_mapping;
mod lines;
mod load;
mod media_type;
mod near;
mod recipes;
mod rejection;
mod schemas;
mod session;
mod stream;

pub use breaker::BreakerConfig;
pub use cache::CacheClient;
pub use config::Config;
pub use documents::DocumentClient;
pub use error::Error;
/// The messages of the cache contract, for the settings of the layers.
pub use fastjson_proto::rustcache::v1 as pb;
pub use json::JsonClient;
pub use load::{
    Concurrency, ConcurrencyLayer, GateLayer, Gated, Kept, LoadClient, Rate, RateLimitLayer, WhenDown,
};
pub use media_type::{is_binary, media_type};
pub use near::{NearCache, NearConfig, NearStats};
pub use recipes::RecipeClient;
pub use rejection::Rejection;
pub use schemas::SchemaClient;
pub use session::{Ended, Frames};
pub use stream::Answers;
