//! One peer in one scenario, once: a process of its own, from its start to its end.

use std::time::Duration;

use crate::Result;
use crate::event::{Event, event};
use crate::figures::median;
use crate::function::{Function, Invoked, Program};
use crate::peer::{Language, Peer, Way};
use crate::scenario::{Kind, Scenario};
use crate::store::{Counts, Store};

/// What one run of a peer came to; figures of messages are of warm invocations.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Run {
    pub(crate) init_ms: f64,
    pub(crate) first_ms: f64,
    pub(crate) wall_ms: f64,
    /// User and system time of a message.
    pub(crate) cpu_us: f64,
    pub(crate) peak_kib: f64,
    /// Of a message.
    pub(crate) requests: f64,
    pub(crate) bytes: f64,
    pub(crate) invocations: usize,
}

/// How much is measured in one run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    pub(crate) measured: Duration,
}

/// Invocations in a run, whatever they take: more where each is short, and a pause of the machine weighs more.
const FEWEST: usize = 3;
const FEWEST_SMALL: usize = 20;
const SMALL: usize = 10;
const MOST: usize = 200;
/// An invocation that takes as long is measured once.
const SLOW: Duration = Duration::from_millis(400);
/// CPU time before anything counts, the first invocation included: it is spent however busy the machine is.
const WARM_UP: Duration = Duration::from_millis(30);
/// Of what is compiled while it runs.
const JIT_WARM_UP: Duration = Duration::from_millis(1_500);

struct Session<'a> {
    peer: &'a Peer,
    scenario: &'a Scenario,
    function: Function,
    serial: u64,
}

pub(crate) async fn measure(
    peer: &Peer,
    program: &Program,
    scenario: &Scenario,
    store: &Store,
    effort: Effort,
) -> Result<Run> {
    store.reset(scenario.store.unwrap_or_default());
    let endpoint = store.endpoint();
    let function = Function::start(program, &endpoint, peer.store(scenario)).await?;
    let init_ms = ms(function.init);
    let mut session = Session {
        peer,
        scenario,
        function,
        serial: 0,
    };
    let first = session.first().await?;
    session.check_records(store)?;
    let before = session.warm_up(first.cpu, store).await?;
    let warm = session.measured(first.wall, effort).await?;
    let run = summary(init_ms, &first, &warm, before, store.counts(), scenario);
    let peak_kib = session.function.peak_kib()? as f64;
    session.function.stop().await?;
    Ok(Run { peak_kib, ..run })
}

impl Session<'_> {
    async fn first(&mut self) -> Result<Invoked> {
        let event = event(self.scenario, self.serial);
        self.invoke(&event).await
    }

    /// The event that comes next: the same again where duplicates are wanted.
    fn event(&mut self) -> Event {
        if self.scenario.kind != Kind::Duplicates {
            self.serial += 1;
        }
        event(self.scenario, self.serial)
    }

    async fn invoke(&mut self, event: &Event) -> Result<Invoked> {
        let invoked = self.function.invoke(event.json.clone()).await?;
        if self.peer.way != Way::Empty && !event.is_answered_by(&invoked.response) {
            let response = String::from_utf8_lossy(&invoked.response);
            return Err(format!("a wrong response: {response:.300}").into());
        }
        Ok(invoked)
    }

    async fn warm_up(&mut self, first: Duration, store: &Store) -> Result<Counts> {
        let wanted = match self.peer.language {
            Language::TypeScript => JIT_WARM_UP,
            Language::Rust(_) | Language::Python => WARM_UP,
        };
        let mut spent = first;
        while spent < wanted {
            let event = self.event();
            spent += self.invoke(&event).await?.cpu;
        }
        Ok(store.counts())
    }

    async fn measured(&mut self, first: Duration, effort: Effort) -> Result<Vec<Invoked>> {
        let mut all = Vec::new();
        let fewest = match self.scenario.messages {
            ..=SMALL => FEWEST_SMALL,
            _ if first < SLOW => FEWEST,
            _ => 1,
        };
        let mut spent = Duration::ZERO;
        while all.len() < fewest || (all.len() < MOST && spent < effort.measured) {
            let event = self.event();
            let invoked = self.invoke(&event).await?;
            spent += invoked.wall;
            all.push(invoked);
        }
        Ok(all)
    }

    /// Whether the first event left a completed record for each message that did not fail.
    fn check_records(&self, store: &Store) -> Result<()> {
        if self.scenario.store.is_none() || self.peer.way == Way::Empty {
            return Ok(());
        }
        let failing = match self.scenario.kind {
            Kind::Failing => self.scenario.messages / 10,
            Kind::First | Kind::Duplicates => 0,
        };
        let (wanted, found) = (self.scenario.messages - failing, store.completed());
        match wanted == found {
            true => Ok(()),
            false => Err(format!("{found} of {wanted} records are completed").into()),
        }
    }
}

fn summary(
    init_ms: f64,
    first: &Invoked,
    warm: &[Invoked],
    before: Counts,
    after: Counts,
    scenario: &Scenario,
) -> Run {
    let messages = scenario.messages as f64;
    let all = messages * warm.len() as f64;
    Run {
        init_ms,
        first_ms: ms(first.wall),
        wall_ms: median(warm.iter().map(|it| ms(it.wall))),
        cpu_us: median(warm.iter().map(|it| it.cpu.as_secs_f64() * 1e6)) / messages,
        peak_kib: 0.0,
        requests: (after.requests - before.requests) as f64 / all,
        bytes: (after.bytes - before.bytes) as f64 / all,
        invocations: warm.len(),
    }
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
