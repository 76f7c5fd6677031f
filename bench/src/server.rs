//! Servers for the benchmarks, each a process of its own so that it can have a core of its own.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result};
use fastjson_proto::rustcache::v1 as pb;
use fastjson_proto::rustcache::v1::cache_service_server::{CacheService, CacheServiceServer};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tonic::{Request, Response, Status};

/// Which server.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum Which {
    /// The JSON service.
    Json,
    /// The cache service.
    Cache,
    /// The cache service with room for millions of entries.
    LargeCache,
    /// The cache service on compact maps.
    CompactCache,
    /// The cache with as little insight as can be.
    PlainCache,
    /// Both services; the address is that of the JSON service.
    Pair,
    /// A Get that answers with the same message as the cache service, without looking anywhere.
    Echo,
}

/// A child process that serves; it ends when this is dropped.
pub(crate) struct Serving {
    pub(crate) address: String,
    child: Child,
}

impl Serving {
    /// Memory that it holds at the moment, in bytes.
    pub(crate) fn resident_bytes(&self) -> Result<u64> {
        resident_bytes(&self.child)
    }

    /// Processor time that it has used, in all its threads and in the kernel on their behalf.
    pub(crate) fn processor_time(&self) -> Result<Duration> {
        let id = self.child.id().context("the server has ended")?;
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
        // The second field is a name that may hold spaces; user and system time are the 14th and the 15th.
        let (_, fields) = stat.rsplit_once(')').context("stat has another form")?;
        let fields: Vec<_> = fields.split_whitespace().collect();
        let ticks = |field: usize| fields.get(field - 3).and_then(|ticks| ticks.parse::<u64>().ok());
        let ticks = ticks(14).zip(ticks(15)).context("stat has another form")?;
        Ok(TICK * u32::try_from(ticks.0 + ticks.1)?)
    }
}

/// Memory that a process holds at the moment, in bytes.
pub(crate) fn resident_bytes(child: &Child) -> Result<u64> {
    let id = child.id().context("the server has ended")?;
    let pages = std::fs::read_to_string(format!("/proc/{id}/statm"))?;
    let resident = pages.split(' ').nth(1).context("statm has another form")?;
    Ok(resident.parse::<u64>()? * PAGE_BYTES)
}

/// Of Linux on the machines that we measure on.
const PAGE_BYTES: u64 = 4_096;

/// In which the kernel reports processor time, on every Linux (USER_HZ).
const TICK: Duration = Duration::from_millis(10);

/// Starts this program again as a server, on core 0.
pub(crate) async fn start(which: Which) -> Result<Serving> {
    start_on(which, "0").await
}

/// Starts this program again as a server that shares all cores with its callers.
pub(crate) async fn start_on_all(which: Which) -> Result<Serving> {
    let last = std::thread::available_parallelism()?.get() - 1;
    start_on(which, &format!("0-{last}")).await
}

async fn start_on(which: Which, cores: &str) -> Result<Serving> {
    let name = match which {
        Which::Json => "json",
        Which::Cache => "cache",
        Which::LargeCache => "large-cache",
        Which::CompactCache => "compact-cache",
        Which::PlainCache => "plain-cache",
        Which::Pair => "pair",
        Which::Echo => "echo",
    };
    let mut child = Command::new("taskset")
        .args(["-c", cores])
        .arg(std::env::current_exe()?)
        .args(["serve", name])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("taskset (util-linux) is needed to give the server a core of its own")?;
    let out = child.stdout.take().context("the child's output is piped")?;
    let address = BufReader::new(out).lines().next_line().await?.context("the server ended at once")?;
    Ok(Serving { address, child })
}

/// The child's part: prints the address and serves until its input closes.
pub(crate) async fn serve(which: Which) -> Result<()> {
    let listener = testkit::bind();
    println!("{}", listener.local_addr()?);
    let parent_left = async {
        let mut byte = [0];
        // Whatever ends the wait, the parent has no more use for this process.
        let _closed = tokio::io::stdin().read(&mut byte).await;
    };
    match which {
        Which::Json => {
            fastjson_api::run(fastjson_api::Config::default(), listener, None, parent_left).await?;
        }
        Which::Cache => {
            rust_cache_server::run(rust_cache_server::Config::default(), listener, None, parent_left).await?;
        }
        Which::LargeCache => {
            let mut config = rust_cache_server::Config::default();
            config.store.capacity_bytes = 4 << 30;
            rust_cache_server::run(config, listener, None, parent_left).await?;
        }
        Which::CompactCache => {
            let mut config = rust_cache_server::Config::default();
            config.store.map = rust_cache_server::config::Map::Compact;
            rust_cache_server::run(config, listener, None, parent_left).await?;
        }
        Which::PlainCache => {
            let mut config = rust_cache_server::Config::default();
            config.slow.max_records = 0;
            config.slow.threshold = Duration::from_secs(3_600);
            rust_cache_server::run(config, listener, None, parent_left).await?;
        }
        Which::Pair => {
            let cache = testkit::start_cache(rust_cache_server::Config::default(), testkit::bind());
            let mut config = fastjson_api::Config::default();
            config.cache.address = format!("http://{}", cache.address);
            fastjson_api::run(config, listener, None, parent_left).await?;
            cache.stop().await;
        }
        Which::Echo => {
            let service = chassis::Service::new("echo").grpc(CacheServiceServer::new(Echo));
            chassis::run(chassis::Config::on_ports(0, 0), listener, None, service, parent_left).await?;
        }
    }
    Ok(())
}

/// What the cache service would be if looking up cost nothing.
struct Echo;

/// The value that both servers answer with.
pub(crate) fn value() -> pb::Value {
    let body = pb::value::Body::Data(vec![b'v'; 64].into());
    pb::Value { body: Some(body), content_type: String::new() }
}

#[tonic::async_trait]
impl CacheService for Echo {
    async fn get(&self, request: Request<pb::GetRequest>) -> Result<Response<pb::GetResponse>, Status> {
        let _key = request.into_inner();
        let entry = pb::Entry { value: Some(value()), version: 1 << 50, ..Default::default() };
        Ok(Response::new(pb::GetResponse { outcome: Some(pb::get_response::Outcome::Found(entry)) }))
    }

    async fn set(&self, _: Request<pb::SetRequest>) -> Result<Response<pb::SetResponse>, Status> {
        Err(only_get())
    }

    async fn delete(&self, _: Request<pb::DeleteRequest>) -> Result<Response<pb::DeleteResponse>, Status> {
        Err(only_get())
    }

    async fn touch(&self, _: Request<pb::TouchRequest>) -> Result<Response<pb::TouchResponse>, Status> {
        Err(only_get())
    }

    async fn increment(
        &self,
        _: Request<pb::IncrementRequest>,
    ) -> Result<Response<pb::IncrementResponse>, Status> {
        Err(only_get())
    }

    async fn set_many(
        &self,
        _: Request<pb::SetManyRequest>,
    ) -> Result<Response<pb::SetManyResponse>, Status> {
        Err(only_get())
    }

    async fn delete_many(
        &self,
        _: Request<pb::DeleteManyRequest>,
    ) -> Result<Response<pb::DeleteManyResponse>, Status> {
        Err(only_get())
    }

    async fn invalidate_tags(
        &self,
        _: Request<pb::InvalidateTagsRequest>,
    ) -> Result<Response<pb::InvalidateTagsResponse>, Status> {
        Err(only_get())
    }

    async fn get_many(
        &self,
        _: Request<pb::GetManyRequest>,
    ) -> Result<Response<pb::GetManyResponse>, Status> {
        Err(only_get())
    }

    async fn scan(&self, _: Request<pb::ScanRequest>) -> Result<Response<pb::ScanResponse>, Status> {
        Err(only_get())
    }

    async fn get_or_compute(
        &self,
        _: Request<pb::GetOrComputeRequest>,
    ) -> Result<Response<pb::GetOrComputeResponse>, Status> {
        Err(only_get())
    }

    async fn complete_lease(
        &self,
        _: Request<pb::CompleteLeaseRequest>,
    ) -> Result<Response<pb::CompleteLeaseResponse>, Status> {
        Err(only_get())
    }

    type WatchStream = tokio_stream::Empty<Result<pb::WatchResponse, Status>>;

    async fn watch(&self, _: Request<pb::WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        Err(only_get())
    }

    type SessionStream = tokio_stream::Empty<Result<pb::SessionResponse, Status>>;

    async fn session(
        &self,
        _: Request<tonic::Streaming<pb::SessionRequest>>,
    ) -> Result<Response<Self::SessionStream>, Status> {
        Err(only_get())
    }

    async fn get_limits(
        &self,
        _: Request<pb::GetLimitsRequest>,
    ) -> Result<Response<pb::GetLimitsResponse>, Status> {
        Err(only_get())
    }
}

fn only_get() -> Status {
    Status::unimplemented("the echo of the benchmark knows Get only")
}
