//! Counts of the engine in the words of the contract.

use fastjson_proto::fastjson::v1 as pb;
use json_engine::Stats;

/// What a document holds.
pub(crate) fn stats(stats: &Stats) -> pb::DocumentStats {
    pb::DocumentStats {
        bytes: stats.bytes,
        nodes: stats.nodes,
        depth: stats.depth,
        objects: stats.objects,
        arrays: stats.arrays,
        strings: stats.strings,
        numbers: stats.numbers,
        booleans: stats.booleans,
        nulls: stats.nulls,
        members: stats.members,
    }
}
