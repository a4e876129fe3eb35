//! Receipts in tens, as SQS takes them.

use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry as Visibility,
    DeleteMessageBatchRequestEntry as Delete,
};
use futures_util::{StreamExt, stream};

use super::access::why;
use super::queue::Queue;

const MAX_ENTRIES: usize = 10;
const DELETES: usize = 3;
/// Requests under way at a time.
const SIDE_BY_SIDE: usize = 8;

impl Queue {
    /// Deletes what was received, trying several times; says how many could not be deleted.
    pub(super) async fn delete_surely(&self, mut receipts: Vec<String>) -> usize {
        for _ in 0..DELETES {
            if receipts.is_empty() {
                break;
            }
            let refused = self.delete(&receipts).await;
            let refused = receipts.into_iter().zip(refused);
            let refused = refused.filter(|(_, why)| why.is_some());
            receipts = refused.map(|(receipt, _)| receipt).collect();
        }
        receipts.len()
    }

    /// Deletes what was received; says of each receipt, in order, why it is not deleted.
    async fn delete(&self, receipts: &[String]) -> Vec<Option<String>> {
        let calls = receipts.chunks(MAX_ENTRIES).map(|receipts| async move {
            let entries = receipts.iter().enumerate().filter_map(|(index, receipt)| {
                let entry = Delete::builder().id(index.to_string());
                entry.receipt_handle(receipt).build().ok()
            });
            let call = self.client.delete_message_batch().queue_url(&self.url);
            match call.set_entries(Some(entries.collect())).send().await {
                Ok(answer) => {
                    let failed = answer.failed().iter().map(|it| (it.id(), it.code()));
                    refusals(receipts.len(), failed)
                }
                Err(error) => vec![Some(why(&error)); receipts.len()],
            }
        });
        in_order(calls).await
    }

    /// Hides what was received from now on, or shows it with 0; says of each receipt whether it
    /// was done.
    pub(super) async fn hide(&self, receipts: &[String], seconds: u32) -> Vec<bool> {
        let seconds = i32::try_from(seconds).unwrap_or(i32::MAX);
        let calls = receipts.chunks(MAX_ENTRIES).map(|receipts| async move {
            let entries = receipts.iter().enumerate().filter_map(|(index, receipt)| {
                let entry = Visibility::builder().id(index.to_string());
                let entry = entry.receipt_handle(receipt).visibility_timeout(seconds);
                entry.build().ok()
            });
            let call = self.client.change_message_visibility_batch();
            let call = call
                .queue_url(&self.url)
                .set_entries(Some(entries.collect()));
            match call.send().await {
                Ok(answer) => {
                    let failed = answer.failed().iter().map(|it| (it.id(), it.code()));
                    let refused = refusals(receipts.len(), failed);
                    refused.iter().map(Option::is_none).collect()
                }
                Err(_) => vec![false; receipts.len()],
            }
        });
        in_order(calls).await
    }
}

fn refusals<'a>(
    count: usize,
    failed: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<Option<String>> {
    let mut refusals = vec![None; count];
    for (id, code) in failed {
        let index: Option<usize> = id.parse().ok();
        if let Some(slot) = index.and_then(|it| refusals.get_mut(it)) {
            *slot = Some(code.to_owned());
        }
    }
    refusals
}

async fn in_order<T>(calls: impl Iterator<Item = impl Future<Output = Vec<T>>>) -> Vec<T> {
    let answers: Vec<_> = stream::iter(calls).buffered(SIDE_BY_SIDE).collect().await;
    answers.into_iter().flatten().collect()
}
