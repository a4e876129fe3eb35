//! The whole stack for a program that drives it, as `cargo demo` does.
//!
//! A [`Stage`] is what `lambda-queue local` runs, at any free port. The program sends messages and
//! reads tables at [`Stage::url`], with any AWS SDK, and waits here until all is done.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::local::build::build;
use crate::local::{Call, Ended, Local, LogLevel, Run};
use crate::report::summary_tables;
use crate::template::Template;

/// A template's queues, tables, buckets and functions, running. Nothing of them is kept.
pub struct Stage(Local);

impl Stage {
    /// Builds and starts everything; `None` if Ctrl-C came first.
    ///
    /// # Errors
    /// The template is at fault, or a function cannot be built or does not start.
    pub async fn start(template: Template) -> Result<Option<Self>, Error> {
        let run = Run {
            logs: LogLevel::OnFailure,
            calls: true,
            ..Run::of(template)
        };
        let started = Local::start(run, |_, _| Ok(())).await?;
        Ok(started.map(Self))
    }

    /// Where the services answer; the console is at `/_console` there.
    #[must_use]
    pub fn url(&self) -> &str {
        self.0.stack().url()
    }

    /// Kills the processes of a function's next `count` invocations, by SIGKILL and in the middle
    /// of their batches. The function is named by its logical id; others are not known here.
    pub fn kill(&self, function: &str, count: u64) {
        if let Some(pool) = self.0.stack().functions().get(function) {
            pool.kill(count);
        }
    }

    /// How many processes were killed so.
    #[must_use]
    pub fn killed(&self) -> u64 {
        let pools = self.0.stack().functions().all().iter();
        pools.map(|it| it.killed()).sum()
    }

    /// Runs until every message that a function is fed with is completed or dead-lettered, and
    /// tells `watch` now and then how many more of these queues' are; false if Ctrl-C came first.
    pub async fn until_idle(&mut self, queues: &[&str], mut watch: impl FnMut(u64)) -> bool {
        let before = settled(&self.0, queues);
        let watch = |local: &Local| watch(settled(local, queues).saturating_sub(before));
        self.0.until_idle(watch).await == Ended::Idle
    }

    /// Runs until Ctrl-C.
    pub async fn until_stopped(&mut self) {
        self.0.until_stopped().await;
    }

    /// What a function has called so far: actions on resources, as IAM names them.
    #[must_use]
    pub fn calls(&self, function: &str) -> Vec<Call> {
        let calls = self.0.stack().calls().map(|it| it.of(function));
        let calls = calls.unwrap_or_default().into_iter();
        calls.map(|(call, _)| call).collect()
    }

    /// What became of messages in each queue, and of each function's invocations, as tables.
    #[must_use]
    pub fn tables(&self) -> String {
        let mut summary = self.0.summary();
        // Those are for who asks for `calls`.
        summary.functions.iter_mut().for_each(|it| it.calls = None);
        summary_tables(&summary)
    }

    /// Ends the functions.
    pub async fn stop(self) {
        self.0.finish().await;
    }
}

/// Builds `binaries` in `folder` as functions are built; where each of them is.
///
/// # Errors
/// Cargo cannot be run, or does not build them.
pub async fn programs(folder: &Path, binaries: &[&str]) -> Result<HashMap<String, PathBuf>, Error> {
    Ok(build(folder, binaries, false).await?)
}

fn settled(local: &Local, names: &[&str]) -> u64 {
    let queues = local.summary().queues;
    let queues = queues.iter().filter(|it| names.contains(&&*it.name));
    queues.map(|it| it.completed + it.dead_lettered).sum()
}
