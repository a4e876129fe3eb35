use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::ChangeMessageVisibilityBatchRequestEntry as Entry;
use futures_util::{StreamExt, stream};
use tracing::warn;

use super::{ENTRIES, SIDE_BY_SIDE, reason};
use crate::Message;
use crate::timeouts::bounded_sqs;

/// A message can be hidden for 12 hours *since it was received* (`ChangeMessageVisibility`); this
/// leaves room for the longest invocation, 15 minutes, before the call.
const LONGEST: Duration = Duration::from_secs(12 * 3600 - 1000);

/// Changes when failed messages come back.
#[derive(Clone, Debug)]
pub(crate) struct Visibility {
    client: Client,
}

/// One message to hide for a while.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hide<'a> {
    pub(crate) message: &'a Message,
    pub(crate) delay: Duration,
}

impl Visibility {
    pub(crate) fn new(client: &Client) -> Self {
        let client = bounded_sqs(client);
        Self { client }
    }

    /// Hides messages. What fails is logged and changes nothing else: such a message comes back
    /// when the queue's own visibility timeout ends.
    pub(crate) async fn hide(&self, hides: &[Hide<'_>]) {
        let mut by_queue: BTreeMap<&str, Vec<Entry>> = BTreeMap::new();
        for (index, hide) in hides.iter().enumerate() {
            if let Some(entry) = entry(index, hide) {
                by_queue
                    .entry(hide.message.queue_arn())
                    .or_default()
                    .push(entry);
            }
        }
        let mut calls = Vec::new();
        for (arn, entries) in &by_queue {
            for entries in entries.chunks(ENTRIES) {
                calls.push(self.change(arn, entries.to_vec(), hides));
            }
        }
        stream::iter(calls)
            .buffer_unordered(SIDE_BY_SIDE)
            .collect::<()>()
            .await;
    }

    async fn change(&self, arn: &str, entries: Vec<Entry>, hides: &[Hide<'_>]) {
        let Some(url) = queue_url(arn) else {
            warn!(
                arn,
                "cannot change visibility: this is not the ARN of a queue"
            );
            return;
        };
        let count = entries.len();
        let call = self.client.change_message_visibility_batch().queue_url(url);
        match call.set_entries(Some(entries)).send().await {
            Ok(answer) => {
                for failed in answer.failed() {
                    let message_id = failed.id().parse().ok().and_then(|index: usize| {
                        hides.get(index).and_then(|hide| hide.message.id())
                    });
                    let code = failed.code();
                    warn!(message_id, code, "could not change a message's visibility");
                }
            }
            Err(error) => {
                let error = reason(&error);
                warn!(arn, count, %error, "could not change the visibility of messages");
            }
        }
    }
}

/// The request for one message; none if it has no receipt handle, as in hand-written events.
fn entry(index: usize, hide: &Hide<'_>) -> Option<Entry> {
    let seconds = i32::try_from(hide.delay.min(LONGEST).as_secs()).ok()?;
    Entry::builder()
        .id(index.to_string())
        .receipt_handle(hide.message.receipt_handle()?)
        .visibility_timeout(seconds)
        .build()
        .ok()
}

/// The URL of a queue, from its ARN: `arn:<partition>:sqs:<region>:<account>:<name>`.
///
/// SQS finds the queue by the URL's account and name; where the request goes is decided by the
/// client's endpoint.
fn queue_url(arn: &str) -> Option<String> {
    let mut parts = arn.split(':');
    let ("arn", partition, "sqs", region, account, name, None) = (
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next()?,
        parts.next(),
    ) else {
        return None;
    };
    let domain = if partition == "aws-cn" {
        "amazonaws.com.cn"
    } else {
        "amazonaws.com"
    };
    Some(format!("https://sqs.{region}.{domain}/{account}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_url_is_derived_from_its_arn() {
        let url = queue_url("arn:aws:sqs:eu-west-1:123456789012:orders.fifo");
        assert_eq!(
            url.as_deref(),
            Some("https://sqs.eu-west-1.amazonaws.com/123456789012/orders.fifo")
        );
    }

    #[test]
    fn what_is_not_a_queue_arn_has_no_url() {
        for arn in [
            "",
            "orders",
            "arn:aws:sns:eu-west-1:123456789012:topic",
            "arn:aws:sqs:x",
        ] {
            assert_eq!(queue_url(arn), None, "{arn}");
        }
    }
}
