//! A function's processes on this machine: as many as there are invocations at once, kept warm.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Counts;
use super::idle::Idle;
use crate::error::FunctionError;
use crate::local::chaos::Dice;
use crate::local::environment::Environment;
use crate::local::function::{Answer, FunctionProcess};
use crate::local::log::LogLevel;
use crate::local::voice::Voice;
use crate::template::{Function, Qualified};

/// How long a process waits for its next event, about as long as Lambda's sandboxes do.
const KEPT: Duration = Duration::from_secs(300);
/// How long an invocation takes, before one has told.
const TYPICAL: Duration = Duration::from_millis(20);

/// What processes are started from, and those that wait.
pub(crate) struct Processes {
    function: Function,
    program: Mutex<Program>,
    environment: Environment,
    logs: LogLevel,
    voice: Voice,
    idle: Idle<Process>,
    /// Which invocations are killed.
    kill: Dice,
}

/// A binary, and how many there were before it.
#[derive(Debug, Clone)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    edition: usize,
}

struct Process {
    process: FunctionProcess,
    /// Which version it runs as, as its variables say.
    version: String,
    edition: usize,
}

impl Processes {
    /// None yet of the function at `program`.
    pub(crate) fn new(
        function: Function,
        program: PathBuf,
        environment: Environment,
        logs: LogLevel,
        voice: Voice,
        kill: Dice,
    ) -> Self {
        Self {
            function,
            program: Mutex::new(Program {
                path: program,
                edition: 0,
            }),
            environment,
            logs,
            voice,
            idle: Idle::default(),
            kill,
        }
    }

    /// Starts a process, to learn whether the function starts at all.
    pub(super) async fn warm_up(&self, counts: &Counts) -> Result<(), FunctionError> {
        let fed = self.function.as_fed();
        let process = self.start(&fed.version, counts).await?;
        self.idle.push(process, Instant::now());
        Ok(())
    }

    /// Invokes the function in a process of its own.
    ///
    /// # Errors
    /// No process can be started.
    pub(super) async fn invoke(
        &self,
        event: &str,
        called: &Qualified,
        counts: &Counts,
    ) -> Result<Answer, FunctionError> {
        let mut process = self.take(&called.version, counts).await?;
        let ordered = self.ordered_doom(counts);
        let doom = ordered.or_else(|| self.thrown_doom(counts));
        let answer = process.process.invoke(event, &called.arn, doom).await;
        let is_killed = matches!(answer.result, Err(FunctionError::Killed(_)));
        if ordered.is_some() && !is_killed {
            self.kill.order(1);
        }
        match &answer.result {
            Err(FunctionError::Killed(_)) => self.kill.hit(),
            Err(error) if !leaves_alive(error) => {}
            // One of an older binary has finished what it had begun.
            _ if process.edition != self.program().edition => process.process.stop().await,
            _ => self.idle.push(process, Instant::now()),
        }
        Ok(answer)
    }

    fn thrown_doom(&self, counts: &Counts) -> Option<Duration> {
        let how = self.kill.throw()?;
        let typical = counts.with(|tally| tally.percentile(50));
        Some(typical.unwrap_or(TYPICAL).mul_f64(how))
    }

    /// Half of the shortest time that an invocation has taken: its process has begun by then, and
    /// has not answered. Before one has told how long that is, nothing is taken.
    fn ordered_doom(&self, counts: &Counts) -> Option<Duration> {
        let shortest = counts.with(|tally| tally.percentile(0))?;
        self.kill.take_order().then_some(shortest / 2)
    }

    /// Kills the processes of the next `count` invocations in the middle of them.
    pub(super) fn kill(&self, count: u64) {
        self.kill.order(count);
    }

    /// A process of a version that waits for an event: a warm one, or a new one.
    async fn take(&self, version: &str, counts: &Counts) -> Result<Process, FunctionError> {
        loop {
            let Some(mut warm) = self.idle.pop(|it| it.version == version) else {
                return self.start(version, counts).await;
            };
            // It may have ended since its last answer.
            if warm.process.is_ready().await {
                return Ok(warm);
            }
        }
    }

    async fn start(&self, version: &str, counts: &Counts) -> Result<Process, FunctionError> {
        let Program { path, edition } = self.program();
        let (function, environment) = (&self.function, &self.environment);
        let (logs, voice) = (self.logs, self.voice.clone());
        let process =
            FunctionProcess::start(&path, function, version, environment, logs, voice).await?;
        counts.with(|tally| tally.started(process.init));
        Ok(Process {
            process,
            version: version.to_owned(),
            edition,
        })
    }

    /// From now on, events go to processes of `program`; others finish what they do.
    pub(super) async fn swap(&self, program: PathBuf) {
        {
            let mut current = self.program.lock().unwrap_or_else(PoisonError::into_inner);
            current.path = program;
            current.edition += 1;
        }
        self.stop().await;
    }

    /// Ends processes that nothing was left for, for minutes.
    pub(super) async fn retire(&self) {
        // A machine that has just started knows no time that long ago.
        let Some(then) = Instant::now().checked_sub(KEPT) else {
            return;
        };
        for process in self.idle.take_since(then) {
            process.process.stop().await;
        }
    }

    /// Ends the processes without an event.
    pub(super) async fn stop(&self) {
        for process in self.idle.take_all() {
            process.process.stop().await;
        }
    }

    /// How many processes wait.
    pub(super) fn warm(&self) -> usize {
        self.idle.len()
    }

    /// How many processes chaos has killed.
    pub(super) fn killed(&self) -> u64 {
        self.kill.hits()
    }

    pub(super) fn program(&self) -> Program {
        let program = self.program.lock();
        program.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Whether the process goes on after such an answer.
fn leaves_alive(error: &FunctionError) -> bool {
    matches!(error, FunctionError::Reported(_) | FunctionError::TooLarge)
}
