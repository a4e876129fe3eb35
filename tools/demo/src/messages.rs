//! What is sent: the messages of event files, in numbered copies.

use std::fmt::Display;
use std::io;
use std::ops::RangeInclusive;
use std::path::Path;

use serde::Deserialize;

use crate::Result;

/// Stands for the number of a copy in a body.
const NUMBER: &str = "{{n}}";

/// A message for one of the queues.
#[derive(Clone)]
pub struct Message {
    /// The queue's name.
    pub queue: String,
    /// What it says.
    pub body: String,
    /// The message group, in a FIFO queue.
    pub group: Option<String>,
}

/// What of an event file counts here.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    body: String,
    #[serde(default)]
    attributes: Attributes,
}

#[derive(Default, Deserialize)]
struct Attributes {
    #[serde(rename = "MessageGroupId")]
    group: Option<String>,
}

/// A copy of each message in the event file at `path` for each of these numbers, for the queue of
/// that name. Round by round, as different messages arrive in a mix.
///
/// # Errors
/// The file cannot be read.
pub fn load(path: &Path, queue: &str, numbers: RangeInclusive<usize>) -> Result<Vec<Message>> {
    let wrong = |error: &dyn Display| io::Error::other(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    let event: Event = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
    let rounds = numbers.flat_map(|number| event.records.iter().map(move |it| (number, it)));
    let copies = rounds.map(|(number, it)| {
        let numbered = |text: &str| text.replace(NUMBER, &number.to_string());
        Message {
            queue: queue.to_owned(),
            body: numbered(&it.body),
            group: it.attributes.group.as_deref().map(numbered),
        }
    });
    Ok(copies.collect())
}
