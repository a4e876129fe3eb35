use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep};
use tracing::{error, warn};

use super::deletions::{Deletion, delete};
use super::hand::Hand;
use super::pause::pause;
use super::received::{Unit, units};
use super::shared::Shared;
use crate::queue::ENTRIES;
use crate::{Deadline, Handler};

/// SQS hides a message for 12 hours after it was received, at most (`ChangeMessageVisibility`); a
/// minute less, as it counts from when it gave the message out.
const LONGEST: Duration = Duration::from_secs(12 * 3600 - 60);

/// Works until all is done after a stop. Dropped, it drops what still runs.
pub(super) async fn work<M, H>(shared: Arc<Shared<M, H>>, finished: UnboundedReceiver<Deletion>)
where
    M: DeserializeOwned + Send + 'static,
    H: Handler<M>,
{
    let (source, tally) = (Arc::clone(&shared.source), Arc::clone(&shared.tally));
    let working = async {
        // What is finished is told to the deletions by `shared`, which ends with the last slot.
        tokio::join!(poll(shared), delete(&source, finished));
    };
    tokio::select! {
        () = working => {}
        () = tally.emit_regularly() => {}
    }
    tally.emit();
}

async fn poll<M, H>(shared: Arc<Shared<M, H>>)
where
    M: DeserializeOwned + Send + 'static,
    H: Handler<M>,
{
    let slots = Arc::new(Semaphore::new(shared.processor.max_concurrency()));
    let mut running = JoinSet::new();
    let mut failures = 0;
    while let Some(mut free) = free_slots(&shared, &slots).await {
        // Not given up at a stop: SQS may have given out messages already.
        match shared.source.receive(free.num_permits()).await {
            Ok(messages) => {
                failures = 0;
                shared.health.succeeded();
                for unit in units(messages) {
                    let Some(slot) = free.split(1) else { break };
                    running.spawn(run(Arc::clone(&shared), unit, slot));
                }
            }
            Err(error) => {
                drop(free);
                failures += 1;
                shared.health.failed(&error);
                warn!(queue = shared.source.arn(), %error, "polling fails; trying again");
                tokio::select! {
                    () = sleep(pause(failures)) => {}
                    _ = shared.stop.stopping() => {}
                }
            }
        }
        while let Some(ended) = running.try_join_next() {
            ended_well(ended);
        }
    }
    while let Some(ended) = running.join_next().await {
        ended_well(ended);
    }
}

/// As many slots as one receive can fill, and one at least; none when the worker stops.
async fn free_slots<M, H: Handler<M>>(
    shared: &Shared<M, H>,
    slots: &Arc<Semaphore>,
) -> Option<OwnedSemaphorePermit> {
    let mut free = tokio::select! {
        biased;
        _ = shared.stop.stopping() => return None,
        free = Arc::clone(slots).acquire_owned() => free.ok()?,
    };
    while free.num_permits() < ENTRIES
        && let Ok(another) = Arc::clone(slots).try_acquire_owned()
    {
        free.merge(another);
    }
    Some(free)
}

async fn run<M, H>(shared: Arc<Shared<M, H>>, unit: Unit, slot: OwnedSemaphorePermit)
where
    M: DeserializeOwned + Send + 'static,
    H: Handler<M>,
{
    let hand = Hand {
        shared: &shared,
        slot: Arc::new(slot),
        hidden_until: Instant::now() + LONGEST,
    };
    let Unit { key, messages } = unit;
    if shared.stop.is_stopping() {
        return hand.back(messages.iter()).await;
    }
    let Some(_taken) = shared.in_hand.take(&key) else {
        for message in &messages {
            let message_id = message.id();
            warn!(
                message_id,
                "received again while it, or its group, is worked on here: left alone until its \
                 visibility timeout ends; is that too short?"
            );
        }
        return;
    };
    let deadline = Deadline::after(LONGEST, shared.processor.clock());
    let processing = shared
        .processor
        .process_for(messages, deadline, Some(&hand));
    processing.await;
}

/// Handlers' panics are outcomes; this is a bug of ours. The messages come back.
fn ended_well(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        error!(%error, "a slot of the worker broke down; its messages come back");
    }
}
