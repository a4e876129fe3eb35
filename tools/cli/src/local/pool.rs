//! A function as Lambda runs it: as many processes as there are invocations at once, kept warm.

mod tally;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lambda_queue_simulator::mapping::InvocationResult;

use super::environment::Environment;
use super::function::{Answer, FunctionProcess};
use super::log::LogLevel;
use super::voice::Voice;
use crate::error::{Error, FunctionError};
use crate::outcome::{MessageOutcome, Outcome};
use crate::template::Function;

pub(crate) use tally::Tally;

/// The processes of one function.
pub(crate) struct Pool {
    function: Function,
    program: PathBuf,
    environment: Environment,
    logs: LogLevel,
    voice: Voice,
    /// Those without an event; the one that answered last is taken first, as Lambda does.
    idle: Mutex<Vec<FunctionProcess>>,
    tally: Mutex<Tally>,
}

/// How an invocation ended, for its mapping.
pub(crate) struct Invoked {
    pub(crate) result: InvocationResult,
    /// Messages that the function says it sent to the dead-letter queue itself.
    pub(crate) dead_lettered: Vec<String>,
    /// None where no process could be started.
    pub(crate) request_id: Option<String>,
    /// How the function failed, if it did.
    pub(crate) error: Option<String>,
    /// What the function's log says of each message.
    pub(crate) outcomes: Vec<MessageOutcome>,
    pub(crate) duration: Duration,
}

impl Pool {
    /// No processes yet of the function at `program`.
    pub(crate) fn new(
        function: Function,
        program: PathBuf,
        environment: Environment,
        logs: LogLevel,
        voice: Voice,
    ) -> Self {
        Self {
            function,
            program,
            environment,
            logs,
            voice,
            idle: Mutex::default(),
            tally: Mutex::default(),
        }
    }

    /// Starts a first process, to learn whether the function starts at all.
    ///
    /// # Errors
    /// It does not.
    pub(crate) async fn warm_up(&self) -> Result<(), Error> {
        let process = self.start().await.map_err(|source| Error::Function {
            function: self.function.logical_id.clone(),
            source,
        })?;
        lock(&self.idle).push(process);
        Ok(())
    }

    /// Invokes the function in a process of its own; how it failed is shown.
    pub(crate) async fn invoke(&self, event: &str) -> Invoked {
        let mut process = match self.take().await {
            Ok(process) => process,
            Err(error) => {
                lock(&self.tally).failed();
                return self.failed(&error);
            }
        };
        let answer = process.invoke(event).await;
        lock(&self.tally).answered(answer.duration, answer.result.is_ok());
        if answer.result.as_ref().err().is_none_or(leaves_alive) {
            lock(&self.idle).push(process);
        }
        self.told(answer)
    }

    /// A process that waits for an event: a warm one, or a new one.
    async fn take(&self) -> Result<FunctionProcess, FunctionError> {
        loop {
            let Some(mut warm) = self.pop() else {
                return self.start().await;
            };
            // It may have ended since its last answer.
            if warm.is_ready().await {
                return Ok(warm);
            }
        }
    }

    /// Not to be written in `take`, where the lock would be held over the start.
    fn pop(&self) -> Option<FunctionProcess> {
        lock(&self.idle).pop()
    }

    async fn start(&self) -> Result<FunctionProcess, FunctionError> {
        let (program, voice) = (&self.program, self.voice.clone());
        let environment = &self.environment;
        let process =
            FunctionProcess::start(program, &self.function, environment, self.logs, voice).await?;
        lock(&self.tally).started(process.init);
        Ok(process)
    }

    fn told(&self, answer: Answer) -> Invoked {
        match answer.result {
            Err(error) => Invoked {
                request_id: Some(answer.request_id),
                outcomes: answer.outcomes,
                duration: answer.duration,
                ..self.failed(&error)
            },
            Ok(response) => {
                let outcomes = answer.outcomes.iter();
                let dead = outcomes.filter(|it| it.outcome == Outcome::DeadLettered);
                Invoked {
                    result: InvocationResult::Response(response),
                    dead_lettered: dead.map(|it| it.message_id.clone()).collect(),
                    request_id: Some(answer.request_id),
                    error: None,
                    outcomes: answer.outcomes,
                    duration: answer.duration,
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
            request_id: None,
            error: Some(error.to_string()),
            outcomes: Vec::new(),
            duration: Duration::ZERO,
        }
    }

    /// Ends the processes without an event.
    pub(crate) async fn stop(&self) {
        let idle = std::mem::take(&mut *lock(&self.idle));
        for process in idle {
            process.stop().await;
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
        lock(&self.idle).len()
    }

    pub(crate) fn voice(&self) -> &Voice {
        &self.voice
    }

    /// What its invocations came to so far.
    pub(crate) fn tally(&self) -> Tally {
        lock(&self.tally).clone()
    }
}

/// Whether the process goes on after such an answer.
fn leaves_alive(error: &FunctionError) -> bool {
    matches!(error, FunctionError::Reported(_) | FunctionError::TooLarge)
}

/// Nothing here is left half done where it could panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
