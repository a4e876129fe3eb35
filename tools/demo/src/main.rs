//! `cargo demo`: documents are ingested, tool calls search them, and results come into transcripts
//! in order, although messages come twice and processes are killed. The transcripts are checked.

mod course;
mod progress;
mod show;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use anstyle::AnsiColor;
use clap::Parser;
use lambda_queue_demo::Result;

/// Documents, tool calls over them, and their results in transcripts, on this machine
#[derive(Debug, Parser)]
#[command(
    name = "cargo demo",
    after_help = "Exit codes: 0 all is as promised · 1 it is not, or Ctrl-C came first · 2 it could not be shown"
)]
struct Arguments {
    /// End after the summary, also on a terminal
    #[arg(long)]
    exit: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let watched = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    match course::play(watched && !arguments.exit).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let red = AnsiColor::Red.on_default().bold();
            anstream::eprintln!("{red}error:{red:#} {error}");
            ExitCode::from(2)
        }
    }
}

fn print(text: &str) -> Result<()> {
    let mut out = anstream::stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
