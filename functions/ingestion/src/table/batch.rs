//! Writing many items: 25 a call, and again what DynamoDB left out.

use std::time::Duration;

use aws_sdk_dynamodb::types::{DeleteRequest, PutRequest, WriteRequest};

use super::item::Item;
use super::{DocumentsTable, TableError};

/// The most writes `BatchWriteItem` takes.
pub(super) const BATCH: usize = 25;
/// How often what was left out is sent; with the waits in between about five seconds.
const ATTEMPTS: u32 = 8;
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

impl DocumentsTable {
    pub(super) async fn write_batch(
        &self,
        mut writes: Vec<WriteRequest>,
    ) -> Result<(), TableError> {
        for attempt in 1..=ATTEMPTS {
            let answer = self
                .client
                .batch_write_item()
                .request_items(&self.name, writes)
                .send()
                .await
                .map_err(|error| TableError::request("write a batch", error))?;
            let mut left = answer.unprocessed_items.unwrap_or_default();
            writes = left.remove(&self.name).unwrap_or_default();
            if writes.is_empty() {
                return Ok(());
            }
            wait(attempt).await;
        }
        Err(TableError::Unprocessed {
            left: writes.len(),
            attempts: ATTEMPTS,
        })
    }
}

/// Full jitter: workers throttled together must not come back together.
pub(super) async fn wait(attempt: u32) {
    let longest = LONGEST_WAIT.min(FIRST_WAIT * 2_u32.pow(attempt - 1));
    tokio::time::sleep(longest.mul_f32(fastrand::f32())).await;
}

pub(super) fn put(item: Item) -> Result<WriteRequest, TableError> {
    let put = PutRequest::builder().set_item(Some(item)).build()?;
    Ok(WriteRequest::builder().put_request(put).build())
}

pub(super) fn delete(key: Item) -> Result<WriteRequest, TableError> {
    let delete = DeleteRequest::builder().set_key(Some(key)).build()?;
    Ok(WriteRequest::builder().delete_request(delete).build())
}
