//! Changes to mappings while they run.

use std::collections::HashSet;

use lambda_queue_simulator::mapping::{Action, CreateError, QueueFacts};
use lambda_queue_simulator::sqs::api::GetQueueAttributesRequest;

use super::control::Command;
use super::create::{capped, function_facts};
use super::{Change, Mappings, Source};
use crate::local::queues::Queues;

const VISIBILITY: &str = "VisibilityTimeout";

impl Mappings {
    pub(super) fn obey(&mut self, command: Command) {
        let now_ms = self.now();
        let mut sources = self.sources.iter_mut();
        let found = sources.position(|it| it.uuid == command.uuid);
        let Some(index) = found else {
            return command.answer(None);
        };
        let source = &mut self.sources[index];
        source.refresh(&self.queues);
        match source.change(command.change.clone(), now_ms) {
            Err(error) => command.answer(Some(Err(error))),
            Ok(actions) => {
                self.carry_out(index, actions, &HashSet::new());
                command.answer(Some(Ok(self.sources[index].state())));
            }
        }
    }
}

impl Source {
    fn change(&mut self, change: Change, now_ms: u64) -> Result<Vec<Action>, CreateError> {
        let actions = match change {
            Change::Enabled(enabled) => {
                self.config.enabled = enabled;
                self.mapping.set_enabled(enabled, now_ms)
            }
            Change::Config(config) => {
                let actions = self.mapping.update(capped(&config), now_ms)?;
                self.config = config;
                actions
            }
        };
        self.changed_ms = now_ms;
        if !self.config.enabled {
            // A poll that goes on would still take a message, seconds later.
            self.disabled.notify_waiters();
        }
        Ok(actions)
    }

    /// Lets the mapping know of the queue as it is now.
    pub(super) fn refresh(&mut self, queues: &Queues) {
        let request = GetQueueAttributesRequest {
            queue_url: self.queue_url.clone(),
            attribute_names: vec![VISIBILITY.to_owned()],
        };
        let answer = queues.with(|sqs, now_ms| sqs.get_queue_attributes(&request, now_ms));
        // Without the queue there is nothing to be told, and nothing to be polled.
        let Ok(answer) = answer else { return };
        let seconds = answer.attributes.get(VISIBILITY);
        let Some(Ok(seconds)) = seconds.map(|it| it.parse()) else {
            return;
        };
        let queue = QueueFacts {
            arn: self.queue_arn.clone(),
            visibility_timeout_seconds: seconds,
        };
        let function = function_facts(self.pool.function());
        self.mapping.facts_changed(queue, function);
    }
}
