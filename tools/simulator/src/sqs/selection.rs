//! Which attributes a receive asks for.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::api::{Message, MessageAttributeValue, ReceiveMessageRequest};
use super::errors::SqsError;
use super::md5;
use super::message::Stored;
use super::send::sequence_number;
use super::settings::unknown;

/// `MessageSystemAttributeName` in the API model, without `All`; a bit each.
const NAMES: [&str; 9] = [
    "SenderId",
    "SentTimestamp",
    "ApproximateReceiveCount",
    "ApproximateFirstReceiveTimestamp",
    "SequenceNumber",
    "MessageDeduplicationId",
    "MessageGroupId",
    "AWSTraceHeader",
    "DeadLetterQueueSourceArn",
];

/// The attributes to return with each message.
pub(super) struct Selection<'a> {
    system: u16,
    names: &'a [String],
}

impl<'a> Selection<'a> {
    pub(super) fn of(request: &'a ReceiveMessageRequest) -> Result<Self, SqsError> {
        let asked = request
            .attribute_names
            .iter()
            .chain(&request.message_system_attribute_names);
        let mut system = 0;
        for name in asked {
            system |= match NAMES.iter().position(|known| known == name) {
                Some(bit) => 1 << bit,
                None if name == "All" => u16::MAX,
                None => return Err(unknown(name)),
            };
        }
        Ok(Self {
            system,
            names: &request.message_attribute_names,
        })
    }

    /// A message as it is returned.
    pub(super) fn message(
        &self,
        stored: &Stored,
        receipt_handle: String,
        fifo: bool,
        sender: &str,
    ) -> Message {
        let (message_attributes, md5_of_message_attributes) = self.message_attributes(stored);
        Message {
            message_id: Arc::clone(&stored.content.id),
            receipt_handle,
            md5_of_body: Arc::clone(&stored.content.body_md5),
            body: Arc::clone(&stored.content.body),
            attributes: self.system_attributes(stored, fifo, sender),
            md5_of_message_attributes,
            message_attributes,
        }
    }

    fn system_attributes(
        &self,
        stored: &Stored,
        fifo: bool,
        sender: &str,
    ) -> BTreeMap<Cow<'static, str>, String> {
        if self.system == 0 {
            return BTreeMap::new();
        }
        let content = &stored.content;
        let text = |value: &Option<Arc<str>>| value.as_deref().map(String::from);
        let value = |name| match name {
            "SenderId" => Some(sender.into()),
            "SentTimestamp" => Some(stored.enqueued_ms.to_string()),
            "ApproximateReceiveCount" => Some(stored.receive_count.to_string()),
            "ApproximateFirstReceiveTimestamp" => stored.first_received_ms.map(|ms| ms.to_string()),
            "SequenceNumber" => fifo.then(|| sequence_number(stored.serial)),
            "MessageDeduplicationId" => text(&content.dedup),
            "MessageGroupId" => text(&content.group),
            "AWSTraceHeader" => text(&content.trace_header),
            _ => text(&content.source_arn),
        };
        let asked = NAMES
            .into_iter()
            .enumerate()
            .filter(|(bit, _)| self.system & (1 << bit) != 0);
        asked
            .filter_map(|(_, name)| Some((Cow::Borrowed(name), value(name)?)))
            .collect()
    }

    /// The MD5 is over what is returned, not over what was sent.
    fn message_attributes(
        &self,
        stored: &Stored,
    ) -> (BTreeMap<Arc<str>, MessageAttributeValue>, Option<Arc<str>>) {
        let Some(all) = stored.content.attributes.as_ref() else {
            return Default::default();
        };
        let wanted = |name: &str| {
            self.names
                .iter()
                .any(|asked| match asked.strip_suffix(".*") {
                    Some(prefix) => name.starts_with(prefix),
                    None => asked == "All" || asked == name,
                })
        };
        let chosen: BTreeMap<_, _> = all
            .values
            .iter()
            .filter(|(name, _)| wanted(name))
            .map(|(name, value)| (Arc::clone(name), value.clone()))
            .collect();
        let md5 = match chosen.len() {
            0 => None,
            n if n == all.values.len() => Some(Arc::clone(&all.md5)),
            _ => Some(md5::of_attributes(&chosen)),
        };
        (chosen, md5)
    }
}
