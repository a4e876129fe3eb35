//! What it means that a transaction was not answered with success.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError as Error;
use aws_sdk_dynamodb::types::{CancellationReason, TransactWriteItem};

use super::failure::CallFailure;
use super::item::Item;
use super::quoting::shown;
use crate::idempotency::{CommitOutcome, ItemOf, StoreError};

const CONDITION: &str = "ConditionalCheckFailed";
/// Reasons that pass.
const PASSING: [&str; 3] = [
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
];
/// Reasons that stay.
const LASTING: [&str; 2] = ["ValidationError", "ItemCollectionSizeLimitExceeded"];

/// What became of a try.
pub(super) enum Answer {
    /// The record's own condition failed on this item, if it came along.
    Fenced(Option<Item>),
    /// Nothing was written, and another try would not change that.
    Settled(CommitOutcome),
    /// To be tried again; what it comes to if there is no time left.
    NotNow(CommitOutcome),
    /// It may have been made or not.
    Unknown(StoreError),
}

/// Judges a failed try.
pub(super) fn judge<R>(error: SdkError<Error, R>, writes: &[TransactWriteItem]) -> Answer
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    if let Some(Error::TransactionCanceledException(cancelled)) = error.as_service_error() {
        return reasons(cancelled.cancellation_reasons(), writes);
    }
    let message = error.message().unwrap_or_default().to_owned();
    let failure = CallFailure::of_client("commit", error);
    match failure.code() {
        Some("ValidationException") => Answer::Settled(CommitOutcome::Invalid {
            reason: format!(
                "DynamoDB refuses the transaction: {}",
                shown(&message, writes)
            ),
        }),
        Some("AccessDeniedException") => cancelled(
            "IAM denies the transaction: the function needs dynamodb:UpdateItem on the \
             idempotency table, and dynamodb:PutItem, UpdateItem, DeleteItem or \
             ConditionCheckItem on those it writes to",
        ),
        Some("ResourceNotFoundException") => {
            cancelled("a table of the transaction does not exist in this account and region")
        }
        // The SDK has tried again already, also while an earlier try was being carried out.
        _ => Answer::Unknown(failure.into()),
    }
}

fn cancelled(reason: impl Into<String>) -> Answer {
    let reason = reason.into();
    Answer::Settled(CommitOutcome::Cancelled { reason })
}

/// Judges a cancelled transaction: whatever the reasons, nothing was written by this try. The
/// record has the first word, since it tells whether an earlier one was carried out.
fn reasons(reasons: &[CancellationReason], writes: &[TransactWriteItem]) -> Answer {
    let found = |codes: &[&str]| {
        let position = reasons
            .iter()
            .position(|reason| reason.code().is_some_and(|code| codes.contains(&code)))?;
        Some((position, &reasons[position]))
    };
    match found(&[CONDITION]) {
        Some((0, reason)) => return Answer::Fenced(reason.item.clone()),
        Some((position, _)) => {
            let position = position - 1;
            return Answer::Settled(CommitOutcome::Refused { position });
        }
        None => {}
    }
    if let Some((position, reason)) = found(&LASTING) {
        let (code, message) = (reason.code().unwrap_or_default(), reason.message());
        let message = shown(message.unwrap_or(code), writes);
        return Answer::Settled(CommitOutcome::Invalid {
            reason: format!("DynamoDB refuses {}: {message}", named(position, writes)),
        });
    }
    if let Some((position, reason)) = found(&PASSING) {
        let code = reason.code().unwrap_or_default();
        let reason = format!("{code} at {}", named(position, writes));
        return Answer::NotNow(CommitOutcome::Cancelled { reason });
    }
    let codes: Vec<_> = reasons
        .iter()
        .filter_map(CancellationReason::code)
        .collect();
    cancelled(format!(
        "DynamoDB cancelled the transaction [{}]",
        codes.join(", ")
    ))
}

/// The write at this position of the transaction, whose first is the record's.
fn named(position: usize, writes: &[TransactWriteItem]) -> String {
    let write = position.checked_sub(1).and_then(|at| writes.get(at));
    match write.and_then(ItemOf::of) {
        Some(item) => format!("write {position} of {} ({item})", writes.len()),
        None => "the completion of the record".to_owned(),
    }
}
