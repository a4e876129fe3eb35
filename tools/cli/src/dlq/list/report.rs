//! What `list` prints.

use serde_json::json;

use super::super::printable::printable;
use super::super::queue::Queue;
use super::super::walk::End;
use super::super::{about, ago, show};
use super::Seen;
use crate::args::Output;
use crate::error::Error;
use crate::report::{BOLD, Cell, DIM, Table};

/// Reasons that people are shown; JSON has all.
const SHOWN: usize = 25;
/// Characters of a reason that people are shown.
const REASON: usize = 160;

pub(super) fn overview(queues: &[(&Queue, &Vec<&str>)], output: Output) -> Result<(), Error> {
    let mut table = Table::new(&["DEAD-LETTER QUEUE", "MESSAGES", "IN FLIGHT", "OF"]);
    for (queue, sources) in queues {
        table.row(vec![
            Cell::new(&queue.name, BOLD),
            Cell::plain(queue.depth.visible.to_string()),
            Cell::plain(queue.depth.in_flight.to_string()),
            Cell::plain(sources.join(", ")),
        ]);
    }
    let text = match queues {
        [] => "no queue here is the dead-letter queue of another\n".to_owned(),
        _ => table.render(),
    };
    let json = queues.iter().map(|(queue, sources)| {
        json!({
            "queue": queue.name,
            "url": queue.url,
            "visible": queue.depth.visible,
            "in_flight": queue.depth.in_flight,
            "sources": sources,
        })
    });
    show(output, &text, &json.collect())
}

pub(super) fn list(
    queue: &Queue,
    sources: &[&str],
    seen: &Seen,
    end: End,
    output: Output,
) -> Result<(), Error> {
    let causes = seen.by_count().into_iter().map(|(cause, count)| {
        json!({
            "messages": count.messages,
            "error_type": cause.error_type,
            "reason": cause.reason,
            "source_arn": cause.source_arn,
            "oldest_sent_ms": count.oldest_ms,
        })
    });
    let json = json!({
        "queue": queue.name,
        "url": queue.url,
        "arn": queue.arn,
        "sources": sources,
        "visible": queue.depth.visible,
        "in_flight": queue.depth.in_flight,
        "delayed": queue.depth.delayed,
        "looked_at": seen.messages,
        "complete": about(end, queue, seen.messages).is_none(),
        "oldest_sent_ms": seen.oldest_ms,
        "reasons": causes.collect::<Vec<_>>(),
    });
    show(output, &text(queue, sources, seen, end), &json)
}

fn text(queue: &Queue, sources: &[&str], seen: &Seen, end: End) -> String {
    let of = match sources {
        [] => "no queue's dead-letter queue".to_owned(),
        sources => format!("dead letters of {}", sources.join(", ")),
    };
    let depth = queue.depth;
    let mut text = format!(
        "{BOLD}{}{BOLD:#} {DIM}· {of}{DIM:#}\n  about {} visible, {} in flight, {} delayed",
        queue.name, depth.visible, depth.in_flight, depth.delayed
    );
    if let Some(oldest) = seen.oldest_ms {
        text.push_str(&format!("; the oldest was sent {} ago", ago(oldest)));
    }
    text.push('\n');
    if seen.messages > 0 {
        text.push_str(&format!("\n{}", causes(seen)));
    }
    for note in [about(end, queue, seen.messages), late(seen)]
        .into_iter()
        .flatten()
    {
        text.push_str(&format!("  {DIM}{note}{DIM:#}\n"));
    }
    text
}

fn late(seen: &Seen) -> Option<String> {
    let count = seen.still_hidden;
    (count > 0).then(|| format!("{count} come back only when their visibility timeout ends"))
}

fn causes(seen: &Seen) -> String {
    let mut table = Table::new(&["MESSAGES", "OLDEST", "FAILED IN", "ERROR TYPE", "REASON"]);
    let causes = seen.by_count();
    for (cause, count) in causes.iter().take(SHOWN) {
        let source = cause.source_arn.as_deref().unwrap_or_default();
        let reason: String = match &cause.reason {
            Some(reason) => reason.chars().take(REASON).collect(),
            None => "not said".to_owned(),
        };
        table.row(vec![
            Cell::plain(count.messages.to_string()),
            Cell::plain(ago(count.oldest_ms)),
            Cell::plain(printable(source.rsplit(':').next().unwrap_or_default())),
            Cell::plain(printable(cause.error_type.as_deref().unwrap_or_default())),
            Cell::plain(printable(&reason)),
        ]);
    }
    let mut text = table.render();
    if let Some(more) = causes.len().checked_sub(SHOWN).filter(|it| *it > 0) {
        text.push_str(&format!(
            "  {DIM}and {more} more; --output json has all{DIM:#}\n"
        ));
    }
    text
}
