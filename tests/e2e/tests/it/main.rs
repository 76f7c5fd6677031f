//! Stories of the pair, from the outside: real sockets, real clients.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![allow(clippy::print_stderr, reason = "a skipped test says so")]
#![allow(clippy::too_many_lines, reason = "a story is read from top to bottom")]

mod bad_input;
mod border;
mod cache_batches;
mod cache_lives;
mod cache_namespaces;
mod cache_scan;
mod compute_lease;
mod derived;
mod docs;
mod documents;
mod drain;
mod explain;
mod faults;
mod faults_load;
mod faults_saturated;
mod faults_trace;
mod faults_user;
mod formats;
mod grpcurl;
mod hostile;
mod http1;
mod insight;
mod linear;
mod load;
mod load_layers;
mod memo;
mod observe;
mod peers;
mod progress;
mod recipes;
mod registry_cache;
mod registry_files;
mod registry_limits;
mod registry_stores;
mod rest_cache;
mod rest_json;
mod schemas;
mod session;
mod stories;
mod stories_catalogue;
mod stories_faults;
mod stories_grpcurl;
mod stream;
mod streams_by_ref;
mod transfer;
mod unknown_values;
mod watch;
