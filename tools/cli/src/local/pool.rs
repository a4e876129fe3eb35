//! A function as its mappings see it: invoked, within its reserved concurrency, and counted.

mod idle;
mod processes;
mod remote;
mod tally;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lambda_queue_simulator::mapping::InvocationResult;
use tokio::sync::Semaphore;

use super::function::Answer;
use super::ids::request_id;
use super::voice::Voice;
use crate::error::{Error, FunctionError};
use crate::outcome::{MessageOutcome, Outcome};
use crate::template::{Function, Qualified};

pub(crate) use processes::Processes;
pub(crate) use remote::Remote;
pub(crate) use tally::Tally;

/// One function.
pub(crate) struct Pool {
    function: Function,
    workers: Workers,
    voice: Voice,
    /// As many as may run at once, if that is limited.
    reserved: Option<Semaphore>,
    counts: Counts,
}

/// Who runs it.
pub(crate) enum Workers {
    /// Processes of this command.
    Here(Processes),
    /// Whoever is at an address.
    Elsewhere(Remote),
}

/// How an invocation ended, for its mapping, or for whoever asked for it.
pub(crate) struct Invoked {
    pub(crate) result: InvocationResult,
    /// Messages that the function says it sent to the dead-letter queue itself.
    pub(crate) dead_lettered: Vec<String>,
    pub(crate) request_id: String,
    /// How the function failed, where it did.
    pub(crate) failure: Option<FunctionError>,
    /// The end of what the function printed.
    pub(crate) log: String,
    /// What the function's log says of each message.
    pub(crate) outcomes: Vec<MessageOutcome>,
    pub(crate) duration: Duration,
}

/// A tally that several invocations write to.
#[derive(Default)]
struct Counts(Mutex<Tally>);

impl Pool {
    pub(crate) fn new(function: Function, workers: Workers, voice: Voice) -> Self {
        let reserved = function.reserved_concurrency;
        Self {
            reserved: reserved.map(|it| Semaphore::new(it as usize)),
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
            Workers::Elsewhere(remote) => {
                remote.look().await;
                Ok(())
            }
        };
        warm.map_err(|source| Error::Function {
            function: self.function.logical_id.clone(),
            source,
        })
    }

    /// Invokes the function as `called`; how it failed is shown.
    pub(crate) async fn invoke(&self, event: &str, called: &Qualified) -> Invoked {
        let Ok(_permit) = self
            .reserved
            .as_ref()
            .map(Semaphore::try_acquire)
            .transpose()
        else {
            return self.throttled(None);
        };
        let answer = match &self.workers {
            Workers::Here(processes) => processes.invoke(event, called, &self.counts).await,
            Workers::Elsewhere(remote) => remote.invoke(event).await,
        };
        match answer {
            Ok(answer) => {
                let is_well = answer.result.is_ok();
                self.counts.with(|tally| {
                    tally.answered(answer.duration, is_well);
                    tally.settled(&answer.outcomes);
                });
                self.told(answer)
            }
            // As with a function that may not run now, the batch is tried again after a while.
            Err(error @ FunctionError::Unreachable { .. }) => self.throttled(Some(error)),
            Err(error) => {
                self.counts.with(Tally::failed);
                self.failed(error, request_id(), String::new())
            }
        }
    }

    fn throttled(&self, failure: Option<FunctionError>) -> Invoked {
        self.counts.with(Tally::throttled);
        Invoked {
            result: InvocationResult::Throttled,
            dead_lettered: Vec::new(),
            request_id: request_id(),
            failure,
            log: String::new(),
            outcomes: Vec::new(),
            duration: Duration::ZERO,
        }
    }

    fn told(&self, answer: Answer) -> Invoked {
        match answer.result {
            Err(error) => Invoked {
                outcomes: answer.outcomes,
                duration: answer.duration,
                ..self.failed(error, answer.request_id, answer.log)
            },
            Ok(response) => {
                let outcomes = answer.outcomes.iter();
                let dead = outcomes.filter(|it| it.outcome == Outcome::DeadLettered);
                Invoked {
                    result: InvocationResult::Response(response),
                    dead_lettered: dead.map(|it| it.message_id.clone()).collect(),
                    request_id: answer.request_id,
                    failure: None,
                    log: answer.log,
                    outcomes: answer.outcomes,
                    duration: answer.duration,
                }
            }
        }
    }

    fn failed(&self, error: FunctionError, request_id: String, log: String) -> Invoked {
        self.voice.warn(&error);
        Invoked {
            result: match error {
                FunctionError::TimedOut(_) => InvocationResult::Timeout,
                _ => InvocationResult::FunctionError,
            },
            dead_lettered: Vec::new(),
            request_id,
            failure: Some(error),
            log,
            outcomes: Vec::new(),
            duration: Duration::ZERO,
        }
    }

    /// Runs a new binary from now on.
    pub(crate) async fn swap(&self, program: PathBuf) {
        match &self.workers {
            Workers::Here(processes) => processes.swap(program).await,
            Workers::Elsewhere(_) => {}
        }
    }

    /// Ends processes that have been idle for minutes.
    pub(crate) async fn retire(&self) {
        match &self.workers {
            Workers::Here(processes) => processes.retire().await,
            Workers::Elsewhere(_) => {}
        }
    }

    /// Ends the processes without an event.
    pub(crate) async fn stop(&self) {
        match &self.workers {
            Workers::Here(processes) => processes.stop().await,
            Workers::Elsewhere(_) => {}
        }
    }

    pub(crate) fn function(&self) -> &Function {
        &self.function
    }

    /// The function's logical id, for those who keep it.
    pub(crate) fn name(&self) -> Arc<str> {
        self.function.logical_id.as_str().into()
    }

    /// Processes that are warm and have no event.
    pub(crate) fn warm(&self) -> usize {
        match &self.workers {
            Workers::Here(processes) => processes.warm(),
            Workers::Elsewhere(_) => 0,
        }
    }

    pub(crate) fn voice(&self) -> &Voice {
        &self.voice
    }

    /// The binary that runs it, if that is run here.
    pub(crate) fn program(&self) -> Option<PathBuf> {
        match &self.workers {
            Workers::Here(processes) => Some(processes.program().path),
            Workers::Elsewhere(_) => None,
        }
    }

    /// Where it is run, and the file with what it should see, if not here.
    pub(crate) fn elsewhere(&self) -> Option<(&str, &Path)> {
        match &self.workers {
            Workers::Here(_) => None,
            Workers::Elsewhere(remote) => Some(remote.place()),
        }
    }

    /// Kills the processes of its next `count` invocations in the middle of them.
    pub(crate) fn kill(&self, count: u64) {
        match &self.workers {
            Workers::Here(processes) => processes.kill(count),
            Workers::Elsewhere(_) => {}
        }
    }

    /// How many of its processes chaos has killed.
    pub(crate) fn killed(&self) -> u64 {
        match &self.workers {
            Workers::Here(processes) => processes.killed(),
            Workers::Elsewhere(_) => 0,
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

#[cfg(test)]
mod tests;
