//! `dlq`: dead letters, looked at and brought back, on AWS or any endpoint.
//!
//! Whatever moves a message writes it to its new place first and deletes it after, so that a
//! process that is killed leaves it in one place or in both. What was only looked at is hidden for
//! some minutes, and shown again at the end.

mod access;
mod args;
mod batches;
mod destinations;
mod export;
mod hidden;
mod import;
mod interrupt;
mod letter;
mod list;
mod name;
mod pace;
mod pick;
mod printable;
mod progress;
mod purge;
mod queue;
mod redrive;
mod selection;
mod send;
mod show;
mod task;
mod walk;

use std::num::NonZeroU32;

use serde_json::Value as Json;

use crate::args::Output;
use crate::commands::{print, warn};
use crate::error::Error;
use crate::local::clock::epoch_ms;
use args::Dlq;
pub(crate) use args::DlqArgs;
use queue::Queue;
use walk::End;

const EXIT_CODES: &str = "Exit codes: 0 done · 1 done in part: messages that were asked for are where they were, or in both places · 2 failed: arguments, files, no such queue, or SQS refused";

/// The exit code if messages that were asked for stay.
const PART: u8 = 1;

/// Runs one of the commands; tells its exit code.
///
/// # Errors
/// A queue or file is not found, or SQS refuses.
pub(crate) async fn run(args: DlqArgs) -> Result<u8, Error> {
    let access = args.access;
    let client = access::client(access.endpoint.as_deref()).await;
    match args.command {
        Dlq::List(args) => match &args.queue {
            None => list::overview(&client, &access).await,
            Some(given) => {
                let queue = Queue::find(&client, given).await?;
                list::list(&queue, args.limit, &access).await
            }
        },
        Dlq::Show(args) => {
            let queue = Queue::find(&client, &args.queue).await?;
            show::show(&queue, args, &access).await
        }
        Dlq::Redrive(args) => {
            let queue = Queue::find(&client, &args.queue).await?;
            redrive::redrive(&queue, args, &access).await
        }
        Dlq::Export(args) => {
            let queue = Queue::find(&client, &args.queue).await?;
            export::export(&queue, args, &access).await
        }
        Dlq::Import(args) => import::import(&client, args, &access).await,
        Dlq::Purge(args) => {
            let queue = Queue::find(&client, &args.queue).await?;
            purge::purge(&queue, args.yes, access.output).await
        }
    }
}

/// Prints what it came to, for people or for programs.
fn show(output: Output, text: &str, json: &Json) -> Result<(), Error> {
    match output {
        Output::Human => print(text),
        Output::Json => {
            let json = serde_json::to_string_pretty(json).unwrap_or_default();
            print(&format!("{}\n", printable::printable_json(&json)))
        }
    }
}

/// Says what looking at this queue's messages does beside showing them.
fn caution(queue: &Queue) {
    if let Some(caution) = queue.caution() {
        warn(&caution);
    }
}

fn limit(limit: Option<NonZeroU32>) -> Option<usize> {
    limit.map(|it| it.get() as usize)
}

/// What was not looked at, if something may be left.
fn about(end: End, queue: &Queue, looked_at: usize) -> Option<String> {
    let depth = queue.depth.visible;
    match end {
        End::Empty if queue.fifo && (looked_at as u64) < depth => Some(format!(
            "not all of about {depth} could be looked at: of a FIFO queue's group, SQS shows the first ten until they are deleted"
        )),
        End::Empty => None,
        End::Limit => Some("there may be more: --limit was reached".to_owned()),
        End::InFlight => Some(
            "there are more: SQS lets no more messages of the queue be hidden at a time; run it again for the rest"
                .to_owned(),
        ),
        End::Interrupted => Some("there may be more: it was interrupted".to_owned()),
    }
}

/// How long ago something was, for people.
fn ago(sent_ms: u64) -> String {
    let seconds = epoch_ms().saturating_sub(sent_ms) / 1000;
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}
