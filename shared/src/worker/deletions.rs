use std::sync::Arc;

use aws_sdk_sqs::types::DeleteMessageBatchRequestEntry as Entry;
use futures_util::{StreamExt, stream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::sleep;
use tracing::{error, warn};

use super::pause::pause;
use super::source::{Source, why};
use crate::queue::{ENTRIES, SIDE_BY_SIDE, batches};

/// So often a deletion is tried, for some minutes.
const TRIES: u32 = 10;

/// A message that has come to its end.
pub(super) struct Deletion {
    pub(super) message_id: Option<String>,
    pub(super) receipt_handle: String,
    pub(super) tries: u32,
    /// No message takes its place before it is deleted: where SQS cannot be reached, no more is
    /// worked on than can be acknowledged.
    pub(super) _slot: Arc<OwnedSemaphorePermit>,
}

/// Deletes until nobody is left who finishes messages: whatever is finished while a request is under
/// way goes into the next ones, in tens.
pub(super) async fn delete(source: &Source, mut finished: UnboundedReceiver<Deletion>) {
    let mut waiting = Vec::new();
    loop {
        let room = (ENTRIES * SIDE_BY_SIDE).saturating_sub(waiting.len());
        if waiting.is_empty() {
            if finished.recv_many(&mut waiting, room).await == 0 {
                return;
            }
        } else {
            while waiting.len() < ENTRIES * SIDE_BY_SIDE
                && let Ok(deletion) = finished.try_recv()
            {
                waiting.push(deletion);
            }
        }
        waiting = delete_all(source, waiting).await;
        if let Some(tries) = waiting.iter().map(|it| it.tries).max() {
            sleep(pause(tries)).await;
        }
    }
}

/// Returns what is to be tried again.
async fn delete_all(source: &Source, deletions: Vec<Deletion>) -> Vec<Deletion> {
    // Receipt handles are short: ten of them are far below the size of a request.
    let requests = batches(deletions.into_iter().map(|it| (it, 0)));
    let requests = requests.into_iter().map(|it| delete_batch(source, it));
    let answers = stream::iter(requests).buffer_unordered(SIDE_BY_SIDE);
    let left: Vec<Vec<Deletion>> = answers.collect().await;
    left.into_iter().flatten().collect()
}

async fn delete_batch(source: &Source, deletions: Vec<Deletion>) -> Vec<Deletion> {
    let entry = |(index, it): (usize, &Deletion)| {
        let entry = Entry::builder().id(index.to_string());
        entry.receipt_handle(&it.receipt_handle).build().ok()
    };
    let entries: Vec<_> = deletions.iter().enumerate().filter_map(entry).collect();
    let call = source
        .impatient
        .delete_message_batch()
        .queue_url(&source.url);
    let failed: Vec<(usize, String, bool)> = match call.set_entries(Some(entries)).send().await {
        Ok(answer) => {
            let failed = answer.failed.into_iter();
            let failed =
                failed.filter_map(|it| Some((it.id.parse().ok()?, it.code, it.sender_fault)));
            failed.collect()
        }
        Err(error) => {
            let reason = why(&error);
            (0..deletions.len())
                .map(|index| (index, reason.clone(), false))
                .collect()
        }
    };
    let mut left = Vec::new();
    for (index, mut deletion) in deletions.into_iter().enumerate() {
        let Some((_, error, is_final)) = failed.iter().find(|it| it.0 == index) else {
            continue;
        };
        deletion.tries += 1;
        let (message_id, tries) = (&deletion.message_id, deletion.tries);
        if *is_final || tries >= TRIES {
            error!(
                message_id,
                error, "could not delete a message that is finished; it comes back"
            );
        } else {
            warn!(
                message_id,
                error, tries, "could not delete a message; trying again"
            );
            left.push(deletion);
        }
    }
    left
}
