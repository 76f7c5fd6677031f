//! The contract in Rust: messages, clients and servers generated from `proto/`; nothing here is written by hand.
//!
//! The `.proto` files hold the documentation of every message and rpc; it is carried over.

/// Package `fastjson.v1`: JSON work, and the types that both services share.
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::too_many_lines, reason = "generated")]
pub mod fastjson {
    pub mod v1 {
        tonic::include_proto!("fastjson.v1");
    }
}

/// Package `rustcache.v1`: the cache.
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::too_many_lines, reason = "generated")]
pub mod rustcache {
    pub mod v1 {
        tonic::include_proto!("rustcache.v1");
    }
}

/// The encoded `FileDescriptorSet` of all files, imports included, for reflection and the protobuf JSON mapping.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
