//! Changes to mappings while they run.

use std::collections::HashSet;
use std::sync::Arc;

use lambda_queue_simulator::mapping::{Action, CreateError, EventSourceMapping, QueueFacts};
use lambda_queue_simulator::sqs::api::GetQueueAttributesRequest;

use super::control::{Command, Reply, Request};
use super::create::{capped, function_facts};
use super::source::{Source, Started};
use super::{Change, Mappings, NewMapping};
use crate::local::ids::request_id;
use crate::local::queues::Queues;

const VISIBILITY: &str = "VisibilityTimeout";

impl Mappings {
    pub(super) fn obey(&mut self, command: Command) {
        let (request, answer) = command.open();
        let reply = match request {
            Request::Create(new) => self.create(new),
            Request::Change(uuid, change) => self.change(&uuid, change),
        };
        // Whoever asked may look at once.
        self.publish();
        answer(reply);
    }

    fn change(&mut self, uuid: &str, change: Change) -> Reply {
        let now_ms = self.now();
        let mut sources = self.sources.iter();
        let index = sources.position(|it| it.uuid == uuid && !it.deleted)?;
        let source = &mut self.sources[index];
        source.refresh(&self.queues);
        Some(source.change(change, now_ms).map(|actions| {
            self.carry_out(index, actions, &HashSet::new());
            self.sources[index].state()
        }))
    }

    fn create(&mut self, new: NewMapping) -> Reply {
        let mut queues = self.queues.summaries().into_iter();
        let queue = queues.find(|it| *it.arn == *new.queue_arn)?;
        let facts = QueueFacts {
            arn: new.queue_arn,
            visibility_timeout_seconds: visibility(&self.queues, &queue.name)?,
        };
        let (function, seed) = (function_facts(new.pool.function()), fastrand::u64(..));
        let created = EventSourceMapping::create(capped(&new.config), facts, function, seed);
        Some(created.map(|mapping| {
            let started = Started {
                uuid: request_id(),
                mapping,
                config: new.config,
                called: new.called,
                queue_arn: queue.arn.to_string(),
                queue_url: queue.name,
            };
            self.start(started, new.pool).state()
        }))
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
            Change::Deleted => {
                self.config.enabled = false;
                self.deleted = true;
                self.mapping.set_enabled(false, now_ms)
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
        // Without the queue there is nothing to be told, and nothing to be polled.
        let Some(seconds) = visibility(queues, &self.queue_url) else {
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

/// The visibility timeout of a queue now, in seconds; `None` if there is no such queue.
fn visibility(queues: &Queues, queue_url: &Arc<str>) -> Option<u32> {
    let request = GetQueueAttributesRequest {
        queue_url: Arc::clone(queue_url),
        attribute_names: vec![VISIBILITY.to_owned()],
    };
    let answer = queues.with(|sqs, now_ms| sqs.get_queue_attributes(&request, now_ms));
    answer.ok()?.attributes.get(VISIBILITY)?.parse().ok()
}
