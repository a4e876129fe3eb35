//! Event files: what Lambda hands to a function, from `events/`.

mod copies;
mod record;

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

pub(crate) use copies::copy;
pub(crate) use record::Record;

/// An event file with an SQS event in it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EventFile {
    /// Where it was read from.
    pub path: PathBuf,
    /// The file's text, delivered as it is.
    pub payload: String,
    /// The ids of its messages, in order.
    pub messages: Vec<String>,
}

/// An event file that cannot be delivered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EventError {
    /// The file could not be opened.
    #[error("cannot read the event file {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder could not be opened.
    #[error("cannot read the folder of event files {}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not JSON.
    #[error("{}:{}: the event is not JSON: {source}", path.display(), source.line())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// The file is JSON, but not an SQS event.
    #[error("{}: an SQS event is an object with `Records`, a list of messages; this file has none", path.display())]
    NoRecords {
        /// The file.
        path: PathBuf,
    },
    /// Its records are not messages, so that nobody could have sent them.
    #[error("{}: the message {number} is not as Lambda writes it: {source}", path.display())]
    NotMessage {
        /// The file.
        path: PathBuf,
        /// Which, from 1.
        number: usize,
        /// Why.
        source: serde_json::Error,
    },
}

impl EventFile {
    /// Reads the event file at `path`.
    ///
    /// # Errors
    /// The file cannot be read, is not JSON, or has no `Records`.
    pub fn load(path: &Path) -> Result<Self, EventError> {
        let path = path.to_owned();
        let payload = match std::fs::read_to_string(&path) {
            Ok(payload) => payload,
            Err(source) => return Err(EventError::Read { path, source }),
        };
        let event: Json = match serde_json::from_str(&payload) {
            Ok(event) => event,
            Err(source) => return Err(EventError::NotJson { path, source }),
        };
        let Some(records) = event.get("Records").and_then(Json::as_array) else {
            return Err(EventError::NoRecords { path });
        };
        let messages = records
            .iter()
            // A message without an id is a fault that the function must see, not this tool.
            .map(|record| record["messageId"].as_str().unwrap_or("(no id)").to_owned())
            .collect();
        Ok(Self {
            path,
            payload,
            messages,
        })
    }
    /// Its messages, as a producer would send them.
    ///
    /// # Errors
    /// One of them is not as Lambda writes it.
    pub(crate) fn records(&self) -> Result<Vec<Record>, EventError> {
        let mut event: Json = serde_json::from_str(&self.payload).unwrap_or_default();
        let Json::Array(records) = event["Records"].take() else {
            return Ok(Vec::new());
        };
        let records = records.into_iter().enumerate();
        let records = records.map(|(index, it)| {
            serde_json::from_value(it).map_err(|source| EventError::NotMessage {
                path: self.path.clone(),
                number: index + 1,
                source,
            })
        });
        records.collect()
    }
}
