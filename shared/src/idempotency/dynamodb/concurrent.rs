//! Calls side by side, but not all at once.

use std::future::Future;
use std::pin::Pin;

use futures_util::{StreamExt, stream};

/// One call, boxed so that those waiting for their turn take no room.
pub(super) type Call<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Calls, each made only when its turn comes.
///
/// Erased, because rustc cannot prove a future `Send` that holds a closure over borrowed
/// arguments across an await.
pub(super) type Calls<'a, T> = Box<dyn Iterator<Item = Call<'a, T>> + Send + 'a>;

/// Runs the calls, some at a time; the results keep their order.
pub(super) async fn run<T>(calls: Calls<'_, T>, at_once: usize) -> Vec<T> {
    stream::iter(calls).buffered(at_once).collect().await
}
