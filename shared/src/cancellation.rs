//! Work that keeps a processor busy, and ends when nobody waits for it any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs work that keeps a processor busy on a thread of its own, where it holds up no other handler.
///
/// A thread cannot be ended from outside. When the future is dropped, as those of handlers are at the
/// deadline, the work hears of it by its [`Cancellation`]: what looks at it between its steps ends
/// after one step more, and what never looks runs on in the frozen sandbox, or beside the next
/// invocation.
///
/// ```
/// use lambda_queue::{HandlerError, MessageContext, blocking};
///
/// async fn count(pages: Vec<String>, _: MessageContext) -> Result<(), HandlerError> {
///     let words = blocking(move |cancellation| {
///         let wanted = pages.iter().take_while(|_| !cancellation.is_requested());
///         wanted.map(|page| page.split_whitespace().count()).sum::<usize>()
///     });
///     println!("{} words", words.await?);
///     Ok(())
/// }
/// # let _ = lambda_queue::BatchProcessor::builder(count);
/// ```
///
/// # Errors
/// The work panicked.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce(&Cancellation) -> T + Send + 'static,
) -> Result<T, Panicked> {
    let (_cancels, cancellation) = Cancellation::on_drop();
    let working = tokio::task::spawn_blocking(move || work(&cancellation));
    working.await.map_err(|_| Panicked)
}

/// Whether somebody still waits for what a thread is working on.
#[derive(Clone, Debug, Default)]
pub struct Cancellation(Arc<AtomicBool>);

/// Requests a [`Cancellation`] when it is dropped.
#[derive(Debug)]
pub struct CancelOnDrop(Cancellation);

/// Work that panicked; the panic is in the function's log.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the work panicked; the panic is in the function's log")]
pub struct Panicked;

impl Cancellation {
    /// A cancellation, and what requests it by being dropped: for work on a thread of one's own,
    /// where [`blocking`] is not enough.
    pub fn on_drop() -> (CancelOnDrop, Self) {
        let cancellation = Self::default();
        (CancelOnDrop(cancellation.clone()), cancellation)
    }

    /// Nobody waits any more.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_comes_to_its_value_and_a_panic_to_an_error() {
        let done = blocking(|cancellation| (6 * 7, cancellation.is_requested())).await;
        assert_eq!(done.unwrap(), (42, false));
        let panicked = blocking(|_| panic!("as told")).await;
        assert!(panicked.is_err());
    }
}
