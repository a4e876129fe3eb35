//! Which world is simulated: everything follows from its number.

use std::fmt;

use crate::dice::Dice;
use crate::fault::{Fault, Faults};
use crate::sabotage::Sabotage;

/// What kind of queue the messages go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Without order.
    Standard,
    /// In order within a group.
    Fifo,
}

/// How handlers have their effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effects {
    /// Outside, and a run that was cut off is repeated ([`Policy::Rerun`](lambda_queue::Policy)).
    Rerun,
    /// Outside, and a run that was cut off is never repeated.
    Quarantine,
    /// Committed with the completion.
    Transactional,
}

/// How far clocks differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skew {
    /// No more than the margin.
    Within,
    /// Up to ten seconds.
    Beyond,
}

/// A world: its messages, its faults, and what it is built with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Its number.
    pub seed: u64,
    /// How many messages are sent.
    pub messages: u32,
    /// Of these, only those are sent.
    pub only: Option<Vec<u32>>,
    /// What does not happen.
    pub without: Faults,
    /// What is switched off in the toolkit.
    pub sabotage: Option<Sabotage>,
    /// The queue.
    pub queue: Queue,
    /// Messages of a batch at most.
    pub batch_size: u32,
    /// The effects.
    pub effects: Effects,
    /// Whether a hook finds out what became of a run that is not repeated.
    pub reconciles: bool,
    /// The clocks.
    pub skew: Skew,
    /// By how much the toolkit lets them differ, milliseconds.
    pub margin_ms: u32,
}

/// The toolkit's default margin, milliseconds.
const MARGIN_MS: u32 = 1_500;
/// A margin for clocks that are worse, milliseconds.
pub const WIDE_MARGIN_MS: u32 = 6_000;

impl Scenario {
    /// The world of this number. Any six in a row have every queue with all kinds of effects. Of 24,
    /// the clocks of six differ by more than the margin, three have large batches, and half of those
    /// with `Quarantine` a hook; of 96, the last 24 allow for clocks that are worse.
    pub fn new(seed: u64, messages: u32) -> Self {
        let queue = [Queue::Standard, Queue::Fifo][(seed % 2) as usize];
        let effects = [Effects::Rerun, Effects::Quarantine, Effects::Transactional];
        let skew = match (seed / 6) % 4 {
            3 => Skew::Beyond,
            _ => Skew::Within,
        };
        let effects = effects[(seed / 2 % 3) as usize];
        let is_large = queue == Queue::Standard && (seed / 6) % 4 == 1;
        Self {
            seed,
            messages,
            only: None,
            without: Faults::default(),
            sabotage: None,
            queue,
            batch_size: if is_large { 100 } else { 10 },
            effects,
            reconciles: effects == Effects::Quarantine && (seed / 12) % 2 == 1,
            skew,
            margin_ms: match seed / 24 % 4 {
                3 => WIDE_MARGIN_MS,
                _ => MARGIN_MS,
            },
        }
    }

    /// Whether the world's promises include those that clocks within the margin make.
    pub(crate) fn keeps_time(&self) -> bool {
        self.skew == Skew::Within
    }

    pub(crate) fn is_fifo(&self) -> bool {
        self.queue == Queue::Fifo
    }

    pub(crate) fn dice(&self) -> Dice {
        Dice::new(self.seed)
    }

    pub(crate) fn may(&self, fault: Fault) -> bool {
        !self.without.has(fault)
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let queue = match self.queue {
            Queue::Standard => "standard",
            Queue::Fifo => "FIFO",
        };
        let effects = match self.effects {
            Effects::Rerun => "Rerun",
            Effects::Quarantine => "Quarantine",
            Effects::Transactional => "transactional effects",
        };
        let skew = match self.skew {
            Skew::Within => "within",
            Skew::Beyond => "beyond",
        };
        let hook = if self.reconciles { " with a hook" } else { "" };
        let (seed, batch, margin) = (self.seed, self.batch_size, self.margin_ms);
        write!(
            f,
            "world {seed}: {queue} queue, batches of {batch}, {effects}{hook}, \
             clocks {skew} the margin of {margin} ms"
        )
    }
}
