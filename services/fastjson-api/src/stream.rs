//! A recipe on each record of a stream of NDJSON.
//!
//! `lines` makes batches of whole lines out of pieces that are cut anywhere, `batch` works through one on the pool, `pump`
//! keeps several at work and gives their results in order, `feed` is what comes in, `rows` what goes out over REST.
//!
//! Promise: where the stream is cut changes nothing; results come in the order of the records and as soon as they are there;
//! while results are not taken nothing more is read; a stream that is dropped stops its programs.
//! Cost: records within a piece are not copied; memory is `stream.in_flight_bytes` and the answers of two batches a worker.

mod batch;
mod feed;
mod lines;
mod pump;
mod rows;

pub(crate) use batch::Plan;
pub(crate) use feed::{Feed, Piece, from_body, from_messages, header_repeated};
pub(crate) use pump::{Results, Terms, run};
pub(crate) use rows::{push_line, rows};
