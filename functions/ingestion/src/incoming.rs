//! What arrives on the queue: a producer's document, or what S3 has to say of its objects.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::document::{Document, DocumentKey, Source};
use crate::notification::{Event, InvalidRecord, Record};

/// A message of the queue.
#[derive(Clone, Deserialize)]
#[serde(try_from = "Body")]
pub enum Incoming {
    /// A producer's document.
    Document(Document),
    /// What happened to objects, handled as one: the message succeeds or fails as a whole.
    Notification(Vec<Event>),
    /// S3 has tried out the way to the queue.
    TestEvent,
}

/// What makes two deliveries the same piece of work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum IdempotencyKey {
    /// Of a document.
    Document(DocumentKey),
    /// Of a notification: its events, as S3 may send one twice under different message ids.
    Notification {
        /// What happened.
        events: Vec<Event>,
    },
    /// Of any test event.
    TestEvent {
        /// Its name.
        event: &'static str,
    },
}

impl Incoming {
    /// The message's idempotency key.
    pub fn idempotency_key(&self) -> IdempotencyKey {
        match self {
            Self::Document(document) => IdempotencyKey::Document(document.idempotency_key()),
            Self::Notification(events) => IdempotencyKey::Notification {
                events: events.clone(),
            },
            Self::TestEvent => IdempotencyKey::TestEvent { event: TEST_EVENT },
        }
    }
}

const TEST_EVENT: &str = "s3:TestEvent";

/// All fields of all kinds of messages.
#[derive(Deserialize)]
struct Body {
    document_id: Option<String>,
    revision: Option<String>,
    source: Option<Source>,
    #[serde(default)]
    metadata: Map<String, Value>,
    #[serde(rename = "Records")]
    records: Option<Vec<Record>>,
    #[serde(rename = "Event")]
    event: Option<String>,
}

/// A body that is nothing this function knows; never quotes it.
#[derive(Debug, thiserror::Error)]
enum InvalidBody {
    #[error(
        "missing field `{0}`; a message is a document (`document_id`, `source`) or an S3 event \
         notification (`Records`)"
    )]
    Missing(&'static str),
    #[error(transparent)]
    Record(#[from] InvalidRecord),
}

impl TryFrom<Body> for Incoming {
    type Error = InvalidBody;

    fn try_from(body: Body) -> Result<Self, InvalidBody> {
        if let Some(records) = body.records {
            let events: Result<Vec<_>, _> = records.into_iter().map(Event::try_from).collect();
            return Ok(Self::Notification(events?));
        }
        if body.event.as_deref() == Some(TEST_EVENT) {
            return Ok(Self::TestEvent);
        }
        Ok(Self::Document(Document {
            document_id: body
                .document_id
                .ok_or(InvalidBody::Missing("document_id"))?,
            revision: body.revision,
            source: body.source.ok_or(InvalidBody::Missing("source"))?,
            metadata: body.metadata,
        }))
    }
}
