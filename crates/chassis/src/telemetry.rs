//! Logs to stderr, metrics to a recorder that the admin listener renders.
//!
//! Promise: may be set up twice; a program that embeds the service keeps its own recorder and subscriber. Cost: a line is
//! formatted only if the filter lets it through.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Log, LogFormat};

/// The log filter cannot be read; fix `log.filter`.
#[derive(Debug, thiserror::Error)]
#[error("log.filter `{filter}`: {why}; allowed: directives such as info,chassis=debug")]
pub struct FilterError {
    filter: String,
    why: String,
}

/// Bounds of `rpc_duration_seconds`, from 50 us to 10 s.
const BUCKETS: [f64; 14] =
    [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0];

/// Starts logging to stderr and installs the metrics recorder. Once a process; a second call keeps what is there.
pub fn init(log: &Log) -> Result<(), FilterError> {
    let filter = EnvFilter::try_new(&log.filter)
        .map_err(|error| FilterError { filter: log.filter.clone(), why: error.to_string() })?;
    // A span that the filter lets through is a line when it ends: with `chassis=debug`, one for every request.
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(std::io::stderr);
    // An error here says that a subscriber is set already: the process wants that one.
    let _already_set = match log.format {
        LogFormat::Text => builder.with_ansi(false).finish().try_init(),
        LogFormat::Json => builder.json().finish().try_init(),
    };
    recorder();
    Ok(())
}

/// All metrics of the process as Prometheus text.
pub fn render() -> String {
    recorder().render()
}

/// The recorder, installed at first use so that [`crate::run`] counts without [`init`] too.
pub(crate) fn recorder() -> &'static PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER.get_or_init(|| {
        let recorder = PrometheusBuilder::new()
            .set_buckets(&BUCKETS)
            .expect("the list of bounds is not empty")
            .build_recorder();
        let handle = recorder.handle();
        // An error here says that the embedding program has its own recorder: then ours stays empty.
        let _foreign = metrics::set_global_recorder(recorder);
        handle
    })
}
