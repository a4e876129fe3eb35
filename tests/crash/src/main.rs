//! `cargo crash`: the real functions under `lambda-queue local`, with SIGKILL in the middle of their
//! batches, an endpoint that is killed and started again, and a DynamoDB that throttles. Afterwards
//! everything that was sent must be accounted for, once and in order.

mod accounts;
mod course;
mod dead;
mod documents;
mod figures;
mod load;
mod local;
mod log;
mod state;

use std::process::ExitCode;

use clap::Parser;
use lambda_queue_demo::Result;
use tokio::signal::unix::{SignalKind, signal};

/// Kills the real functions and their endpoint, and checks that nothing is lost or done twice
#[derive(Debug, Parser)]
#[command(
    name = "cargo crash",
    after_help = "Exit codes: 0 all is as promised · 1 it is not · 2 it could not be shown, or was stopped"
)]
pub(crate) struct Arguments {
    /// How many of the functions' processes are killed in the middle of a batch, at least
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub(crate) kills: u64,
    /// How often the endpoint with its queues and tables is killed and started again
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub(crate) restarts: u64,
    /// Decides what goes wrong; the same number makes the same decisions [default: any]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Keep the folder with what was printed, queues and tables: `lambda-queue local serve --data`
    /// serves it
    #[arg(long)]
    pub(crate) keep: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = tokio::select! {
        ended = course::run(&arguments) => ended,
        // What runs ends with the course, which is dropped here.
        stopped = stopped() => Err(stopped),
    };
    match ended {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Waits for Ctrl-C or SIGTERM; the reason to end.
async fn stopped() -> lambda_queue::Error {
    let wait = async || -> Result<&str> {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        Ok("stopped before it was done")
    };
    wait().await.map_or_else(|error| error, wrong)
}

/// An error for people.
pub(crate) fn wrong(what: impl Into<String>) -> lambda_queue::Error {
    std::io::Error::other(what.into()).into()
}
