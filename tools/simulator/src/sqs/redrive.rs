//! Dead-letter queues: validation, the move itself, ListDeadLetterSourceQueues.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::account::Sqs;
use super::api::{ListDeadLetterSourceQueuesRequest, ListDeadLetterSourceQueuesResult};
use super::errors::SqsError;
use super::message::Stored;
use super::paging::page;
use super::queue::Queue;
use super::settings::Settings;
use super::trace::TraceKind;

impl Sqs {
    /// Checks that a redrive policy names a queue that may be a dead-letter queue of this one.
    pub(super) fn check_redrive(
        &self,
        settings: &Settings,
        source_arn: &str,
        fifo: bool,
    ) -> Result<(), SqsError> {
        let Some(policy) = &settings.redrive else {
            return Ok(());
        };
        let parts: Vec<_> = policy.target_arn.split(':').collect();
        if parts.len() != 6 || parts[0] != "arn" || parts[2] != "sqs" {
            return Err(policy.refuse("Invalid value for deadLetterTargetArn."));
        }
        let target = self.id_of_arn(&policy.target_arn);
        let target = target.and_then(|id| self.queues.get(id as usize)?.as_ref());
        let target = target.ok_or_else(|| policy.refuse("Dead letter target does not exist."))?;
        if target.fifo != fifo {
            return Err(
                policy.refuse("Dead-letter queue must be same type of queue as the source.")
            );
        }
        if !target.settings.allow.allows(source_arn) {
            return Err(policy.refuse(
                "Dead-letter queue's redrive allow policy does not allow the source queue.",
            ));
        }
        Ok(())
    }

    /// The dead-letter queue of a queue and its `maxReceiveCount`; none while the target is gone,
    /// in which case messages stay where they are.
    pub(super) fn dead_letter_target(&self, queue: u32) -> Option<(u32, u32)> {
        let queue = self.queues.get(queue as usize)?.as_ref()?;
        let policy = queue.settings.redrive.as_ref()?;
        Some((
            self.id_of_arn(&policy.target_arn)?,
            policy.max_receive_count,
        ))
    }

    /// Moves messages into a dead-letter queue, under their ids.
    pub(super) fn dead_letter(
        &mut self,
        messages: Vec<Stored>,
        source: u32,
        target: u32,
        now: u64,
    ) {
        let Some(source) = self.by_id(source) else {
            return;
        };
        let (name, arn) = (Arc::clone(&source.name), Arc::clone(&source.arn));
        for mut message in messages {
            let serial = self.serial();
            let Some(queue) = self.by_id(target) else {
                return;
            };
            message.content.source_arn = Some(Arc::clone(&arn));
            if queue.fifo {
                // Standard queues keep the enqueue time, FIFO queues restart it.
                message.enqueued_ms = now;
                message.content.dedup = Some(Arc::clone(&message.content.id));
            }
            let to = Arc::clone(&queue.name);
            let id = &message.content.id;
            let dead_lettered = TraceKind::DeadLettered { to };
            queue.trace.note(&name, now, id, dead_lettered);
            queue.accept(message, serial, &name, now);
        }
    }

    /// # Errors
    /// `QueueDoesNotExist`, `InvalidParameterValue` for `MaxResults` or `NextToken`.
    pub fn list_dead_letter_source_queues(
        &self,
        request: &ListDeadLetterSourceQueuesRequest,
    ) -> Result<ListDeadLetterSourceQueuesResult, SqsError> {
        let id = self.id_of_url(&request.queue_url)?;
        let sources: BTreeMap<_, _> = self
            .sources_of(id)
            .map(|queue| (Arc::clone(&queue.name), Arc::clone(&queue.url)))
            .collect();
        let (queue_urls, next_token) =
            page(&sources, request.max_results, request.next_token.as_deref())?;
        Ok(ListDeadLetterSourceQueuesResult {
            queue_urls,
            next_token,
        })
    }

    /// Queues whose redrive policy names this one.
    pub(super) fn sources_of(&self, id: u32) -> impl Iterator<Item = &Queue> {
        self.queues.iter().flatten().filter(move |queue| {
            let policy = queue.settings.redrive.as_ref();
            policy.and_then(|policy| self.id_of_arn(&policy.target_arn)) == Some(id)
        })
    }
}
