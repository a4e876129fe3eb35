//! What there is to send.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json, json};

use super::queue::Queue;
use crate::error::{Error, SendError};
use crate::event::EventFile;
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
    body: String,
    attributes: Map<String, Json>,
    pub(super) group: Option<String>,
    deduplication: Option<String>,
}

/// The messages of `content`; of a folder, those that came from a queue like this.
///
/// # Errors
/// A file cannot be read or holds no event, or there is no message.
pub(super) fn read(content: &Content, queue: &Queue) -> Result<Vec<Message>, Error> {
    let messages = match content {
        Content::Body(body) => {
            return Ok(vec![Message {
                body: body.clone(),
                ..Message::default()
            }]);
        }
        Content::Events(path) if path.is_dir() => {
            let mut messages = Vec::new();
            for file in event_files(path)? {
                let records = records(&file)?.into_iter();
                let arn = |record: &Json| record["eventSourceARN"].as_str().map(str::to_owned);
                let ours = records.filter(|it| arn(it).is_some_and(|arn| queue.is_local_for(&arn)));
                messages.extend(ours.map(|it| Message::of(&it)));
            }
            messages
        }
        Content::Events(file) => records(file)?.iter().map(Message::of).collect(),
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

fn records(file: &Path) -> Result<Vec<Json>, Error> {
    let event = EventFile::load(file)?;
    let mut event: Json = serde_json::from_str(&event.payload).unwrap_or_default();
    Ok(match event["Records"].take() {
        Json::Array(records) => records,
        _ => Vec::new(),
    })
}

impl Message {
    /// The message that Lambda's `record` was.
    fn of(record: &Json) -> Self {
        let text = |value: &Json| value.as_str().map(str::to_owned);
        let attributes = record["messageAttributes"].as_object();
        let attribute = |(name, value): (&String, &Json)| {
            let mut sent = Map::new();
            for (there, here) in [
                ("dataType", "DataType"),
                ("stringValue", "StringValue"),
                ("binaryValue", "BinaryValue"),
            ] {
                if let Some(text) = value[there].as_str() {
                    sent.insert(here.to_owned(), text.into());
                }
            }
            (name.clone(), Json::Object(sent))
        };
        Self {
            body: text(&record["body"]).unwrap_or_default(),
            attributes: attributes.into_iter().flatten().map(attribute).collect(),
            group: text(&record["attributes"]["MessageGroupId"]),
            deduplication: text(&record["attributes"]["MessageDeduplicationId"]),
        }
    }

    /// The entry of a batch that sends it; `once` if it is sent no second time.
    pub(super) fn entry(&self, queue: &Queue, once: bool) -> Json {
        let mut entry = json!({ "MessageBody": self.body, "MessageAttributes": self.attributes });
        if let Some(group) = &self.group {
            entry["MessageGroupId"] = group.as_str().into();
        }
        if queue.fifo {
            // Copies are to arrive; FIFO would take them for one message.
            let own = self.deduplication.clone().filter(|_| once);
            entry["MessageDeduplicationId"] = own.unwrap_or_else(request_id).into();
        }
        entry
    }
}
