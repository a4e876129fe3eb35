//! The template's functions on this machine.

use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::time::sleep;

use super::chaos::Chaos;
use super::elsewhere::{Elsewhere, write_variables};
use super::environment::{Environment, Fed, Given};
use super::log::LogLevel;
use super::pool::{Pool, Processes, Remote, Workers};
use super::stack::{find, programs};
use super::voice::Voice;
use crate::error::Error;
use crate::template::{Function, Template};

/// How often it is looked for processes that wait in vain.
const TENDED: Duration = Duration::from_secs(15);

/// A pool for each function.
#[derive(Default)]
pub(crate) struct Functions {
    pools: Vec<Arc<Pool>>,
    /// Holds files for those that are run elsewhere, and goes with this.
    _variables: Option<TempDir>,
}

/// How functions are run.
pub(crate) struct Manner<'a> {
    pub(crate) release: bool,
    pub(crate) logs: LogLevel,
    /// What they see besides.
    pub(crate) given: &'a [Given],
    pub(crate) chaos: &'a Chaos,
    /// Functions that are not run here.
    pub(crate) elsewhere: &'a [Elsewhere],
}

impl Functions {
    /// Builds the functions of `template` that have SQS events or name a binary; their services
    /// will be at `url`. No process is started yet.
    ///
    /// # Errors
    /// A function with SQS events names no binary, or the build fails.
    pub(crate) async fn build(
        template: &Template,
        url: &str,
        manner: &Manner<'_>,
    ) -> Result<Self, Error> {
        for it in manner.elsewhere {
            find(template, &it.function)?;
        }
        let place = |it: &Function| {
            manner
                .elsewhere
                .iter()
                .find(|at| it.is_called(&at.function))
        };
        let mut functions = template.functions()?;
        functions.retain(|it| it.binary.is_some() || !it.event_sources.is_empty());
        let here = functions.iter().filter(|it| place(it).is_none());
        let programs = programs(template, &here.collect::<Vec<_>>(), manner.release).await?;
        let names: Vec<_> = functions.iter().map(Function::short_name).collect();
        let voices = Voice::choir(&names);
        let mut variables = None;
        let mut pools = Vec::new();
        for (function, voice) in functions.iter().zip(voices) {
            let environment =
                Environment::new(template, function, url, Fed::ByQueues, manner.given);
            let workers = match (place(function), programs.get(&function.logical_id)) {
                (None, Some(program)) => Workers::Here(Processes::new(
                    function.clone(),
                    program.clone(),
                    environment,
                    manner.logs,
                    voice.clone(),
                    manner.chaos.kill(&function.logical_id),
                )),
                (Some(at), _) => {
                    let file = write_variables(&mut variables, function, &environment)?;
                    Workers::Elsewhere(Remote::new(at, function, file, voice.clone()))
                }
                // Those that are not elsewhere have been built.
                (None, None) => continue,
            };
            pools.push(Arc::new(Pool::new(function.clone(), workers, voice)));
        }
        Ok(Self {
            pools,
            _variables: variables,
        })
    }

    /// All of them, in the order of the template.
    pub(crate) fn all(&self) -> &[Arc<Pool>] {
        &self.pools
    }

    /// The one with this logical id.
    pub(crate) fn get(&self, logical_id: &str) -> Option<&Arc<Pool>> {
        let mut pools = self.pools.iter();
        pools.find(|it| it.function().logical_id == logical_id)
    }

    /// Starts a first process of each function that is fed, to learn whether it starts at all.
    ///
    /// # Errors
    /// One does not.
    pub(crate) async fn warm_up(&self) -> Result<(), Error> {
        for pool in &self.pools {
            if !pool.function().event_sources.is_empty() {
                pool.warm_up().await?;
            }
        }
        Ok(())
    }

    /// Ends the processes without an event.
    pub(crate) async fn stop(&self) {
        for pool in &self.pools {
            pool.stop().await;
        }
    }
}

/// Ends processes that have been idle for minutes, for ever.
pub(super) async fn tend(functions: Arc<Functions>) {
    loop {
        sleep(TENDED).await;
        for pool in functions.all() {
            pool.retire().await;
        }
    }
}
