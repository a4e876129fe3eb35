//! The `lambda-queue` command.

use std::process::ExitCode;

use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    lambda_queue_cli::run(lambda_queue_cli::Cli::parse())
        .await
        .into()
}
