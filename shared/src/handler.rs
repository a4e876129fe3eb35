use std::future::Future;

use crate::{HandlerError, MessageContext};

/// Handles one message.
///
/// Async functions and closures of two arguments are handlers:
///
/// ```
/// use lambda_queue::{HandlerError, MessageContext};
///
/// #[derive(serde::Deserialize)]
/// struct Order { id: String }
///
/// async fn ship(order: Order, context: MessageContext) -> Result<(), HandlerError> {
///     println!("shipping {}, attempt {}", order.id, context.receive_count());
///     Ok(())
/// }
/// # let _ = lambda_queue::BatchProcessor::builder(ship);
/// ```
///
/// The handlers of one batch share a task: none runs while another computes. Work that keeps a
/// processor busy belongs in [`blocking`](crate::blocking), on a thread of its own.
pub trait Handler<M>: Send + Sync + 'static {
    /// What it returns; stored only when
    /// [`store_output`](crate::BatchProcessorBuilder::store_output) asks for it.
    type Output: Send;

    /// Handles one message.
    ///
    /// The future may be dropped at any await: at the deadline, or when the claim is lost.
    ///
    /// # Errors
    /// Why the message was not handled, and whether to try again.
    fn handle(
        &self,
        message: M,
        context: MessageContext,
    ) -> impl Future<Output = Result<Self::Output, HandlerError>> + Send;
}

impl<M, F, Fut, T> Handler<M> for F
where
    F: Fn(M, MessageContext) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<T, HandlerError>> + Send,
    T: Send,
{
    type Output = T;

    fn handle(
        &self,
        message: M,
        context: MessageContext,
    ) -> impl Future<Output = Result<T, HandlerError>> + Send {
        self(message, context)
    }
}
