//! Receipts in tens, as SQS takes them.

use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry as Visibility,
    DeleteMessageBatchRequestEntry as Delete,
};
use futures_util::{StreamExt, stream};

use super::queue::Queue;

const MAX_ENTRIES: usize = 10;
const DELETES: usize = 3;
/// Requests under way at a time.
const SIDE_BY_SIDE: usize = 8;

impl Queue {
    /// Deletes what was received, trying several times; says how many could not be deleted.
    pub(super) async fn delete(&self, mut receipts: Vec<String>) -> usize {
        for _ in 0..DELETES {
            if receipts.is_empty() {
                break;
            }
            let done = self.try_to_delete(&receipts).await;
            let left = receipts.into_iter().zip(done).filter(|(_, done)| !done);
            receipts = left.map(|(receipt, _)| receipt).collect();
        }
        receipts.len()
    }

    /// Says of each receipt, in order, whether it is certain to be deleted.
    async fn try_to_delete(&self, receipts: &[String]) -> Vec<bool> {
        let calls = receipts.chunks(MAX_ENTRIES).map(|receipts| async move {
            let entries = receipts.iter().enumerate().filter_map(|(index, receipt)| {
                let entry = Delete::builder().id(index.to_string());
                entry.receipt_handle(receipt).build().ok()
            });
            let call = self.client.delete_message_batch().queue_url(&self.url);
            let answer = call.set_entries(Some(entries.collect())).send().await.ok();
            let successful = answer.map(|it| it.successful);
            let ids = successful.iter().flatten().map(|it| it.id());
            done(receipts.len(), ids)
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
            let call = call.queue_url(&self.url);
            let answer = call.set_entries(Some(entries.collect())).send().await.ok();
            let successful = answer.map(|it| it.successful);
            let ids = successful.iter().flatten().map(|it| it.id());
            done(receipts.len(), ids)
        });
        in_order(calls).await
    }
}

/// What the answer does not name was not done.
fn done<'a>(count: usize, ids: impl Iterator<Item = &'a str>) -> Vec<bool> {
    let mut done = vec![false; count];
    for index in ids.filter_map(|it| it.parse::<usize>().ok()) {
        if let Some(slot) = done.get_mut(index) {
            *slot = true;
        }
    }
    done
}

async fn in_order(calls: impl Iterator<Item = impl Future<Output = Vec<bool>>>) -> Vec<bool> {
    let answers: Vec<_> = stream::iter(calls).buffered(SIDE_BY_SIDE).collect().await;
    answers.into_iter().flatten().collect()
}
