use std::future::pending;

use futures_util::future::BoxFuture;

/// Collects items while a request is under way and sends them together as soon as it is answered:
/// no timer, and never more than one request at a time.
pub(super) struct GroupCommit<'a, T, R> {
    waiting: Vec<T>,
    under_way: Option<BoxFuture<'a, R>>,
    send: Box<dyn Fn(Vec<T>) -> BoxFuture<'a, R> + Send + 'a>,
}

/// Items in one group at most: enough for as many full batched requests as the store sends side by side.
const GROUP: usize = 1_000;

impl<'a, T, R> GroupCommit<'a, T, R> {
    pub(super) fn new(send: impl Fn(Vec<T>) -> BoxFuture<'a, R> + Send + 'a) -> Self {
        Self {
            waiting: Vec::new(),
            under_way: None,
            send: Box::new(send),
        }
    }

    pub(super) fn push(&mut self, item: T) {
        self.waiting.push(item);
    }

    /// Whether a full group waits: time to send it rather than collect more.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= GROUP
    }

    /// Whether nothing waits and nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.under_way.is_none()
    }

    /// Sends what waits, unless a request is under way.
    pub(super) fn flush(&mut self) {
        if self.under_way.is_none() && !self.waiting.is_empty() {
            let rest = self.waiting.split_off(self.waiting.len().min(GROUP));
            let group = std::mem::replace(&mut self.waiting, rest);
            self.under_way = Some((self.send)(group));
        }
    }

    /// The answer to the request under way; never resolves if there is none. Safe to cancel.
    pub(super) async fn answer(&mut self) -> R {
        let Some(request) = &mut self.under_way else {
            return pending().await;
        };
        let answer = request.await;
        self.under_way = None;
        answer
    }
}
