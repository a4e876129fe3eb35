//! A dead letter: the message, and why it is here.

use std::collections::BTreeMap;

use aws_sdk_sqs::primitives::Blob;
use aws_sdk_sqs::types::{
    Message, MessageAttributeValue, MessageSystemAttributeName as System,
    MessageSystemAttributeNameForSends as Sent, MessageSystemAttributeValue,
    SendMessageBatchRequestEntry as Entry,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// What the toolkit adds to a message that it dead-letters (`shared/src/queue/dead_letter.rs`).
const MESSAGE_ID: &str = "DeadLetterMessageId";
const SOURCE_QUEUE: &str = "DeadLetterSourceQueue";
const ERROR_TYPE: &str = "DeadLetterErrorType";
const REASON: &str = "DeadLetterReason";
const TOOLKITS: [&str; 4] = [MESSAGE_ID, SOURCE_QUEUE, ERROR_TYPE, REASON];

/// What is said of messages that SQS moved by itself.
const BY_SQS: &str = "received too often; SQS keeps no reason";

/// A message of a dead-letter queue; a line of an export.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Letter {
    /// Its id in the dead-letter queue: every stay there has another one.
    pub(super) id: String,
    /// Epoch milliseconds. Of a standard queue, when it was first sent at all.
    pub(super) sent_ms: u64,
    pub(super) receives: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) group: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) deduplication_id: Option<String>,
    /// `AWSTraceHeader`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace: Option<String>,
    /// `DeadLetterQueueSourceArn`: set by SQS where its own redrive moved the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    moved_from: Option<String>,
    #[serde(default)]
    pub(super) attributes: BTreeMap<String, Attribute>,
    pub(super) body: String,
}

/// A message attribute.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attribute {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) string: Option<String>,
    /// In Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) binary: Option<String>,
}

impl Letter {
    pub(super) fn of(message: Message) -> Self {
        let system = message.attributes.unwrap_or_default();
        let text = |name: System| system.get(&name).cloned();
        let number = |name: System| text(name).and_then(|it| it.parse().ok()).unwrap_or(0);
        let attributes = message.message_attributes.unwrap_or_default().into_iter();
        Self {
            id: message.message_id.unwrap_or_default(),
            sent_ms: number(System::SentTimestamp),
            receives: number(System::ApproximateReceiveCount),
            group: text(System::MessageGroupId),
            deduplication_id: text(System::MessageDeduplicationId),
            trace: text(System::AwsTraceHeader),
            moved_from: text(System::DeadLetterQueueSourceArn),
            attributes: attributes
                .map(|(name, it)| (name, Attribute::of(it)))
                .collect(),
            body: message.body.unwrap_or_default(),
        }
    }

    fn said(&self, name: &str) -> Option<&str> {
        self.attributes.get(name)?.string.as_deref()
    }

    pub(super) fn error_type(&self) -> Option<&str> {
        self.said(ERROR_TYPE)
    }

    /// Why it failed, as far as anybody has said.
    pub(super) fn reason(&self) -> Option<&str> {
        let by_sqs = self.moved_from.as_ref().map(|_| BY_SQS);
        self.said(REASON).or(by_sqs)
    }

    /// The ARN of the queue it failed in.
    pub(super) fn source_arn(&self) -> Option<&str> {
        self.said(SOURCE_QUEUE).or(self.moved_from.as_deref())
    }

    /// Its id where it failed: SQS keeps it, the toolkit writes it down.
    pub(super) fn original_id(&self) -> &str {
        self.said(MESSAGE_ID).unwrap_or(&self.id)
    }

    /// The entry that sends it again as its producer did, and its size as SQS counts it.
    ///
    /// The deduplication id is made of the id in the dead-letter queue. It cannot be the producer's
    /// own: SQS would drop the message if that was sent less than 5 minutes ago. And it must be
    /// the same whenever this stay in the dead-letter queue is ended, so that a second try after a
    /// crash is no second message.
    pub(super) fn entry(&self, index: usize, fifo: bool) -> Option<(Entry, usize)> {
        let mut entry = Entry::builder()
            .id(index.to_string())
            .message_body(&self.body);
        let mut bytes = self.body.len();
        let producers = self.attributes.iter();
        for (name, value) in producers.filter(|it| !TOOLKITS.contains(&it.0.as_str())) {
            bytes += name.len() + value.size();
            entry = entry.message_attributes(name, value.to_sdk()?);
        }
        if let Some(trace) = &self.trace {
            let value = MessageSystemAttributeValue::builder().data_type("String");
            let value = value.string_value(trace).build().ok()?;
            entry = entry.message_system_attributes(Sent::AwsTraceHeader, value);
        }
        entry = entry.set_message_group_id(self.group.clone());
        if fifo {
            entry = entry.message_deduplication_id(format!("dlq-{}", self.id));
        }
        Some((entry.build().ok()?, bytes))
    }
}

impl Attribute {
    fn of(value: MessageAttributeValue) -> Self {
        Self {
            kind: value.data_type,
            string: value.string_value,
            binary: value.binary_value.map(|it| STANDARD.encode(it)),
        }
    }

    /// Nothing if the Base64 is none.
    fn to_sdk(&self) -> Option<MessageAttributeValue> {
        let binary = self.binary.as_ref().map(|it| STANDARD.decode(it));
        let value = MessageAttributeValue::builder()
            .data_type(&self.kind)
            .set_string_value(self.string.clone())
            .set_binary_value(binary.transpose().ok()?.map(Blob::new));
        value.build().ok()
    }

    /// Whether SQS can be given it.
    pub(super) fn is_sound(&self) -> bool {
        self.to_sdk().is_some() && self.string.is_some() != self.binary.is_some()
    }

    fn size(&self) -> usize {
        let value = self.string.as_ref().or(self.binary.as_ref());
        self.kind.len() + value.map_or(0, String::len)
    }
}
