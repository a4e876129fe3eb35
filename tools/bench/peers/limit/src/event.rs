//! Lambda's event and answer, borrowed from the bytes they came in.

use std::borrow::Cow;
use std::io::Write;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::Result;

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, rename = "Records")]
    records: Vec<Message<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct Message<'a> {
    #[serde(rename = "messageId")]
    pub(crate) id: &'a str,
    /// JSON in a JSON string: its quotes are escaped.
    #[serde(borrow)]
    pub(crate) body: Cow<'a, str>,
}

#[derive(Deserialize)]
pub(crate) struct Order<'a> {
    pub(crate) id: &'a str,
    fail: bool,
}

pub(crate) fn messages(event: &[u8]) -> Result<Vec<Message<'_>>> {
    Ok(serde_json::from_slice::<Event<'_>>(event)?.records)
}

impl Order<'_> {
    /// The handler: whether it succeeded.
    pub(crate) fn handle(&self, body: &str) -> bool {
        std::hint::black_box(Sha256::digest(body));
        !self.fail
    }
}

/// The answer that reports these messages.
pub(crate) fn write_response(failed: &[String], out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(br#"{"batchItemFailures":["#);
    for (at, id) in failed.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        // Ids are those of SQS: nothing in them needs escaping. Writing to memory does not fail.
        let _ = write!(out, r#"{comma}{{"itemIdentifier":"{id}"}}"#);
    }
    out.extend_from_slice(b"]}");
}
