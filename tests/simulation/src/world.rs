//! A world: the simulator's queue and mapping, processes with the real processor, and a clock that
//! jumps from one event to the next.

mod function;
mod operator;
mod queue;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use lambda_queue_simulator::mapping::{
    Action, EventSourceMapping, FunctionFacts, InvocationId, InvocationResult, MappingConfig,
    PollerId, QueueFacts,
};
use rustc_hash::{FxHashMap, FxHashSet};
use tokio::time::sleep_until;

use crate::account::{self, VISIBILITY_S};
use crate::fault::Faults;
use crate::ledger::{Ledger, Violation};
use crate::order::planned;
use crate::process::{Mortal, Sandbox};
use crate::scenario::Scenario;
use crate::shared::{START_MS, Shared, lock};

/// The function's timeout.
const TIMEOUT_S: u32 = 30;
/// Batches at once.
const CONCURRENCY: u32 = 60;
/// Messages sent a second.
const RATE: u64 = 100;
/// After the last message was sent, until nothing goes wrong any more.
const CALM_AFTER_MS: u64 = 240_000;
/// How long a queue may take to become empty after that.
const DRAIN_MS: u64 = 12 * 3_600_000;

/// What came of a world.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcome {
    /// Messages sent.
    pub messages: u64,
    /// Times a message was delivered.
    pub deliveries: u64,
    /// Effects of handlers.
    pub effects: u64,
    /// Effects that were not the first of their key.
    pub repeated: u64,
    /// Runs that a hook found out about.
    pub reconciled: u64,
    /// Messages in the dead-letter queue at the end.
    pub dead_letters: u64,
    /// Awaits of the invocation that had the most.
    pub longest: u64,
    /// The await at which a process ended, at the latest.
    pub latest_end: u64,
    /// Milliseconds of virtual time.
    pub virtual_ms: u64,
    /// What struck each message.
    pub faults: Vec<Faults>,
    /// The first promise that was broken.
    pub violation: Option<Violation>,
    /// What happened, if that was asked for.
    pub trace: Vec<String>,
}

/// Something that is due at a time.
enum Event {
    Throttled(InvocationId),
    Redrive,
}

struct World {
    shared: Arc<Shared>,
    mapping: EventSourceMapping,
    arrivals: VecDeque<(u64, u32)>,
    /// By time, then in the order they were planned.
    events: BTreeMap<(u64, u64), Event>,
    planned: u64,
    /// Long polls that have found nothing yet; the first ends first.
    polls: VecDeque<(PollerId, u32, u64)>,
    /// The messages by their ids, and whether somebody has received them and not given them back.
    ids: FxHashMap<Arc<str>, (u32, bool)>,
    running: FuturesUnordered<Mortal>,
    /// What the invocations under way were given.
    batches: FxHashMap<InvocationId, (u64, Vec<u32>)>,
    idle: Vec<Sandbox>,
    sandboxes: u64,
    invocations: u64,
    longest: u64,
    latest_end: u64,
    end_ms: u64,
}

/// Runs a world to its end. The same scenario comes to the same outcome.
///
/// # Errors
/// Why it cannot be set up.
pub fn simulate(scenario: &Scenario, traced: bool) -> Result<Outcome, String> {
    fastrand::seed(scenario.seed);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    let runtime = runtime.map_err(|error| format!("no runtime: {error}"))?;
    runtime.block_on(async {
        let mut world = World::new(scenario, traced)?;
        world.run().await;
        Ok(world.outcome())
    })
}

impl World {
    fn new(scenario: &Scenario, traced: bool) -> Result<Self, String> {
        let all = 0..scenario.messages;
        let all: Vec<_> = all.map(|n| planned(scenario, n)).collect();
        let last_ms = u64::from(scenario.messages) * 1_000 / RATE;
        let arrivals = match &scenario.only {
            None => (0..scenario.messages).collect(),
            Some(only) => only.clone(),
        };
        let arrivals = arrivals.into_iter();
        let arrivals = arrivals
            .map(|n| (START_MS + u64::from(n) * 1_000 / RATE, n))
            .collect();
        let account = account::open(scenario).map_err(|error| error.to_string())?;
        let mapping = mapping(scenario, &account.1.queue_arn)?;
        let ledger = Ledger::new(scenario, all, traced);
        let calm_ms = last_ms + CALM_AFTER_MS;
        let mut world = Self {
            shared: Shared::new(scenario.clone(), calm_ms, account, ledger),
            mapping,
            arrivals,
            events: BTreeMap::new(),
            planned: 0,
            polls: VecDeque::new(),
            ids: FxHashMap::default(),
            running: FuturesUnordered::new(),
            batches: FxHashMap::default(),
            idle: Vec::new(),
            sandboxes: 0,
            invocations: 0,
            longest: 0,
            latest_end: 0,
            end_ms: START_MS + calm_ms + DRAIN_MS,
        };
        world.plan_redrives(START_MS + last_ms);
        Ok(world)
    }

    async fn run(&mut self) {
        let actions = self.mapping.wake(self.shared.now_ms());
        self.act(actions);
        loop {
            self.serve_polls();
            if self.shared.ledger().violation().is_some() || self.is_over() {
                break;
            }
            let Some(next) = self.next_time() else { break };
            if next > self.end_ms {
                let left = self.left();
                self.shared.ledger().stuck(left);
                break;
            }
            let due = sleep_until(self.shared.instant(next));
            tokio::select! {
                biased;
                Some((id, sandbox, end)) = self.running.next() => self.end(id, sandbox, end),
                () = due => self.step(),
            }
        }
        self.shared.settle();
    }

    fn next_time(&mut self) -> Option<u64> {
        let now = self.shared.now_ms();
        let arrival = self.arrivals.front().map(|(at, _)| *at);
        let event = self.events.first_key_value().map(|((at, _), _)| *at);
        let poll = self.polls.front().map(|(_, _, until)| *until);
        let visible = poll.and_then(|_| self.next_visible(now));
        let wakeup = self.mapping.next_wakeup(now);
        let times = [arrival, event, poll, visible, wakeup];
        times.into_iter().flatten().min()
    }

    /// Everything that is due now.
    fn step(&mut self) {
        let now = self.shared.now_ms();
        while let Some((_, n)) = self.arrivals.pop_front_if(|(at, _)| *at <= now) {
            self.send(n);
        }
        while let Some(entry) = self.events.first_entry()
            && entry.key().0 <= now
        {
            match entry.remove() {
                Event::Throttled(id) => {
                    let throttled = InvocationResult::Throttled;
                    let actions = self.mapping.invocation_finished(id, throttled, now);
                    self.act(actions);
                }
                Event::Redrive => self.redrive(),
            }
        }
        while let Some((poller, _, until)) = self.polls.front().copied()
            && until <= now
        {
            self.polls.pop_front();
            let actions = self.mapping.received(poller, Vec::new(), now);
            self.act(actions);
        }
        if self.mapping.next_wakeup(now) == Some(now) {
            let actions = self.mapping.wake(now);
            self.act(actions);
        }
    }

    fn plan(&mut self, at_ms: u64, event: Event) {
        self.planned += 1;
        self.events.insert((at_ms, self.planned), event);
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
                Action::Delete { entries, .. } => self.delete(entries),
                _ => {}
            }
        }
    }

    /// Whether all messages are sent, and nothing is left to do with them.
    fn is_over(&mut self) -> bool {
        self.arrivals.is_empty()
            && self.events.is_empty()
            && self.running.is_empty()
            && self.mapping.is_idle()
            && lock(&self.shared.network).is_idle()
            && self.left() == 0
    }

    fn outcome(mut self) -> Outcome {
        let (in_queue, dead) = self.remaining();
        let network = lock(&self.shared.network);
        let mut ledger = self.shared.ledger();
        ledger.check_messages(&in_queue, &dead);
        network.check(&mut ledger);
        let faults: Vec<_> = ledger.faults().collect();
        Outcome {
            messages: faults.len() as u64,
            deliveries: ledger.deliveries,
            effects: ledger.effects,
            repeated: ledger.repeated,
            reconciled: ledger.reconciled,
            longest: self.longest,
            latest_end: self.latest_end,
            dead_letters: dead.len() as u64,
            virtual_ms: ledger.now_ms,
            faults,
            violation: ledger.violation().cloned(),
            trace: ledger.take_trace(),
        }
    }

    /// The numbers of the messages in the queue, and in the dead-letter queue.
    fn remaining(&mut self) -> (FxHashSet<u32>, FxHashSet<u32>) {
        let account = &self.shared.account;
        (
            self.numbers_in(&account.queue),
            self.numbers_in(&account.dead_letters),
        )
    }
}

fn mapping(scenario: &Scenario, arn: &str) -> Result<EventSourceMapping, String> {
    let config = MappingConfig {
        batch_size: scenario.batch_size,
        window_seconds: u32::from(scenario.batch_size > 10),
        maximum_concurrency: Some(CONCURRENCY),
        function_response_types: vec!["ReportBatchItemFailures".to_owned()],
        ..MappingConfig::default()
    };
    let queue = QueueFacts {
        arn: arn.to_owned(),
        visibility_timeout_seconds: VISIBILITY_S,
    };
    let function = FunctionFacts {
        timeout_seconds: TIMEOUT_S,
        reserved_concurrency: None,
    };
    let mapping = EventSourceMapping::create(config, queue, function, scenario.seed);
    mapping.map_err(|error| error.to_string())
}
