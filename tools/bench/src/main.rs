//! `cargo bench-peers`: the same work by lambda-queue and by what one would use instead, measured side by side.

mod arguments;
mod clock;
mod crossing;
mod emulated;
mod event;
mod figures;
mod function;
mod http;
mod machine;
mod measure;
mod peer;
mod process;
mod profile;
mod report;
mod results;
mod run;
mod runtime_api;
mod scenario;
mod setup;
mod share;
mod sizes;
mod store;
mod table;
mod targets;

use std::error::Error as StdError;
use std::io::Write;
use std::process::ExitCode;

use anstyle::AnsiColor;
use clap::Parser;
use tokio::task::LocalSet;

use arguments::Arguments;
use machine::Machine;
use results::Results;
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
    let docs = places.root.join("docs/benchmarks");
    if arguments.profile {
        let page = profile::page(&places, arguments).await?;
        match arguments.is_complete() {
            true => std::fs::write(docs.join("profile.md"), page)?,
            false => print(&page)?,
        }
        return Ok(true);
    }
    let (entrants, mut troubles) = arguments.entrants(&places);
    troubles.iter().for_each(|trouble| warn(trouble));
    let plan = Plan {
        entrants,
        scenarios: arguments.scenarios(),
        rounds: arguments.rounds(),
        effort: arguments.effort(),
        budget: arguments.budget(),
    };
    let machine = Machine::look();
    let store = Store::serve().await?;
    let outcome = run::all(&plan, &store).await;
    troubles.extend(outcome.troubles);
    print(&table::table(&outcome.cells))?;
    let mut results = Results {
        command: arguments.command(),
        machine,
        sizes: sizes::sizes(&places, arguments.functions)?,
        cells: outcome.cells,
        ..Results::default()
    };
    if arguments.wants_studies() {
        troubles.extend(emulated::troubles(&plan.entrants).await);
        results.crossings = crossing::study(&plan.entrants, &store).await?;
    }
    results.targets = targets::targets(&results);
    results.troubles.clone_from(&troubles);
    print(&report::crossings(&results.crossings))?;
    print(&table::targets(&results.targets))?;
    if arguments.is_complete() {
        report::write(&results, &docs)?;
    }
    troubles.iter().for_each(|trouble| warn(trouble));
    Ok(troubles.is_empty())
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
