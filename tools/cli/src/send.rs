//! `send`: messages into a queue of the local environment.

mod batches;
mod client;
mod messages;
mod queue;

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::error::{Error, SendError};
use batches::batches;
use client::Client;
pub(crate) use messages::Content;
use queue::Queue;

/// What to send, and where.
#[derive(Debug)]
pub(crate) struct Send {
    /// The address of the environment.
    pub(crate) endpoint: String,
    /// A queue's name, URL or ARN, or its logical id.
    pub(crate) queue: String,
    /// The messages.
    pub(crate) content: Content,
    /// How often each is sent.
    pub(crate) count: usize,
    /// The message group of those that say nothing of one.
    pub(crate) group: Option<String>,
}

/// What was sent.
#[derive(Debug)]
pub(crate) struct Sent {
    /// The queue's name.
    pub(crate) queue: String,
    /// How many messages.
    pub(crate) messages: usize,
}

/// Sends the messages in order, ten at a time.
///
/// # Errors
/// There is nothing to send, nobody answers at the endpoint, or SQS refuses a message; those
/// before it are in the queue.
pub(crate) async fn send(send: Send) -> Result<Sent, Error> {
    let client = Client::new(&send.endpoint)?;
    let queue = Queue::find(&client, &send.queue).await?;
    let mut messages = messages::read(&send.content, &queue)?;
    let group: Option<Arc<str>> = send.group.as_deref().map(Arc::from);
    for message in &mut messages {
        message.group = message.group.take().or_else(|| group.clone());
    }
    if queue.fifo && messages.iter().any(|it| it.group.is_none()) {
        return Err(SendError::NoGroup(queue.name).into());
    }
    let total = messages.len() * send.count;
    let numbers = 1..=send.count;
    let copies = numbers.flat_map(|number| messages.iter().map(move |it| (number, it)));
    let entries = copies.map(|(number, it)| it.entry(&queue, number, send.count == 1));
    let mut sent = 0;
    for batch in batches(entries) {
        let request = json!({ "QueueUrl": queue.url, "Entries": batch });
        let answer = client.call("SendMessageBatch", &request).await?;
        if let Some(failed) = answer["Failed"].as_array().and_then(|it| it.first()) {
            return Err(refused(failed, sent, total).into());
        }
        sent += batch.len();
    }
    Ok(Sent {
        queue: queue.name,
        messages: sent,
    })
}

fn refused(failed: &Json, sent: usize, total: usize) -> SendError {
    let text = |key: &str| failed[key].as_str().unwrap_or_default().to_owned();
    SendError::Message {
        sent,
        total,
        code: text("Code"),
        message: text("Message"),
    }
}

impl Content {
    /// The body that was given, or else what is in the file: `-` is the standard input.
    pub(crate) fn of(
        body: Option<String>,
        file: Option<PathBuf>,
    ) -> Result<Option<Self>, SendError> {
        let Some(path) = file else {
            return Ok(body.map(Self::Body));
        };
        let text = match path.to_str() {
            Some("-") => std::io::read_to_string(std::io::stdin()),
            _ => std::fs::read_to_string(&path),
        };
        let text = text.map_err(|source| SendError::File { path, source })?;
        Ok(Some(Self::Body(text)))
    }
}
