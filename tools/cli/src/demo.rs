//! `demo`: the whole stack with some hundred messages, poisoned ones and duplicates among them.
//!
//! The messages come from the event files whose scenario begins with `load`; those that hold
//! `{{n}}` are sent in many numbered copies. Where there are none, the scenario `success` will do.
//! Once all are done, some of the good ones are sent again, as a producer does that never saw the
//! answer: nothing may run twice.

mod progress;
mod render;

use std::collections::BTreeSet;
use std::path::Path;

use crate::error::Error;
use crate::local::fixtures::{self, Fixture};
use crate::local::mapping::plan;
use crate::local::summary::Summary;
use crate::local::{Ended, Local, LogLevel, Run};
use crate::outcome::Outcome;
use crate::template::Template;
use progress::Progress;

/// Copies of a numbered message.
const COPIES: usize = 12;
/// One in so many good messages is sent again.
const AGAIN: usize = 3;

/// What the demo showed.
#[derive(Debug)]
pub(crate) struct Demo {
    /// Messages that the functions should complete.
    good: u64,
    /// Messages that no retry helps.
    poisoned: u64,
    /// Good messages sent a second time.
    duplicates: u64,
    /// Messages that nobody here sent: S3 tries out its notifications.
    tried_out: u64,
    /// What everything came to.
    summary: Summary,
}

/// The messages to send.
struct Load {
    good: Vec<Fixture>,
    poisoned: Vec<Fixture>,
}

/// Runs the stack of `template` with the messages of `events`; `None` if Ctrl-C ended it early.
/// With `stay`, it goes on until Ctrl-C, after `show` has shown what came of the messages.
///
/// # Errors
/// There are no messages, or the stack does not start.
pub(crate) async fn demo(
    template: Template,
    events: &Path,
    stay: bool,
    mut show: impl FnMut(&str) -> Result<(), Error>,
) -> Result<Option<Demo>, Error> {
    let load = Load::read(&template, events)?;
    let tried_out = tried_out(&template)?;
    let run = Run {
        logs: LogLevel::OnFailure,
        until_idle: true,
        ..Run::of(template)
    };
    let started = Local::start(run, |stack, _| show(&render::started(stack.url()))).await?;
    let Some(mut local) = started else {
        return Ok(None);
    };
    let all: Vec<&Fixture> = load.good.iter().chain(&load.poisoned).collect();
    let what = format!(
        "{} good messages, {} poisoned",
        load.good.len(),
        load.poisoned.len()
    );
    if !send(&mut local, &all, &what).await? {
        return Ok(None);
    }
    let again: Vec<&Fixture> = load.good.iter().step_by(AGAIN).collect();
    let what = format!("{} of the good ones again", again.len());
    if !send(&mut local, &again, &what).await? {
        return Ok(None);
    }
    let mut demo = Demo {
        good: load.good.len() as u64,
        poisoned: load.poisoned.len() as u64,
        duplicates: again.len() as u64,
        tried_out,
        summary: local.summary(),
    };
    if stay {
        show(&demo.render())?;
        show(&render::staying(local.stack().url()))?;
        local.until_stopped().await;
        local.finish().await;
    } else {
        demo.summary = local.finish().await;
        show(&demo.render())?;
    }
    Ok(Some(demo))
}

/// Sends the messages and waits until they are done; false if Ctrl-C came first.
async fn send(local: &mut Local, fixtures: &[&Fixture], what: &str) -> Result<bool, Error> {
    for fixture in fixtures {
        fixture.send(local.stack().queues())?;
    }
    let progress = Progress::new(&local.summary(), fixtures.len(), what);
    let ended = local
        .until_idle(|local| progress.show(&local.summary()))
        .await;
    progress.finish();
    Ok(ended == Ended::Idle)
}

/// S3 sends one test event for each bucket and queue.
fn tried_out(template: &Template) -> Result<u64, Error> {
    let mut pairs = BTreeSet::new();
    for bucket in template.buckets()? {
        let queues = bucket.notifications.into_iter().map(|it| it.queue_arn);
        pairs.extend(queues.map(|queue| (bucket.name.clone(), queue)));
    }
    Ok(pairs.len() as u64)
}

impl Load {
    fn read(template: &Template, events: &Path) -> Result<Self, Error> {
        let all = fixtures::load(events, &plan(template)?)?;
        let numbered = copies(&all, |scenario| scenario.starts_with("load"));
        let messages = match numbered.is_empty() {
            true => copies(&all, |scenario| scenario.starts_with("success")),
            false => numbered,
        };
        let is_poisoned = |it: &Fixture| it.scenario().contains("poison");
        let (poisoned, good): (Vec<_>, Vec<_>) = messages.into_iter().partition(is_poisoned);
        match good.is_empty() {
            true => Err(Error::NoFixtures(events.to_owned())),
            false => Ok(Self { good, poisoned }),
        }
    }
}

/// Round by round, as different messages arrive in a mix.
fn copies(all: &[Fixture], wanted: impl Fn(&str) -> bool) -> Vec<Fixture> {
    let wanted: Vec<_> = all.iter().filter(|it| wanted(it.scenario())).collect();
    let rounds = (1..=COPIES).flat_map(|number| wanted.iter().map(move |it| (number, *it)));
    let different = rounds.filter(|(number, it)| *number == 1 || it.is_numbered());
    different.map(|(number, it)| it.copy(number)).collect()
}

impl Demo {
    /// Whether every good message was handled once and every poisoned one set aside.
    pub(crate) fn succeeded(&self) -> bool {
        self.summary.settled(Outcome::Processed) == self.good + self.tried_out
            && self.summary.settled(Outcome::Replayed) >= self.duplicates
            && self.summary.dead_lettered() == self.poisoned
            && self.summary.left() == 0
    }
}
