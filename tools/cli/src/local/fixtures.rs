//! Event files as messages: what they hold goes the whole way, through the function's queue.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lambda_queue_simulator::sqs::api::SendMessageRequest;

use super::mapping::Planned;
use super::queues::Queues;
use crate::error::Error;
use crate::event::{EventError, EventFile, Record};

/// A message of an event file, and the queue it goes to.
#[derive(Debug, Clone)]
pub(crate) struct Fixture {
    path: PathBuf,
    request: SendMessageRequest,
}

/// The messages of all `sqs-<function>-<scenario>.json` in `folder`, in the order of their names.
///
/// # Errors
/// There are none, or one of them is not an SQS event.
pub(crate) fn load(folder: &Path, planned: &[Planned]) -> Result<Vec<Fixture>, Error> {
    let none = || Error::NoEvents(folder.to_owned());
    let entries = std::fs::read_dir(folder).map_err(|source| EventError::Folder {
        path: folder.to_owned(),
        source,
    })?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|it| it.path()).collect();
    paths.sort();
    let mut fixtures = Vec::new();
    for path in paths {
        let Some(planned) = addressee(&path, planned) else {
            continue;
        };
        let event = EventFile::load(&path)?;
        fixtures.extend(messages(&event, planned)?);
    }
    match fixtures.is_empty() {
        true => Err(none()),
        false => Ok(fixtures),
    }
}

/// The first mapping to the function that a file's name begins with; `tool` is not
/// `tool-executor`, so the longest name counts.
fn addressee<'a>(path: &Path, planned: &'a [Planned]) -> Option<&'a Planned> {
    let name = path.file_name()?.to_str()?.strip_suffix(".json")?;
    let name = name.strip_prefix("sqs-")?;
    let scenario = |it: &&Planned| {
        let binary = it.function.binary.as_deref()?;
        name.strip_prefix(binary)?.strip_prefix('-')
    };
    let named = planned.iter().filter(|it| scenario(it).is_some());
    named.min_by_key(|it| scenario(it).map(str::len))
}

fn messages(event: &EventFile, planned: &Planned) -> Result<Vec<Fixture>, EventError> {
    let messages = event.records()?.into_iter().map(|it| Fixture {
        path: event.path.clone(),
        request: request(it, planned),
    });
    Ok(messages.collect())
}

/// What a producer would have sent. Groups and deduplication are left out where the queue has none.
fn request(record: Record, planned: &Planned) -> SendMessageRequest {
    let queue = planned.queue();
    let of_fifo = |it: Option<Arc<str>>| it.filter(|_| queue.fifo);
    SendMessageRequest {
        queue_url: queue.name.as_str().into(),
        message_attributes: record.message_attributes(),
        message_body: record.body,
        message_group_id: of_fifo(record.attributes.message_group_id),
        message_deduplication_id: of_fifo(record.attributes.message_deduplication_id),
        ..SendMessageRequest::default()
    }
}

impl Fixture {
    /// Sends the message.
    ///
    /// # Errors
    /// SQS refuses it.
    pub(crate) fn send(&self, queues: &Queues) -> Result<(), Error> {
        let sent = queues.run(&self.request);
        sent.map(drop).map_err(|error| Error::NotSent {
            path: self.path.clone(),
            queue: self.request.queue_url.to_string(),
            message: error.message,
        })
    }
}
