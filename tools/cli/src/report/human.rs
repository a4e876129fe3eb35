//! For people: a table per delivery.

use std::fmt::Write;
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::{Cell, Table};
use crate::local::{Delivery, Report};
use crate::outcome::{MessageOutcome, Outcome};

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();

/// The whole report, with ANSI colours.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    let event = report.event.display();
    let _ = writeln!(
        out,
        "{BOLD}{}{BOLD:#} {DIM}←{DIM:#} {event}",
        report.function
    );
    if !report.left_out.is_empty() {
        let names = report.left_out.join(", ");
        let _ = writeln!(
            out,
            "{DIM}without {names}: there is no queue behind an event file{DIM:#}"
        );
    }
    for (index, delivery) in report.deliveries.iter().enumerate() {
        let init = (index == 0).then_some(report.init);
        write_delivery(&mut out, &nth(index), delivery, init);
    }
    out
}

fn write_delivery(out: &mut String, nth: &str, delivery: &Delivery, init: Option<Duration>) {
    let _ = write!(out, "\n{BOLD}{nth} delivery{BOLD:#} {DIM}");
    if let Some(init) = init {
        let _ = write!(out, "· init {} ", duration(init));
    }
    let _ = writeln!(out, "· {}{DIM:#}", duration(delivery.duration));
    if !delivery.outcomes.is_empty() {
        let mut table = Table::new(&["MESSAGE", "OUTCOME", "ERROR"]);
        for message in &delivery.outcomes {
            table.row(vec![
                Cell::plain(&message.message_id),
                Cell::new(mark(message.outcome), style(message.outcome)),
                Cell::plain(message.error.as_deref().unwrap_or_default()),
            ]);
        }
        out.push_str(&table.render());
        let is_unknown = |it: &MessageOutcome| it.outcome == Outcome::Unknown;
        if delivery.result.is_ok() && delivery.outcomes.iter().any(is_unknown) {
            let _ = writeln!(
                out,
                "  {DIM}unknown: the function's log says nothing about it under `lambda_queue::outcome`{DIM:#}"
            );
        }
    }
    if let Ok(response) = &delivery.result {
        let _ = writeln!(out, "  {DIM}response{DIM:#} {response}");
    }
}

/// An outcome with its symbol.
fn mark(outcome: Outcome) -> String {
    let symbol = match outcome {
        Outcome::Processed => '✓',
        Outcome::Replayed => '↺',
        Outcome::Retry => '↻',
        Outcome::DeadLettered | Outcome::LeaseLost => '✗',
        Outcome::Deferred => '◌',
        Outcome::Blocked => '⊘',
        Outcome::NotStarted => '○',
        Outcome::Unknown => '?',
    };
    format!("{symbol} {}", outcome.label())
}

fn style(outcome: Outcome) -> Style {
    let colour = match outcome {
        Outcome::Processed => AnsiColor::Green,
        Outcome::Replayed => AnsiColor::Cyan,
        Outcome::DeadLettered | Outcome::LeaseLost => AnsiColor::Red,
        Outcome::Unknown => return DIM,
        _ => AnsiColor::Yellow,
    };
    colour.on_default()
}

/// Two digits or more, in milliseconds or seconds.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    match duration.as_millis() {
        ..10 => format!("{:.1} ms", seconds * 1000.0),
        10..1000 => format!("{} ms", duration.as_millis()),
        _ => format!("{seconds:.1} s"),
    }
}

pub(crate) fn plural(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}

fn nth(index: usize) -> String {
    match index {
        0 => "first".to_owned(),
        1 => "second".to_owned(),
        2 => "third".to_owned(),
        _ => format!("{}th", index + 1),
    }
}
