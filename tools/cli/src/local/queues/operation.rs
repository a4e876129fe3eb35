//! What may change queues: it can be run, written down, and run again from that.

mod requests;

use lambda_queue_simulator::sqs::api::{DeleteMessageByIdRequest, RedriveMessageRequest};
use lambda_queue_simulator::sqs::{Delivery, ErrorKind, Sqs, SqsError};
use requests::{DELETE_BY_ID, REDRIVE};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

/// An operation on the queues. Equal operations on equal queues have equal effects.
pub(crate) trait Operation {
    /// What it returns.
    type Answer;

    /// By which it is found again: one word.
    fn name(&self) -> &str;

    /// Appends its request as JSON, on one line.
    fn write(&self, line: &mut Vec<u8>) -> serde_json::Result<()>;

    /// Does it.
    fn run(&self, sqs: &mut Sqs, now_ms: u64) -> Result<Self::Answer, SqsError>;

    /// Whether it has or may have changed something that the account's fingerprint does not tell.
    fn changes(&self, _answer: &Self::Answer) -> bool {
        true
    }
}

/// Runs an operation that was written down; `None` if it is none.
pub(super) fn replay(sqs: &mut Sqs, name: &str, request: &[u8], now_ms: u64) -> Option<()> {
    let no_operation = |error: &SqsError| {
        matches!(
            error.kind,
            ErrorKind::Serialization | ErrorKind::UnknownOperation
        )
    };
    match name {
        ADVANCE => sqs.advance(now_ms),
        DELIVER => sqs.set_delivery_of_all(read(request)?),
        REDRIVE => drop(read::<RedriveMessageRequest>(request)?.run(sqs, now_ms)),
        DELETE_BY_ID => drop(read::<DeleteMessageByIdRequest>(request)?.run(sqs, now_ms)),
        _ => {
            let answer = sqs.handle(name, request, now_ms);
            if answer.as_ref().is_err_and(no_operation) {
                return None;
            }
        }
    }
    Some(())
}

fn read<T: DeserializeOwned>(request: &[u8]) -> Option<T> {
    serde_json::from_slice(request).ok()
}

/// An operation of the API, as it was called.
pub(super) struct Api<'a> {
    pub(super) operation: &'a str,
    pub(super) body: &'a [u8],
}

impl Operation for Api<'_> {
    type Answer = Json;

    fn name(&self) -> &str {
        self.operation
    }

    fn write(&self, line: &mut Vec<u8>) -> serde_json::Result<()> {
        // JSON has line ends only where a space would do.
        let space = |&byte: &u8| match byte {
            b'\n' | b'\r' => b' ',
            byte => byte,
        };
        line.extend(self.body.iter().map(space));
        Ok(())
    }

    fn run(&self, sqs: &mut Sqs, now_ms: u64) -> Result<Json, SqsError> {
        sqs.handle(self.operation, self.body, now_ms)
    }

    fn changes(&self, _answer: &Json) -> bool {
        !(self.operation.starts_with("Get") || self.operation.starts_with("List"))
    }
}

const ADVANCE: &str = "Advance";

/// Lets time pass.
pub(super) struct Advance;

impl Operation for Advance {
    type Answer = ();

    fn name(&self) -> &str {
        ADVANCE
    }

    fn write(&self, line: &mut Vec<u8>) -> serde_json::Result<()> {
        line.extend(b"{}");
        Ok(())
    }

    fn run(&self, sqs: &mut Sqs, now_ms: u64) -> Result<(), SqsError> {
        sqs.advance(now_ms);
        Ok(())
    }

    fn changes(&self, _answer: &()) -> bool {
        false
    }
}

const DELIVER: &str = "Deliver";

/// From now on, all queues deliver so.
pub(crate) struct Deliver(pub(crate) Delivery);

impl Operation for Deliver {
    type Answer = ();

    fn name(&self) -> &str {
        DELIVER
    }

    fn write(&self, line: &mut Vec<u8>) -> serde_json::Result<()> {
        serde_json::to_writer(line, &self.0)
    }

    fn run(&self, sqs: &mut Sqs, _now_ms: u64) -> Result<(), SqsError> {
        sqs.set_delivery_of_all(self.0);
        Ok(())
    }
}
