//! A queue's messages: what each is, when each becomes visible, when each expires.
//!
//! Everything a receive needs is indexed, so that no operation looks at all messages. Messages are
//! known by their serials, so that equal histories give equal receipt handles.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::fifo::{Cursor, FifoLine};
use super::message::{State, Stored};
use super::standard::StandardLine;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Backlog {
    /// Boxed, so that growing moves pointers only.
    messages: FxHashMap<u64, Box<Stored>>,
    /// (until, serial) of delayed and in-flight messages.
    waiting: BTreeSet<(u64, u64)>,
    /// (enqueued, serial) of all messages.
    ages: BTreeSet<(u64, u64)>,
    line: Line,
    in_flight: usize,
    delayed: usize,
    /// Grows with every change.
    changes: u64,
}

#[derive(Debug, Serialize, Deserialize)]
enum Line {
    Standard(StandardLine),
    Fifo(FifoLine),
}

impl Backlog {
    pub(super) fn new(fifo: bool) -> Self {
        Self {
            messages: FxHashMap::default(),
            waiting: BTreeSet::new(),
            ages: BTreeSet::new(),
            line: if fifo {
                Line::Fifo(FifoLine::default())
            } else {
                Line::Standard(StandardLine::default())
            },
            in_flight: 0,
            delayed: 0,
            changes: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    pub(super) fn delayed(&self) -> usize {
        self.delayed
    }

    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    /// All messages, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Stored> {
        self.messages.values().map(Box::as_ref)
    }

    /// The message with a serial, unless it is gone.
    pub(super) fn get(&self, serial: u64) -> Option<&Stored> {
        self.messages.get(&serial).map(Box::as_ref)
    }

    /// As `get`, to change what is not indexed.
    pub(super) fn get_mut(&mut self, serial: u64) -> Option<&mut Stored> {
        self.messages.get_mut(&serial).map(Box::as_mut)
    }

    pub(super) fn insert(&mut self, message: Stored) {
        let (serial, state) = (message.serial, message.state);
        self.changes += 1;
        self.ages.insert((message.enqueued_ms, serial));
        let visible = state == State::Visible;
        match (&mut self.line, &message.content.group) {
            (Line::Fifo(line), Some(group)) => line.add(group, serial, visible),
            (Line::Fifo(_), None) => {}
            (Line::Standard(line), _) => line.set(serial, visible),
        }
        self.messages.insert(serial, Box::new(message));
        self.wait(state, serial);
    }

    pub(super) fn remove(&mut self, serial: u64) -> Option<Stored> {
        let message = self.messages.remove(&serial)?;
        self.changes += 1;
        self.ages.remove(&(message.enqueued_ms, serial));
        self.stop_waiting(message.state, serial);
        match (&mut self.line, &message.content.group) {
            (Line::Fifo(line), Some(group)) => {
                line.remove(group, serial, matches!(message.state, State::InFlight(_)));
            }
            (Line::Fifo(_), None) => {}
            (Line::Standard(line), _) => line.set(serial, false),
        }
        Some(*message)
    }

    pub(super) fn set_state(&mut self, serial: u64, state: State) {
        let Some(message) = self.messages.get_mut(&serial) else {
            return;
        };
        self.changes += 1;
        let before = std::mem::replace(&mut message.state, state);
        let visible = state == State::Visible;
        match (&mut self.line, &message.content.group) {
            (Line::Fifo(line), Some(group)) => {
                let flying = |state| i8::from(matches!(state, State::InFlight(_)));
                line.set(group, serial, visible, flying(state) - flying(before));
            }
            (Line::Fifo(_), None) => {}
            (Line::Standard(line), _) => line.set(serial, visible),
        }
        self.stop_waiting(before, serial);
        self.wait(state, serial);
    }

    fn wait(&mut self, state: State, serial: u64) {
        match state {
            State::Visible => return,
            State::Delayed(_) => self.delayed += 1,
            State::InFlight(_) => self.in_flight += 1,
        }
        if let Some(until) = state.until() {
            self.waiting.insert((until, serial));
        }
    }

    fn stop_waiting(&mut self, state: State, serial: u64) {
        match state {
            State::Visible => return,
            State::Delayed(_) => self.delayed -= 1,
            State::InFlight(_) => self.in_flight -= 1,
        }
        if let Some(until) = state.until() {
            self.waiting.remove(&(until, serial));
        }
    }

    /// A message that has waited long enough, and until when it had to; call until there is none.
    pub(super) fn due(&self, now_ms: u64) -> Option<(u64, u64)> {
        let &(until, serial) = self.waiting.first()?;
        (until <= now_ms).then_some((until, serial))
    }

    /// Removes a message that was enqueued at or before a time; call until there is none.
    pub(super) fn remove_older(&mut self, enqueued_ms: u64) -> Option<Stored> {
        match self.ages.first() {
            Some(&(age, serial)) if age <= enqueued_ms => self.remove(serial),
            _ => None,
        }
    }

    /// The next message to receive, which the caller must then take or remove.
    pub(super) fn next(&self, cursor: &mut Cursor) -> Option<u64> {
        match &self.line {
            Line::Standard(line) => line.first(),
            Line::Fifo(line) => line.next(cursor),
        }
    }

    /// Any visible message; on FIFO, where order is promised, the next one.
    pub(super) fn any(&self, cursor: &mut Cursor, rng: &mut fastrand::Rng) -> Option<u64> {
        match &self.line {
            Line::Standard(line) => line.any(rng),
            Line::Fifo(line) => line.next(cursor),
        }
    }

    /// Whether a receive would find something.
    pub(super) fn is_ready(&self) -> bool {
        match &self.line {
            Line::Standard(line) => line.first().is_some(),
            Line::Fifo(line) => line.is_open(),
        }
    }

    /// When time alone next makes a message visible.
    pub(super) fn next_due_ms(&self) -> Option<u64> {
        self.waiting.first().map(|&(until, _)| until)
    }

    pub(super) fn oldest_ms(&self) -> Option<u64> {
        self.ages.first().map(|&(age, _)| age)
    }

    /// Removes all messages.
    pub(super) fn clear(&mut self, fifo: bool) {
        *self = Self {
            changes: self.changes + 1,
            ..Self::new(fifo)
        };
    }

    /// Delayed messages, and when each was enqueued.
    pub(super) fn all_delayed(&self) -> Vec<(u64, u64)> {
        let delayed = |message: &&Stored| matches!(message.state, State::Delayed(_));
        let delayed = self.iter().filter(delayed);
        delayed.map(|it| (it.serial, it.enqueued_ms)).collect()
    }
}
