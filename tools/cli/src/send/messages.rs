//! What there is to send.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::queue::Queue;
use crate::error::{Error, SendError};
use crate::event::{self, EventFile, Record};
use crate::local::request_id;

/// Where messages come from.
#[derive(Debug)]
pub(crate) enum Content {
    /// The body of the only one.
    Body(String),
    /// An event file, or a folder of them.
    Events(PathBuf),
}

/// A message that is not sent yet.
#[derive(Debug, Default)]
pub(super) struct Message {
    body: Arc<str>,
    attributes: Json,
    pub(super) group: Option<Arc<str>>,
    deduplication: Option<Arc<str>>,
}

/// The messages of `content`; of a folder, those that came from a queue like this.
///
/// # Errors
/// A file cannot be read or holds no event, or there is no message.
pub(super) fn read(content: &Content, queue: &Queue) -> Result<Vec<Message>, Error> {
    let messages = match content {
        Content::Body(body) => {
            return Ok(vec![Message {
                body: body.as_str().into(),
                attributes: json!({}),
                ..Message::default()
            }]);
        }
        Content::Events(path) if path.is_dir() => {
            let mut messages = Vec::new();
            for file in event_files(path)? {
                let records = EventFile::load(&file)?.records()?.into_iter();
                let is_ours = |it: &Record| {
                    it.queue_arn
                        .as_deref()
                        .is_some_and(|it| queue.is_local_for(it))
                };
                messages.extend(records.filter(is_ours).map(Message::of));
            }
            messages
        }
        Content::Events(file) => {
            let records = EventFile::load(file)?.records()?.into_iter();
            records.map(Message::of).collect()
        }
    };
    match (messages.is_empty(), content) {
        (true, Content::Events(path)) => Err(SendError::NoMessages {
            path: path.clone(),
            queue: queue.name.clone(),
        }
        .into()),
        _ => Ok(messages),
    }
}

fn event_files(folder: &Path) -> Result<Vec<PathBuf>, SendError> {
    let failed = |source| SendError::File {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|it| it == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

impl Message {
    /// The message that Lambda's `record` was.
    fn of(record: Record) -> Self {
        // Serialising it cannot fail: its keys are strings.
        let attributes = serde_json::to_value(record.message_attributes()).unwrap_or_default();
        Self {
            attributes,
            body: record.body,
            group: record.attributes.message_group_id,
            deduplication: record.attributes.message_deduplication_id,
        }
    }

    /// The entry of a batch that sends the copy with this number, from 1; `once` if there is no
    /// other.
    pub(super) fn entry(&self, queue: &Queue, number: usize, once: bool) -> Json {
        let body = event::copy(&self.body, number);
        let mut entry = json!({ "MessageBody": body, "MessageAttributes": self.attributes });
        if let Some(group) = &self.group {
            entry["MessageGroupId"] = group.as_ref().into();
        }
        if queue.fifo {
            // Copies are to arrive; FIFO would take them for one message.
            let own = self.deduplication.as_deref().filter(|_| once);
            let id = own.map_or_else(request_id, str::to_owned);
            entry["MessageDeduplicationId"] = id.into();
        }
        entry
    }
}
