//! Unary batches: GetMany of 16 against pipelines of 16, SetMany of 64 against SET and MSET.

use anyhow::Result;
use fastjson_proto::rustcache::v1 as pb;
use prost::Message;

use super::{ROUNDS, median, peers, ratio, seed};
use crate::load::{Shape, h2load_with};
use crate::server::{self, Which};

const CONNECTIONS: usize = 4;
const OPERATIONS: usize = 1_500_000;

/// Prints items a second and ratios.
pub(super) async fn run() -> Result<()> {
    let cache = server::start(Which::Cache).await?;
    let compact = server::start(Which::CompactCache).await?;
    for server in [&cache, &compact] {
        seed::fill(&server.address, &seed::keys(64), 64, None).await?;
    }
    let redis = peers::redis().await?;
    redis.fill(64)?;
    let get = pb::GetManyRequest { namespace: String::new(), keys: seed::keys(16) };
    let items = seed::keys(64).into_iter().map(|key| seed::write(key, 64, None)).collect();
    let (get, set) = (Body::of(&get, "get")?, Body::of(&pb::SetManyRequest { items }, "set")?);
    let mut rates: [Vec<f64>; 7] = Default::default();
    for _ in 0..ROUNDS {
        rates[0].push(ours(&cache.address, "GetMany", &get, 16).await?);
        rates[1].push(redis.benchmark(&["-t", "get", "-d", "64"], CONNECTIONS, 16, OPERATIONS).await?);
        rates[2].push(ours(&cache.address, "SetMany", &set, 64).await?);
        rates[3].push(redis.benchmark(&["-t", "set", "-d", "64"], CONNECTIONS, 64, OPERATIONS).await?);
        // One MSET of redis-benchmark writes ten keys; six or seven of them are in flight, to have 64 writes.
        let msets = redis.benchmark(&["-t", "mset", "-d", "64"], CONNECTIONS, 6, OPERATIONS / 10).await?;
        rates[4].push(10.0 * msets);
        rates[5].push(ours(&compact.address, "GetMany", &get, 16).await?);
        rates[6].push(ours(&compact.address, "SetMany", &set, 64).await?);
    }
    let [get, redis_get, set, redis_set, mset, compact_get, compact_set] = rates.map(median);
    println!(
        "\nunary batches on {CONNECTIONS} connections, one in flight on each, median of {ROUNDS}; items a second"
    );
    println!("  GetMany of 16 {get:>9.0}   redis GET -P 16  {redis_get:>9.0} {}", ratio(get, redis_get, 1.0));
    println!("  SetMany of 64 {set:>9.0}   redis SET -P 64  {redis_set:>9.0} {}", ratio(set, redis_set, 1.2));
    println!("                            redis MSET of 10 {mset:>9.0} {}", ratio(set, mset, 1.2));
    println!("  on compact maps: GetMany {compact_get:.0}, SetMany {compact_set:.0}");
    Ok(())
}

async fn ours(address: &str, method: &str, body: &Body, items: usize) -> Result<f64> {
    let path = format!("/rustcache.v1.CacheService/{method}");
    let shape = Shape { connections: CONNECTIONS, streams: 1, calls: OPERATIONS / items };
    Ok(h2load_with(address, &path, &body.0, shape, &[]).await? * items as f64)
}

/// A file with a message of gRPC; removed when it is dropped.
struct Body(tempfile::TempPath);

impl Body {
    fn of(message: &impl Message, name: &str) -> Result<Self> {
        let encoded = message.encode_to_vec();
        let length = u32::try_from(encoded.len())?.to_be_bytes();
        let file = tempfile::Builder::new().prefix(name).tempfile()?;
        std::fs::write(file.path(), [&[0], &length[..], &encoded].concat())?;
        Ok(Self(file.into_temp_path()))
    }
}
