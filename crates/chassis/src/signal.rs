//! When to stop: SIGTERM from the orchestrator or SIGINT from the terminal; and when not to wait any longer: the next one.
//!
//! Promise: the first signal begins a drain, the second ends the process with 128 and its number. Cost: one task.

use std::future::Future;
use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::tasks::Tasks;

/// Resolves at the first SIGTERM or SIGINT; from then on the next of either ends the process at once, as a shell would show it (exit
/// code 143 or 130): what is being drained or written then is cut off, as by SIGKILL. The handlers are installed by the
/// call itself, not by the first poll, so that no signal is lost in between; needs a tokio runtime.
///
/// # Panics
/// When the handlers cannot be installed (no file descriptor left at start).
pub fn shutdown_signal() -> impl Future<Output = ()> + Send + 'static {
    let mut signals = Signals::install().expect("signal handlers can be installed while the process starts");
    async move {
        let Named { name, .. } = signals.next().await;
        tracing::info!(signal = name, "shutting down");
        let _runs_to_the_end =
            Tasks::new().spawn("signal", async move { end_at_once(&signals.next().await) });
    }
}

#[allow(clippy::disallowed_methods, reason = "whoever asks twice wants neither drain nor destructors")]
fn end_at_once(&Named { name, exit_code }: &Named) {
    tracing::warn!(signal = name, "ending at once");
    std::process::exit(exit_code);
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

/// A signal that came.
struct Named {
    name: &'static str,
    exit_code: i32,
}

impl Signals {
    fn install() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) -> Named {
        let (name, kind) = tokio::select! {
            _ = self.terminate.recv() => ("SIGTERM", SignalKind::terminate()),
            _ = self.interrupt.recv() => ("SIGINT", SignalKind::interrupt()),
        };
        Named { name, exit_code: 128 + kind.as_raw_value() }
    }
}
