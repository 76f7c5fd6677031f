//! The edges of a server binary: its `health` subcommand and its exit code.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use crate::health::{Serving, check};

/// Succeeds if the server at `address` serves; the `health` subcommand of a server binary, made for a container's health
/// check. Takes at most 2 seconds.
pub async fn health(address: &str) -> Result<(), Box<dyn Error>> {
    match check(address, None, Duration::from_secs(2)).await? {
        Serving::Serving => Ok(()),
        Serving::NotServing | Serving::Unknown => {
            Err(format!("the server at {address} is not serving").into())
        }
    }
}

/// 0 for success; else 1, and the error with its causes on one line of stderr.
#[allow(clippy::print_stderr, reason = "the last words of a process, where no log may have been set up")]
pub fn exit_code(outcome: Result<(), Box<dyn Error>>) -> ExitCode {
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
