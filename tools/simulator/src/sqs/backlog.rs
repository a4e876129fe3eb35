//! A queue's messages: where each lies, when each becomes visible, when each expires.
//!
//! Everything a receive needs is indexed, so that no operation looks at all messages.

use std::collections::BTreeSet;

use slab::Slab;

use super::fifo::{Cursor, FifoLine};
use super::message::{Place, State, Stored};
use super::standard::StandardLine;

#[derive(Debug)]
pub(super) struct Backlog {
    messages: Slab<Stored>,
    /// (until, serial, key) of delayed and in-flight messages.
    waiting: BTreeSet<(u64, u64, usize)>,
    /// (enqueued, serial, key) of all messages.
    ages: BTreeSet<(u64, u64, usize)>,
    line: Line,
    in_flight: usize,
    delayed: usize,
}

#[derive(Debug)]
enum Line {
    Standard(StandardLine),
    Fifo(FifoLine),
}

impl Backlog {
    pub(super) fn new(fifo: bool) -> Self {
        Self {
            messages: Slab::new(),
            waiting: BTreeSet::new(),
            ages: BTreeSet::new(),
            line: if fifo {
                Line::Fifo(FifoLine::default())
            } else {
                Line::Standard(StandardLine::default())
            },
            in_flight: 0,
            delayed: 0,
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

    /// All messages and their keys, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, &Stored)> {
        self.messages.iter()
    }

    /// The message at a place, unless it is gone.
    pub(super) fn get(&self, place: Place) -> Option<&Stored> {
        self.messages
            .get(place.key)
            .filter(|message| message.serial == place.serial)
    }

    pub(super) fn at(&mut self, key: usize) -> &mut Stored {
        &mut self.messages[key]
    }

    pub(super) fn insert(&mut self, message: Stored) -> Place {
        let (serial, state) = (message.serial, message.state);
        let entry = self.messages.vacant_entry();
        let key = entry.key();
        self.ages.insert((message.enqueued_ms, serial, key));
        let visible = state == State::Visible;
        match (&mut self.line, &message.content.group) {
            (Line::Fifo(line), Some(group)) => line.add(group, serial, key, visible),
            (Line::Fifo(_), None) => {}
            (Line::Standard(line), _) => line.set(serial, key, visible),
        }
        entry.insert(message);
        self.wait(state, serial, key);
        Place { key, serial }
    }

    pub(super) fn remove(&mut self, key: usize) -> Stored {
        let message = self.messages.remove(key);
        let serial = message.serial;
        self.ages.remove(&(message.enqueued_ms, serial, key));
        self.stop_waiting(message.state, serial, key);
        match (&mut self.line, &message.content.group) {
            (Line::Fifo(line), Some(group)) => {
                line.remove(group, serial, matches!(message.state, State::InFlight(_)));
            }
            (Line::Fifo(_), None) => {}
            (Line::Standard(line), _) => line.set(serial, key, false),
        }
        message
    }

    pub(super) fn set_state(&mut self, key: usize, state: State) {
        let message = &mut self.messages[key];
        let serial = message.serial;
        let before = std::mem::replace(&mut message.state, state);
        let visible = state == State::Visible;
        match (&mut self.line, &message.content.group) {
            (Line::Fifo(line), Some(group)) => {
                let flying = |state| i8::from(matches!(state, State::InFlight(_)));
                line.set(group, serial, visible, flying(state) - flying(before));
            }
            (Line::Fifo(_), None) => {}
            (Line::Standard(line), _) => line.set(serial, key, visible),
        }
        self.stop_waiting(before, serial, key);
        self.wait(state, serial, key);
    }

    fn wait(&mut self, state: State, serial: u64, key: usize) {
        match state {
            State::Visible => return,
            State::Delayed(_) => self.delayed += 1,
            State::InFlight(_) => self.in_flight += 1,
        }
        if let Some(until) = state.until() {
            self.waiting.insert((until, serial, key));
        }
    }

    fn stop_waiting(&mut self, state: State, serial: u64, key: usize) {
        match state {
            State::Visible => return,
            State::Delayed(_) => self.delayed -= 1,
            State::InFlight(_) => self.in_flight -= 1,
        }
        if let Some(until) = state.until() {
            self.waiting.remove(&(until, serial, key));
        }
    }

    /// A message that has waited long enough, and until when it had to; call until there is none.
    pub(super) fn due(&self, now_ms: u64) -> Option<(u64, usize)> {
        let &(until, _, key) = self.waiting.first()?;
        (until <= now_ms).then_some((until, key))
    }

    /// Removes a message that was enqueued at or before a time; call until there is none.
    pub(super) fn remove_older(&mut self, enqueued_ms: u64) -> Option<Stored> {
        match self.ages.first() {
            Some(&(age, _, key)) if age <= enqueued_ms => Some(self.remove(key)),
            _ => None,
        }
    }

    /// The next message to receive, which the caller must then take or remove.
    pub(super) fn next(&self, cursor: &mut Cursor) -> Option<usize> {
        match &self.line {
            Line::Standard(line) => line.first(),
            Line::Fifo(line) => line.next(cursor),
        }
    }

    /// Any visible message; on FIFO, where order is promised, the next one.
    pub(super) fn any(&self, cursor: &mut Cursor, rng: &mut fastrand::Rng) -> Option<usize> {
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
        self.waiting.first().map(|&(until, ..)| until)
    }

    pub(super) fn oldest_ms(&self) -> Option<u64> {
        self.ages.first().map(|&(age, ..)| age)
    }

    /// Delayed messages, and when each was enqueued.
    pub(super) fn all_delayed(&self) -> Vec<(usize, u64)> {
        let delayed = |(key, message): (usize, &Stored)| {
            matches!(message.state, State::Delayed(_)).then_some((key, message.enqueued_ms))
        };
        self.iter().filter_map(delayed).collect()
    }
}
