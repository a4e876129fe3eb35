//! The simulation: the simulator's queue and mapping, a function that only takes time, and a clock
//! that jumps from one event to the next.

mod account;
mod function;
mod tally;

use std::collections::{BTreeMap, VecDeque};
use std::iter::Peekable;

use lambda_queue_simulator::mapping::{
    Action, EventSourceMapping, FunctionFacts, InvocationId, MappingConfig, PollerId, QueueFacts,
    ReturnReason,
};

use super::PlanError;
use super::arrivals::Arrivals;
use super::handlers::Handlers;
use super::load::Load;
use super::samples::{Run, Sample};
use crate::cost::feed::Feed;
use crate::cost::payload_limit;
use account::Account;

/// How long Lambda leaves a queue alone whose messages in flight are too many, about.
const OVER_LIMIT_MS: u64 = 1_000;
/// Most messages of a request to SQS.
const MAX_ENTRIES: usize = 10;
/// Samples of a simulation, at most.
const SAMPLES: u64 = 2_000;

/// What is simulated.
#[derive(Clone, Copy)]
pub(crate) struct Setup<'a> {
    pub(crate) feed: &'a Feed,
    pub(crate) load: &'a Load,
    pub(crate) handlers: &'a Handlers,
    /// Every simulated message stands for so many.
    pub(crate) share: u32,
    /// Message groups of a FIFO queue.
    pub(crate) groups: u64,
    /// Most invocations at once that the account or the function allows.
    pub(crate) concurrency: u32,
    /// Bytes of a message.
    pub(crate) size: u64,
    pub(crate) seed: u64,
}

/// Something that is due at a time.
enum Event {
    Refused(PollerId),
    Ended(InvocationId, Ending),
}

enum Ending {
    Throttled,
    TimedOut,
    /// For each message, the receive count of those that failed.
    Done(Vec<Option<u64>>),
}

struct World<'a> {
    setup: &'a Setup<'a>,
    account: Account,
    mapping: EventSourceMapping,
    arrivals: Peekable<Arrivals>,
    /// By time, then in the order they were planned.
    events: BTreeMap<(u64, u64), Event>,
    planned: u64,
    /// Long polls that have found nothing yet; the first ends first.
    polls: VecDeque<(PollerId, u32, u64)>,
    rng: fastrand::Rng,
    now: u64,
    running: u64,
    most_running: u64,
    /// Requests and writes since the last sample.
    receives: u64,
    deletes: u64,
    writes: u64,
    /// Milliseconds of all invocations so far, and as of the last sample.
    busy_ms: u64,
    busy_before: u64,
    busy_until: u64,
    expired_in_lambda: u64,
    step_ms: u64,
    samples: Vec<Sample>,
    /// Sent and completed as of the last sample.
    before: (u64, u64),
}

/// Runs the load to its end. The same setup gives the same results.
///
/// # Errors
/// Lambda would refuse the mapping.
pub(crate) fn simulate(setup: &Setup<'_>) -> Result<Run, PlanError> {
    let mut world = World::new(setup)?;
    world.run();
    Ok(world.results())
}

impl<'a> World<'a> {
    fn new(setup: &'a Setup<'a>) -> Result<Self, PlanError> {
        let span = setup.load.span;
        Ok(Self {
            account: Account::new(setup)?,
            mapping: mapping(setup)?.thinned(setup.share),
            arrivals: Arrivals::new(setup.load, setup.share, setup.seed).peekable(),
            events: BTreeMap::new(),
            planned: 0,
            polls: VecDeque::new(),
            rng: fastrand::Rng::with_seed(setup.seed.wrapping_add(1)),
            now: span.start_ms,
            running: 0,
            most_running: 0,
            receives: 0,
            deletes: 0,
            writes: 0,
            busy_ms: 0,
            busy_before: 0,
            busy_until: span.start_ms,
            expired_in_lambda: 0,
            step_ms: (span.length_ms() / SAMPLES).max(1_000),
            samples: Vec::new(),
            before: (0, 0),
            setup,
        })
    }

    fn run(&mut self) {
        let end = self.setup.load.span.end_ms;
        let mut sample_at = self.now + self.step_ms;
        let actions = self.mapping.wake(self.now);
        self.act(actions);
        loop {
            self.serve_polls();
            let next = self.next_time().filter(|it| *it < end);
            while sample_at <= next.unwrap_or(end) {
                self.sample(sample_at);
                sample_at += self.step_ms;
            }
            let Some(next) = next else {
                self.now = end;
                return;
            };
            self.pass_until(next);
            self.now = next;
            self.step();
        }
    }

    fn next_time(&mut self) -> Option<u64> {
        let arrival = self.arrivals.peek().copied();
        let event = self.events.first_key_value().map(|((at, _), _)| *at);
        let poll = self.polls.front().map(|(_, _, until)| *until);
        // Where nobody polls, it does not matter when messages come back.
        let visible = poll.and_then(|_| self.account.next_change(self.now));
        let wakeup = self.mapping.next_wakeup(self.now);
        let times = [arrival, event, poll, visible, wakeup];
        times.into_iter().flatten().min()
    }

    /// Everything that is due now.
    fn step(&mut self) {
        while self.arrivals.next_if(|it| *it <= self.now).is_some() {
            self.account.send(self.setup, self.now, &mut self.rng);
        }
        while let Some(entry) = self.events.first_entry()
            && entry.key().0 <= self.now
        {
            let actions = match entry.remove() {
                Event::Refused(poller) => self.mapping.received(poller, Vec::new(), self.now),
                Event::Ended(id, ending) => self.end(id, ending),
            };
            self.act(actions);
        }
        while let Some((poller, _, until)) = self.polls.front().copied()
            && until <= self.now
        {
            self.polls.pop_front();
            self.receives += 1;
            let actions = self.mapping.received(poller, Vec::new(), self.now);
            self.act(actions);
        }
        if self.mapping.next_wakeup(self.now) == Some(self.now) {
            let actions = self.mapping.wake(self.now);
            self.act(actions);
        }
    }

    fn plan(&mut self, at_ms: u64, event: Event) {
        self.planned += 1;
        self.events.insert((at_ms, self.planned), event);
    }

    /// Answers polls as long as there are messages to receive.
    ///
    /// At once: a mapping grows when all of its batches run, and while each waited some milliseconds
    /// for its next messages, all of them would never run together.
    fn serve_polls(&mut self) {
        while let Some((poller, most, _)) = self.polls.front().copied()
            && self.account.is_ready(self.now)
        {
            self.receives += 1;
            match self.account.receive(most, self.now) {
                // What was there went to the dead-letter queue.
                Some(messages) if messages.is_empty() => {}
                Some(messages) => {
                    self.polls.pop_front();
                    let actions = self.mapping.received(poller, messages, self.now);
                    self.act(actions);
                }
                None => {
                    self.polls.pop_front();
                    let at = self.now + OVER_LIMIT_MS;
                    self.plan(at, Event::Refused(poller));
                }
            }
        }
    }

    fn act(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Receive {
                    poller,
                    max_messages,
                    wait_until_ms,
                } => self.polls.push_back((poller, max_messages, wait_until_ms)),
                Action::Invoke { id, event, .. } => self.invoke(id, &event),
                Action::Delete { entries, .. } => {
                    self.deletes += entries.len().div_ceil(MAX_ENTRIES) as u64;
                    self.account.delete(entries, self.now);
                }
                Action::Return {
                    entries,
                    reason: ReturnReason::Expired,
                } => self.expired_in_lambda += entries.len() as u64,
                _ => {}
            }
        }
    }
}

fn mapping(setup: &Setup<'_>) -> Result<EventSourceMapping, PlanError> {
    let feed = setup.feed;
    let small = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    let config = MappingConfig {
        // Bodies are simulated short; this is where long ones close a batch.
        batch_size: feed
            .mapping
            .batch_size
            .min(small(payload_limit(setup.size))),
        // What is in messages, and so what patterns make of them, is not known.
        filters: Vec::new(),
        enabled: true,
        ..feed.mapping.clone()
    };
    let queue = QueueFacts {
        arn: feed.arn(),
        visibility_timeout_seconds: small(feed.visibility_s),
    };
    let function = FunctionFacts {
        timeout_seconds: small(feed.timeout_s),
        reserved_concurrency: feed.reserved_concurrency,
    };
    EventSourceMapping::create(config, queue, function, setup.seed).map_err(PlanError::Mapping)
}
