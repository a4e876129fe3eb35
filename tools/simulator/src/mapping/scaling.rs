//! How many batches a mapping processes at once, and how many polls wait on a quiet queue.
//!
//! Source: Lambda Developer Guide, "Configuring scaling behavior for SQS event source mappings". It
//! gives the numbers; how Lambda decides that messages "are still available", and how it falls, are not
//! public: the rules below are the simplest that keep to the numbers.

use super::config::{MappingConfig, PER_PROVISIONED_POLLER, QueueFacts};

/// Batches and long polls at the start.
const START: u32 = 5;
/// Most batches at once.
const MAX: u32 = 1_250;
/// One more batch at once every 200 ms: 300 a minute.
const STEP_MS: u64 = 60_000 / 300;
/// Polls to which a quiet queue may fall.
const QUIET_POLLS: u32 = 2;
/// Empty receives in a row before the first of the five polls is given up. Not public.
const EMPTY_RECEIVES_BEFORE_FALL: u32 = 15;
/// Provisioned mode grows by "up to 1,000 concurrent invokes per minute".
const PROVISIONED_STEP_MS: u64 = 60_000 / 1_000;

/// The range a mapping scales in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    floor: u32,
    cap: u32,
    step_ms: u64,
    polls: u32,
    quiet_polls: u32,
}

impl Bounds {
    pub(super) fn of(config: &MappingConfig, queue: &QueueFacts) -> Self {
        let cap = config.maximum_concurrency.unwrap_or(MAX);
        let standard = Self {
            floor: START.min(cap),
            cap,
            step_ms: STEP_MS,
            polls: START.min(cap),
            quiet_polls: match config.maximum_concurrency {
                None => QUIET_POLLS,
                Some(_) => START.min(cap),
            },
        };
        match config.provisioned_pollers {
            Some(pollers) => Self {
                floor: pollers.minimum * PER_PROVISIONED_POLLER,
                cap: pollers.maximum * PER_PROVISIONED_POLLER,
                step_ms: PROVISIONED_STEP_MS,
                polls: pollers.minimum,
                quiet_polls: pollers.minimum,
            },
            // FIFO does not grow step by step: its groups bound it, because SQS hands out no message
            // of a group in flight.
            None if queue.is_fifo() => Self {
                floor: cap,
                ..standard
            },
            None => standard,
        }
    }

    /// The bounds where each batch and each poll stands for `share` of them.
    pub(super) fn thinned(self, share: u32) -> Self {
        let part = |number: u32| (number / share).max(1);
        Self {
            floor: part(self.floor),
            cap: part(self.cap),
            step_ms: self.step_ms * u64::from(share),
            polls: part(self.polls),
            quiet_polls: part(self.quiet_polls),
        }
    }
}

/// The present scale of a mapping.
#[derive(Debug)]
pub(super) struct Scaling {
    bounds: Bounds,
    limit: u32,
    quiet_polls: u32,
    empty_receives: u32,
    /// Whether the last receive brought messages.
    active: bool,
    last_step: u64,
}

impl Scaling {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            limit: bounds.floor,
            quiet_polls: bounds.polls,
            empty_receives: 0,
            active: false,
            last_step: 0,
        }
    }

    pub(super) fn rebound(&mut self, bounds: Bounds) {
        self.bounds = bounds;
        self.limit = self.limit.clamp(bounds.floor, bounds.cap);
        self.quiet_polls = bounds.polls;
        self.empty_receives = 0;
    }

    /// Whether the last receive brought messages.
    pub(super) fn is_active(&self) -> bool {
        self.active
    }

    /// Most batches at once.
    pub(super) fn limit(&self) -> usize {
        self.limit as usize
    }

    /// Most long polls at once.
    pub(super) fn polls(&self) -> usize {
        let fixed = self.bounds.floor == self.bounds.cap;
        match self.active {
            true if fixed => self.bounds.polls as usize,
            true => self.limit as usize,
            false => self.quiet_polls as usize,
        }
    }

    pub(super) fn on_messages(&mut self, now: u64) {
        if !self.active {
            self.last_step = self.last_step.max(now);
        }
        self.active = true;
        self.empty_receives = 0;
        self.quiet_polls = self.bounds.polls;
    }

    /// A poller that waited in vain retires, down to the floor; much later, the last few polls too.
    pub(super) fn on_empty_receive(&mut self) {
        self.active = false;
        self.empty_receives = self.empty_receives.saturating_add(1);
        self.step_down();
        if self.empty_receives > EMPTY_RECEIVES_BEFORE_FALL {
            self.quiet_polls = self
                .quiet_polls
                .saturating_sub(1)
                .max(self.bounds.quiet_polls);
        }
    }

    /// After an error or throttling Lambda "gradually backs off, reducing the amount of concurrency
    /// allocated": by one, and growth waits a step.
    pub(super) fn on_failure(&mut self, now: u64) {
        self.step_down();
        self.last_step = self.last_step.max(now);
    }

    fn step_down(&mut self) {
        self.limit = self.limit.saturating_sub(1).max(self.bounds.floor);
    }

    /// When the limit may next grow: while messages come and every batch it allows is running.
    pub(super) fn next_step(&self, running: usize) -> Option<u64> {
        let saturated = running >= self.limit();
        (self.active && saturated && self.limit < self.bounds.cap)
            .then_some(self.last_step + self.bounds.step_ms)
    }

    /// Grows by one if it is time to; true if it did.
    pub(super) fn try_grow(&mut self, running: usize, now: u64) -> bool {
        let Some(due) = self.next_step(running).filter(|due| *due <= now) else {
            return false;
        };
        self.limit += 1;
        // A step that was asked for late does not delay the next one, but steps are not saved up.
        let in_time = now - due < self.bounds.step_ms;
        self.last_step = if in_time { due } else { now };
        true
    }
}
