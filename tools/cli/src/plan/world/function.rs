//! The function: batches that take their time, and what they answer.

use lambda_queue_simulator::mapping::{Action, InvocationId, InvocationResult, MessageRef};

use super::{Ending, Event, World};
use crate::plan::handlers::Task;

/// Longest wait before another try: the toolkit's default.
const MAX_BACKOFF_S: u64 = 900;

impl World<'_> {
    pub(super) fn invoke(&mut self, id: InvocationId, event: &str) {
        let limit = u64::from((self.setup.concurrency / self.setup.share).max(1));
        if self.running >= limit {
            let at = self.now + 1;
            return self.plan(at, Event::Ended(id, Ending::Throttled));
        }
        self.running += 1;
        self.most_running = self.most_running.max(self.running);
        let tasks = self.tasks(id, event);
        let course = self.setup.handlers.run(
            &tasks,
            self.setup.load,
            self.setup.feed.timeout_s * 1_000,
            self.setup.feed.mapping.reports_batch_item_failures(),
            self.now,
            &mut self.rng,
        );
        // A claim for each message; what becomes of it is written at the end.
        self.writes += tasks.len() as u64;
        let ending = match course.timed_out {
            true => Ending::TimedOut,
            false => Ending::Done(failures(&course.failed, event)),
        };
        self.plan(course.ends_ms, Event::Ended(id, ending));
    }

    fn tasks(&self, id: InvocationId, event: &str) -> Vec<Task> {
        let mut groups = match self.setup.feed.fifo {
            true => attributes(event, "MessageGroupId"),
            false => Vec::new(),
        }
        .into_iter();
        let poisoned = self.setup.handlers.poison_rate;
        let messages = self.mapping.invocation_messages(id);
        let task = |message: &MessageRef| Task {
            group: groups.next(),
            poisoned: share_of(&message.message_id) < poisoned,
            duplicate: self.account.is_duplicate(&message.message_id),
        };
        messages.map(task).collect()
    }

    pub(super) fn end(&mut self, id: InvocationId, ending: Ending) -> Vec<Action> {
        let result = match ending {
            Ending::Throttled => {
                return self
                    .mapping
                    .invocation_finished(id, InvocationResult::Throttled, self.now);
            }
            Ending::TimedOut => InvocationResult::Timeout,
            Ending::Done(failed) => self.response(id, &failed),
        };
        self.running -= 1;
        self.mapping.invocation_finished(id, result, self.now)
    }

    /// Hides what failed, and reports it.
    fn response(&mut self, id: InvocationId, failed: &[Option<u64>]) -> InvocationResult {
        let reports = self.setup.feed.mapping.reports_batch_item_failures();
        let messages = self.mapping.invocation_messages(id).zip(failed);
        let mut items = Vec::new();
        for (message, failed) in messages {
            let Some(receives) = failed else {
                self.writes += u64::from(!self.account.is_duplicate(&message.message_id));
                continue;
            };
            self.writes += 1;
            items.push(format!(r#"{{"itemIdentifier":"{}"}}"#, message.message_id));
            if let Some(base) = self.setup.handlers.backoff_s.filter(|_| reports) {
                let doubled = base.saturating_mul(1 << receives.saturating_sub(1).min(16));
                let wait = self.rng.u64(0..=doubled.min(MAX_BACKOFF_S));
                self.account.hide(message, wait, self.now);
            }
        }
        match items.is_empty() {
            true => InvocationResult::Response(Vec::new()),
            false if reports => {
                let response = format!(r#"{{"batchItemFailures":[{}]}}"#, items.join(","));
                InvocationResult::Response(response.into_bytes())
            }
            // Who cannot say what failed fails the batch.
            false => InvocationResult::FunctionError,
        }
    }
}

/// The receive counts of the messages that failed.
fn failures(failed: &[bool], event: &str) -> Vec<Option<u64>> {
    if !failed.contains(&true) {
        return vec![None; failed.len()];
    }
    let counts = attributes(event, "ApproximateReceiveCount");
    let failed = failed.iter().zip(counts);
    failed
        .map(|(failed, count)| failed.then_some(count))
        .collect()
}

/// A number among the attributes of each record. Reading all of an event as JSON takes longer than
/// everything else, and its form is known.
fn attributes(event: &str, name: &str) -> Vec<u64> {
    let start = format!(r#""{name}":""#);
    let found = event.split(&start).skip(1);
    let value = |it: &str| it.split('"').next().and_then(|it| it.parse().ok());
    found.map(|it| value(it).unwrap_or_default()).collect()
}

/// A number from 0 to 1 that belongs to a message: its id is random.
fn share_of(message_id: &str) -> f64 {
    let digits = message_id.get(..8).unwrap_or_default();
    let number = u32::from_str_radix(digits, 16).unwrap_or_default();
    f64::from(number) / (f64::from(u32::MAX) + 1.0)
}
