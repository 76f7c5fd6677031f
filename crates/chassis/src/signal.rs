//! When to stop: SIGTERM from the orchestrator or SIGINT from the terminal.

use std::future::Future;
use std::io;

use tokio::signal::unix::{SignalKind, signal};

/// Resolves at the first SIGTERM or SIGINT. The handlers are installed by the call itself, not by the first poll, so
/// that no signal is lost in between; needs a tokio runtime.
///
/// # Panics
/// When the handlers cannot be installed (no file descriptor left at start).
pub fn shutdown_signal() -> impl Future<Output = ()> + Send + 'static {
    let mut signals = install().expect("signal handlers can be installed while the process starts");
    async move {
        tokio::select! {
            _ = signals.0.recv() => tracing::info!(signal = "SIGTERM", "shutting down"),
            _ = signals.1.recv() => tracing::info!(signal = "SIGINT", "shutting down"),
        }
    }
}

fn install() -> io::Result<(tokio::signal::unix::Signal, tokio::signal::unix::Signal)> {
    Ok((signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?))
}
