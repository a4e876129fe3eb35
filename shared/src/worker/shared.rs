use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::deletions::Deletion;
use super::health::Health;
use super::in_hand::InHand;
use super::source::Source;
use super::stop::Stop;
use super::tally::Tally;
use crate::queue::Visibility;
use crate::{BatchProcessor, Handler};

/// What all slots have in common.
pub(super) struct Shared<M, H: Handler<M>> {
    pub(super) processor: BatchProcessor<M, H>,
    pub(super) source: Arc<Source>,
    pub(super) visibility: Visibility,
    pub(super) deletions: UnboundedSender<Deletion>,
    pub(super) in_hand: InHand,
    pub(super) stop: Stop,
    pub(super) health: Health,
    pub(super) tally: Arc<Tally>,
}

impl<M, H: Handler<M>> Shared<M, H> {
    /// With what is to be deleted.
    pub(super) fn new(
        processor: BatchProcessor<M, H>,
        source: Source,
        stop: Stop,
        health: Health,
        name: &str,
    ) -> (Arc<Self>, UnboundedReceiver<Deletion>) {
        let (deletions, finished) = unbounded_channel();
        let tally = Tally::new(name, source.arn());
        let shared = Self {
            processor,
            visibility: Visibility::new(&source.sqs),
            source: Arc::new(source),
            deletions,
            in_hand: InHand::default(),
            stop,
            health,
            tally: Arc::new(tally),
        };
        (Arc::new(shared), finished)
    }
}
