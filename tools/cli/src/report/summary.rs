//! What a run came to, for people.

mod json;

use std::fmt::Write;
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::{BOLD, Cell, DIM, Table, duration, plural};
use crate::local::summary::{ChaosSummary, Summary};

pub(crate) use json::summary_json;

/// The tables of queues and functions, and the verdict if `expected` dead letters are.
pub(crate) fn summary(summary: &Summary, expected: u64) -> String {
    format!("{}\n{}", tables(summary), verdict(summary, expected))
}

/// The tables, and what chaos did, alone.
pub(crate) fn tables(summary: &Summary) -> String {
    let chaos = summary.chaos.as_ref().map(chaos).unwrap_or_default();
    let tables = [queues(summary), functions(summary), calls(summary)];
    let tables = tables.iter().filter(|it| !it.is_empty());
    let tables: String = tables.map(|it| format!("\n{it}")).collect();
    tables + &chaos
}

/// What chaos did, and how to have it again.
fn chaos(chaos: &ChaosSummary) -> String {
    let done = [
        (chaos.duplicates, "delivered twice"),
        (chaos.throttled, "DynamoDB requests throttled"),
        (chaos.killed, "invocations killed"),
    ];
    let done = done.iter().filter(|(count, _)| *count > 0);
    let done: Vec<_> = done
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let done = match done.as_slice() {
        [] => "nothing to count".to_owned(),
        done => done.join(", "),
    };
    format!(
        "\n  {BOLD}Chaos{BOLD:#} {done} {DIM}· --seed {}{DIM:#}\n",
        chaos.seed
    )
}

fn queues(summary: &Summary) -> String {
    let red = AnsiColor::Red.on_default();
    let yellow = AnsiColor::Yellow.on_default();
    let green = AnsiColor::Green.on_default();
    let mut table = Table::new(&[
        "QUEUE",
        "SENT",
        "COMPLETED",
        "FILTERED",
        "RETRIED",
        "DEAD-LETTERED",
        "LEFT",
    ]);
    for queue in &summary.queues {
        table.row(vec![
            Cell::new(&queue.name, BOLD),
            Cell::plain(queue.sent.to_string()),
            count(queue.completed, green),
            count(queue.filtered, DIM),
            count(queue.retried, yellow),
            count(queue.dead_lettered, red),
            count(queue.left, Style::new()),
        ]);
    }
    table.render()
}

/// Nothing where there is nothing: the eye finds the numbers faster.
fn count(number: u64, style: Style) -> Cell {
    let text = match number {
        0 => String::new(),
        number => number.to_string(),
    };
    Cell::new(text, style)
}

fn functions(summary: &Summary) -> String {
    let red = AnsiColor::Red.on_default();
    let yellow = AnsiColor::Yellow.on_default();
    let mut table = Table::new(&[
        "FUNCTION",
        "INVOCATIONS",
        "ERRORS",
        "THROTTLES",
        "P50",
        "P99",
        "STARTS",
        "INIT",
    ]);
    let time = |it: Option<Duration>| Cell::plain(it.map(duration).unwrap_or_default());
    for function in &summary.functions {
        let tally = &function.tally;
        table.row(vec![
            Cell::new(&function.name, BOLD),
            Cell::plain(tally.invocations.to_string()),
            count(tally.errors as u64, red),
            count(tally.throttles as u64, yellow),
            time(tally.percentile(50)),
            time(tally.percentile(99)),
            count(tally.starts as u64, Style::new()),
            time((tally.starts > 0).then_some(tally.init)),
        ]);
    }
    table.render()
}

/// What was called, if that was asked for.
fn calls(summary: &Summary) -> String {
    let mut table = Table::new(&["FUNCTION", "CALLED", "ON", "TIMES"]);
    let asked = summary
        .functions
        .iter()
        .filter_map(|it| Some((&it.name, it.calls.as_ref()?)));
    let rows: Vec<_> = asked
        .flat_map(|(name, calls)| calls.iter().map(move |it| (name, it)))
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    for (name, (call, times)) in rows {
        table.row(vec![
            Cell::new(name, BOLD),
            Cell::plain(call.action.clone()),
            Cell::new(&call.resource, DIM),
            Cell::plain(times.to_string()),
        ]);
    }
    table.render()
}

fn verdict(summary: &Summary, expected: u64) -> String {
    let dead = summary.dead_lettered();
    let unexpected = dead > expected;
    let (mark, colour) = match unexpected {
        true => ('✗', AnsiColor::Red),
        false => ('✓', AnsiColor::Green),
    };
    let style = colour.on_default().bold();
    let completed = usize::try_from(summary.completed()).unwrap_or(usize::MAX);
    let mut text = format!("  {style}{mark} {} completed", plural(completed, "message"));
    if dead > 0 {
        let _ = write!(text, ", {dead} dead-lettered");
    }
    let _ = writeln!(text, "{style:#} {DIM}in {}{DIM:#}", duration(summary.took));
    if unexpected {
        let _ = writeln!(
            text,
            "  {DIM}--expect-dead-letters {dead} would allow that many{DIM:#}"
        );
    }
    text
}
