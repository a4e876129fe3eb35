//! What a redrive came to.

use serde_json::json;

use super::super::queue::Queue;
use super::super::task::Moved;
use super::super::{PART, about, show, walk::End};
use super::Tally;
use crate::args::Output;
use crate::error::Error;
use crate::report::plural;

fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

pub(super) fn cancelled(queue: &Queue, moved: u64, output: Output) -> Result<u8, Error> {
    let messages = plural(count(moved), "message");
    let text = format!("the move task is cancelled; it had moved about {messages}\n");
    show(
        output,
        &text,
        &json!({ "queue": queue.name, "status": "CANCELLED", "moved": moved }),
    )?;
    Ok(0)
}

pub(super) fn would_move_all(queue: &Queue, to: &str, output: Output) -> Result<u8, Error> {
    let visible = queue.depth.visible;
    let messages = plural(count(visible), "message");
    let text = format!(
        "about {messages} would go from {} to {to}, by a move task\n",
        queue.name
    );
    let json = json!({ "queue": queue.name, "to": to, "dry_run": true, "would_move": visible });
    show(output, &text, &json)?;
    Ok(0)
}

pub(super) fn task(queue: &Queue, to: &str, moved: &Moved, output: Output) -> Result<u8, Error> {
    let messages = plural(count(moved.messages), "message");
    let mut text = format!("about {messages} moved from {} to {to}", queue.name);
    if moved.joined {
        text.push_str(
            ", by a task that was running already, perhaps elsewhere and at another rate",
        );
    }
    match (moved.status.as_str(), &moved.failure) {
        (_, Some(why)) => text.push_str(&format!("; then SQS gave up: {why}")),
        ("COMPLETED", _) => {}
        _ if moved.runs() => text.push_str("; SQS goes on with it, --cancel ends it"),
        (status, _) => text.push_str(&format!("; the task is {}", status.to_lowercase())),
    }
    let json = json!({
        "queue": queue.name,
        "to": to,
        "status": moved.status,
        "moved": moved.messages,
        "failure": moved.failure,
    });
    show(output, &format!("{text}\n"), &json)?;
    Ok(if moved.status == "COMPLETED" { 0 } else { PART })
}

pub(super) fn moved(
    queue: &Queue,
    to: &str,
    dry_run: bool,
    tally: &Tally,
    output: Output,
) -> Result<u8, Error> {
    let refused: usize = tally.refused.values().sum();
    let json = json!({
        "queue": queue.name,
        "to": to,
        "dry_run": dry_run,
        "looked_at": tally.looked_at,
        (if dry_run { "would_move" } else { "moved" }): tally.moved,
        "refused": refused,
        "held_back": tally.held_back,
        "without_destination": tally.without_destination,
        "came_back": tally.came_back,
        "missing_ids": tally.missing,
        "undeleted": tally.undeleted,
        "complete": tally.end.is_none_or(|it| it == End::Empty),
    });
    show(output, &text(queue, to, dry_run, tally), &json)?;
    let stay = refused + tally.held_back + tally.without_destination + tally.missing;
    let left = stay + tally.undeleted;
    let cut_off = matches!(tally.end, Some(End::InFlight | End::Interrupted));
    Ok(if left > 0 || cut_off { PART } else { 0 })
}

fn text(queue: &Queue, to: &str, dry_run: bool, tally: &Tally) -> String {
    let (messages, looked_at) = (plural(tally.moved, "message"), tally.looked_at);
    let done = if dry_run { "would go" } else { "moved" };
    let mut text = format!(
        "{messages} {done} from {} to {to}; {looked_at} looked at\n",
        queue.name
    );
    for (why, count) in &tally.refused {
        text.push_str(&format!("  {count} stay here: {why}\n"));
    }
    let others = [
        (
            tally.held_back,
            "stay here, behind one of their group that does: redrive or export that one first",
        ),
        (
            tally.without_destination,
            "stay here: which of its queues they failed in is not known; say where with --to",
        ),
        (tally.came_back, "failed again and are back here"),
        (
            tally.missing,
            "of the ids were not found; they may be in flight",
        ),
        (
            tally.undeleted,
            "were sent, but could not be deleted here: another redrive would send them again",
        ),
        (
            tally.still_hidden,
            "come back only when their visibility timeout ends",
        ),
    ];
    for (count, what) in others.iter().filter(|it| it.0 > 0) {
        text.push_str(&format!("  {count} {what}\n"));
    }
    if let Some(note) = tally.end.and_then(|it| about(it, queue, tally.looked_at)) {
        text.push_str(&format!("  {note}\n"));
    }
    text
}
