//! A function as its mappings see it: invoked, within its reserved concurrency, and counted.

mod idle;
mod processes;
mod tally;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use lambda_queue_simulator::mapping::InvocationResult;

use super::function::Answer;
use super::voice::Voice;
use crate::error::{Error, FunctionError};
use crate::outcome::Outcome;
use crate::template::Function;

pub(crate) use processes::Processes;
pub(crate) use tally::Tally;

/// One function.
pub(crate) struct Pool {
    function: Function,
    workers: Workers,
    voice: Voice,
    counts: Counts,
}

/// Who runs it.
pub(crate) enum Workers {
    /// Processes of this command.
    Here(Processes),
}

/// How an invocation ended, for its mapping.
pub(crate) struct Invoked {
    pub(crate) result: InvocationResult,
    /// Messages that the function says it sent to the dead-letter queue itself.
    pub(crate) dead_lettered: Vec<String>,
}

/// A tally that several invocations write to.
#[derive(Default)]
struct Counts(Mutex<Tally>);

impl Pool {
    pub(crate) fn new(function: Function, workers: Workers, voice: Voice) -> Self {
        Self {
            function,
            workers,
            voice,
            counts: Counts::default(),
        }
    }

    /// Learns whether the function starts at all.
    ///
    /// # Errors
    /// It does not.
    pub(crate) async fn warm_up(&self) -> Result<(), Error> {
        let warm = match &self.workers {
            Workers::Here(processes) => processes.warm_up(&self.counts).await,
        };
        warm.map_err(|source| Error::Function {
            function: self.function.logical_id.clone(),
            source,
        })
    }

    /// Invokes the function; how it failed is shown.
    pub(crate) async fn invoke(&self, event: &str) -> Invoked {
        let answer = match &self.workers {
            Workers::Here(processes) => processes.invoke(event, &self.counts).await,
        };
        match answer {
            Ok(answer) => {
                let is_well = answer.result.is_ok();
                self.counts
                    .with(|tally| tally.answered(answer.duration, is_well));
                self.told(answer)
            }
            Err(error) => {
                self.counts.with(Tally::failed);
                self.failed(&error)
            }
        }
    }

    fn told(&self, answer: Answer) -> Invoked {
        match answer.result {
            Err(error) => self.failed(&error),
            Ok(response) => {
                let outcomes = answer.outcomes.into_iter();
                let dead = outcomes.filter(|it| it.outcome == Outcome::DeadLettered);
                Invoked {
                    result: InvocationResult::Response(response),
                    dead_lettered: dead.map(|it| it.message_id).collect(),
                }
            }
        }
    }

    fn failed(&self, error: &FunctionError) -> Invoked {
        self.voice.warn(error);
        Invoked {
            result: match error {
                FunctionError::TimedOut(_) => InvocationResult::Timeout,
                _ => InvocationResult::FunctionError,
            },
            dead_lettered: Vec::new(),
        }
    }

    /// Runs a new binary from now on.
    pub(crate) async fn swap(&self, program: PathBuf) {
        match &self.workers {
            Workers::Here(processes) => processes.swap(program).await,
        }
    }

    /// Ends processes that have been idle for minutes.
    pub(crate) async fn retire(&self) {
        match &self.workers {
            Workers::Here(processes) => processes.retire().await,
        }
    }

    /// Ends the processes without an event.
    pub(crate) async fn stop(&self) {
        match &self.workers {
            Workers::Here(processes) => processes.stop().await,
        }
    }

    pub(crate) fn function(&self) -> &Function {
        &self.function
    }

    pub(crate) fn voice(&self) -> &Voice {
        &self.voice
    }

    /// How many of its processes chaos has killed.
    pub(crate) fn killed(&self) -> u64 {
        match &self.workers {
            Workers::Here(processes) => processes.killed(),
        }
    }

    /// What its invocations came to so far.
    pub(crate) fn tally(&self) -> Tally {
        self.counts.with(|tally| tally.clone())
    }
}

impl Counts {
    /// Nothing is left half done where it could panic.
    fn with<T>(&self, step: impl FnOnce(&mut Tally) -> T) -> T {
        step(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
