//! What happens, in which order.

use std::path::Path;
use std::time::Duration;

use fastrand::Rng;
use lambda_queue_cli::template::Template;
use lambda_queue_demo::Result;
use lambda_queue_demo::check::Found;
use lambda_queue_demo::services::Services;
use tokio::time::{Instant, sleep, timeout};

use crate::Arguments;
use crate::accounts::Accounts;
use crate::dead::read;
use crate::documents;
use crate::figures::Figures;
use crate::load::{Load, Round, queue_name};
use crate::local::{Home, Local};
use crate::state::State;
use crate::wrong;

const PROJECT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
/// The stack's name.
pub(crate) const STACK: &str = "lambda-queue";
/// What was cut off comes back after the visibility timeout, and finds that the claims have ended by
/// then: an invocation's deadline, and 1.5 seconds for clocks that differ.
const PARAMETERS: [(&str, &str); 3] = [
    ("FunctionTimeout", "3"),
    ("QueueVisibilityTimeout", "5"),
    ("MaximumConcurrency", "4"),
];
/// What goes wrong, besides restarts: shares of invocations, requests, messages and receives.
const CHAOS: &str = "kill=0.3,throttle=0.05,duplicate=0.1,reorder=0.1";
/// So many messages wait, or more are sent.
const BACKLOG: u64 = 120;
const LOOK: Duration = Duration::from_millis(250);
/// After this long without a kill, or without an end, something is stuck.
const PATIENCE: Duration = Duration::from_secs(180);

/// The stack, what was sent to it, and what happened.
struct Course {
    home: Home,
    template: Template,
    load: Load,
    /// A round that was under way when the endpoint was killed.
    unsure: Option<Round>,
    figures: Figures,
}

/// Runs it all and says what came of it; how much is not as promised.
pub(crate) async fn run(arguments: &Arguments) -> Result<usize> {
    let started = Instant::now();
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u32(..).into());
    println!(
        "\n  cargo crash --kills {} --restarts {} --seed {seed}\n",
        arguments.kills, arguments.restarts
    );
    let project = Path::new(PROJECT).canonicalize()?;
    let parameters = PARAMETERS.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let template = Template::load(&project.join("template.yaml"), STACK)?;
    let given = PARAMETERS.map(|(name, value)| format!("--parameter={name}={value}"));
    let mut course = Course {
        home: Home::new(&project, given.into(), arguments.keep).await?,
        template: template.with_parameters(parameters)?,
        load: Load::of(&project.join("events")),
        unsure: None,
        figures: Figures::default(),
    };
    let mut rng = Rng::with_seed(seed);
    for start in 0..=arguments.restarts {
        let kills = arguments.kills * (start + 1) / (arguments.restarts + 1);
        course
            .shake(kills, start < arguments.restarts, &mut rng)
            .await?;
    }
    course.drain().await?;
    let mut problems = course.verdict().await?;
    let orphans = course.home.orphans().await;
    if orphans > 0 {
        problems.push(format!("{orphans} processes are left behind"));
    }
    course.figures.took = started.elapsed();
    print!("{}", course.figures.text(&problems));
    Ok(problems.len())
}

impl Course {
    /// Runs the stack, with all that goes wrong, until so many functions were killed in all. Then
    /// it is killed itself if it `dies`, at any moment, whatever it is doing.
    async fn shake(&mut self, kills: u64, dies: bool, rng: &mut Rng) -> Result<()> {
        let chaos = [
            format!("--chaos={CHAOS}"),
            format!("--seed={}", rng.u32(..)),
            "--logs=all".to_owned(),
        ];
        let local = self.home.start(&[], &chaos).await?;
        let mut services = Services::at(&local.url, &self.template)?;
        let later = Duration::from_millis(rng.u64(0..1000));
        let enough = enough(&self.home, kills, later);
        tokio::select! {
            killed = enough => killed?,
            fed = feed(&mut self.load, &mut self.unsure, &mut services, &local) => fed?,
        }
        let state = State::at(&local.url).await?;
        self.figures.totals += state.totals();
        if dies {
            self.figures.restarts += 1;
            self.figures.cut_by_restarts += state.running();
        }
        local.kill().await
    }

    /// Lets the stack finish what is left.
    async fn drain(&mut self) -> Result<()> {
        let any = [
            "--until-idle",
            "--expect-dead-letters=1000000",
            "--logs=all",
        ];
        let local = self.home.start(&[], &any.map(str::to_owned)).await?;
        if let Some(round) = self.unsure.take() {
            let mut services = Services::at(&local.url, &self.template)?;
            services.send(&round.messages()).await?;
            self.load.sent(round)?;
        }
        let is_well = timeout(PATIENCE, local.ended()).await??;
        match is_well {
            true => Ok(()),
            false => Err(wrong("`lambda-queue local` did not end well")),
        }
    }

    /// Reads everything and holds it against what was sent; what is not as promised.
    async fn verdict(&mut self) -> Result<Vec<String>> {
        let local = self.home.start(&["serve"], &[]).await?;
        let services = Services::at(&local.url, &self.template)?;
        let expected = &self.load.expected;
        let (dead, mut problems) = read(&services, &self.template, &self.load.poison).await?;
        let transcripts = services.transcripts(expected.conversations.keys()).await?;
        let told = queue_name("TurnReadyQueue.fifo");
        let told = services.ready_turns(&told).await?;
        let accounts = Accounts::read(&local.url, &self.template).await?;
        let found = services.documents().await?;
        let found = Found {
            transcripts: &transcripts,
            told: &told,
            documents: &found,
            dead: &dead.of_good,
        };
        problems.extend(lambda_queue_demo::check::problems(expected, &found));
        problems.extend(accounts.problems(&transcripts, &dead));
        problems.extend(documents::problems(&accounts, &dead, self.load.handbooks));
        let (done, again) = self.home.log().done();
        problems.extend(again);
        self.figures = Figures {
            sent: self.load.sent,
            killed: self.home.log().killed,
            claimed_again: accounts.claimed_again(),
            entries: transcripts.values().map(Vec::len).sum(),
            documents: accounts.documents.len(),
            done,
            dead,
            ..std::mem::take(&mut self.figures)
        };
        local.kill().await?;
        Ok(problems)
    }
}

/// Waits until so many functions were killed in all, and a little longer.
async fn enough(home: &Home, kills: u64, later: Duration) -> Result<()> {
    let mut killed = home.log().killed;
    while killed < kills {
        let before = killed;
        let more = async {
            while killed == before {
                sleep(LOOK).await;
                killed = home.log().killed;
            }
        };
        let stuck = |_| wrong(format!("no function was killed for {PATIENCE:?}"));
        timeout(PATIENCE, more).await.map_err(stuck)?;
    }
    sleep(later).await;
    Ok(())
}

/// Sends round after round, so that there is always something to do. It may be dropped at any
/// moment: a round that is not known to be sent is sent again, as its sender would.
async fn feed(
    load: &mut Load,
    unsure: &mut Option<Round>,
    services: &mut Services,
    local: &Local,
) -> Result<()> {
    loop {
        let round = match unsure.take() {
            Some(round) => round,
            None => load.next()?,
        };
        let messages = round.messages();
        *unsure = Some(round);
        services.send(&messages).await?;
        if let Some(round) = unsure.take() {
            load.sent(round)?;
        }
        while State::at(&local.url).await?.backlog() >= BACKLOG {
            sleep(LOOK).await;
        }
    }
}
