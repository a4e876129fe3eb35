use std::future::pending;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

/// Kept back of the grace period to hand messages back and to delete what is finished; and at most
/// a quarter of it.
const HAND_OVER: Duration = Duration::from_secs(1);

/// Whether the worker stops, and when what runs must be over.
#[derive(Clone)]
pub(super) struct Stop(watch::Receiver<Option<Instant>>);

pub(super) struct Stopper(watch::Sender<Option<Instant>>);

impl Stop {
    pub(super) fn new() -> (Stopper, Self) {
        let (stopper, stop) = watch::channel(None);
        (Stopper(stopper), Self(stop))
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Resolves when nothing more is to be started, with the moment when batches must be over.
    pub(super) async fn stopping(&self) -> Instant {
        let mut stop = self.0.clone();
        match stop.wait_for(Option::is_some).await.map(|end| *end) {
            Ok(Some(end)) => end,
            Ok(None) | Err(_) => pending().await,
        }
    }
}

impl Stopper {
    /// The worker stops, and is over at `end`.
    pub(super) fn stop(&self, grace: Duration, end: Instant) {
        let batches_end = end.checked_sub(HAND_OVER.min(grace / 4)).unwrap_or(end);
        self.0.send_replace(Some(batches_end));
    }
}
