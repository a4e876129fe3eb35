//! Invocations: a batch goes to a process, and comes back as a response, or does not.

use std::sync::atomic::Ordering;
use std::time::Duration;

use aws_lambda_events::event::sqs::SqsEvent;
use lambda_queue::Deadline;
use lambda_queue_simulator::mapping::{InvocationId, InvocationResult};

use super::{Event, TIMEOUT_S, World};
use crate::dice::Dice;
use crate::fault::Fault;
use crate::process::{Doom, End, Mortal, Sandbox};
use crate::sabotage::Sabotage;
use crate::shared::lock;

/// How often there is no concurrency left for a batch, of ten thousand.
const THROTTLED: u64 = 250;
/// How often a response is lost, of ten thousand.
const RESPONSE_LOST: u64 = 250;

impl World {
    pub(super) fn invoke(&mut self, id: InvocationId, event: &str) {
        let numbers = self.numbers_of(id);
        let dice = self.dice_of(&numbers);
        let now = self.shared.now_ms();
        if self.shared.may(Fault::FunctionThrottled) && dice.of(1).happens(THROTTLED) {
            self.strike_all(&numbers, Fault::FunctionThrottled);
            return self.plan(now + 1, Event::Throttled(id));
        }
        let Some(sandbox) = self.sandbox() else {
            return;
        };
        if let Some(fault) = sandbox.skew(&self.shared) {
            self.strike_all(&numbers, fault);
        }
        self.invocations += 1;
        sandbox
            .process
            .invocation
            .store(self.invocations, Ordering::Relaxed);
        let event = match self.shared.scenario.sabotage {
            Some(Sabotage::GroupsIgnored) => event.replace(".fifo", ""),
            _ => event.to_owned(),
        };
        // The mapping writes nothing else.
        let event: SqsEvent = serde_json::from_str(&event).unwrap_or_default();
        let timeout = Duration::from_secs(TIMEOUT_S.into());
        let deadline = Deadline::after(timeout, &sandbox.clock);
        let processor = sandbox.processor.clone();
        let future = Box::pin(async move { processor.process(event, deadline).await });
        let doom = Doom::of(dice.of(2), numbers.len(), |fault| self.shared.may(fault));
        let until = self.shared.instant(now) + timeout;
        self.batches.insert(id, (self.invocations, numbers));
        self.running
            .push(Mortal::new(id, sandbox, future, doom, until));
    }

    pub(super) fn end(&mut self, id: InvocationId, sandbox: Sandbox, end: End) {
        let (invocation, numbers) = self.batches.remove(&id).unwrap_or_default();
        let lost = self.dice_of(&numbers).of(3).happens(RESPONSE_LOST);
        let result = match end {
            End::Answered {
                report,
                paused,
                late,
                awaits,
            } => {
                self.longest = self.longest.max(awaits);
                self.idle.push(sandbox);
                if late {
                    self.forsake(invocation, &numbers, "its time was over");
                }
                if paused {
                    self.strike_all(&numbers, Fault::Pause);
                }
                let response = report.into_response().ok();
                let response = response.and_then(|it| serde_json::to_vec(&it).ok());
                match response {
                    Some(_) if lost && self.shared.may(Fault::ResponseLost) => {
                        self.strike_all(&numbers, Fault::ResponseLost);
                        InvocationResult::FunctionError
                    }
                    Some(response) => InvocationResult::Response(response),
                    None => InvocationResult::FunctionError,
                }
            }
            End::Died(fault, at) => {
                self.latest_end = self.latest_end.max(at);
                self.bury(invocation, &numbers, fault);
                match fault {
                    Fault::Killed => InvocationResult::Timeout,
                    _ => InvocationResult::FunctionError,
                }
            }
        };
        let now = self.shared.now_ms();
        let actions = self.mapping.invocation_finished(id, result, now);
        self.act(actions);
    }

    fn bury(&mut self, invocation: u64, numbers: &[u32], fault: Fault) {
        self.strike_all(numbers, fault);
        self.forsake(invocation, numbers, "its process ended");
    }

    /// Completions that the invocation has not made by now are never made.
    fn forsake(&self, invocation: u64, numbers: &[u32], why: &'static str) {
        let mut ledger = self.shared.ledger();
        for n in numbers {
            let key = ledger.planned(*n).order.key;
            ledger.forsaken(key, invocation, why);
        }
    }

    fn strike_all(&self, numbers: &[u32], fault: Fault) {
        let mut ledger = self.shared.ledger();
        numbers.iter().for_each(|n| ledger.strike(*n, fault));
    }

    /// A process that is idle, or a new one.
    fn sandbox(&mut self) -> Option<Sandbox> {
        if let Some(idle) = self.idle.pop() {
            return Some(idle);
        }
        self.sandboxes += 1;
        Sandbox::new(&self.shared, self.sandboxes)
    }

    fn numbers_of(&self, id: InvocationId) -> Vec<u32> {
        let receipts = lock(&self.shared.receipts);
        let messages = self.mapping.invocation_messages(id);
        messages
            .filter_map(|it| receipts.get(&it.receipt_handle).copied())
            .collect()
    }

    /// A batch has the luck of its first message at this time.
    fn dice_of(&self, numbers: &[u32]) -> Dice {
        let first = numbers.first().copied().unwrap_or_default();
        let dice = self.shared.scenario.dice().of(9).of(first.into());
        dice.of(self.shared.elapsed_ms())
    }
}
