//! Event files as messages: what they hold goes the whole way, through the function's queue.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lambda_queue_simulator::sqs::api::SendMessageRequest;

use super::ids::request_id;
use super::mapping::Planned;
use super::queues::Queues;
use crate::error::Error;
use crate::event::{self, EventError, EventFile, Record, is_numbered};

/// A message of an event file, and the queue it goes to.
#[derive(Debug, Clone)]
pub(crate) struct Fixture {
    path: PathBuf,
    scenario: String,
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
        let Some((planned, scenario)) = addressee(&path, planned) else {
            continue;
        };
        let event = EventFile::load(&path)?;
        fixtures.extend(messages(&event, planned, scenario)?);
    }
    match fixtures.is_empty() {
        true => Err(none()),
        false => Ok(fixtures),
    }
}

/// The first mapping to the function that a file's name begins with, and the rest of the name;
/// `tool` is not `tool-executor`, so the longest name counts.
fn addressee<'a>(path: &'a Path, planned: &'a [Planned]) -> Option<(&'a Planned, &'a str)> {
    let name = path.file_name()?.to_str()?.strip_suffix(".json")?;
    let name = name.strip_prefix("sqs-")?;
    let scenario = |binary: &str| name.strip_prefix(binary)?.strip_prefix('-');
    let mut found: Option<(&Planned, &str)> = None;
    for it in planned {
        if let Some(scenario) = it.function.binary.as_deref().and_then(scenario)
            && found.is_none_or(|(_, shortest)| scenario.len() < shortest.len())
        {
            found = Some((it, scenario));
        }
    }
    found
}

fn messages(
    event: &EventFile,
    planned: &Planned,
    scenario: &str,
) -> Result<Vec<Fixture>, EventError> {
    let messages = event.records()?.into_iter().map(|it| Fixture {
        path: event.path.clone(),
        scenario: scenario.to_owned(),
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
    /// What the file's name says after the function's: `success`, `poison`.
    pub(crate) fn scenario(&self) -> &str {
        &self.scenario
    }

    /// The name of the queue it is for.
    pub(crate) fn queue(&self) -> &str {
        &self.request.queue_url
    }

    /// Whether its copies differ.
    pub(crate) fn is_numbered(&self) -> bool {
        is_numbered(&self.request.message_body)
    }

    /// The copy with this number. To a FIFO queue each copy is a message of its own, equal or not.
    pub(crate) fn copy(&self, number: usize) -> Self {
        let mut copy = self.clone();
        let request = &mut copy.request;
        request.message_body = event::copy(&request.message_body, number).into();
        if copy.request.message_deduplication_id.is_some() {
            copy.request.message_deduplication_id = Some(request_id().into());
        }
        copy
    }

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
