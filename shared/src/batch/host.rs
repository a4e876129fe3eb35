use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::time::Instant;

use super::settled::Settled;
use crate::Message;
use crate::telemetry::BatchMetrics;

/// Who runs batches outside of Lambda. There no invocation bounds them: their messages are kept
/// hidden and their claims are renewed for as long as handlers run.
pub(crate) trait Host: Send + Sync {
    /// How often messages that are not settled are to be kept hidden for another while.
    fn beat(&self) -> Duration;

    /// Keeps them so; claims have been renewed before.
    fn keep<'a>(&'a self, messages: Vec<&'a Message>) -> BoxFuture<'a, ()>;

    /// A message is settled: what is not reported may be deleted.
    fn settled(&self, message: &Message, settled: &Settled);

    /// Everything is settled, and what was claimed is released: messages that are not to wait for
    /// the end of their visibility timeout may go back. `is_hidden` if the processor has hidden, for
    /// as long as it says, what says how long.
    fn hand_back<'a>(
        &'a self,
        messages: &'a [Message],
        settled: &'a [Settled],
        is_hidden: bool,
    ) -> BoxFuture<'a, ()>;

    /// What the batch came to, in numbers.
    fn measured(&self, metrics: BatchMetrics);

    /// Whether nothing more is to be started.
    fn is_stopping(&self) -> bool;

    /// Resolves when nothing more is to be started, with the moment when all must be over.
    fn stopping(&self) -> BoxFuture<'_, Instant>;
}
