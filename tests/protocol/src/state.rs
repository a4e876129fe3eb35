use lambda_queue::idempotency::record::Status;

use crate::seen::Seen;
use crate::world::{MESSAGES, WORKERS, World};

/// A claim's owner; 0 is nobody. They are renamed as states are reduced.
pub(crate) type Token = u8;

/// The whole world at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) now: u8,
    pub(crate) faults_left: u8,
    pub(crate) next_token: Token,
    pub(crate) records: [Option<Stored>; MESSAGES],
    pub(crate) messages: [Message; MESSAGES],
    pub(crate) workers: [Worker; WORKERS],
    pub(crate) network: Vec<Request>,
    pub(crate) seen: Seen,
}

/// What there is to know of a record; the rest of it is the same in all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Stored {
    pub(crate) status: Status,
    pub(crate) owner: Token,
    /// 0 once released.
    pub(crate) lease_until: u8,
    /// Whether it has a last error: what its claimant must not run.
    pub(crate) in_doubt: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Message {
    InQueue { visible_at: u8, receives: u8 },
    Deleted,
    DeadLettered,
}

/// An invocation with its batch; without jobs, nothing runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Worker {
    pub(crate) deadline: u8,
    pub(crate) jobs: Vec<Job>,
}

/// A message of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Job {
    pub(crate) message: usize,
    pub(crate) token: Token,
    pub(crate) stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    Claiming {
        retries: u8,
    },
    /// Its claim is judged; its turn has not come.
    Planned(Step),
    Running,
    /// Its hook is asked what became of an earlier run.
    Asking,
    Completing {
        retries: u8,
    },
    /// Settled: deleted once the worker responds.
    Done,
    /// Settled: comes back at this moment.
    Reported {
        visible_at: u8,
    },
}

/// What to do with a message when its turn comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Run,
    Ask,
    Acknowledge,
    DeadLetter,
    Report { visible_at: u8 },
}

/// A request on its way to the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Request {
    pub(crate) key: usize,
    pub(crate) token: Token,
    pub(crate) what: What,
    /// Whether its sender still waits for the answer.
    pub(crate) awaited: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum What {
    Claim { now: u8, lease_until: u8 },
    Complete,
    Release { quarantined: bool },
}

impl State {
    pub(crate) fn at_start(world: &World) -> Self {
        let waiting = Message::InQueue {
            visible_at: 0,
            receives: 0,
        };
        Self {
            now: 0,
            faults_left: world.faults,
            next_token: 1,
            records: [None; MESSAGES],
            messages: [waiting; MESSAGES],
            workers: Default::default(),
            network: Vec::new(),
            seen: Seen::default(),
        }
    }

    /// The job that waits for this claim's answers.
    pub(crate) fn job_of(&self, token: Token) -> Option<(usize, usize)> {
        let workers = self.workers.iter().enumerate();
        workers
            .filter_map(|(worker, it)| {
                let job = it.jobs.iter().position(|job| job.token == token)?;
                Some((worker, job))
            })
            .next()
    }
}

impl Worker {
    pub(crate) fn running(&self) -> Option<usize> {
        self.jobs.iter().position(|job| job.stage == Stage::Running)
    }

    pub(crate) fn asking(&self) -> Option<usize> {
        self.jobs.iter().position(|job| job.stage == Stage::Asking)
    }

    pub(crate) fn is_idle(&self) -> bool {
        self.jobs.is_empty()
    }

    /// Whether all that is left to do is to respond.
    pub(crate) fn is_settled(&self) -> bool {
        !self.is_idle() && self.jobs.iter().all(|job| job.stage.is_settled())
    }
}

impl Stage {
    pub(crate) fn is_settled(self) -> bool {
        matches!(self, Self::Done | Self::Reported { .. })
    }
}
