//! A function's process: started, given events, stopped at its timeout.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value as Json;
use tokio::process::{Child, Command};
use tokio::time::Instant;

use super::clock::epoch_ms;
use super::environment::Environment;
use super::ids::{request_id, trace_id};
use super::log::{Log, LogLevel};
use super::runtime_api::{Invocation, Request, RuntimeApi};
use super::voice::Voice;
use crate::error::FunctionError;
use crate::event::EventFile;
use crate::outcome::{MessageOutcome, settle};
use crate::template::Function;

/// Lambda gives a function this long to ask for its first event.
const INIT_TIMEOUT: Duration = Duration::from_secs(10);

/// A function that has started and waits for events. Its process is killed when this is dropped.
pub(crate) struct FunctionProcess {
    process: Child,
    api: RuntimeApi,
    log: Log,
    timeout: Duration,
    /// Whether it asked for an event and has none.
    waits: bool,
    /// How long it took from the start to the first poll.
    pub(crate) init: Duration,
}

/// One event handed to a function, and what came of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Delivery {
    /// The response, or how the function failed.
    pub result: Result<Json, FunctionError>,
    /// What became of each message, in the event's order.
    pub outcomes: Vec<MessageOutcome>,
    /// From handing the event over to the answer.
    pub duration: Duration,
}

/// What came of an event, as the function said it.
pub(crate) struct Answer {
    /// The response's bytes, JSON or not.
    pub(crate) result: Result<Vec<u8>, FunctionError>,
    /// The end of what it printed.
    pub(crate) log: String,
    /// Every outcome in the log.
    pub(crate) outcomes: Vec<MessageOutcome>,
    pub(crate) duration: Duration,
    pub(crate) request_id: String,
}

/// Something the process did.
enum Sign {
    Said(Request),
    Ended(ExitStatus),
}

impl FunctionProcess {
    /// Starts `program` as a version of `function` and waits until it asks for an event.
    pub(crate) async fn start(
        program: &Path,
        function: &Function,
        version: &str,
        environment: &Environment,
        level: LogLevel,
        voice: Voice,
    ) -> Result<Self, FunctionError> {
        let spawn = |source| FunctionError::Spawn {
            program: program.to_owned(),
            source,
        };
        let api = RuntimeApi::start()
            .await
            .map_err(FunctionError::RuntimeApi)?;
        let (log, stdout, stderr) = Log::new(level, voice).map_err(spawn)?;
        let started = Instant::now();
        let mut command = Command::new(program);
        // Ctrl-C is for this command, which then stops its functions.
        #[cfg(unix)]
        command.process_group(0);
        let process = command
            .env_clear()
            .envs(environment.of_process(program, version, api.address))
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(stderr)
            .kill_on_drop(true)
            .spawn()
            .map_err(spawn)?;
        let mut this = Self {
            process,
            api,
            log,
            timeout: function.timeout,
            waits: false,
            init: Duration::ZERO,
        };
        let ready = this.wait_for_poll(started + INIT_TIMEOUT).await;
        this.init = started.elapsed();
        this.settle_log(ready.is_err()).await;
        ready.map(|()| this)
    }

    /// Reads what was printed so far, and shows what was held back if it explains a failure.
    async fn settle_log(&mut self, failed: bool) {
        drop(self.log.drain().await);
        if failed {
            self.log.reveal();
        }
    }

    async fn wait_for_poll(&mut self, until: Instant) -> Result<(), FunctionError> {
        loop {
            match self.sign(until).await {
                Some(Sign::Said(Request::Next)) => {
                    self.waits = true;
                    return Ok(());
                }
                Some(Sign::Said(Request::InitError(report))) => {
                    return Err(FunctionError::Init(report));
                }
                Some(Sign::Said(_)) => {}
                Some(Sign::Ended(status)) => return Err(FunctionError::EndedInInit(status)),
                None => return Err(FunctionError::InitTimeout(INIT_TIMEOUT)),
            }
        }
    }

    /// Whether it lives and asks, perhaps after a moment, for another event.
    pub(crate) async fn is_ready(&mut self) -> bool {
        if !matches!(self.process.try_wait(), Ok(None)) {
            return false;
        }
        self.waits || {
            let until = Instant::now() + INIT_TIMEOUT;
            self.wait_for_poll(until).await.is_ok()
        }
    }

    /// Delivers `event` to who is invoked as `arn` and waits for the answer.
    pub(crate) async fn deliver(&mut self, event: &EventFile, arn: &str) -> Delivery {
        let answer = self.invoke(&event.payload, arn, None).await;
        let result = answer.result.and_then(|body| parse(&body));
        if result.is_err() {
            self.log.reveal();
        }
        Delivery {
            result,
            outcomes: settle(&event.messages, answer.outcomes),
            duration: answer.duration,
        }
    }

    /// Hands over an event, as JSON, to who is invoked as `arn`, and waits for the answer; the process
    /// is killed after `doom`.
    pub(crate) async fn invoke(
        &mut self,
        event: &str,
        arn: &str,
        doom: Option<Duration>,
    ) -> Answer {
        let started = Instant::now();
        let timeout = u64::try_from(self.timeout.as_millis()).unwrap_or(u64::MAX);
        let now = epoch_ms();
        let request_id = request_id();
        self.api.send(Invocation {
            request_id: request_id.clone(),
            deadline_ms: now.saturating_add(timeout),
            function_arn: arn.to_owned(),
            trace_id: trace_id(now),
            payload: event.to_owned(),
        });
        self.waits = false;
        let doom = doom.filter(|it| *it < self.timeout);
        let until = started + doom.unwrap_or(self.timeout);
        let mut result = self.answer(&request_id, until).await;
        if let (Err(FunctionError::TimedOut(_)), Some(doom)) = (&result, doom) {
            result = Err(FunctionError::Killed(doom));
        }
        let duration = started.elapsed();
        // What was killed on purpose has nothing to explain.
        let is_killed = matches!(result, Err(FunctionError::Killed(_)));
        self.settle_log(result.is_err() && !is_killed).await;
        Answer {
            result,
            log: self.log.tail(),
            outcomes: self.log.outcomes(),
            duration,
            request_id,
        }
    }

    async fn answer(&mut self, expected: &str, until: Instant) -> Result<Vec<u8>, FunctionError> {
        loop {
            match self.sign(until).await {
                Some(Sign::Said(Request::Response { request_id, body }))
                    if request_id == expected =>
                {
                    return Ok(body);
                }
                Some(Sign::Said(Request::ResponseTooLarge { request_id }))
                    if request_id == expected =>
                {
                    return Err(FunctionError::TooLarge);
                }
                Some(Sign::Said(Request::Error { request_id, report }))
                    if request_id == expected =>
                {
                    return Err(FunctionError::Reported(report));
                }
                Some(Sign::Said(Request::InitError(report))) => {
                    return Err(FunctionError::Init(report));
                }
                // Its next poll, or a late answer to an earlier event.
                Some(Sign::Said(_)) => {}
                Some(Sign::Ended(status)) => return Err(FunctionError::Crashed(status)),
                None => {
                    // Nothing may go on behind the back of a response that was given up.
                    drop(self.process.kill().await);
                    return Err(FunctionError::TimedOut(self.timeout));
                }
            }
        }
    }

    /// The next thing the process does, showing its log meanwhile; `None` at `until`.
    async fn sign(&mut self, until: Instant) -> Option<Sign> {
        loop {
            tokio::select! {
                // In this order: a process may answer and end at once.
                biased;
                Some(request) = self.api.requests.recv() => return Some(Sign::Said(request)),
                Some(line) = self.log.next() => self.log.take(&line),
                Ok(status) = self.process.wait() => return Some(Sign::Ended(status)),
                () = tokio::time::sleep_until(until) => return None,
            }
        }
    }

    /// Ends the process.
    pub(crate) async fn stop(mut self) {
        drop(self.process.kill().await);
        drop(self.log.drain().await);
    }
}

fn parse(body: &[u8]) -> Result<Json, FunctionError> {
    // Lambda reads an empty answer as null.
    if body.is_empty() {
        return Ok(Json::Null);
    }
    serde_json::from_slice(body).map_err(|problem| FunctionError::NotJson {
        problem: problem.to_string(),
        excerpt: String::from_utf8_lossy(body).chars().take(200).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_response_is_null() {
        assert_eq!(parse(b"").unwrap(), Json::Null);
    }
}
