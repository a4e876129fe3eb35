//! The single way: one `UpdateItem` a message, side by side.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnValue, ReturnValuesOnConditionCheckFailure};

use super::change::Change;
use super::concurrent::{Call, Calls};
use super::expression::Terms;
use super::failure::CallFailure;
use super::item::{self, ATTEMPTS, Item, LEASE, OWNER, STATUS, Write, number, string};
use super::request::Request;
use super::table::Table;
use super::{concurrent, read_back, takeover};
use crate::idempotency::record::{self, ClaimStep, Record, RecordId, Status};
use crate::idempotency::{Claim, ClaimOutcome, StoreError};

const REQUESTS_AT_ONCE: usize = 32;
/// How often a claim is tried when the record changes under it each time.
const TRIES: usize = 4;

/// Makes each request by a call of its own; the results keep their order.
pub(super) async fn all<'a, R: Request>(
    table: &'a Table,
    requests: Vec<&'a R>,
) -> Vec<Result<R::Outcome, StoreError>> {
    let call = move |request: &'a R| -> Call<'a, _> { Box::pin(request.single(table)) };
    let calls: Calls<'_, _> = Box::new(requests.into_iter().map(call));
    concurrent::run(calls, REQUESTS_AT_ONCE).await
}

/// Claims a key.
pub(super) async fn claim(table: &Table, claim: &Claim) -> Result<ClaimOutcome, StoreError> {
    for _ in 0..TRIES {
        let stored = match take(table, claim).await? {
            Written::Applied(attempts) => return Ok(ClaimOutcome::Won { attempts }),
            Written::Refused(stored) => stored,
        };
        match record::on_claim(stored.as_ref(), claim) {
            ClaimStep::Keep(outcome) => return Ok(outcome),
            ClaimStep::Park(parked) => {
                if park(table, claim, stored, &parked).await? {
                    return Ok(ClaimOutcome::Quarantined);
                }
            }
            // It became free between the refusal and the look at it.
            ClaimStep::Take(_) => {}
        }
    }
    Err(StoreError::new("claim: the record kept changing"))
}

/// Makes a change to a record in progress.
pub(super) async fn change<C: Change>(table: &Table, change: &C) -> Result<C::Outcome, StoreError> {
    let mut terms = Terms::default();
    let update = terms.update(change.writes());
    let owner = string(change.owner().as_str());
    let owned = terms.unchanged(OWNER, Some(owner));
    let in_progress = string(Status::InProgress.as_str());
    let in_progress = terms.unchanged(STATUS, Some(in_progress));
    let condition = format!("{owned} AND {in_progress}");
    match write(table, C::NAME, change.id(), terms, update, condition).await? {
        Written::Applied(_) => Ok(C::APPLIED),
        Written::Refused(stored) => {
            let outcome = change.refused(stored.as_ref());
            outcome.ok_or_else(|| StoreError::new(format!("{}: the record changed", C::NAME)))
        }
    }
}

async fn take(table: &Table, claim: &Claim) -> Result<Written, StoreError> {
    let mut terms = Terms::default();
    let writes: Vec<Write> = item::writes(&record::claimed(claim, 1));
    let update = terms.update(writes);
    let attempts = terms.name(ATTEMPTS);
    let one = terms.value("one", number(1));
    let update = format!("{update}ADD {attempts} {one}");
    let condition = takeover::condition(&mut terms, claim);
    write(table, "claim", &claim.id, terms, update, condition).await
}

/// Parks an orphaned record, unless it changed since it was looked at.
async fn park(
    table: &Table,
    claim: &Claim,
    orphan: Option<Record>,
    parked: &Record,
) -> Result<bool, StoreError> {
    let Some(orphan) = orphan else {
        return Ok(false);
    };
    let mut terms = Terms::default();
    let writes = item::writes(parked).into_iter();
    let update = terms.update(writes.filter(|it| PARKED.contains(&it.0)).collect());
    let looked_at = item::writes(&orphan).into_iter();
    let unchanged: Vec<String> = looked_at
        .filter(|it| GUARDS.contains(&it.0))
        .map(|(name, value)| terms.unchanged(name, value))
        .collect();
    let condition = unchanged.join(" AND ");
    let written = write(table, "park", &claim.id, terms, update, condition).await?;
    Ok(matches!(written, Written::Applied(_)))
}

/// What parking changes, and what tells one claim of a record from another.
const PARKED: [&str; 3] = [STATUS, OWNER, item::LAST_ERROR];
const GUARDS: [&str; 3] = [STATUS, OWNER, LEASE];

/// What a conditional write came to.
enum Written {
    /// It was made; the count of attempts, if it was counted.
    Applied(u32),
    /// Its condition failed on this record.
    Refused(Option<Record>),
}

async fn write(
    table: &Table,
    action: &str,
    id: &RecordId,
    terms: Terms,
    update: String,
    condition: String,
) -> Result<Written, StoreError> {
    let sent = table
        .client
        .update_item()
        .table_name(&table.name)
        .set_key(Some(item::key(id)))
        .update_expression(update)
        .condition_expression(condition)
        .set_expression_attribute_names(Some(terms.names))
        .set_expression_attribute_values(Some(terms.values))
        .return_values(ReturnValue::UpdatedNew)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await;
    match sent {
        Ok(output) => {
            let attempts = item::attempts(&output.attributes.unwrap_or_default())?;
            Ok(Written::Applied(attempts))
        }
        Err(error) => match refusal(&error) {
            Some(Some(item)) => Ok(Written::Refused(Some(item::read(item)?))),
            Some(None) => Ok(Written::Refused(read_back::one(table, id).await?)),
            None => Err(CallFailure::new(action, error).into()),
        },
    }
}

/// The item a failed condition handed back, if it was the condition that failed.
fn refusal<R>(error: &SdkError<UpdateItemError, R>) -> Option<Option<&Item>> {
    match error.as_service_error()? {
        UpdateItemError::ConditionalCheckFailedException(failed) => Some(failed.item()),
        _ => None,
    }
}
