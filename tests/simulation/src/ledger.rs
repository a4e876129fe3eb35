//! What happened to every message and every key of a world, and whether it may: the checks know the
//! promises, and nothing of how they are kept.

mod effects;
mod end;
mod order;
mod records;
mod violation;

use lambda_queue::idempotency::record::Owner;

use crate::fault::{Fault, Faults};
use crate::order::{Order, Planned};
use crate::scenario::Scenario;
use effects::Effect;
pub(crate) use effects::Ending;
pub use violation::{Promise, Violation};

/// All there is to know of a world.
#[derive(Debug)]
pub(crate) struct Ledger {
    scenario: Scenario,
    messages: Vec<MessageState>,
    keys: Vec<KeyState>,
    groups: Vec<Group>,
    /// Milliseconds since the world began.
    pub(crate) now_ms: u64,
    /// Largest number received so far.
    newest: Option<u32>,
    violation: Option<Violation>,
    /// What concerns these keys is written down.
    focus: Option<Vec<String>>,
    pub(crate) deliveries: u64,
    pub(crate) effects: u64,
    pub(crate) repeated: u64,
    pub(crate) reconciled: u64,
}

#[derive(Debug)]
struct MessageState {
    planned: Planned,
    faults: Faults,
    sent: bool,
    deliveries: u32,
    dead_lettered: bool,
    deleted: bool,
}

/// What is known of a key.
#[derive(Debug, Default)]
struct KeyState {
    /// The claim that was won last.
    holder: Option<Owner>,
    /// The claim that recorded the result, and the text of its message.
    recorded: Option<(Owner, u32)>,
    executions: u32,
    running: u32,
    /// Requests to the store that concern it.
    requests: u32,
    effects: Vec<Effect>,
    /// Transactions with its effect that were made.
    committed: u32,
}

#[derive(Debug, Default)]
struct Group {
    /// In the order they were sent.
    members: Vec<u32>,
    /// All before this one are settled.
    settled: usize,
}

impl Ledger {
    pub(crate) fn new(scenario: &Scenario, planned: Vec<Planned>, traced: bool) -> Self {
        let groups = planned.iter().map(|it| it.group).max().unwrap_or(0) + 1;
        let keys = planned.len();
        let state = |planned| MessageState {
            planned,
            faults: Faults::default(),
            sent: false,
            deliveries: 0,
            dead_lettered: false,
            deleted: false,
        };
        Self {
            scenario: scenario.clone(),
            messages: planned.into_iter().map(state).collect(),
            keys: (0..keys).map(|_| KeyState::default()).collect(),
            groups: (0..groups).map(|_| Group::default()).collect(),
            now_ms: 0,
            newest: None,
            violation: None,
            focus: traced.then(Vec::new),
            deliveries: 0,
            effects: 0,
            repeated: 0,
            reconciled: 0,
        }
    }

    pub(crate) fn violation(&self) -> Option<&Violation> {
        self.violation.as_ref()
    }

    /// What was written down.
    pub(crate) fn take_trace(&mut self) -> Vec<String> {
        self.focus.take().unwrap_or_default()
    }

    /// Writes down what happened, if that is asked for.
    pub(crate) fn tell(&mut self, what: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.focus {
            let (s, ms) = (self.now_ms / 1_000, self.now_ms % 1_000);
            lines.push(format!("{s:>6}.{ms:03} s  {}", what()));
        }
    }

    /// A fault struck a message.
    pub(crate) fn strike(&mut self, n: u32, fault: Fault) {
        self.tell(|| format!("message {n}: {fault}"));
        let faults = &mut self.messages[n as usize].faults;
        *faults = faults.with(fault);
    }

    /// The faults of every message that was sent.
    pub(crate) fn faults(&self) -> impl Iterator<Item = Faults> {
        let sent = self.messages.iter().filter(|it| it.sent);
        sent.map(|it| it.faults)
    }

    pub(crate) fn planned(&self, n: u32) -> &Planned {
        &self.messages[n as usize].planned
    }

    /// Whether a fault has struck a message.
    pub(crate) fn has(&self, n: u32, fault: Fault) -> bool {
        self.messages[n as usize].faults.has(fault)
    }

    pub(crate) fn sent(&mut self, n: u32) {
        let state = &mut self.messages[n as usize];
        state.sent = true;
        let Planned {
            order,
            group,
            fault,
        } = state.planned;
        self.groups[group as usize].members.push(n);
        let Order { key, .. } = order;
        self.tell(|| format!("message {n} is sent, with the key {key} in group {group}"));
        if let Some(fault) = fault {
            self.strike(n, fault);
        }
    }

    pub(crate) fn received(&mut self, n: u32, receive_count: u32) {
        self.tell(|| format!("message {n} is received, receive count {receive_count}"));
        self.deliveries += 1;
        self.messages[n as usize].deliveries += 1;
        let first = self.messages[n as usize].deliveries == 1;
        if first && !self.scenario.is_fifo() && self.newest.is_some_and(|newest| newest > n + 20) {
            self.strike(n, Fault::Reorder);
        }
        self.newest = self.newest.max(Some(n));
    }

    pub(crate) fn dead_lettered(&mut self, n: u32) {
        self.tell(|| format!("message {n} is in the dead-letter queue"));
        self.messages[n as usize].dead_lettered = true;
    }

    /// Lambda is about to delete a message.
    pub(crate) fn deleted(&mut self, n: u32) {
        self.tell(|| format!("message {n} is deleted"));
        self.messages[n as usize].deleted = true;
        if !self.is_settled(n) {
            let key = self.planned(n).order.key;
            self.violate(
                Promise::NothingLost,
                key,
                format!("message {n} is deleted, and has no result, and was not dead-lettered"),
            );
        }
    }

    /// Whether a message's result is recorded, or it was dead-lettered.
    fn is_settled(&self, n: u32) -> bool {
        let state = &self.messages[n as usize];
        let Order { key, text, .. } = state.planned.order;
        let recorded = &self.keys[key as usize].recorded;
        let whole = state.planned.fault != Some(Fault::Malformed);
        let done = whole && recorded.as_ref().is_some_and(|(_, of)| *of == text);
        done || state.dead_lettered
    }

    /// Counts the requests that concern a key.
    pub(crate) fn request(&mut self, key: u32) -> u32 {
        let requests = &mut self.keys[key as usize].requests;
        *requests += 1;
        *requests
    }

    fn violate(&mut self, promise: Promise, key: u32, what: String) {
        self.tell(|| format!("VIOLATED: {promise}: {what}"));
        if self.violation.is_none() {
            let at_ms = self.now_ms;
            self.violation = Some(Violation {
                promise,
                key,
                what,
                at_ms,
            });
        }
    }
}
