/// What is around the workers: messages, clocks, and how much may go wrong. Times are in ticks.
#[derive(Clone, Copy, Debug)]
pub struct World {
    /// The idempotency key of each message.
    pub keys: [usize; MESSAGES],
    /// Whether the messages are one group of a FIFO queue.
    pub fifo: bool,
    /// How far each worker's clock is ahead of the queue's.
    pub ahead: [u8; WORKERS],
    /// Whether a worker is killed at its deadline, as Lambda does; it may otherwise pause and go on
    /// after it.
    pub killed_at_deadline: bool,
    /// How many times a message is received before SQS dead-letters it; 0: as often as it likes.
    pub max_receives: u8,
    /// How many faults may happen, of these kinds.
    pub faults: u8,
    /// What may happen.
    pub kinds: Faults,
    /// When the world ends.
    pub horizon: u8,
}

/// Kinds of faults. Kills at the deadline, and requests carried out late or never, are none.
#[derive(Clone, Copy, Debug)]
pub struct Faults {
    /// A worker's process ends.
    pub crashes: bool,
    /// A worker waits no longer for an answer.
    pub lost_answers: bool,
    /// A handler fails, before or after its effect.
    pub handler_errors: bool,
    /// SQS delivers a message that is in flight.
    pub duplicates: bool,
}

pub(crate) const MESSAGES: usize = 2;
pub(crate) const WORKERS: usize = 2;
/// How long an invocation and its messages' visibility timeout are.
pub(crate) const LIMIT: u8 = 1;
/// How far clocks may differ.
pub(crate) const MARGIN: u8 = 1;
/// How often a request is sent again.
pub(crate) const RETRIES: u8 = 1;

impl World {
    /// A standard queue with one message and its producer's duplicate; one clock is ahead by the
    /// margin.
    pub const STANDARD: Self = Self {
        keys: [0, 0],
        fifo: false,
        ahead: [0, MARGIN],
        killed_at_deadline: true,
        max_receives: 0,
        faults: 1,
        kinds: Faults {
            crashes: true,
            lost_answers: true,
            handler_errors: true,
            duplicates: true,
        },
        horizon: 3,
    };
    /// A group of two messages, and a dead-letter queue.
    pub const FIFO: Self = Self {
        keys: [0, 1],
        fifo: true,
        max_receives: 3,
        kinds: Faults {
            duplicates: false,
            ..Self::STANDARD.kinds
        },
        ..Self::STANDARD
    };

    /// Two messages of a standard queue, where only answers are lost, twice at most, and a message is
    /// received twice before it is dead-lettered.
    pub const LOSSY: Self = Self {
        fifo: false,
        max_receives: 2,
        faults: 2,
        kinds: Faults {
            crashes: false,
            lost_answers: true,
            handler_errors: false,
            duplicates: false,
        },
        ..Self::FIFO
    };

    /// The same with this many faults.
    #[must_use]
    pub const fn with_faults(self, faults: u8) -> Self {
        Self { faults, ..self }
    }

    /// The same with workers that may pause and go on after their deadline.
    #[must_use]
    pub const fn with_pauses(self) -> Self {
        Self {
            killed_at_deadline: false,
            ..self
        }
    }
}
