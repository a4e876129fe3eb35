//! The template's functions on this machine.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::chaos::Chaos;
use super::environment::{Environment, Fed};
use super::log::LogLevel;
use super::pool::{Pool, Processes, Workers};
use super::stack::programs;
use super::voice::Voice;
use crate::error::Error;
use crate::template::{Function, Template};

/// How often it is looked for processes that wait in vain.
const TENDED: Duration = Duration::from_secs(15);

/// A pool of processes for each function.
#[derive(Default)]
pub(crate) struct Functions {
    pools: Vec<Arc<Pool>>,
}

/// How functions are run.
pub(crate) struct Manner<'a> {
    pub(crate) release: bool,
    pub(crate) logs: LogLevel,
    pub(crate) chaos: &'a Chaos,
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
        let mut functions = template.functions()?;
        functions.retain(|it| it.binary.is_some() || !it.event_sources.is_empty());
        let borrowed: Vec<&Function> = functions.iter().collect();
        let programs = programs(template, &borrowed, manner.release).await?;
        let names = functions.iter().map(|it| it.binary.as_deref());
        let names: Vec<_> = names.map(Option::unwrap_or_default).collect();
        let voices = Voice::choir(&names);
        let pools = functions.iter().zip(voices).map(|(function, voice)| {
            let program = programs[&function.logical_id].clone();
            let environment = Environment::new(template, function, url, Fed::ByQueues);
            let processes = Processes::new(
                function.clone(),
                program,
                environment,
                manner.logs,
                voice.clone(),
                manner.chaos.kill(&function.logical_id),
            );
            let workers = Workers::Here(processes);
            Arc::new(Pool::new(function.clone(), workers, voice))
        });
        Ok(Self {
            pools: pools.collect(),
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

    /// Ends processes that have been idle for minutes, for ever.
    pub(crate) async fn tend(&self) {
        loop {
            sleep(TENDED).await;
            for pool in &self.pools {
                pool.retire().await;
            }
        }
    }

    /// Ends the processes without an event.
    pub(crate) async fn stop(&self) {
        for pool in &self.pools {
            pool.stop().await;
        }
    }
}
