//! What a mapping does of its own accord, after every input: retry, form batches, grow, poll.

use super::EventSourceMapping;
use super::action::{Action, DeleteReason, InvocationId, MessageRef, ReturnReason};
use super::buffer::Held;
use super::event::PayloadSize;
use super::invocation::Invocation;
use super::pollers::{LONG_POLL_MS, MAX_RECEIVE};
use super::record::{ReceivedMessage, Record};
use super::settle::Failed;

impl EventSourceMapping {
    /// Does everything that can be done now.
    pub(super) fn advance(&mut self, now: u64) -> Vec<Action> {
        self.let_expired_groups_go(now);
        loop {
            self.retry_throttled(now);
            self.start_batches(now);
            if !self.scaling.try_grow(self.invocations.len(), now) {
                break;
            }
        }
        self.start_polls(now);
        std::mem::take(&mut self.actions)
    }

    /// Filters what a poll brought, and keeps the rest.
    pub(super) fn take_in(&mut self, messages: Vec<ReceivedMessage>, now: u64) {
        self.counters.received += messages.len() as u64;
        let after_silence = self.patient && !self.scaling.is_active() && self.buffer.len() == 0;
        if messages.is_empty() {
            self.counters.empty_polls += 1;
            self.scaling.on_empty_receive();
        } else {
            self.scaling.on_messages(now);
        }
        let mut filtered = Vec::new();
        for message in messages {
            if self.filter.matches(&message.body) {
                self.hold(message, after_silence, now);
            } else {
                filtered.push(reference(message));
            }
        }
        self.counters.filtered += filtered.len() as u64;
        self.delete(filtered, DeleteReason::Filtered);
    }

    fn hold(&mut self, message: ReceivedMessage, after_silence: bool, now: u64) {
        let record = Record::new(&message, &self.queue).to_json();
        let fits = |record: &String| PayloadSize::default().with(record).fits();
        let Some(record) = record.filter(fits) else {
            self.give_back(vec![reference(message)], ReturnReason::TooLarge);
            return;
        };
        let group = message
            .attributes
            .get("MessageGroupId")
            .map_or("", String::as_str);
        let visibility_ms = u64::from(self.queue.visibility_timeout_seconds) * 1_000;
        self.buffer.push(Held {
            group: self.queue.is_fifo().then(|| group.into()),
            record,
            received_at: now,
            after_silence,
            visible_at: now.saturating_add(visibility_ms),
            message: reference(message),
        });
    }

    /// Tries throttled batches again, as many as the limit allows: it may have been lowered meanwhile.
    fn retry_throttled(&mut self, now: u64) {
        while self.running() < self.scaling.limit()
            && let Some((at, id)) = self.retries.pop_first()
        {
            if at > now {
                self.retries.insert((at, id));
                return;
            }
            let Some(mut invocation) = self.invocations.remove(&id) else {
                continue;
            };
            if invocation.visible_at() <= now {
                self.finish(invocation, Failed::All, ReturnReason::Throttled);
                continue;
            }
            invocation.attempt += 1;
            self.counters.invocations += 1;
            self.actions.push(invocation.invoke(id));
            self.invocations.insert(id, invocation);
        }
    }

    /// A group that could not start in time is received again in order, so nothing of it may start now.
    ///
    /// On a standard queue a message whose visibility timeout ended in the buffer is still sent to the
    /// function, as a duplicate: AWS's guide warns of windows as long as the timeout for this reason.
    fn let_expired_groups_go(&mut self, now: u64) {
        if !self.queue.is_fifo() {
            return;
        }
        let groups = self.buffer.expired_groups(now);
        if !groups.is_empty() {
            let expired = self.buffer.remove_groups(&groups);
            let expired = expired.into_iter().map(|held| held.message).collect();
            self.give_back(expired, ReturnReason::Expired);
        }
    }

    fn start_batches(&mut self, now: u64) {
        while self.free_slots() > 0
            && let Some(batch) =
                self.buffer
                    .take_batch(self.limits(), &self.busy, now, !self.enabled)
        {
            let id = InvocationId(self.next_invocation);
            self.next_invocation += 1;
            let invocation = Invocation::new(batch);
            self.busy.claim(invocation.groups());
            self.counters.batches += 1;
            self.counters.invocations += 1;
            self.actions.push(invocation.invoke(id));
            self.invocations.insert(id, invocation);
        }
        self.counters.peak_concurrency = self.counters.peak_concurrency.max(self.running() as u64);
    }

    /// Polls for no more than could start at once: what waits in a mapping uses up its visibility
    /// timeout.
    fn start_polls(&mut self, now: u64) {
        if !self.enabled {
            return;
        }
        let size = self.config.batch_size as usize;
        let capacity = self.free_slots() * size;
        let ready = self.buffer.ready(&self.busy);
        while self.pollers.len() < self.scaling.polls() {
            let room = capacity.saturating_sub(ready + self.pollers.requested());
            let max_messages = MAX_RECEIVE.min(size).min(room);
            if max_messages == 0 {
                break;
            }
            self.counters.polls += 1;
            self.actions.push(Action::Receive {
                poller: self.pollers.start(max_messages),
                max_messages: max_messages as u32,
                wait_until_ms: now + LONG_POLL_MS,
            });
        }
    }
}

fn reference(message: ReceivedMessage) -> MessageRef {
    MessageRef {
        message_id: message.message_id,
        receipt_handle: message.receipt_handle,
    }
}
