//! A person who moves dead letters back.

use lambda_queue_simulator::sqs::api::StartMessageMoveTaskRequest;

use super::{Event, World};
use crate::fault::Fault;
use crate::shared::lock;

impl World {
    /// Twice while things go wrong, and once when all is calm.
    pub(super) fn plan_redrives(&mut self, last_sent_ms: u64) {
        for after_ms in [20_000, 150_000, 900_000] {
            self.plan(last_sent_ms + after_ms, Event::Redrive);
        }
    }

    pub(super) fn redrive(&mut self) {
        let account = &self.shared.account;
        if !self.shared.scenario.may(Fault::Redrive) {
            return;
        }
        let request = StartMessageMoveTaskRequest {
            source_arn: account.dead_letters_arn.clone(),
            destination_arn: Some(account.queue_arn.clone()),
            max_number_of_messages_per_second: Some(500),
        };
        let moved = self.numbers_in(&account.dead_letters);
        let now = self.shared.now_ms();
        // One that runs still is as good.
        if lock(&self.shared.sqs)
            .start_message_move_task(&request, now)
            .is_ok()
        {
            let mut moved: Vec<_> = moved.into_iter().collect();
            moved.sort_unstable();
            let mut ledger = self.shared.ledger();
            moved
                .into_iter()
                .for_each(|n| ledger.strike(n, Fault::Redrive));
        }
    }
}
