use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::{HandlerError, MessageContext};

/// What a [`reconcile`](crate::Idempotency::reconcile) hook has found out about a run that may
/// have had its effect.
#[derive(Clone, Debug, PartialEq)]
pub enum Reconciliation {
    /// The work is done: recorded, with this output if there is one, and acknowledged.
    Completed(Option<Value>),
    /// Nobody can tell: the key is parked, and the message goes to the dead-letter queue.
    Unknown,
}

pub(crate) type Reconciled = Result<Reconciliation, HandlerError>;
type Hook<M> = dyn Fn(M, MessageContext) -> BoxFuture<'static, Reconciled> + Send + Sync;

/// Asks what became of a run.
pub(crate) struct Reconcile<M>(Arc<Hook<M>>);

impl<M> Reconcile<M> {
    pub(super) fn new<F>(hook: impl Fn(M, MessageContext) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Reconciled> + Send + 'static,
    {
        Self(Arc::new(move |message, context| {
            hook(message, context).boxed()
        }))
    }

    pub(crate) async fn ask(&self, message: M, context: MessageContext) -> Reconciled {
        (self.0)(message, context).await
    }
}
