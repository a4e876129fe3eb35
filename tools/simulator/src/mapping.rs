//! Lambda's event source mapping for SQS.
//!
//! A mapping talks to no queue and no function: it is told what happened, and answers with the
//! [`Action`]s to carry out. Times are epoch milliseconds and must not go back; randomness comes from
//! the seed, so that the same inputs give the same actions.
//!
//! ```
//! use lambda_queue_simulator::mapping::*;
//!
//! let queue = QueueFacts {
//!     arn: "arn:aws:sqs:eu-west-1:123456789012:documents".into(),
//!     visibility_timeout_seconds: 180,
//! };
//! let function = FunctionFacts { timeout_seconds: 30, reserved_concurrency: None };
//! let config = MappingConfig::default();
//! let mut mapping = EventSourceMapping::create(config, queue, function, 7)?;
//!
//! let polls = mapping.wake(0);
//! assert_eq!(polls.len(), 5);
//! let Action::Receive { poller, .. } = polls[0] else { unreachable!() };
//! let message = ReceivedMessage { message_id: "m1".into(), ..ReceivedMessage::default() };
//! let actions = mapping.received(poller, vec![message], 40);
//! assert!(matches!(actions[0], Action::Invoke { .. }));
//! # Ok::<(), CreateError>(())
//! ```

mod action;
mod advance;
mod buffer;
mod config;
mod counters;
mod create;
mod event;
mod fifo;
mod filter;
mod invocation;
mod pollers;
mod record;
mod response;
mod scaling;
mod settle;

use std::collections::{BTreeMap, BTreeSet};

pub use action::{
    Action, DeleteReason, InvocationId, InvocationResult, MessageRef, PollerId, ReturnReason,
};
pub use config::{FunctionFacts, MappingConfig, ProvisionedPollers, QueueFacts};
pub use counters::Counters;
pub use create::CreateError;
pub use filter::{FilterCriteria, FilterError, PatternError};
pub use record::{MessageAttribute, ReceivedMessage};
pub use response::{InvalidResponse, Verdict, judge};

use buffer::{BatchLimits, Buffer};
use fifo::BusyGroups;
use invocation::Invocation;
use pollers::Pollers;
use scaling::{Bounds, Scaling};

/// The mapping of one queue to one function.
#[derive(Debug)]
pub struct EventSourceMapping {
    config: MappingConfig,
    queue: QueueFacts,
    function: FunctionFacts,
    filter: FilterCriteria,
    enabled: bool,
    rng: fastrand::Rng,
    pollers: Pollers,
    scaling: Scaling,
    /// How many batches each batch stands for.
    share: u32,
    /// Whether batches of a quiet queue wait as long as Lambda's may.
    patient: bool,
    buffer: Buffer,
    busy: BusyGroups,
    invocations: BTreeMap<InvocationId, Invocation>,
    /// Throttled invocations, by the time of their next attempt.
    retries: BTreeSet<(u64, InvocationId)>,
    next_invocation: u64,
    counters: Counters,
    actions: Vec<Action>,
}

impl EventSourceMapping {
    /// A mapping as `CreateEventSourceMapping` makes it; it acts from the first `wake` on.
    ///
    /// # Errors
    /// AWS's, with its code and message.
    pub fn create(
        config: MappingConfig,
        queue: QueueFacts,
        function: FunctionFacts,
        seed: u64,
    ) -> Result<Self, CreateError> {
        let filter = create::validate(&config, &queue, &function)?;
        Ok(Self {
            scaling: Scaling::new(Bounds::of(&config, &queue)),
            share: 1,
            patient: false,
            enabled: config.enabled,
            config,
            queue,
            function,
            filter,
            rng: fastrand::Rng::with_seed(seed),
            pollers: Pollers::default(),
            buffer: Buffer::default(),
            busy: BusyGroups::default(),
            invocations: BTreeMap::new(),
            retries: BTreeSet::new(),
            next_invocation: 0,
            counters: Counters::default(),
            actions: Vec::new(),
        })
    }

    /// The mapping where each message stands for `share` messages, and each batch for as many: a
    /// `share`-th of the concurrency, which grows as much more slowly. For loads too large to be
    /// simulated one message at a time; to be called before the first `wake`.
    #[must_use]
    pub fn thinned(mut self, share: u32) -> Self {
        self.share = share.max(1);
        self.scaling = Scaling::new(self.bounds());
        self
    }

    /// The mapping with the longest waits that Lambda allows itself: a window on a quiet queue takes
    /// 20 seconds, however short it is. "May" is all that AWS says, so that this is not the default.
    #[must_use]
    pub fn patient_on_a_quiet_queue(mut self) -> Self {
        self.patient = true;
        self
    }

    /// Tells the time: to start, and when `next_wakeup` said so.
    pub fn wake(&mut self, now: u64) -> Vec<Action> {
        self.advance(now)
    }

    /// Answers a `Receive`; with no messages also if the poll was given up. Messages that come after disabling are processed all the same: they are in
    /// flight.
    pub fn received(
        &mut self,
        poller: PollerId,
        messages: Vec<ReceivedMessage>,
        now: u64,
    ) -> Vec<Action> {
        self.pollers.finish(poller);
        self.take_in(messages, now);
        self.advance(now)
    }

    /// Answers an `Invoke`; an invocation that is not running is ignored.
    pub fn invocation_finished(
        &mut self,
        id: InvocationId,
        result: InvocationResult,
        now: u64,
    ) -> Vec<Action> {
        self.settle(id, result, now);
        self.advance(now)
    }

    /// Starts or stops polling; what was received before is still processed, without further waiting.
    pub fn set_enabled(&mut self, enabled: bool, now: u64) -> Vec<Action> {
        self.enabled = enabled;
        self.advance(now)
    }

    /// Changes the configuration, as `UpdateEventSourceMapping`, at once; invocations under way are not
    /// affected.
    ///
    /// # Errors
    /// As `create`; nothing is changed then.
    pub fn update(&mut self, config: MappingConfig, now: u64) -> Result<Vec<Action>, CreateError> {
        self.filter = create::validate(&config, &self.queue, &self.function)?;
        self.enabled = config.enabled;
        self.config = config;
        self.scaling.rebound(self.bounds());
        Ok(self.advance(now))
    }

    /// Takes note of changed queue attributes or function settings. AWS checks them against the mapping
    /// only when the mapping is created or updated.
    pub fn facts_changed(&mut self, queue: QueueFacts, function: FunctionFacts) {
        self.queue = queue;
        self.function = function;
    }

    /// When to `wake` the mapping if nothing else happens before, in epoch ms.
    pub fn next_wakeup(&self, now: u64) -> Option<u64> {
        let retry = self.retries.first().map(|(at, _)| *at);
        let retry = retry.filter(|_| self.running() < self.scaling.limit());
        let window = self.buffer.window_ends(self.limits());
        let window = window.filter(|_| self.free_slots() > 0 && !self.queue.is_fifo());
        let growth = self.scaling.next_step(self.invocations.len());
        let earliest = [retry, window, growth].into_iter().flatten().min();
        earliest.map(|at| at.max(now))
    }

    /// The messages of an invocation under way, in the order of its event; none if there is no such.
    pub fn invocation_messages(&self, id: InvocationId) -> impl Iterator<Item = &MessageRef> {
        let batch = self.invocations.get(&id).map(|it| &it.batch);
        batch.into_iter().flatten().map(|held| &held.message)
    }

    /// Counts for consoles and summaries.
    pub fn counters(&self) -> Counters {
        Counters {
            concurrency: self.running() as u64,
            concurrency_limit: self.scaling.limit() as u64,
            buffered: self.buffer.len() as u64,
            polling: self.pollers.len() as u64,
            ..self.counters
        }
    }

    /// Whether the mapping holds no message: none buffered, none in an invocation.
    pub fn is_idle(&self) -> bool {
        self.buffer.len() == 0 && self.invocations.is_empty()
    }

    /// Whether the mapping polls.
    pub fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// The configuration in force.
    pub fn config(&self) -> &MappingConfig {
        &self.config
    }

    #[cfg(test)]
    fn pollers_for_tests(&self) -> Vec<PollerId> {
        self.pollers.ids().collect()
    }

    /// Invocations in the function, without those that wait after throttling.
    fn running(&self) -> usize {
        self.invocations.len() - self.retries.len()
    }

    /// Batches that may start now. One that waits after throttling keeps its place.
    fn free_slots(&self) -> usize {
        self.scaling.limit().saturating_sub(self.invocations.len())
    }

    fn bounds(&self) -> Bounds {
        Bounds::of(&self.config, &self.queue).thinned(self.share)
    }

    fn limits(&self) -> BatchLimits {
        BatchLimits {
            size: self.config.batch_size as usize,
            window_ms: u64::from(self.config.window_seconds) * 1_000,
        }
    }
}

#[cfg(test)]
mod tests;
