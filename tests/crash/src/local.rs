//! `lambda-queue local` as a process of its own, to be killed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lambda_queue_cli::stage::programs;
use lambda_queue_demo::Result;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::log::Log;
use crate::wrong;

/// Tells processes of this run from all others: the functions inherit it.
const MARK: &str = "LAMBDA_QUEUE_CRASH";
/// A start takes seconds; a build that `local` finds to be done, more.
const START: Duration = Duration::from_secs(300);
/// How long functions may outlive their endpoint: each ends its batch, by its deadline.
const GONE: Duration = Duration::from_secs(15);

/// Where everything is kept, and how it is run.
pub(crate) struct Home {
    program: PathBuf,
    folder: TempDir,
    project: PathBuf,
    arguments: Vec<String>,
    /// That of the first start, which all others take again.
    port: u16,
    log: Arc<Mutex<Log>>,
}

/// A `lambda-queue local` that is up. It is killed when this is dropped.
pub(crate) struct Local {
    process: Child,
    reader: JoinHandle<()>,
    pub(crate) url: String,
}

impl Home {
    /// Builds what is run, in the folder of `template.yaml`; `arguments` say with which parameters.
    pub(crate) async fn new(project: &Path, arguments: Vec<String>, keep: bool) -> Result<Self> {
        let name = "lambda-queue";
        let mut programs = programs(project, &[name]).await?;
        let mut folder = tempfile::Builder::new().prefix("crash-").tempdir()?;
        if keep {
            folder.disable_cleanup(true);
            println!("  kept in {}\n", folder.path().display());
        }
        Ok(Self {
            program: programs
                .remove(name)
                .ok_or_else(|| wrong("cargo has built nothing"))?,
            log: Arc::new(Mutex::new(Log::at(&folder.path().join("log"))?)),
            folder,
            project: project.to_owned(),
            arguments,
            port: 0,
        })
    }

    /// What all functions have printed so far.
    pub(crate) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts it, with these arguments besides its own.
    pub(crate) async fn start(&mut self, mode: &[&str], more: &[String]) -> Result<Local> {
        let mut process = Command::new(&self.program)
            .arg("local")
            .args(mode)
            .args(["--port", &self.port.to_string()])
            .arg("--data")
            .arg(self.folder.path().join("data"))
            .args(&self.arguments)
            .args(more)
            // Functions see no variable of a shell that is not named; `local serve` runs none.
            .args(mode.is_empty().then_some(["--env", MARK]).iter().flatten())
            .current_dir(&self.project)
            .env(MARK, self.folder.path())
            // Functions say what they do at `info`.
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = process.stdout.take();
        let output = output.ok_or_else(|| wrong("no standard output"))?;
        let errors = process.stderr.take();
        let errors = errors.ok_or_else(|| wrong("no standard error"))?;
        let log = Arc::clone(&self.log);
        let reader = tokio::spawn(async move {
            let mut lines = BufReader::new(errors).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                log.take(&line);
            }
        });
        let (told, url) = oneshot::channel();
        tokio::spawn(tell(output, told));
        let url = timeout(START, url).await?;
        let url = url.map_err(|_| wrong("`lambda-queue local` has ended before it was up"))?;
        let port = url.rsplit(':').next().and_then(|it| it.parse().ok());
        self.port = port.ok_or_else(|| wrong("no port in its address"))?;
        Ok(Local {
            process,
            reader,
            url,
        })
    }

    /// Waits until no function is left; how many do not end.
    pub(crate) async fn orphans(&self) -> usize {
        let gone = async {
            while !self.processes().is_empty() {
                sleep(Duration::from_millis(100)).await;
            }
        };
        drop(timeout(GONE, gone).await);
        self.processes().len()
    }

    /// All processes that come from here, where the system tells of processes in files.
    fn processes(&self) -> Vec<String> {
        let mark = format!("{MARK}={}", self.folder.path().display());
        let all = fs::read_dir("/proc").into_iter().flatten().flatten();
        let ours = all.filter(|it| {
            let environment = fs::read(it.path().join("environ")).unwrap_or_default();
            let mut variables = environment.split(|it| *it == 0);
            variables.any(|it| it == mark.as_bytes())
        });
        let ids = ours.filter_map(|it| it.file_name().into_string().ok());
        ids.collect()
    }
}

/// Tells the address once it is printed, and reads on: who prints to nobody ends with an error.
async fn tell(output: ChildStdout, told: oneshot::Sender<String>) {
    let mut lines = BufReader::new(output).lines();
    let mut told = Some(told);
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some((_, url)) = line.split_once("AWS_ENDPOINT_URL=") {
            drop(told.take().map(|it| it.send(url.trim().to_owned())));
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        for id in self.processes() {
            let kill = std::process::Command::new("kill")
                .args(["-9", &id])
                .status();
            drop(kill);
        }
    }
}

impl Local {
    /// Kills it as it is, and takes what its functions had printed.
    pub(crate) async fn kill(mut self) -> Result<()> {
        self.process.kill().await?;
        Ok(self.reader.await?)
    }

    /// Waits until it ends by itself; whether it ended well.
    pub(crate) async fn ended(mut self) -> Result<bool> {
        let status = self.process.wait().await?;
        self.reader.await?;
        Ok(status.success())
    }
}
