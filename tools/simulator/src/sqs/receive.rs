//! ReceiveMessage.

use std::sync::Arc;

use super::account::Sqs;
use super::api::{Message, ReceiveMessageRequest, ReceiveMessageResult};
use super::backlog::Backlog;
use super::chaos::{Delivery, happens};
use super::content::check_id;
use super::errors::{ErrorKind, SqsError};
use super::fifo::Cursor;
use super::handle::Receipt;
use super::message::{State, Stored};
use super::queue::{MAX_IN_FLIGHT, Queue};
use super::selection::Selection;
use super::trace::TraceKind;

impl Sqs {
    /// Receives what is there now; for a wait see [`next_change_ms`](Self::next_change_ms).
    ///
    /// # Errors
    /// `QueueDoesNotExist`, `InvalidParameterValue`, `InvalidAttributeName`, and `OverLimit` when
    /// a standard queue has 120,000 messages in flight.
    pub fn receive_message(
        &mut self,
        request: &ReceiveMessageRequest,
        now_ms: u64,
    ) -> Result<ReceiveMessageResult, SqsError> {
        self.run_tasks(now_ms);
        let id = self.id_of_url(&request.queue_url)?;
        let selection = Selection::of(request)?;
        let max = check(request)?;
        let queue = self.by_id(id).ok_or_else(SqsError::no_queue)?;
        queue.tick(now_ms);
        queue.check_attempt(request)?;
        let visibility_s = request
            .visibility_timeout
            .map_or(queue.settings.visibility_s, i64::unsigned_abs);
        let until = now_ms + visibility_s * 1_000;
        let receipts = match queue.repeat(request, now_ms, until) {
            Some(receipts) => receipts,
            None => self.take(id, max.unsigned_abs() as usize, now_ms, until)?,
        };
        let sender = Arc::clone(&self.account);
        let queue = self.by_id(id).ok_or_else(SqsError::no_queue)?;
        if let Some(attempt) = &request.receive_request_attempt_id {
            let made = receipts.iter().map(|&receipt| (receipt, until)).collect();
            queue.attempts.put(Arc::clone(attempt), made, now_ms);
        }
        let messages = queue.messages(&receipts, &selection, &sender);
        if visibility_s == 0 {
            queue.tick(now_ms);
        }
        Ok(ReceiveMessageResult { messages })
    }

    /// How long a receive is to wait for a message, in milliseconds: its own `WaitTimeSeconds`, or
    /// the queue's.
    ///
    /// # Errors
    /// `QueueDoesNotExist`, `InvalidParameterValue`.
    pub fn wait_ms(&mut self, request: &ReceiveMessageRequest) -> Result<u64, SqsError> {
        check(request)?;
        let queue = self.queue(&request.queue_url)?;
        let own = request.wait_time_seconds.map(i64::unsigned_abs);
        Ok(own.unwrap_or(queue.settings.wait_s) * 1_000)
    }

    /// Takes messages in flight, and moves those that were received too often.
    fn take(
        &mut self,
        id: u32,
        max: usize,
        now_ms: u64,
        until: u64,
    ) -> Result<Vec<Receipt>, SqsError> {
        let target = self.dead_letter_target(id);
        let Some(queue) = self.queues.get_mut(id as usize).and_then(Option::as_mut) else {
            return Err(SqsError::no_queue());
        };
        let room = MAX_IN_FLIGHT.saturating_sub(queue.backlog.in_flight());
        if room == 0 && !queue.fifo {
            return Err(SqsError::new(
                ErrorKind::OverLimit,
                "The maximum number of in flight messages is reached.",
            ));
        }
        let (mut receipts, mut dead) = (Vec::new(), Vec::new());
        let mut cursor = Cursor::default();
        let delivery = queue.delivery;
        while receipts.len() < max.min(room)
            && let Some(serial) = pick(&queue.backlog, delivery, &mut cursor, &mut self.rng)
            && let Some(message) = queue.backlog.get(serial)
        {
            let spent = target.is_some_and(|(_, limit)| message.receives_here >= limit);
            if spent && message.copy_of.is_none() {
                dead.extend(queue.backlog.remove(serial));
                queue.counters.dead_lettered += 1;
            } else {
                receipts.extend(queue.deliver(serial, now_ms, until));
            }
        }
        if !queue.fifo && delivery.duplicate > 0.0 {
            self.duplicate(id, &receipts);
        }
        if let Some((target, _)) = target {
            self.dead_letter(dead, id, target, now_ms);
        }
        Ok(receipts)
    }

    /// Makes copies of some of what was just delivered, to be delivered again.
    fn duplicate(&mut self, id: u32, receipts: &[Receipt]) {
        for receipt in receipts {
            let serial = self.serial();
            let Some(queue) = self.queues.get_mut(id as usize).and_then(Option::as_mut) else {
                return;
            };
            let Some(original) = queue.backlog.get(receipt.serial) else {
                continue;
            };
            if original.copy_of.is_some() || !happens(queue.delivery.duplicate, &mut self.rng) {
                continue;
            }
            let copy = Stored {
                serial,
                state: State::Visible,
                copy_of: Some(receipt.serial),
                ..original.clone()
            };
            queue.counters.copies += 1;
            queue.backlog.insert(copy);
        }
    }
}

fn pick(
    backlog: &Backlog,
    delivery: Delivery,
    cursor: &mut Cursor,
    rng: &mut fastrand::Rng,
) -> Option<u64> {
    // Asked second: a receive that finds nothing takes no randomness either, and changes nothing.
    if backlog.is_ready() && happens(delivery.reorder, rng) {
        backlog.any(cursor, rng)
    } else {
        backlog.next(cursor)
    }
}

/// `MaxNumberOfMessages` of a valid request.
fn check(request: &ReceiveMessageRequest) -> Result<i64, SqsError> {
    let max = request.max_number_of_messages.unwrap_or(1);
    let checks = [
        (
            "MaxNumberOfMessages",
            Some(max),
            1,
            10,
            "Must be between 1 and 10, if provided.",
        ),
        (
            "WaitTimeSeconds",
            request.wait_time_seconds,
            0,
            20,
            "Must be >= 0 and <= 20, if provided.",
        ),
        (
            "VisibilityTimeout",
            request.visibility_timeout,
            0,
            43_200,
            "Must be >= 0 and <= 43200, if provided.",
        ),
    ];
    for (name, value, min, most, reason) in checks {
        if let Some(value) = value.filter(|value| !(min..=most).contains(value)) {
            return Err(SqsError::invalid(name, value, reason));
        }
    }
    check_id(
        "ReceiveRequestAttemptId",
        request.receive_request_attempt_id.as_deref(),
    )?;
    Ok(max)
}

impl Queue {
    fn check_attempt(&self, request: &ReceiveMessageRequest) -> Result<(), SqsError> {
        match &request.receive_request_attempt_id {
            Some(attempt) if !self.fifo => Err(SqsError::invalid(
                "ReceiveRequestAttemptId",
                attempt,
                "The request include parameter that is not valid for this queue type.",
            )),
            _ => Ok(()),
        }
    }

    /// One more receive of a message.
    fn deliver(&mut self, serial: u64, now_ms: u64, until: u64) -> Option<Receipt> {
        let message = self.backlog.get_mut(serial)?;
        message.receive_count += 1;
        message.receives_here += 1;
        message.received_ms = now_ms;
        message.first_received_ms.get_or_insert(now_ms);
        let receipt = Receipt {
            serial,
            receive: message.receives_here,
        };
        let received = TraceKind::Received {
            receive_count: message.receive_count,
            until_ms: until,
        };
        self.trace
            .note(&self.name, now_ms, &message.content.id, received);
        self.backlog.set_state(serial, State::InFlight(until));
        self.counters.received += 1;
        Some(receipt)
    }

    /// The receipts of an earlier receive with the same attempt id, if nothing happened to its
    /// messages since; their visibility timeout starts again.
    fn repeat(
        &mut self,
        request: &ReceiveMessageRequest,
        now_ms: u64,
        until: u64,
    ) -> Option<Vec<Receipt>> {
        let attempt = request.receive_request_attempt_id.as_ref()?;
        let made = self.attempts.get(attempt, now_ms)?.clone();
        let untouched = !made.is_empty()
            && made.iter().all(|&(receipt, until)| {
                self.backlog.get(receipt.serial).is_some_and(|message| {
                    message.receives_here == receipt.receive
                        && message.state == State::InFlight(until)
                })
            });
        untouched.then(|| {
            let receipts: Vec<_> = made.into_iter().map(|(receipt, _)| receipt).collect();
            for receipt in &receipts {
                let Some(message) = self.backlog.get_mut(receipt.serial) else {
                    continue;
                };
                message.received_ms = now_ms;
                let hidden = TraceKind::Hidden { until_ms: until };
                self.trace
                    .note(&self.name, now_ms, &message.content.id, hidden);
                self.backlog
                    .set_state(receipt.serial, State::InFlight(until));
            }
            receipts
        })
    }

    fn messages(
        &self,
        receipts: &[Receipt],
        selection: &Selection<'_>,
        sender: &str,
    ) -> Vec<Message> {
        let message = |receipt: &Receipt| {
            let stored = self.backlog.get(receipt.serial)?;
            Some(selection.message(stored, receipt.encode(self.id), self.fifo, sender))
        };
        receipts.iter().filter_map(message).collect()
    }
}
