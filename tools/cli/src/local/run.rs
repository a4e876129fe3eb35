//! `local`: the whole stack, until Ctrl-C or until everything is done.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::fixtures;
use super::log::LogLevel;
use super::mapping::{Mappings, Planned, plan};
use super::pool::Pool;
use super::serve::StopSignal;
use super::stack::{Stack, programs};
use super::summary::Summary;
use super::voice::Voice;
use crate::error::Error;
use crate::template::{Function, Template};

/// How often it is looked whether everything is done.
const LOOK: Duration = Duration::from_millis(100);
/// Everything is done if nothing has happened for this long: whoever sends may take a breath.
const QUIET: Duration = Duration::from_secs(1);

/// What to run, and how.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) template: Template,
    pub(crate) port: u16,
    /// Where queues, tables and buckets are kept; nowhere if not given.
    pub(crate) data: Option<PathBuf>,
    pub(crate) release: bool,
    pub(crate) logs: LogLevel,
    /// Event files whose messages are sent at the start.
    pub(crate) events: Option<PathBuf>,
    /// Whether it ends by itself.
    pub(crate) until_idle: bool,
}

/// Runs the stack and says through `ready` once it does.
///
/// # Errors
/// The template or the events are at fault, the port is taken, or a function does not start.
pub(crate) async fn run(
    run: Run,
    ready: impl FnOnce(&Stack, &[Planned]) -> Result<(), Error>,
) -> Result<Summary, Error> {
    let stack = Stack::up(run.template, run.port, run.data.as_deref()).await?;
    let planned = plan(stack.template())?;
    let fixtures = run.events.as_deref();
    let fixtures = fixtures
        .map(|it| fixtures::load(it, &planned))
        .transpose()?;
    let pools = pools(&stack, &planned, run.release, run.logs).await?;
    let mut stop = StopSignal::listen()?;
    tokio::select! {
        started = warm_up(&pools) => started?,
        () = stop.received() => return Ok(Summary::default()),
    }
    ready(&stack, &planned)?;
    for fixture in fixtures.iter().flatten() {
        fixture.send(stack.queues())?;
    }
    let started = Instant::now();
    let mut mappings = Mappings::new(stack.queues());
    for planned in planned {
        let of_function = |it: &&Arc<Pool>| it.function().logical_id == planned.function.logical_id;
        if let Some(pool) = pools.iter().find(of_function) {
            let pool = Arc::clone(pool);
            mappings.add(planned, pool);
        }
    }
    tokio::select! {
        () = drive(&stack, &mut mappings, run.until_idle) => {}
        () = stop.received() => {}
    }
    let took = started.elapsed();
    mappings.stop().await;
    for pool in &pools {
        pool.stop().await;
    }
    Ok(Summary::of(&stack, &mappings, &pools, took))
}

/// A pool for each function that is fed, its binary built.
async fn pools(
    stack: &Stack,
    planned: &[Planned],
    release: bool,
    logs: LogLevel,
) -> Result<Vec<Arc<Pool>>, Error> {
    let mut functions: Vec<&Function> = planned.iter().map(|it| &it.function).collect();
    // A function with several events has them in a row.
    functions.dedup_by_key(|it| &it.logical_id);
    let programs = programs(stack.template(), &functions, release).await?;
    let names = functions.iter().map(|it| it.binary.as_deref());
    let names: Vec<_> = names.map(Option::unwrap_or_default).collect();
    let voices = Voice::choir(&names);
    let pools = functions.into_iter().zip(voices).map(|(function, voice)| {
        let program = programs[&function.logical_id].clone();
        Arc::new(Pool::new(stack, function.clone(), program, logs, voice))
    });
    Ok(pools.collect())
}

async fn warm_up(pools: &[Arc<Pool>]) -> Result<(), Error> {
    for pool in pools {
        pool.warm_up().await?;
    }
    Ok(())
}

/// Runs the mappings, for ever or until everything is done.
async fn drive(stack: &Stack, mappings: &mut Mappings, until_idle: bool) {
    let mut look = interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut idle_since = None;
    loop {
        tokio::select! {
            () = mappings.step() => {}
            _ = look.tick(), if until_idle => {
                idle_since = is_idle(stack, mappings).then(|| idle_since.unwrap_or_else(Instant::now));
                if idle_since.is_some_and(|since: Instant| since.elapsed() >= QUIET) {
                    return;
                }
            }
        }
    }
}

/// Whether something was sent, or received from what was kept, and nothing is left to do.
fn is_idle(stack: &Stack, mappings: &Mappings) -> bool {
    let queues = stack.queues().summaries();
    let mut sources = queues.iter().filter(|it| mappings.polls(&it.arn));
    let anything_sent = queues
        .iter()
        .any(|it| it.counters.sent + it.counters.received > 0);
    let is_empty = sources.all(|it| it.visible + it.in_flight + it.delayed == 0);
    anything_sent && is_empty && mappings.are_idle()
}
