//! A conditional `UpdateItem`, and what it came to.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{
    self, AttributeValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use serde::{Deserialize, Serialize, Serializer};

use super::expression::{Label, Name, Terms};
use super::failure::CallFailure;
use super::item::{self, Item};
use super::read_back;
use super::table::Table;
use super::wire::{self, Values, WireError};
use crate::idempotency::StoreError;
use crate::idempotency::record::{Record, RecordId};

pub(super) struct Update<'a> {
    /// Names the update in errors.
    pub(super) action: &'static str,
    pub(super) id: &'a RecordId,
    pub(super) update: String,
    pub(super) condition: String,
    pub(super) terms: Terms,
    /// What is sent back: an output would be for nothing.
    pub(super) returning: Returning,
}

/// What an update sends back when it was made.
#[derive(Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Returning {
    None,
    UpdatedNew,
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
            .set_expression_attribute_names(Some(by_alias(self.terms.names)))
            .set_expression_attribute_values(Some(by_alias(self.terms.values)))
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
        let key = item::key(self.id);
        let request = UpdateItem {
            table_name: &table.name,
            key: Values(&key),
            update_expression: &self.update,
            condition_expression: &self.condition,
            expression_attribute_names: &self.terms.names,
            expression_attribute_values: Values(&self.terms.values),
            return_values: &self.returning,
            return_values_on_condition_check_failure: "ALL_OLD",
        };
        let sent = table.wire.call("UpdateItem", &request).await;
        match sent {
            Ok(UpdateItemOutput { attributes }) => {
                Ok(Updated::Applied(attributes.unwrap_or_default()))
            }
            Err(error) if error.code() == Some(REFUSED) => match refused_by(&error) {
                Some(item) => Ok(Updated::Refused(Some(item::read(&item)?))),
                None => Ok(Updated::Refused(read_back::one(table, self.id).await?)),
            },
            Err(error) => Err(CallFailure::new(self.action, error).into()),
        }
    }
}

fn names<S: Serializer>(names: &[(Name, &'static str)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(names.iter().copied())
}

/// As the SDK's types have names and values.
fn by_alias<T>(terms: Vec<(impl ToString, impl Into<T>)>) -> HashMap<String, T> {
    let terms = terms.into_iter();
    terms
        .map(|(alias, it)| (alias.to_string(), it.into()))
        .collect()
}

const REFUSED: &str = "ConditionalCheckFailedException";

/// Shape of the API's `UpdateItem`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct UpdateItem<'a> {
    table_name: &'a str,
    key: Values<'a, Item>,
    update_expression: &'a str,
    condition_expression: &'a str,
    #[serde(serialize_with = "names")]
    expression_attribute_names: &'a [(Name, &'static str)],
    expression_attribute_values: Values<'a, Vec<(Label, AttributeValue)>>,
    return_values: &'a Returning,
    return_values_on_condition_check_failure: &'a str,
}

#[derive(Deserialize)]
struct UpdateItemOutput {
    #[serde(rename = "Attributes", default, deserialize_with = "wire::item")]
    attributes: Option<Item>,
}

/// Shape of the API's `ConditionalCheckFailedException`.
#[derive(Deserialize)]
struct ConditionalCheckFailed {
    #[serde(rename = "Item", default, deserialize_with = "wire::item")]
    item: Option<Item>,
}

/// The item that a failed condition handed back.
fn refused_by(error: &WireError) -> Option<Item> {
    let failed: ConditionalCheckFailed = serde_json::from_slice(error.answer()?).ok()?;
    failed.item
}
