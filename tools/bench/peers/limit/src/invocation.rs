//! A batch: in, and the ids of those that failed out.

use crate::event::{Message, Order, messages};
use crate::record::Record;
use crate::store::Store;
use crate::{Result, batched, single};

/// A message on its way through the store.
pub(crate) struct Work<'a> {
    pub(crate) message: Message<'a>,
    pub(crate) record: Record,
}

impl Work<'_> {
    /// Runs the handler: whether it succeeded.
    pub(crate) fn handle(&self) -> Result<bool> {
        let order: Order<'_> = serde_json::from_str(&self.message.body)?;
        Ok(order.handle(&self.message.body))
    }

    pub(crate) fn id(&self) -> String {
        self.message.id.to_owned()
    }
}

pub(crate) fn without_store(event: &[u8]) -> Result<Vec<String>> {
    let mut failed = Vec::new();
    for message in messages(event)? {
        let order: Order<'_> = serde_json::from_str(&message.body)?;
        if !order.handle(&message.body) {
            failed.push(message.id.to_owned());
        }
    }
    Ok(failed)
}

pub(crate) async fn with_store(
    store: &Store,
    one_by_one: bool,
    event: &[u8],
    deadline_ms: u64,
) -> Result<Vec<String>> {
    let batch = crate::record::Batch::new(deadline_ms)?;
    let mut work = Vec::new();
    for message in messages(event)? {
        let order: Order<'_> = serde_json::from_str(&message.body)?;
        let record = batch.record(order.id, &message.body);
        work.push(Work { message, record });
    }
    match one_by_one {
        true => single::run(store, &batch, &work).await,
        false => batched::run(store, &batch, &work).await,
    }
}
