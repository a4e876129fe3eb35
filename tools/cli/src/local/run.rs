//! `local`: the whole stack, until Ctrl-C or until everything is done.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::chaos::{Chaos, Faults};
use super::clock::now;
use super::elsewhere::Elsewhere;
use super::environment::Given;
use super::fixtures;
use super::functions::{Functions, Manner, tend};
use super::log::LogLevel;
use super::mapping::{Mappings, Planned, plan};
use super::serve::StopSignal;
use super::stack::{Foundation, Stack};
use super::summary::Summary;
use super::watch::watch;
use crate::error::Error;
use crate::template::Template;

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
    /// Whether functions are built again when their sources change.
    pub(crate) watch: bool,
    pub(crate) logs: LogLevel,
    /// What functions see besides.
    pub(crate) given: Vec<Given>,
    /// Event files whose messages are sent at the start.
    pub(crate) events: Option<PathBuf>,
    /// Functions that somebody else runs.
    pub(crate) elsewhere: Vec<Elsewhere>,
    /// Whether it ends by itself.
    pub(crate) until_idle: bool,
    /// Whether what functions call is noted.
    pub(crate) calls: bool,
    /// What goes wrong on purpose.
    pub(crate) faults: Faults,
    /// Decides when; anything if not given.
    pub(crate) seed: Option<u64>,
}

impl Run {
    /// Runs the stack of `template` at any free port until Ctrl-C, and keeps nothing.
    pub(crate) fn of(template: Template) -> Self {
        Self {
            template,
            port: 0,
            data: None,
            release: false,
            watch: false,
            logs: LogLevel::Default,
            given: Vec::new(),
            events: None,
            elsewhere: Vec::new(),
            until_idle: false,
            calls: false,
            faults: Faults::default(),
            seed: None,
        }
    }
}

/// Runs the stack and says through `ready` once it does.
///
/// # Errors
/// The template or the events are at fault, the port is taken, a function does not start, or none is fed by a queue.
pub(crate) async fn run(
    run: Run,
    ready: impl FnOnce(&Stack, &[Planned]) -> Result<(), Error>,
) -> Result<Summary, Error> {
    let functions = run.template.functions()?;
    if functions.iter().all(|it| it.event_sources.is_empty()) {
        return Err(Error::NoEventSources(run.template.file().to_owned()));
    }
    let until_idle = run.until_idle;
    let Some(mut local) = Local::start(run, ready).await? else {
        return Ok(Summary::default());
    };
    if until_idle {
        local.until_idle(|_| {}).await;
    } else {
        local.until_stopped().await;
    }
    Ok(local.finish().await)
}

/// The whole stack, running.
pub(crate) struct Local {
    stack: Stack,
    mappings: Mappings,
    stop: StopSignal,
    /// What goes on whatever the mappings do; it ends with this.
    beside: JoinSet<()>,
    started: Instant,
}

impl Local {
    /// Builds and starts everything, says so through `ready`, and sends the event files; `None` if
    /// it was stopped meanwhile.
    ///
    /// # Errors
    /// As [`run`], but there need not be functions.
    pub(crate) async fn start(
        run: Run,
        ready: impl FnOnce(&Stack, &[Planned]) -> Result<(), Error>,
    ) -> Result<Option<Self>, Error> {
        let seed = run.seed.unwrap_or_else(|| fastrand::u32(..).into());
        // Queues and mappings are made on this thread and take their own seeds from its generator.
        fastrand::seed(seed);
        let foundation = Foundation::lay(run.template, run.port, run.data.as_deref()).await?;
        let mut foundation = foundation.shaken(Chaos::new(run.faults, seed));
        if run.calls {
            foundation = foundation.noting_calls();
        }
        let planned = plan(foundation.template())?;
        let fixtures = run.events.as_deref();
        let fixtures = fixtures
            .map(|it| fixtures::load(it, &planned))
            .transpose()?;
        let manner = Manner {
            release: run.release,
            logs: run.logs,
            given: &run.given,
            chaos: foundation.chaos(),
            elsewhere: &run.elsewhere,
        };
        let (template, url) = (foundation.template(), foundation.url());
        let built = now();
        let functions = Functions::build(template, url, &manner).await?;
        let mut mappings = Mappings::new(foundation.queues());
        let data = run.data.as_deref();
        let stack = foundation
            .serve(data, functions, mappings.control())
            .await?;
        let mut stop = StopSignal::listen()?;
        tokio::select! {
            started = stack.functions().warm_up() => started?,
            () = stop.received() => return Ok(None),
        }
        ready(&stack, &planned)?;
        for fixture in fixtures.iter().flatten() {
            fixture.send(stack.queues())?;
        }
        for planned in planned {
            if let Some(pool) = stack.functions().get(&planned.function.logical_id) {
                mappings.add(planned, Arc::clone(pool));
            }
        }
        let mut beside = JoinSet::new();
        beside.spawn(tend(Arc::clone(stack.functions())));
        if run.watch {
            let template = stack.template().clone();
            let functions = Arc::clone(stack.functions());
            beside.spawn(watch(template, functions, run.release, built));
        }
        Ok(Some(Self {
            beside,
            stack,
            mappings,
            stop,
            started: Instant::now(),
        }))
    }

    /// What is served.
    pub(crate) fn stack(&self) -> &Stack {
        &self.stack
    }

    /// What it came to so far.
    pub(crate) fn summary(&self) -> Summary {
        Summary::of(&self.stack, &self.mappings, self.started.elapsed())
    }

    /// Runs until Ctrl-C.
    pub(crate) async fn until_stopped(&mut self) {
        loop {
            tokio::select! {
                () = self.mappings.step() => {}
                () = self.stop.received() => return,
            }
        }
    }

    /// Runs until everything sent is done, telling `watch` now and then how far it is; or until
    /// Ctrl-C.
    pub(crate) async fn until_idle(&mut self, mut watch: impl FnMut(&Self)) -> Ended {
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut idle_since = None;
        loop {
            tokio::select! {
                () = self.mappings.step() => {}
                () = self.stop.received() => return Ended::Stopped,
                _ = look.tick() => {
                    watch(self);
                    idle_since = is_idle(&self.stack, &self.mappings)
                        .then(|| idle_since.unwrap_or_else(Instant::now));
                    if idle_since.is_some_and(|since: Instant| since.elapsed() >= QUIET) {
                        return Ended::Idle;
                    }
                }
            }
        }
    }

    /// Stops everything and says what it came to.
    pub(crate) async fn finish(mut self) -> Summary {
        let took = self.started.elapsed();
        self.beside.shutdown().await;
        self.mappings.stop().await;
        self.stack.functions().stop().await;
        Summary::of(&self.stack, &self.mappings, took)
    }
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Everything was done.
    Idle,
    /// By Ctrl-C.
    Stopped,
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
