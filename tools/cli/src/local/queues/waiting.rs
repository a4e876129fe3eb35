//! Receives that wait, and the sign that wakes them.

use std::collections::HashMap;
use std::sync::Arc;

use lambda_queue_simulator::sqs::{Activity, Sqs};
use tokio::sync::Notify;

/// The queues that receives have waited for, by the URLs they asked with.
#[derive(Default)]
pub(super) struct Waiting {
    queues: HashMap<Arc<str>, Queue>,
}

#[derive(Default)]
struct Queue {
    sign: Arc<Notify>,
    /// What the queue was like when it was last looked at.
    seen: Option<Activity>,
}

impl Waiting {
    /// What tells a receive from this queue to look again.
    pub(super) fn sign(&mut self, queue_url: &Arc<str>) -> Arc<Notify> {
        let queue = self.queues.entry(Arc::clone(queue_url)).or_default();
        Arc::clone(&queue.sign)
    }

    /// Wakes one receive of each queue that has changed and has a message. If that one leaves
    /// messages there, its own change wakes the next.
    pub(super) fn wake(&mut self, sqs: &Sqs) {
        for (url, queue) in &mut self.queues {
            let now = sqs.activity(url);
            if now == queue.seen {
                continue;
            }
            queue.seen = now;
            match now {
                Some(activity) if activity.ready => queue.sign.notify_one(),
                Some(_) => {}
                // Whoever waits for a queue that is deleted is told so.
                None => queue.sign.notify_waiters(),
            }
        }
    }
}
