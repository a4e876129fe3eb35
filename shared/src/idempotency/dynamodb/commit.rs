//! A completion and the handler's own writes in one transaction.

use aws_sdk_dynamodb::types::TransactWriteItem;

use super::cancelled::{self, Answer};
use super::item::Item;
use super::table::Table;
use super::{item, read_back, single};
use crate::idempotency::backoff::Backoff;
use crate::idempotency::key::payload_hash;
use crate::idempotency::record::Owner;
use crate::idempotency::{CommitOutcome, CompleteOutcome, Completion, StoreError};

/// Characters of a client request token at most.
const TOKEN_LENGTH: usize = 36;

/// Completes the record and makes the writes, or does neither.
///
/// A transaction that is sent again is recognised twice over: by its token, for the ten minutes
/// that DynamoDB knows it, and for ever by the record, which then is completed by this owner.
pub(super) async fn commit(
    table: &Table,
    completion: &Completion,
    writes: &[TransactWriteItem],
) -> Result<CommitOutcome, StoreError> {
    let mut parts = Vec::with_capacity(1 + writes.len());
    parts.push(single::update(completion).part(table)?);
    parts.extend_from_slice(writes);
    let mut backoff = Backoff::default();
    loop {
        let sent = table
            .client
            .transact_write_items()
            .client_request_token(token(&completion.owner))
            .set_transact_items(Some(parts.clone()))
            .send()
            .await;
        let Err(error) = sent else {
            return Ok(CommitOutcome::Completed(CompleteOutcome::Recorded));
        };
        match cancelled::judge(error, writes) {
            Answer::Fenced(stored) => return fenced(table, completion, stored).await,
            Answer::Settled(outcome) => return Ok(outcome),
            Answer::Unknown(error) => return Err(error),
            Answer::NotNow(outcome) => {
                if !backoff.pause().await {
                    return Ok(outcome);
                }
            }
        }
    }
}

/// The record refused: its item decides, as it does for a completion alone.
async fn fenced(
    table: &Table,
    completion: &Completion,
    stored: Option<Item>,
) -> Result<CommitOutcome, StoreError> {
    let stored = match stored {
        Some(stored) => Some(item::read(&stored)?),
        None => read_back::one(table, &completion.id).await?,
    };
    single::refused(completion, stored.as_ref()).map(CommitOutcome::Completed)
}

/// One token for all tries of a claim; an owner's own may be longer than a token can be.
fn token(owner: &Owner) -> String {
    let mut token = payload_hash(owner.as_str().as_bytes());
    token.truncate(TOKEN_LENGTH);
    token
}
