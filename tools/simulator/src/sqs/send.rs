//! SendMessage and SendMessageBatch.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::account::Sqs;
use super::api::{
    BatchResult, MessageAttributeValue, SendMessageBatchRequest, SendMessageBatchRequestEntry,
    SendMessageBatchResultEntry, SendMessageRequest, SendMessageResult,
};
use super::batch::{self, Entry};
use super::content::{self, MAX_BYTES};
use super::dedup::{Original, content_id, in_group};
use super::errors::{ErrorKind, SqsError};
use super::md5;
use super::message::{Attributes, Content, State, Stored};
use super::queue::Queue;
use super::trace::TraceKind;

type Values = BTreeMap<Arc<str>, MessageAttributeValue>;

/// What SendMessage and an entry of SendMessageBatch have in common.
struct Draft<'a> {
    body: &'a Arc<str>,
    delay_s: Option<i64>,
    attributes: &'a Values,
    system: &'a Values,
    dedup: Option<&'a Arc<str>>,
    group: Option<&'a Arc<str>>,
}

/// What makes a message a duplicate on FIFO.
struct Dedup {
    id: Arc<str>,
    /// By which it is remembered.
    key: Arc<str>,
}

impl Sqs {
    /// # Errors
    /// `QueueDoesNotExist`, `InvalidMessageContents`, `MissingParameter`, `InvalidParameterValue`.
    pub fn send_message(
        &mut self,
        request: &SendMessageRequest,
        now_ms: u64,
    ) -> Result<SendMessageResult, SqsError> {
        self.run_tasks(now_ms);
        let queue = self.id_of_url(&request.queue_url)?;
        let draft = Draft {
            body: &request.message_body,
            delay_s: request.delay_seconds,
            attributes: &request.message_attributes,
            system: &request.message_system_attributes,
            dedup: request.message_deduplication_id.as_ref(),
            group: request.message_group_id.as_ref(),
        };
        self.send(queue, &draft, now_ms)
    }

    /// # Errors
    /// Those of the batch as a whole; an entry's own are in the answer.
    pub fn send_message_batch(
        &mut self,
        request: &SendMessageBatchRequest,
        now_ms: u64,
    ) -> Result<BatchResult<SendMessageBatchResultEntry>, SqsError> {
        self.run_tasks(now_ms);
        let id = self.id_of_url(&request.queue_url)?;
        batch::check(&request.entries)?;
        check_batch_size(&request.entries)?;
        let queue = self.by_id(id).ok_or_else(SqsError::no_queue)?;
        check_fifo_entries(queue, &request.entries)?;
        Ok(batch::run(&request.entries, |entry| {
            let sent = self.send(id, &entry.draft(), now_ms)?;
            Ok(SendMessageBatchResultEntry {
                id: entry.id.clone(),
                message_id: sent.message_id,
                md5_of_message_body: sent.md5_of_message_body,
                md5_of_message_attributes: sent.md5_of_message_attributes,
                md5_of_message_system_attributes: sent.md5_of_message_system_attributes,
                sequence_number: sent.sequence_number,
            })
        }))
    }

    fn send(
        &mut self,
        id: u32,
        draft: &Draft<'_>,
        now_ms: u64,
    ) -> Result<SendMessageResult, SqsError> {
        let queue = self.by_id(id).ok_or_else(SqsError::no_queue)?;
        let delay_s = draft.check(queue)?;
        let trace_header = content::trace_header(draft.system)?;
        let dedup = draft.dedup(queue)?;
        let body_md5 = md5::of_body(draft.body);
        let attributes = Attributes::of(draft.attributes);
        let mut result = SendMessageResult {
            md5_of_message_body: Arc::clone(&body_md5),
            md5_of_message_attributes: attributes.as_ref().map(|it| Arc::clone(&it.md5)),
            md5_of_message_system_attributes: (!draft.system.is_empty())
                .then(|| md5::of_attributes(draft.system)),
            ..SendMessageResult::default()
        };
        if let Some(original) = dedup
            .as_ref()
            .and_then(|it| queue.dedup.get(&it.key, now_ms))
        {
            result.message_id = Arc::clone(&original.message_id);
            result.sequence_number = Some(sequence_number(original.serial));
            queue.counters.deduplicated += 1;
            return Ok(result);
        }
        let (serial, message_id) = (self.serial(), self.uuid());
        result.message_id = Arc::clone(&message_id);
        result.sequence_number = dedup.is_some().then(|| sequence_number(serial));
        let content = Content {
            id: Arc::clone(&message_id),
            body: Arc::clone(draft.body),
            body_md5,
            attributes,
            trace_header,
            group: draft.group.cloned(),
            dedup: dedup.as_ref().map(|it| Arc::clone(&it.id)),
            source_arn: None,
        };
        let mut message = Stored::new(serial, content, now_ms);
        let queue = self.by_id(id).ok_or_else(SqsError::no_queue)?;
        queue.note(now_ms, &message_id, TraceKind::Sent);
        if delay_s > 0 {
            let until_ms = now_ms + delay_s * 1_000;
            message.state = State::Delayed(until_ms);
            queue.note(now_ms, &message_id, TraceKind::Delayed { until_ms });
        }
        if let Some(dedup) = dedup {
            let original = Original { message_id, serial };
            queue.dedup.put(dedup.key, original, now_ms);
        }
        queue.backlog.insert(message);
        queue.counters.sent += 1;
        Ok(result)
    }
}

impl Draft<'_> {
    /// The delay, in seconds, of a message that may be sent.
    fn check(&self, queue: &Queue) -> Result<u64, SqsError> {
        content::check_body(self.body)?;
        let max = queue.settings.max_bytes;
        if content::size(self.body, self.attributes) as u64 > max {
            return Err(SqsError::new(
                ErrorKind::InvalidParameterValue,
                format!(
                    "One or more parameters are invalid. Reason: Message must be shorter than \
                     {max} bytes."
                ),
            ));
        }
        content::check_attributes(self.attributes)?;
        content::check_id("MessageGroupId", self.group.map(|id| &**id))?;
        content::check_id("MessageDeduplicationId", self.dedup.map(|id| &**id))?;
        self.check_type(queue)?;
        match self.delay_s {
            None => Ok(queue.settings.delay_s),
            Some(delay) if (0..=900).contains(&delay) => Ok(if queue.fifo {
                queue.settings.delay_s
            } else {
                delay.unsigned_abs()
            }),
            Some(delay) => Err(SqsError::invalid(
                "DelaySeconds",
                delay,
                "DelaySeconds must be >= 0 and <= 900.",
            )),
        }
    }

    /// Parameters that only one type of queue takes.
    fn check_type(&self, queue: &Queue) -> Result<(), SqsError> {
        let foreign = "The request include parameter that is not valid for this queue type.";
        if queue.fifo {
            if self.group.is_none() {
                return Err(SqsError::missing("MessageGroupId"));
            }
            // Zero says nothing and is accepted.
            if let Some(delay) = self.delay_s.filter(|&delay| delay != 0) {
                return Err(SqsError::invalid("DelaySeconds", delay, foreign));
            }
        } else if let Some(dedup) = self.dedup {
            return Err(SqsError::invalid("MessageDeduplicationId", dedup, foreign));
        }
        Ok(())
    }

    /// What makes a message a duplicate on FIFO.
    fn dedup(&self, queue: &Queue) -> Result<Option<Dedup>, SqsError> {
        if !queue.fifo {
            return Ok(None);
        }
        let id = match self.dedup {
            Some(id) => Arc::clone(id),
            None if queue.settings.content_dedup => content_id(self.body),
            None => return Err(no_dedup_id()),
        };
        let key = match self.group {
            Some(group) if queue.settings.dedup_per_group => in_group(&id, group),
            _ => Arc::clone(&id),
        };
        Ok(Some(Dedup { id, key }))
    }
}

impl Attributes {
    fn of(values: &Values) -> Option<Arc<Self>> {
        (!values.is_empty()).then(|| {
            Arc::new(Self {
                values: values.clone(),
                md5: md5::of_attributes(values),
            })
        })
    }
}

impl SendMessageBatchRequestEntry {
    fn draft(&self) -> Draft<'_> {
        Draft {
            body: &self.message_body,
            delay_s: self.delay_seconds,
            attributes: &self.message_attributes,
            system: &self.message_system_attributes,
            dedup: self.message_deduplication_id.as_ref(),
            group: self.message_group_id.as_ref(),
        }
    }
}

impl Entry for SendMessageBatchRequestEntry {
    const NAME: &'static str = "SendMessageBatchRequestEntry";

    fn id(&self) -> &str {
        &self.id
    }
}

fn no_dedup_id() -> SqsError {
    SqsError::new(
        ErrorKind::InvalidParameterValue,
        "The queue should either have ContentBasedDeduplication enabled or \
         MessageDeduplicationId provided explicitly",
    )
}

/// On FIFO, what every message needs is asked of the batch as a whole, with another error code
/// than that of a single message.
fn check_fifo_entries(
    queue: &Queue,
    entries: &[SendMessageBatchRequestEntry],
) -> Result<(), SqsError> {
    if !queue.fifo {
        return Ok(());
    }
    if entries.iter().any(|entry| entry.message_group_id.is_none()) {
        let message = Cow::from("The request must contain the parameter MessageGroupId.");
        return Err(SqsError::new(ErrorKind::InvalidParameterValue, message));
    }
    let named = entries
        .iter()
        .all(|entry| entry.message_deduplication_id.is_some());
    if named || queue.settings.content_dedup {
        Ok(())
    } else {
        Err(no_dedup_id())
    }
}

fn check_batch_size(entries: &[SendMessageBatchRequestEntry]) -> Result<(), SqsError> {
    let size = |entry: &SendMessageBatchRequestEntry| {
        content::size(&entry.message_body, &entry.message_attributes)
    };
    let total: usize = entries.iter().map(size).sum();
    if total > MAX_BYTES {
        return Err(SqsError::new(
            ErrorKind::BatchRequestTooLong,
            format!(
                "Batch requests cannot be longer than {MAX_BYTES} bytes. You have sent {total} \
                 bytes."
            ),
        ));
    }
    Ok(())
}

/// 20 digits that grow, as SQS's do; not consecutive.
pub(super) fn sequence_number(serial: u64) -> String {
    (18_849_496_460_467_696_128 + u128::from(serial) * 256).to_string()
}
