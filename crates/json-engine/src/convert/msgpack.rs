//! MessagePack: one object of any kind in, the shortest forms out.
//!
//! Promise: the byte c1, what is cut short and what follows the object is refused, at its byte. Integers of 64 bits and
//! floats stay exact. What JSON lacks has the forms of [`foreign`](super::foreign); `docs/formats/msgpack.md` lists them.

mod extension;
mod read;
mod write;

pub(super) use read::read;
pub(super) use write::write;
