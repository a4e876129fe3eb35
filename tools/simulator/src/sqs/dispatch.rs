//! The JSON protocol: an operation's name and body in, a body out.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::account::Sqs;
use super::errors::{ErrorKind, SqsError};

impl Sqs {
    /// Runs an operation by the name in `X-Amz-Target`, with or without its `AmazonSQS.` prefix,
    /// on a JSON body; an empty body is an empty request. Never waits: `WaitTimeSeconds` is the
    /// caller's.
    ///
    /// # Errors
    /// The operation's; `UnknownOperationException`; `SerializationException` for a body that is
    /// not the operation's JSON.
    pub fn handle(&mut self, operation: &str, body: &[u8], now_ms: u64) -> Result<Value, SqsError> {
        match operation.strip_prefix("AmazonSQS.").unwrap_or(operation) {
            "AddPermission" => done(self.add_permission(&parse(body)?, now_ms)),
            "CancelMessageMoveTask" => {
                json_of(self.cancel_message_move_task(&parse(body)?, now_ms))
            }
            "ChangeMessageVisibility" => {
                done(self.change_message_visibility(&parse(body)?, now_ms))
            }
            "ChangeMessageVisibilityBatch" => {
                json_of(self.change_message_visibility_batch(&parse(body)?, now_ms))
            }
            "CreateQueue" => json_of(self.create_queue(&parse(body)?, now_ms)),
            "DeleteMessage" => done(self.delete_message(&parse(body)?, now_ms)),
            "DeleteMessageBatch" => json_of(self.delete_message_batch(&parse(body)?, now_ms)),
            "DeleteQueue" => done(self.delete_queue(&parse(body)?, now_ms)),
            "GetQueueAttributes" => json_of(self.get_queue_attributes(&parse(body)?, now_ms)),
            "GetQueueUrl" => json_of(self.get_queue_url(&parse(body)?)),
            "ListDeadLetterSourceQueues" => {
                json_of(self.list_dead_letter_source_queues(&parse(body)?))
            }
            "ListMessageMoveTasks" => json_of(self.list_message_move_tasks(&parse(body)?, now_ms)),
            "ListQueueTags" => json_of(self.list_queue_tags(&parse(body)?)),
            "ListQueues" => json_of(self.list_queues(&parse(body)?)),
            "PurgeQueue" => done(self.purge_queue(&parse(body)?, now_ms)),
            "ReceiveMessage" => json_of(self.receive_message(&parse(body)?, now_ms)),
            "RemovePermission" => done(self.remove_permission(&parse(body)?, now_ms)),
            "SendMessage" => json_of(self.send_message(&parse(body)?, now_ms)),
            "SendMessageBatch" => json_of(self.send_message_batch(&parse(body)?, now_ms)),
            "SetQueueAttributes" => done(self.set_queue_attributes(&parse(body)?, now_ms)),
            "StartMessageMoveTask" => json_of(self.start_message_move_task(&parse(body)?, now_ms)),
            "TagQueue" => done(self.tag_queue(&parse(body)?)),
            "UntagQueue" => done(self.untag_queue(&parse(body)?)),
            unknown => Err(SqsError::new(
                ErrorKind::UnknownOperation,
                format!("The action {unknown} is not valid for this endpoint."),
            )),
        }
    }
}

/// Some clients send null for what they leave out. Looking for that costs a second parse, so it is
/// done only where the first one fails.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, SqsError> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).or_else(|error| {
        let lenient = serde_json::from_slice(body).ok().map(without_nulls);
        lenient
            .and_then(|value| serde_json::from_value(value).ok())
            .ok_or_else(|| {
                // serde's message may quote the body, which may be a secret: only its place is told.
                SqsError::new(
                    ErrorKind::Serialization,
                    format!(
                        "The request body is not valid at line {}, column {}.",
                        error.line(),
                        error.column()
                    ),
                )
            })
    })
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().filter(|(_, value)| !value.is_null());
            members
                .map(|(name, value)| (name, without_nulls(value)))
                .collect()
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

fn json_of<T: Serialize>(result: Result<T, SqsError>) -> Result<Value, SqsError> {
    let unserializable = |_| SqsError::new(ErrorKind::Serialization, "The answer has no JSON.");
    result.and_then(|value| serde_json::to_value(value).map_err(unserializable))
}

fn done(result: Result<(), SqsError>) -> Result<Value, SqsError> {
    result.map(|()| json!({}))
}
