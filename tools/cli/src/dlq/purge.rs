//! `purge`: all messages gone, if that is what is wanted.

use std::io::{BufRead, IsTerminal, Write};

use serde_json::json;

use super::access::failed;
use super::name;
use super::queue::Queue;
use super::show;
use crate::args::Output;
use crate::error::{DlqError, Error};

/// Deletes all messages of a dead-letter queue, after asking.
///
/// # Errors
/// It is no dead-letter queue, nobody confirms, or SQS refuses.
pub(super) async fn purge(queue: &Queue, yes: bool, output: Output) -> Result<u8, Error> {
    let sources = queue.sources().await?;
    if sources.is_empty() {
        return Err(DlqError::NotADeadLetterQueue(queue.name.clone()).into());
    }
    if !yes {
        confirm(queue, &sources)?;
    }
    let call = queue.client.purge_queue().queue_url(&queue.url);
    call.send().await.map_err(failed("purge the queue"))?;
    let depth = queue.depth;
    let about = depth.visible + depth.in_flight + depth.delayed;
    let text = format!(
        "about {about} messages of {} are deleted within a minute\n",
        queue.name
    );
    show(
        output,
        &text,
        &json!({ "queue": queue.name, "purged": about }),
    )?;
    Ok(0)
}

fn confirm(queue: &Queue, sources: &[String]) -> Result<(), Error> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Err(DlqError::NotConfirmed("nobody can be asked; say --yes").into());
    }
    let sources: Vec<_> = sources.iter().map(|it| name::of_url(it)).collect();
    let depth = queue.depth;
    anstream::eprint!(
        "{}\n  dead letters of {}: about {} visible, {} in flight, {} delayed\n  All of them will be gone for good (`dlq export --delete` keeps them in a file).\n  Type the queue's name to delete them: ",
        queue.url,
        sources.join(", "),
        depth.visible,
        depth.in_flight,
        depth.delayed
    );
    std::io::stderr().flush()?;
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    if answer.trim() == queue.name {
        return Ok(());
    }
    Err(DlqError::NotConfirmed("that is not the queue's name").into())
}
