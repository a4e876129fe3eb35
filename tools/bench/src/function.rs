//! A peer as Lambda runs it: a process behind a Runtime API, measured from outside.

use std::env;
use std::fs::File;
use std::future::Future;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use hyper::body::Bytes;
use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout};

use crate::clock::epoch_ms;
use crate::runtime_api::{FUNCTION, Invocation, RuntimeApi, Said};
use crate::{Result, process};

/// How long an invocation may take: as long as a function may be given.
const TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// How long anything here may take: the slowest peer needs ten seconds.
const PATIENCE: Duration = Duration::from_secs(120);
/// As much as has one processor to itself.
const MEMORY_MB: &str = "1769";

/// How a peer is started.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) folder: PathBuf,
    /// What it prints, for when it fails.
    pub(crate) log: PathBuf,
}

pub(crate) struct Function {
    child: Child,
    pid: i32,
    api: RuntimeApi,
    log: PathBuf,
    invocations: u64,
    /// From the start of the process to its first poll.
    pub(crate) init: Duration,
}

/// What an invocation took.
pub(crate) struct Invoked {
    pub(crate) wall: Duration,
    /// From poll to poll.
    pub(crate) cpu: Duration,
    pub(crate) response: Bytes,
}

impl Function {
    /// Starts the process and waits for its first poll.
    pub(crate) async fn start(program: &Program, endpoint: &str, store: &str) -> Result<Self> {
        let api = RuntimeApi::serve().await?;
        let log = File::create(&program.log)?;
        let mut command = Command::new(&program.program);
        command
            .args(&program.arguments)
            .current_dir(&program.folder)
            // What is set on this machine is not on Lambda.
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .env("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
            .env("STORE", store)
            .envs(environment())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true);
        let start = Instant::now();
        let child = command.spawn()?;
        let pid = child.id().ok_or("it ended at once")?;
        let mut function = Self {
            child,
            pid: i32::try_from(pid)?,
            api,
            log: program.log.clone(),
            invocations: 0,
            init: Duration::ZERO,
        };
        function.init = function.poll().await? - start;
        Ok(function)
    }

    pub(crate) async fn invoke(&mut self, event: Bytes) -> Result<Invoked> {
        self.invocations += 1;
        let (cpu, start) = (process::cpu(self.pid)?, Instant::now());
        self.api.send(Invocation {
            id: format!("8476a536-e9f4-11e8-9739-{:012}", self.invocations),
            deadline_ms: epoch_ms() + u64::try_from(TIMEOUT.as_millis())?,
            event,
        });
        let (end, response) = match self.said().await? {
            Said::Response(end, response) => (end, response),
            Said::Error(body) => return Err(self.failed(&body)),
            Said::Next(_) => return Err("it polled without an answer".into()),
        };
        self.poll().await?;
        Ok(Invoked {
            wall: end - start,
            cpu: process::cpu(self.pid)?.saturating_sub(cpu),
            response,
        })
    }

    pub(crate) fn pid(&self) -> i32 {
        self.pid
    }

    /// The most memory it had, in KiB.
    pub(crate) fn peak_kib(&self) -> Result<u64> {
        process::peak_kib(self.pid)
    }

    pub(crate) async fn stop(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// As a supervisor would stop it, and with time to write down what was counted.
    pub(crate) async fn end(mut self) -> Result<()> {
        signal::kill(Pid::from_raw(self.pid), Signal::SIGTERM)?;
        self.child.wait().await?;
        Ok(())
    }

    async fn poll(&mut self) -> Result<Instant> {
        match self.said().await? {
            Said::Next(at) => Ok(at),
            Said::Error(body) => Err(self.failed(&body)),
            Said::Response(..) => Err("it answered twice".into()),
        }
    }

    async fn said(&mut self) -> Result<Said> {
        let log = &self.log;
        tokio::select! {
            said = patiently(self.api.said()) => said?.ok_or_else(|| "its server ended".into()),
            ended = self.child.wait() => Err(ended_early(ended?, log).into()),
        }
    }

    fn failed(&self, body: &[u8]) -> crate::Error {
        let body = String::from_utf8_lossy(body);
        format!("it failed: {body}; its log is {}", self.log.display()).into()
    }
}

fn ended_early(status: ExitStatus, log: &std::path::Path) -> String {
    format!("it ended with {status}; its log is {}", log.display())
}

async fn patiently<T>(future: impl Future<Output = T>) -> Result<T> {
    let result = timeout(PATIENCE, future).await;
    result.map_err(|_| format!("nothing was heard of it for {PATIENCE:?}").into())
}

/// What Lambda sets, with nobody's credentials.
fn environment() -> [(&'static str, &'static str); 13] {
    [
        ("_HANDLER", "function.handler"),
        ("AWS_LAMBDA_FUNCTION_NAME", FUNCTION),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", MEMORY_MB),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/orders"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/31/[$LATEST]0"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "nobodys"),
        ("AWS_SESSION_TOKEN", "nobodys"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("POWERTOOLS_SERVICE_NAME", FUNCTION),
    ]
}
