//! A world in words: what happened, what was broken, and how to see it again.

use std::fmt::Write;

use crate::scenario::Scenario;
use crate::world::Outcome;

/// The trace of a world, what became of its promises, and the command that runs it again.
#[must_use]
pub fn story(scenario: &Scenario, outcome: &Outcome) -> String {
    let mut story = outcome.trace.join("\n");
    if !story.is_empty() {
        story.push('\n');
    }
    // Writing to a string cannot fail.
    let _ = writeln!(story, "{scenario}");
    let _ = match &outcome.violation {
        Some(violation) => writeln!(story, "broken: {violation}\nagain: {}", command(scenario)),
        None => writeln!(story, "every promise was kept"),
    };
    story
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
