//! The server binary: settings, telemetry, listeners, run.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use fastjson_api::{Config, NAME};

/// JSON work as a service.
#[derive(Parser)]
#[command(name = NAME, version)]
struct Cli {
    #[command(flatten)]
    overrides: chassis::settings::Overrides,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Asks a running server whether it serves; exit 0 if it does.
    Health {
        /// Address of the server.
        #[arg(long, default_value = "127.0.0.1:50051")]
        address: String,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Some(Command::Health { address }) => chassis::process::health(&address).await,
        None => serve(&cli.overrides).await,
    };
    chassis::process::exit_code(outcome)
}

async fn serve(overrides: &chassis::settings::Overrides) -> Result<(), Box<dyn std::error::Error>> {
    let config: Config = chassis::settings::load(&overrides.sources("FASTJSON_API_"))?;
    chassis::telemetry::init(&config.server.log)?;
    let listener = chassis::listen(config.server.listen)?;
    let admin = config.server.admin.map(chassis::listen).transpose()?;
    fastjson_api::run(config, listener, admin, chassis::shutdown_signal()).await?;
    Ok(())
}
