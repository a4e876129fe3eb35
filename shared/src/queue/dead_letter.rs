use aws_sdk_sqs::Client;
use aws_sdk_sqs::primitives::Blob;
use aws_sdk_sqs::types::{MessageAttributeValue, SendMessageBatchRequestEntry as Entry};
use futures_util::{StreamExt, stream};

use super::{MAX_BYTES, SIDE_BY_SIDE, batches, reason, trace_header};
use crate::message::InBatch;
use crate::timeouts::bounded_sqs;

/// Attributes a message can have (`SendMessage`).
const MAX_ATTRIBUTES: usize = 10;
/// Characters of the reason that are kept.
const MAX_REASON: usize = 1024;

const MESSAGE_ID: &str = "DeadLetterMessageId";
const SOURCE_QUEUE: &str = "DeadLetterSourceQueue";
const ERROR_TYPE: &str = "DeadLetterErrorType";
const REASON: &str = "DeadLetterReason";
const OURS: [&str; 4] = [MESSAGE_ID, SOURCE_QUEUE, ERROR_TYPE, REASON];

/// Where messages go that failed for good.
#[derive(Clone, Debug)]
pub(crate) struct DeadLetterQueue {
    client: Client,
    url: String,
}

/// A message that failed for good, and why.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) message: InBatch,
    pub(crate) error_type: String,
    pub(crate) reason: String,
}

impl DeadLetterQueue {
    pub(crate) fn new(client: &Client, url: impl Into<String>) -> Self {
        Self {
            client: bounded_sqs(client),
            url: url.into(),
        }
    }

    /// Sends letters; says for each, in their order, whether it is in the queue for certain.
    pub(crate) async fn send(&self, letters: &[Letter]) -> Vec<Result<(), String>> {
        let mut sent = vec![Err("the answer does not mention it".to_owned()); letters.len()];
        let mut calls = Vec::new();
        for entries in self.batches(letters) {
            calls.push(self.send_batch(entries));
        }
        let mut calls = stream::iter(calls).buffer_unordered(SIDE_BY_SIDE);
        while let Some(answers) = calls.next().await {
            for (index, answer) in answers {
                if let Some(slot) = sent.get_mut(index) {
                    *slot = answer;
                }
            }
        }
        sent
    }

    fn batches(&self, letters: &[Letter]) -> Vec<Vec<Entry>> {
        let fifo = self.url.ends_with(".fifo");
        let entries = letters.iter().enumerate();
        batches(entries.filter_map(|(index, letter)| letter.entry(index, fifo)))
    }

    async fn send_batch(&self, entries: Vec<Entry>) -> Vec<(usize, Result<(), String>)> {
        let indices: Vec<_> = entries
            .iter()
            .filter_map(|entry| entry.id().parse().ok())
            .collect();
        let call = self.client.send_message_batch().queue_url(&self.url);
        match call.set_entries(Some(entries)).send().await {
            Ok(answer) => {
                let sent = answer.successful().iter().map(|entry| (entry.id(), Ok(())));
                let failed = answer
                    .failed()
                    .iter()
                    .map(|entry| (entry.id(), Err(entry.code().to_owned())));
                sent.chain(failed)
                    .filter_map(|(id, sent)| Some((id.parse().ok()?, sent)))
                    .collect()
            }
            Err(error) => {
                let reason = reason(&error);
                indices
                    .into_iter()
                    .map(|index| (index, Err(reason.clone())))
                    .collect()
            }
        }
    }
}

impl Letter {
    /// The request entry, and its size as SQS counts it. The body is never touched; attributes
    /// are left out where the limits leave no room for them.
    fn entry(&self, index: usize, fifo: bool) -> Option<(Entry, usize)> {
        let message = self.message.get();
        let mut entry = Entry::builder()
            .id(index.to_string())
            .message_body(message.body());
        let (mut bytes, mut count) = (message.body().len(), 0);
        for (name, value) in self.attributes() {
            let size = size_of(&name, &value);
            if count < MAX_ATTRIBUTES && bytes + size <= MAX_BYTES {
                bytes += size;
                count += 1;
                entry = entry.message_attributes(name, value);
            }
        }
        if let Some((name, value)) = message.trace_header().and_then(trace_header) {
            entry = entry.message_system_attributes(name, value);
        }
        if fifo {
            entry = entry
                .set_message_group_id(message.group_id().or(message.id()).map(str::to_owned))
                .set_message_deduplication_id(message.id().map(str::to_owned));
        }
        Some((entry.build().ok()?, bytes))
    }

    /// Ours first, then those its producer set.
    fn attributes(&self) -> impl Iterator<Item = (String, MessageAttributeValue)> {
        let message = self.message.get();
        let reason: String = self
            .reason
            .chars()
            .filter(is_allowed)
            .take(MAX_REASON)
            .collect();
        let ours = [
            (MESSAGE_ID, message.id().unwrap_or_default()),
            (SOURCE_QUEUE, message.queue_arn()),
            (ERROR_TYPE, &self.error_type),
            (REASON, &reason),
        ]
        .map(|(name, text)| (name.to_owned(), text_attribute(text)));
        let theirs = message
            .message_attributes()
            .filter(|(name, _)| !OURS.contains(name))
            .map(|(name, value)| {
                let copy = MessageAttributeValue::builder()
                    .set_data_type(value.data_type.clone())
                    .set_string_value(value.string_value.clone())
                    .set_binary_value(value.binary_value.clone().map(|data| Blob::new(data.0)))
                    .build();
                (name.to_owned(), copy.ok())
            });
        ours.into_iter()
            .chain(theirs)
            .filter_map(|(name, value)| Some((name, value?)))
            .collect::<Vec<_>>()
            .into_iter()
    }
}

/// SQS takes no empty attribute.
fn text_attribute(text: &str) -> Option<MessageAttributeValue> {
    let value = MessageAttributeValue::builder()
        .data_type("String")
        .string_value(text)
        .build();
    value.ok().filter(|_| !text.is_empty())
}

fn size_of(name: &str, value: &MessageAttributeValue) -> usize {
    name.len()
        + value.data_type().len()
        + value.string_value().map_or(0, str::len)
        + value.binary_value().map_or(0, |blob| blob.as_ref().len())
}

/// The characters a message may have: those of XML 1.0 (`SendMessage`).
fn is_allowed(character: &char) -> bool {
    matches!(character,
        '\u{9}' | '\u{A}' | '\u{D}' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}'
        | '\u{10000}'..='\u{10FFFF}')
}
