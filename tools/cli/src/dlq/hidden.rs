//! Messages that were looked at and are not to be seen again before the end.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::queue::Queue;

/// Kept hidden as long as this takes, and shown again at the end. If the process is killed, they
/// come back by themselves.
pub(super) struct Hidden<'q> {
    queue: &'q Queue,
    seconds: u32,
    /// By when each must be hidden anew, the earliest first.
    held: VecDeque<(Instant, String)>,
    lost: usize,
}

impl<'q> Hidden<'q> {
    /// Messages received with a visibility timeout of this many seconds.
    pub(super) fn new(queue: &'q Queue, seconds: u32) -> Self {
        Self {
            queue,
            seconds,
            held: VecDeque::new(),
            lost: 0,
        }
    }

    /// Half the time is for whatever keeps the next request from being sent.
    fn due(&self, since: Instant) -> Instant {
        since + Duration::from_secs(self.seconds.into()) / 2
    }

    pub(super) fn hold(&mut self, receipt: String, received: Instant) {
        self.held.push_back((self.due(received), receipt));
    }

    /// Hides for longer what would soon be seen again.
    pub(super) async fn renew(&mut self) {
        let now = Instant::now();
        let due = self.held.partition_point(|(due, _)| *due <= now);
        if due == 0 {
            return;
        }
        let receipts: Vec<_> = self.held.drain(..due).map(|(_, it)| it).collect();
        let done = self.queue.hide(&receipts, self.seconds).await;
        let next = self.due(now);
        for (receipt, done) in receipts.into_iter().zip(done) {
            if done {
                self.held.push_back((next, receipt));
            } else {
                self.lost += 1;
            }
        }
    }

    /// Shows all of them again; says how many only come back when their time is up, or are
    /// already.
    pub(super) async fn release(mut self) -> usize {
        let receipts: Vec<_> = self.held.drain(..).map(|(_, it)| it).collect();
        let done = self.queue.hide(&receipts, 0).await;
        self.lost + done.iter().filter(|it| !**it).count()
    }
}
