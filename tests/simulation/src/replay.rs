//! One world, and what is printed of it.

use lambda_queue_simulation::{Outcome, Scenario, Summary, simulate};
use tokio::time::Instant;

/// Runs a world and tells it; says whether it kept its promises.
pub(crate) fn replay(scenario: &Scenario) -> Result<bool, String> {
    let outcome = simulate(scenario, true)?;
    show(scenario, &outcome);
    Ok(outcome.violation.is_none())
}

pub(crate) fn show(scenario: &Scenario, outcome: &Outcome) {
    for line in &outcome.trace {
        println!("{line}");
    }
    println!("{scenario}");
    match &outcome.violation {
        Some(violation) => {
            println!("broken: {violation}");
            println!("again: {}", command(scenario));
        }
        None => println!("every promise was kept"),
    }
}

/// The command that runs a world again.
fn command(scenario: &Scenario) -> String {
    let list = |items: Vec<String>| items.join(",");
    let only = scenario.only.as_ref().map(|only| {
        let only = only.iter().map(u32::to_string).collect();
        format!(" --only {}", list(only))
    });
    let without = list(scenario.without.iter().map(|it| it.to_string()).collect());
    let without = (!without.is_empty()).then(|| format!(" --without {without}"));
    format!(
        "cargo run --profile bench --bin simulation -- --world {} --size {}{}{}",
        scenario.seed,
        scenario.messages,
        only.unwrap_or_default(),
        without.unwrap_or_default(),
    )
}

/// How fast it was, and how much memory it took, where the system tells.
pub(crate) fn speed(summary: &Summary, start: Instant, threads: usize) -> String {
    let seconds = start.elapsed().as_secs_f64().max(0.001);
    let each = summary.messages as f64 / seconds / threads.max(1) as f64;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak.map_or_else(String::new, |it| {
        format!(", at most {} of memory", it.trim())
    });
    format!("{seconds:.0} s on {threads} threads: {each:.0} messages a second on each{peak}")
}
