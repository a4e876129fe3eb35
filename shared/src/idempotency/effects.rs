use crate::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::fmt;

use aws_sdk_dynamodb::types::{ConditionCheck, Delete, Put, TransactWriteItem, Update};

use super::item_of::ItemOf;
use crate::HandlerError;

/// DynamoDB writes that happen once: with the completion of the message's idempotency record, in
/// one transaction, or not at all.
///
/// A handler gets them from [`MessageContext::effects`](crate::MessageContext::effects) and adds
/// writes while it runs. Nothing is sent until it has succeeded; the writes of a handler that
/// fails, panics or is cut off are dropped. [How it works](crate::idempotency#transactional-effects).
///
/// ```
/// use aws_sdk_dynamodb::types::{AttributeValue, Put, Update};
/// use lambda_queue::{HandlerError, MessageContext};
///
/// #[derive(serde::Deserialize)]
/// struct Line { conversation: String, call: String, text: String }
///
/// async fn append(line: Line, context: MessageContext) -> Result<(), HandlerError> {
///     let text = |text: &str| AttributeValue::S(text.to_owned());
///     let entry = Put::builder()
///         .table_name("transcripts")
///         .item("conversation", text(&line.conversation))
///         .item("entry", text(&line.call))
///         .item("text", text(&line.text))
///         .build()?;
///     let count = Update::builder()
///         .table_name("conversations")
///         .key("conversation", text(&line.conversation))
///         .update_expression("ADD entries :one")
///         .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
///         .build()?;
///     context.effects()?.put(entry)?.update(count)?;
///     Ok(())
/// }
/// # let _ = lambda_queue::BatchProcessor::builder(append);
/// ```
///
/// Clones collect into the same transaction. A write that is refused here fails the message, also
/// if the handler goes on and succeeds: a transaction without it would not be what was asked for.
#[derive(Clone)]
pub struct TransactionalEffects(Arc<Mutex<Collected>>);

type Collected = Result<Vec<TransactWriteItem>, Refusal>;

/// Why a write was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error(
        "more than {} transactional writes for one message; split the work over several messages",
        TransactionalEffects::MAX_WRITES
    )]
    TooMany,
    #[error(
        "two transactional writes on one item of the table `{table}`, which DynamoDB refuses; \
         make them one write, with its condition"
    )]
    SameItem { table: String },
    #[error("the handler has ended; add transactional writes before it returns")]
    Ended,
}

impl TransactionalEffects {
    /// Writes for one message at most: DynamoDB takes 100 in a transaction, and one of them
    /// completes the record.
    pub const MAX_WRITES: usize = 99;

    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Ok(Vec::new()))))
    }

    /// Puts an item.
    ///
    /// # Errors
    /// There are 99 writes already, or one on this item; a permanent error.
    pub fn put(&self, put: Put) -> Result<&Self, HandlerError> {
        self.add(TransactWriteItem::builder().put(put).build())
    }

    /// Updates an item.
    ///
    /// # Errors
    /// There are 99 writes already, or one on this item; a permanent error.
    pub fn update(&self, update: Update) -> Result<&Self, HandlerError> {
        self.add(TransactWriteItem::builder().update(update).build())
    }

    /// Deletes an item.
    ///
    /// # Errors
    /// There are 99 writes already, or one on this item; a permanent error.
    pub fn delete(&self, delete: Delete) -> Result<&Self, HandlerError> {
        self.add(TransactWriteItem::builder().delete(delete).build())
    }

    /// Makes the other writes only if this condition holds.
    ///
    /// # Errors
    /// There are 99 writes already, or one on this item; a permanent error.
    pub fn check(&self, check: ConditionCheck) -> Result<&Self, HandlerError> {
        self.add(TransactWriteItem::builder().condition_check(check).build())
    }

    fn add(&self, write: TransactWriteItem) -> Result<&Self, HandlerError> {
        let mut collected = self.lock();
        let refusal = match &mut *collected {
            Ok(writes) => match refusal(writes, &write) {
                None => {
                    writes.push(write);
                    return Ok(self);
                }
                Some(refusal) => refusal,
            },
            Err(refusal) => refusal.clone(),
        };
        *collected = Err(refusal.clone());
        Err(refusal.into_error())
    }

    /// Takes what was collected; nothing more is.
    ///
    /// # Errors
    /// A write was refused.
    pub(crate) fn close(&self) -> Result<Vec<TransactWriteItem>, HandlerError> {
        let collected = std::mem::replace(&mut *self.lock(), Err(Refusal::Ended));
        collected.map_err(Refusal::into_error)
    }

    fn lock(&self) -> MutexGuard<'_, Collected> {
        // Every change above is a single push or assignment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Refusal {
    fn into_error(self) -> HandlerError {
        HandlerError::permanent(self).named("TransactionalEffects")
    }
}

/// Shows no item: what is written may be the message's.
impl fmt::Debug for TransactionalEffects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let writes = self.lock().as_ref().map_or(0, Vec::len);
        f.debug_struct("TransactionalEffects")
            .field("writes", &writes)
            .finish()
    }
}

fn refusal(writes: &[TransactWriteItem], write: &TransactWriteItem) -> Option<Refusal> {
    if writes.len() == TransactionalEffects::MAX_WRITES {
        return Some(Refusal::TooMany);
    }
    let item = ItemOf::of(write)?;
    let same = writes
        .iter()
        .filter_map(ItemOf::of)
        .any(|other| other.is(&item));
    same.then(|| Refusal::SameItem {
        table: item.table.to_owned(),
    })
}

#[cfg(test)]
mod tests;
