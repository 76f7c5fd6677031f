//! What the JSON engine and a peer say, in the words of the contract: both services say it, so it stands here once.
//!
//! Promise: every error has a code, a stable reason and facts for programs; the matches over our own errors are total, so
//! that a new one must be decided here. Cost: one boxed failure, and its diagnostics where a document is at fault.

mod choice;
mod diagnostic;
mod engine;
mod message;
mod peer;
mod selection;

pub use choice::{known, named, names, refused};
pub use diagnostic::{diagnostic, diagnostics, position, with_diagnostics};
pub use engine::{engine_failure, invalid_document};
pub use message::{json_answer, json_text, json_value, limits};
pub use peer::{Peer, hop_limit, no_answer};
pub use selection::selection;
