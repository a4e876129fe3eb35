//! `simulation`: as many worlds as are asked for, side by side, and the first broken promise made
//! small; or one world, told line by line.

mod replay;

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use clap::Parser;
use lambda_queue_simulation::{Fault, Scenario, Summary, shrink, simulate};
use tokio::time::Instant;

/// Messages of a world at most, unless it is told: what is kept in memory.
const LARGEST: u64 = 10_000;
/// Worlds of a run at least: two rounds of all there are.
const WORLDS: u64 = 48;

/// The toolkit's promises under every kind of fault, in virtual time
#[derive(Debug, Parser)]
#[command(
    name = "simulation",
    after_help = "Exit codes: 0 every promise was kept · 1 one was broken, or a kind of fault was too rare · 2 it could not run"
)]
struct Arguments {
    /// Messages, over all worlds
    #[arg(long, default_value_t = 100_000)]
    messages: u64,
    /// Number of the first world
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Messages of a world [default: 10000, less in short runs]
    #[arg(long)]
    size: Option<u32>,
    /// Worlds at a time
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Only this world, with all that happens in it
    #[arg(long)]
    world: Option<u64>,
    /// Only these messages of the world
    #[arg(long, value_delimiter = ',', requires = "world")]
    only: Option<Vec<u32>>,
    /// Faults that are left out
    #[arg(long, value_delimiter = ',')]
    without: Vec<Fault>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.world {
        Some(seed) => replay::replay(&arguments.scenario(seed)),
        None => many(&arguments),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

impl Arguments {
    fn size(&self) -> u32 {
        let usual = (self.messages / WORLDS).clamp(100, LARGEST);
        self.size
            .unwrap_or(u32::try_from(usual).unwrap_or(u32::MAX))
            .max(1)
    }

    fn worlds(&self) -> u64 {
        self.messages.div_ceil(self.size().into())
    }

    fn scenario(&self, seed: u64) -> Scenario {
        Scenario {
            only: self.only.clone(),
            without: self.without.iter().copied().collect(),
            ..Scenario::new(seed, self.size())
        }
    }
}

/// Runs worlds until all are done, or one breaks a promise.
fn many(arguments: &Arguments) -> Result<bool, String> {
    let start = Instant::now();
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let (summary, broken) = (Mutex::new(Summary::default()), Mutex::new(None));
    let failed = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..arguments.threads.max(1) {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= arguments.worlds() {
                        return;
                    }
                    let scenario = arguments.scenario(arguments.from + index);
                    match simulate(&scenario, false) {
                        Ok(outcome) => {
                            if outcome.violation.is_some() {
                                stop.store(true, Ordering::Relaxed);
                                put(&broken, scenario);
                            }
                            if let Ok(mut summary) = summary.lock() {
                                summary.add(&outcome);
                                progress(&summary, start);
                            }
                        }
                        Err(error) => {
                            stop.store(true, Ordering::Relaxed);
                            put(&failed, error);
                        }
                    }
                }
            });
        }
    });
    if let Some(error) = failed.into_inner().ok().flatten() {
        return Err(error);
    }
    let summary = summary.into_inner().unwrap_or_default();
    println!("{summary}");
    println!("{}", replay::speed(&summary, start, arguments.threads));
    if let Some(scenario) = broken.into_inner().ok().flatten() {
        println!("{scenario} broke a promise; looking for a smaller one");
        let (small, outcome) = shrink(&scenario)?;
        replay::show(&small, &outcome);
        return Ok(false);
    }
    let rare = summary.rare();
    for fault in &rare {
        println!("too rare: {fault} struck less than 1 % of the messages");
    }
    Ok(rare.is_empty())
}

fn put<T>(place: &Mutex<Option<T>>, value: T) {
    if let Ok(mut place) = place.lock() {
        place.get_or_insert(value);
    }
}

/// A line for each million messages.
fn progress(summary: &Summary, start: Instant) {
    const MILLION: u64 = 1_000_000;
    let before = summary.messages.saturating_sub(LARGEST);
    if summary.messages / MILLION > before / MILLION {
        let (millions, elapsed) = (summary.messages / MILLION, start.elapsed().as_secs());
        eprintln!("{millions} million messages after {elapsed} s");
    }
}
