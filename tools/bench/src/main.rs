//! `cargo bench-peers`: the same work by lambda-queue and by what one would use instead, measured side by side.

mod arguments;
mod clock;
mod event;
mod figures;
mod function;
mod http;
mod measure;
mod peer;
mod process;
mod results;
mod run;
mod runtime_api;
mod scenario;
mod setup;
mod store;
mod table;

use std::error::Error as StdError;
use std::io::Write;
use std::process::ExitCode;

use anstyle::AnsiColor;
use clap::Parser;
use tokio::task::LocalSet;

use arguments::Arguments;
use run::Plan;
use store::Store;

type Error = Box<dyn StdError + Send + Sync>;
type Result<T> = std::result::Result<T, Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match LocalSet::new().run_until(bench(&arguments)).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            warn(&error.to_string());
            ExitCode::from(2)
        }
    }
}

/// Whether everybody did what was asked.
async fn bench(arguments: &Arguments) -> Result<bool> {
    let places = setup::Places::find()?;
    let (entrants, missing) = arguments.entrants(&places);
    let plan = Plan {
        entrants,
        scenarios: arguments.scenarios(),
        rounds: arguments.rounds(),
        effort: arguments.effort(),
    };
    let store = Store::serve().await?;
    let outcome = run::all(&plan, &store).await;
    print(&table::table(&outcome.cells))?;
    for trouble in missing.iter().chain(&outcome.troubles) {
        warn(trouble);
    }
    Ok(missing.is_empty() && outcome.troubles.is_empty())
}

fn print(text: &str) -> Result<()> {
    let mut out = anstream::stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

fn warn(text: &str) {
    let red = AnsiColor::Red.on_default().bold();
    anstream::eprintln!("{red}error:{red:#} {text}");
}
