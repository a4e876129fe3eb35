//! A conditional `UpdateItem`, and what it came to.

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    self, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};

use super::expression::Terms;
use super::failure::CallFailure;
use super::item::{self, Item};
use super::read_back;
use super::table::Table;
use crate::idempotency::StoreError;
use crate::idempotency::record::{Record, RecordId};

pub(super) struct Update<'a> {
    /// Names the update in errors.
    pub(super) action: &'static str,
    pub(super) id: &'a RecordId,
    pub(super) update: String,
    pub(super) condition: String,
    pub(super) terms: Terms,
    /// Whether the new values are asked for: an output would be sent back for nothing.
    pub(super) returning: ReturnValue,
}

/// What a conditional update came to.
pub(super) enum Updated {
    /// It was made; the new values, if they were asked for.
    Applied(Item),
    /// Its condition failed on this record.
    Refused(Option<Record>),
}

impl Update<'_> {
    /// The update as one write of a transaction, which returns no values.
    ///
    /// # Errors
    /// It cannot be built.
    pub(super) fn part(self, table: &Table) -> Result<TransactWriteItem, CallFailure> {
        let update = types::Update::builder()
            .table_name(&table.name)
            .set_key(Some(item::key(self.id)))
            .update_expression(self.update)
            .condition_expression(self.condition)
            .set_expression_attribute_names(Some(self.terms.names))
            .set_expression_attribute_values(Some(self.terms.values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(|error| CallFailure::unsent(self.action, error))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Sends the update.
    ///
    /// # Errors
    /// When it may have been made or not, or was refused by a record that cannot be read.
    pub(super) async fn send(self, table: &Table) -> Result<Updated, StoreError> {
        let sent = table
            .client
            .update_item()
            .table_name(&table.name)
            .set_key(Some(item::key(self.id)))
            .update_expression(self.update)
            .condition_expression(self.condition)
            .set_expression_attribute_names(Some(self.terms.names))
            .set_expression_attribute_values(Some(self.terms.values))
            .return_values(self.returning)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match sent {
            Ok(output) => Ok(Updated::Applied(output.attributes.unwrap_or_default())),
            Err(error) => match refusal(&error) {
                Some(Some(item)) => Ok(Updated::Refused(Some(item::read(item)?))),
                Some(None) => Ok(Updated::Refused(read_back::one(table, self.id).await?)),
                None => Err(CallFailure::new(self.action, error).into()),
            },
        }
    }
}

/// The item a failed condition handed back, if it was the condition that failed.
fn refusal<R>(error: &SdkError<UpdateItemError, R>) -> Option<Option<&Item>> {
    match error.as_service_error()? {
        UpdateItemError::ConditionalCheckFailedException(failed) => Some(failed.item()),
        _ => None,
    }
}
