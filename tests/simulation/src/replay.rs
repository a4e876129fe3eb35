//! One world, and what is printed of it.

use lambda_queue_simulation::{Outcome, Scenario, Summary, simulate, story};
use tokio::time::Instant;

/// Runs a world and tells it; says whether it kept its promises.
pub(crate) fn replay(scenario: &Scenario) -> Result<bool, String> {
    let outcome = simulate(scenario, true)?;
    show(scenario, &outcome);
    Ok(outcome.violation.is_none())
}

pub(crate) fn show(scenario: &Scenario, outcome: &Outcome) {
    print!("{}", story(scenario, outcome));
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
