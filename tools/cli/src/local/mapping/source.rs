//! One mapping with all that belongs to it, and what became of its messages.

use std::collections::HashSet;
use std::sync::Arc;

use lambda_queue_simulator::mapping::{
    DeleteReason, EventSourceMapping, MappingConfig, MessageRef, ReturnReason,
};
use tokio::sync::Notify;
use uuid::Uuid;

use super::MappingState;
use crate::local::pool::Pool;
use crate::template::Qualified;

/// A mapping, its queue and its function.
pub(super) struct Source {
    pub(super) uuid: String,
    pub(super) mapping: EventSourceMapping,
    /// As it was asked for, which this machine need not give.
    pub(super) config: MappingConfig,
    /// Told when polls are to be given up.
    pub(super) disabled: Arc<Notify>,
    /// It stays where it is, as work under way knows it by its place.
    pub(super) deleted: bool,
    pub(super) queue_arn: String,
    pub(super) queue_url: Arc<str>,
    pub(super) changed_ms: u64,
    pub(super) pool: Arc<Pool>,
    /// How the function is invoked.
    pub(super) called: Qualified,
    pub(super) tally: SourceTally,
    /// Messages in the tally: one that is delivered twice may be deleted twice.
    pub(super) counted: HashSet<Uuid>,
}

/// A mapping that begins.
pub(super) struct Started {
    pub(super) uuid: String,
    pub(super) mapping: EventSourceMapping,
    pub(super) config: MappingConfig,
    pub(super) called: Qualified,
    pub(super) queue_arn: String,
    pub(super) queue_url: Arc<str>,
}

/// What became of the messages of a mapping.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SourceTally {
    /// Deleted after the function, less those below.
    pub(crate) completed: u64,
    /// Sent to the dead-letter queue by the function, as it says, and then deleted.
    pub(crate) dead_lettered: u64,
    /// Deleted because no filter wanted them.
    pub(crate) filtered: u64,
    /// Deliveries beyond a message's first.
    pub(crate) retried: u64,
}

impl Source {
    pub(super) fn new(started: Started, pool: Arc<Pool>, now_ms: u64) -> Self {
        Self {
            uuid: started.uuid,
            mapping: started.mapping,
            config: started.config,
            disabled: Arc::default(),
            deleted: false,
            queue_arn: started.queue_arn,
            queue_url: started.queue_url,
            changed_ms: now_ms,
            pool,
            called: started.called,
            tally: SourceTally::default(),
            counted: HashSet::new(),
        }
    }

    /// Whether it was deleted and has nothing under way any more.
    pub(super) fn is_gone(&self) -> bool {
        self.deleted && self.mapping.is_idle() && self.mapping.counters().polling == 0
    }

    pub(super) fn state(&self) -> MappingState {
        let counters = self.mapping.counters();
        MappingState {
            uuid: self.uuid.clone(),
            function: self.pool.function().logical_id.clone(),
            called: self.called.clone(),
            queue_arn: self.queue_arn.clone(),
            config: self.config.clone(),
            enabled: self.mapping.is_enabled(),
            deleted: self.deleted,
            changed_ms: self.changed_ms,
            counters,
            tally: self.tally,
        }
    }

    /// Counts messages that are done with, each once.
    pub(super) fn count(
        &mut self,
        entries: &[MessageRef],
        reason: DeleteReason,
        dead: &HashSet<String>,
    ) {
        for entry in entries {
            // SQS's ids are UUIDs.
            let id = Uuid::parse_str(&entry.message_id).unwrap_or_default();
            if !self.counted.insert(id) {
                continue;
            }
            let count = match reason {
                DeleteReason::Filtered => &mut self.tally.filtered,
                _ if dead.contains(&entry.message_id) => &mut self.tally.dead_lettered,
                _ => &mut self.tally.completed,
            };
            *count += 1;
        }
    }

    /// Says why messages come back where the function itself has not failed.
    pub(super) fn explain(&self, count: usize, reason: ReturnReason) {
        match reason {
            ReturnReason::InvalidResponse(_) | ReturnReason::Expired | ReturnReason::TooLarge => {}
            _ => return,
        }
        let verb = if count == 1 {
            "message comes"
        } else {
            "messages come"
        };
        let voice = self.pool.voice();
        voice.warn(&format_args!("{count} {verb} back: {reason}"));
    }
}
