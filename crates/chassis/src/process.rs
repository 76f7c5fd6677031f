//! A server binary from end to end: command line, settings, telemetry, listeners, run, exit code.
//!
//! Promise: whatever keeps it from serving is one line on stderr and exit code 1; a wrong command line is 2. Cost: none once it
//! serves.

use std::error::Error;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpListener;

use crate::health::{Serving, check};
use crate::settings::Overrides;

/// What a server binary is called.
#[derive(Debug, Clone, Copy)]
pub struct Binary {
    /// Its name, as in `--help`.
    pub name: &'static str,
    /// One sentence for `--help`.
    pub about: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Prefix of its environment variables, such as `FASTJSON_API_`.
    pub env_prefix: &'static str,
}

#[derive(Debug, Parser)]
struct Cli {
    #[command(flatten)]
    overrides: Overrides,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Asks a running server whether it serves; exit 0 if it does.
    Health {
        /// Address of the server; without it, where the settings let this one listen.
        #[arg(long)]
        address: Option<String>,
    },
}

/// The whole of a server's `main`: reads the command line and the settings `C`, listens as their chassis part says, and
/// serves by `run(config, listener, admin, shutdown)` until SIGTERM or SIGINT.
pub async fn main<C, F, E>(
    binary: Binary,
    server: impl Fn(&C) -> &crate::Config,
    run: impl FnOnce(C, TcpListener, Option<TcpListener>, Signal) -> F,
) -> ExitCode
where
    C: DeserializeOwned + Serialize + Default,
    F: Future<Output = Result<(), E>>,
    E: Error + 'static,
{
    let command = Cli::command().name(binary.name).about(binary.about).version(binary.version);
    let cli = match Cli::from_arg_matches(&command.get_matches()) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let outcome = async {
        let config: C = crate::settings::load(&cli.overrides.sources(binary.env_prefix))?;
        match cli.command {
            Some(Command::Health { address: Some(address) }) => health(&address).await,
            Some(Command::Health { address: None }) => {
                health(&reachable(server(&config).listen).to_string()).await
            }
            None => serve(config, server, run).await,
        }
    };
    exit_code(outcome.await)
}

/// The future that resolves when the process is asked to end.
pub type Signal = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

async fn serve<C, F, E>(
    config: C,
    server: impl Fn(&C) -> &crate::Config,
    run: impl FnOnce(C, TcpListener, Option<TcpListener>, Signal) -> F,
) -> Result<(), Box<dyn Error>>
where
    F: Future<Output = Result<(), E>>,
    E: Error + 'static,
{
    let settings = server(&config);
    crate::telemetry::init(&settings.log)?;
    let listener = crate::listen(settings.listen)?;
    let admin = settings.admin.map(crate::listen).transpose()?;
    run(config, listener, admin, Box::pin(crate::shutdown_signal())).await?;
    Ok(())
}

/// Where a listener is reached from its own machine: one on all addresses, by loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// Succeeds if the server at `address` serves. Takes at most 2 seconds.
async fn health(address: &str) -> Result<(), Box<dyn Error>> {
    match check(address, None, Duration::from_secs(2)).await? {
        Serving::Serving => Ok(()),
        Serving::NotServing | Serving::Unknown => {
            Err(format!("the server at {address} is not serving").into())
        }
    }
}

/// 0 for success; else 1, and the error with its causes on one line of stderr.
#[allow(clippy::print_stderr, reason = "the last words of a process, where no log may have been set up")]
fn exit_code(outcome: Result<(), Box<dyn Error>>) -> ExitCode {
    let Err(error) = outcome else {
        return ExitCode::SUCCESS;
    };
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        message = format!("{message}: {next}");
        cause = next.source();
    }
    eprintln!("error: {message}");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(listen: &str, expected: &str) {
        assert_eq!(reachable(listen.parse().unwrap()).to_string(), expected);
    }

    #[test]
    fn a_health_check_asks_where_the_server_listens() {
        check("0.0.0.0:50051", "127.0.0.1:50051");
        check("[::]:7", "[::1]:7");
        check("10.1.2.3:7", "10.1.2.3:7");
    }
}
