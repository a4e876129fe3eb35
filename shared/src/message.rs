mod record;

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::event::sqs::{SqsMessage, SqsMessageAttribute};
use serde::{Deserialize, Deserializer};

use self::record::Record;

#[cfg(feature = "dynamodb")]
use crate::TransactionalEffects;
use crate::{Deadline, HandlerError};

/// One SQS message as Lambda hands it over (its JSON says *record*).
#[derive(Debug)]
pub struct Message {
    record: Record,
    /// What its body points to, where that was fetched.
    content: Option<Box<Result<String, HandlerError>>>,
}

impl Message {
    /// The message id; none if Lambda sent none, or an empty one.
    ///
    /// It changes when a message is redriven by hand or sent again by its producer: an idempotency
    /// key wants business data instead.
    pub fn id(&self) -> Option<&str> {
        self.record
            .message_id
            .as_deref()
            .filter(|id| !id.is_empty())
    }

    /// Identifies this receive of the message.
    pub fn receipt_handle(&self) -> Option<&str> {
        self.record.receipt_handle.as_deref()
    }

    /// The body; empty if there is none.
    pub fn body(&self) -> &str {
        self.record.body.as_deref().unwrap_or_default()
    }

    /// What its body is, or points to.
    ///
    /// # Errors
    /// Why that could not be fetched.
    pub(crate) fn content(&self) -> Result<&str, HandlerError> {
        match self.content.as_deref() {
            None => Ok(self.body()),
            Some(Ok(content)) => Ok(content),
            Some(Err(error)) => Err(error.again()),
        }
    }

    #[cfg(feature = "claim-check")]
    pub(crate) fn set_content(&mut self, content: Result<String, HandlerError>) {
        self.content = Some(Box::new(content));
    }

    /// Whether what its body points to was fetched.
    #[cfg(feature = "claim-check")]
    pub(crate) fn has_content(&self) -> bool {
        matches!(self.content.as_deref(), Some(Ok(_)))
    }

    /// ARN of the queue it came from; empty if Lambda sent none.
    pub fn queue_arn(&self) -> &str {
        self.record.queue_arn.as_deref().unwrap_or_default()
    }

    /// Whether it came from a FIFO queue: the `.fifo` suffix decides. The presence of a group id
    /// does not: messages of fair standard queues have one too.
    pub fn is_fifo(&self) -> bool {
        self.queue_arn().ends_with(".fifo")
    }

    /// A system attribute, such as `SentTimestamp`.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.record.attributes.get(name)
    }

    /// An attribute its producer set, if it is text or a number.
    pub fn message_attribute(&self, name: &str) -> Option<&str> {
        self.record
            .message_attributes
            .get(name)?
            .string_value
            .as_deref()
    }

    /// All attributes its producer set.
    pub fn message_attributes(&self) -> impl Iterator<Item = (&str, &SqsMessageAttribute)> {
        self.record
            .message_attributes
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// How often it was received, this time included; 1 if Lambda did not say.
    pub fn receive_count(&self) -> u32 {
        self.attribute("ApproximateReceiveCount")
            .and_then(|text| text.parse().ok())
            .unwrap_or(1)
    }

    /// Its message group. On a standard queue a group gives no order.
    pub fn group_id(&self) -> Option<&str> {
        self.attribute("MessageGroupId")
    }

    /// X-Ray trace header it was sent with.
    pub fn trace_header(&self) -> Option<&str> {
        self.attribute("AWSTraceHeader")
    }

    /// The message id, and nothing else of the message.
    pub(crate) fn into_id(self) -> Option<String> {
        self.record.message_id.filter(|id| !id.is_empty())
    }

    /// When it was sent, epoch milliseconds.
    pub fn sent_ms(&self) -> Option<u64> {
        self.attribute("SentTimestamp")?.parse().ok()
    }
}

impl From<Record> for Message {
    fn from(record: Record) -> Self {
        Self {
            record,
            content: None,
        }
    }
}

impl From<SqsMessage> for Message {
    fn from(message: SqsMessage) -> Self {
        Record::from(message).into()
    }
}

/// Reads a record of Lambda's event.
impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Record::deserialize(from).map(Self::from)
    }
}

/// What a handler may know of its message, besides the decoded body.
#[derive(Clone, Debug)]
pub struct MessageContext {
    message: InBatch,
    deadline: Deadline,
    #[cfg(feature = "dynamodb")]
    effects: Option<TransactionalEffects>,
}

/// A message of a batch. All of them share the one allocation that the event came in.
#[derive(Clone, Debug)]
pub(crate) struct InBatch {
    pub(crate) batch: Arc<Vec<Message>>,
    pub(crate) index: usize,
}

impl InBatch {
    pub(crate) fn get(&self) -> &Message {
        &self.batch[self.index]
    }
}

impl MessageContext {
    pub(crate) fn new(message: InBatch, deadline: Deadline) -> Self {
        Self {
            message,
            deadline,
            #[cfg(feature = "dynamodb")]
            effects: None,
        }
    }

    #[cfg(feature = "dynamodb")]
    pub(crate) fn with_effects(mut self, effects: TransactionalEffects) -> Self {
        self.effects = Some(effects);
        self
    }

    /// The message as it came.
    pub fn message(&self) -> &Message {
        self.message.get()
    }

    /// The message id, empty if Lambda sent none; see [`Message::id`].
    pub fn message_id(&self) -> &str {
        self.message().id().unwrap_or_default()
    }

    /// How often the message was received, this time included.
    pub fn receive_count(&self) -> u32 {
        self.message().receive_count()
    }

    /// The message's group; see [`Message::group_id`].
    pub fn group_id(&self) -> Option<&str> {
        self.message().group_id()
    }

    /// ARN of the queue the message came from.
    pub fn queue_arn(&self) -> &str {
        self.message().queue_arn()
    }

    /// X-Ray trace header the message was sent with.
    pub fn trace_header(&self) -> Option<&str> {
        self.message().trace_header()
    }

    /// Time until this handler is cut off; none when the invocation has no known deadline.
    pub fn remaining_time(&self) -> Option<Duration> {
        self.deadline.remaining()
    }

    /// Collects DynamoDB writes that are committed with the completion of the message's
    /// idempotency record, in one transaction.
    ///
    /// # Errors
    /// The processor has no idempotency, or its store has no transactions: a retryable error,
    /// since a new deployment mends it.
    #[cfg(feature = "dynamodb")]
    pub fn effects(&self) -> Result<&TransactionalEffects, HandlerError> {
        self.effects.as_ref().ok_or_else(|| {
            HandlerError::retryable(
                "this processor cannot commit transactional effects; build it with \
                 `idempotency` on a store that has transactions, such as DynamoDbStore",
            )
            .named("TransactionalEffects")
        })
    }
}
