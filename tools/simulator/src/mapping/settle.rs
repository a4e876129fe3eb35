//! What becomes of a batch's messages when its invocation ends.

use std::collections::BTreeSet;

use super::EventSourceMapping;
use super::action::{
    Action, DeleteReason, InvocationId, InvocationResult, MessageRef, ReturnReason,
};
use super::buffer::Held;
use super::invocation::Invocation;
use super::response::{Verdict, judge};

/// Entries of a `DeleteMessageBatch`.
const DELETE_BATCH: usize = 10;

impl EventSourceMapping {
    pub(super) fn settle(&mut self, id: InvocationId, result: InvocationResult, now: u64) {
        if self.retries.iter().any(|(_, waiting)| *waiting == id) {
            // Not running, so this is not its result.
            return;
        }
        let Some(invocation) = self.invocations.remove(&id) else {
            return;
        };
        self.count(&result, now);
        if result == InvocationResult::Throttled
            && let Some(at) = invocation.next_attempt(now, &mut self.rng)
        {
            self.retries.insert((at, id));
            self.invocations.insert(id, invocation);
            return;
        }
        let (failed, reason) = self.failed(&invocation, result);
        self.finish(invocation, failed, reason);
    }

    /// Is done with a batch: deletes what did not fail, lets go of the rest.
    pub(super) fn finish(&mut self, invocation: Invocation, failed: Failed, reason: ReturnReason) {
        self.busy.release(invocation.groups());
        let (returned, deleted): (Vec<_>, Vec<_>) = invocation
            .batch
            .into_iter()
            .partition(|held| failed.has(&held.message.message_id));
        self.counters.deleted += deleted.len() as u64;
        let deleted = deleted.into_iter().map(|held| held.message).collect();
        self.delete(deleted, DeleteReason::Processed);
        self.return_with_groups(returned, reason);
    }

    fn count(&mut self, result: &InvocationResult, now: u64) {
        match result {
            InvocationResult::Response(_) => return,
            InvocationResult::FunctionError => self.counters.errors += 1,
            InvocationResult::Timeout => self.counters.timeouts += 1,
            InvocationResult::Throttled => self.counters.throttles += 1,
        }
        self.scaling.on_failure(now);
    }

    /// The messages that failed, and why.
    fn failed(
        &mut self,
        invocation: &Invocation,
        result: InvocationResult,
    ) -> (Failed, ReturnReason) {
        match result {
            InvocationResult::FunctionError => (Failed::All, ReturnReason::FunctionError),
            InvocationResult::Timeout => (Failed::All, ReturnReason::Timeout),
            InvocationResult::Throttled => (Failed::All, ReturnReason::Throttled),
            InvocationResult::Response(bytes) if self.config.reports_batch_item_failures() => {
                let ids = invocation
                    .batch
                    .iter()
                    .map(|held| held.message.message_id.as_str());
                match judge(&bytes, ids) {
                    Verdict::Succeeded => (Failed::None, ReturnReason::Reported),
                    Verdict::Partial(ids) => (Failed::Some(ids), ReturnReason::Reported),
                    Verdict::Invalid(invalid) => {
                        self.counters.invalid_responses += 1;
                        (Failed::All, ReturnReason::InvalidResponse(invalid))
                    }
                }
            }
            // Without ReportBatchItemFailures any response is a success, whatever it says.
            InvocationResult::Response(_) => (Failed::None, ReturnReason::Reported),
        }
    }

    /// A message that comes back takes along what the buffer still holds of its group: SQS hands these
    /// out again after it, and they must not overtake it.
    fn return_with_groups(&mut self, returned: Vec<Held>, reason: ReturnReason) {
        let groups: BTreeSet<_> = returned
            .iter()
            .filter_map(|held| held.group.clone())
            .collect();
        let messages = |held: Vec<Held>| held.into_iter().map(|held| held.message).collect();
        self.give_back(messages(returned), reason);
        if !groups.is_empty() {
            let followers = self.buffer.remove_groups(&groups);
            self.give_back(messages(followers), ReturnReason::GroupReturned);
        }
    }

    pub(super) fn give_back(&mut self, entries: Vec<MessageRef>, reason: ReturnReason) {
        if !entries.is_empty() {
            self.counters.returned += entries.len() as u64;
            self.actions.push(Action::Return { entries, reason });
        }
    }

    pub(super) fn delete(&mut self, entries: Vec<MessageRef>, reason: DeleteReason) {
        let mut entries = entries.into_iter().peekable();
        while entries.peek().is_some() {
            let entries = entries.by_ref().take(DELETE_BATCH).collect();
            self.actions.push(Action::Delete { entries, reason });
        }
    }
}

/// The messages of a batch that failed.
pub(super) enum Failed {
    None,
    Some(BTreeSet<String>),
    All,
}

impl Failed {
    fn has(&self, id: &str) -> bool {
        match self {
            Self::None => false,
            Self::Some(ids) => ids.contains(id),
            Self::All => true,
        }
    }
}
