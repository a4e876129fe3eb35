use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout};

use super::deletions::Deletion;
use super::shared::Shared;
use crate::batch::{Host, Settled};
use crate::queue::Hide;
use crate::telemetry::BatchMetrics;
use crate::{Handler, Message, Outcome};

/// What is worked on in one slot.
pub(super) struct Hand<'s, M, H: Handler<M>> {
    pub(super) shared: &'s Shared<M, H>,
    pub(super) slot: Arc<OwnedSemaphorePermit>,
    /// When SQS hides its messages no longer.
    pub(super) hidden_until: Instant,
}

impl<M, H: Handler<M>> Hand<'_, M, H> {
    async fn hide(&self, messages: impl Iterator<Item = &Message>, delay: Duration) {
        let hides: Vec<_> = messages.map(|message| Hide { message, delay }).collect();
        self.shared.visibility.hide(&hides).await;
    }

    /// Back to the queue, for whoever asks next.
    pub(super) async fn back(&self, messages: impl Iterator<Item = &Message>) {
        self.hide(messages, Duration::ZERO).await;
    }

    /// Whether the message need not wait for the end of its visibility timeout.
    fn goes_back(&self, settled: &Settled, is_hidden: bool) -> bool {
        match settled.hide {
            Some(delay) => !is_hidden && delay.is_zero(),
            None => {
                let comes_again = matches!(settled.outcome, Outcome::Retry | Outcome::Blocked);
                comes_again && self.shared.stop.is_stopping()
            }
        }
    }
}

impl<M, H: Handler<M>> Host for Hand<'_, M, H>
where
    M: Send + 'static,
{
    /// Two heartbeats may fail before a message is visible.
    fn beat(&self) -> Duration {
        self.shared.source.visibility_timeout() / 3
    }

    fn keep<'a>(&'a self, messages: Vec<&'a Message>) -> BoxFuture<'a, ()> {
        let left = self.hidden_until.saturating_duration_since(Instant::now());
        let delay = self.shared.source.visibility_timeout().min(left);
        async move {
            let keeping = self.hide(messages.into_iter(), delay);
            if timeout(self.beat(), keeping).await.is_err() {
                tracing::warn!("SQS does not answer; messages in hand may become visible");
            }
        }
        .boxed()
    }

    fn settled(&self, message: &Message, settled: &Settled) {
        if settled.outcome.is_reported() {
            return;
        }
        let Some(receipt_handle) = message.receipt_handle() else {
            return;
        };
        let deletion = Deletion {
            message_id: message.id().map(str::to_owned),
            receipt_handle: receipt_handle.to_owned(),
            tries: 0,
            _slot: Arc::clone(&self.slot),
        };
        // Deletions outlive all hands.
        let _ = self.shared.deletions.send(deletion);
    }

    fn hand_back<'a>(
        &'a self,
        messages: &'a [Message],
        settled: &'a [Settled],
        is_hidden: bool,
    ) -> BoxFuture<'a, ()> {
        let back = messages.iter().zip(settled);
        let back = back.filter(move |(_, settled)| self.goes_back(settled, is_hidden));
        self.back(back.map(|(message, _)| message)).boxed()
    }

    fn measured(&self, metrics: BatchMetrics) {
        self.shared.tally.add(metrics);
    }

    fn is_stopping(&self) -> bool {
        self.shared.stop.is_stopping()
    }

    fn stopping(&self) -> BoxFuture<'_, Instant> {
        self.shared.stop.stopping().boxed()
    }
}
