//! `redrive`: dead letters back to where they failed.

mod report;

use std::collections::{BTreeMap, HashSet};

use super::args::{Access, RedriveArgs};
use super::destinations::Destinations;
use super::hidden::Hidden;
use super::interrupt::Interrupt;
use super::letter::Letter;
use super::pick::Pick;
use super::progress::progress;
use super::queue::Queue;
use super::selection::Selection;
use super::send::{NotSent, Sender};
use super::task;
use super::walk::{End, Received, Walk};
use super::{caution, limit};
use crate::error::Error;

/// Moves messages; says how the command ends.
///
/// # Errors
/// The queues are not found, or SQS refuses.
pub(super) async fn redrive(
    queue: &Queue,
    args: RedriveArgs,
    access: &Access,
) -> Result<u8, Error> {
    if args.cancel {
        let moved = task::cancel(queue).await?;
        return report::cancelled(queue, moved, access.output);
    }
    let destinations = Destinations::of(queue, args.to.as_deref()).await?;
    let selection = Selection::new(args.selection);
    let interrupt = Interrupt::listen();
    let whole = selection.is_all() && args.limit.is_none() && destinations.has_sources();
    if let Some(only) = destinations.only.as_ref().filter(|_| whole) {
        if args.dry_run {
            return report::would_move_all(queue, &destinations.names(), access.output);
        }
        let to = queue.arn_of(only).await?;
        let moved = task::redrive(queue, &to, args.rate, interrupt).await?;
        return report::task(queue, &destinations.names(), &moved, access.output);
    }
    caution(queue);
    let mut run = Run {
        queue,
        destinations,
        dry_run: args.dry_run,
        sender: Sender::new(&queue.client, args.rate),
        pick: Pick::new(selection, limit(args.limit), queue.fifo),
        hidden: Hidden::new(queue, access.hide),
        tally: Tally::default(),
        old_ids: HashSet::new(),
        new_ids: HashSet::new(),
    };
    let mut walk = Walk::new(queue, access.hide, interrupt);
    let done = run.run(&mut walk).await;
    run.tally.still_hidden = run.hidden.release().await;
    run.tally.held_back += run.pick.held_back;
    run.tally.missing = run.pick.missing_ids();
    run.tally.looked_at = walk.looked_at();
    run.tally.end = (!run.pick.is_full()).then(|| walk.end());
    let (to, tally) = (run.destinations.names(), &run.tally);
    let code = report::moved(queue, &to, args.dry_run, tally, access.output)?;
    // What was done before is told all the same.
    done.map(|()| code)
}

/// What became of the messages.
#[derive(Default)]
struct Tally {
    looked_at: usize,
    moved: usize,
    /// Why messages were not sent, and how many.
    refused: BTreeMap<String, usize>,
    held_back: usize,
    without_destination: usize,
    came_back: usize,
    /// Ids that were asked for and not found.
    missing: usize,
    /// Sent, and still in the dead-letter queue as well.
    undeleted: usize,
    still_hidden: usize,
    /// Why no more messages were looked at, if more were wanted.
    end: Option<End>,
}

struct Run<'q> {
    queue: &'q Queue,
    destinations: Destinations,
    dry_run: bool,
    sender: Sender,
    pick: Pick,
    hidden: Hidden<'q>,
    tally: Tally,
    /// Ids of messages that were sent.
    old_ids: HashSet<String>,
    /// Ids that they have since.
    new_ids: HashSet<String>,
}

impl Run<'_> {
    async fn run(&mut self, walk: &mut Walk<'_>) -> Result<(), Error> {
        let what = if self.dry_run { "looking" } else { "redriving" };
        let bar = progress(what, None);
        while !self.pick.is_full() {
            let received = walk.next(self.sender.handful()).await?;
            if received.is_empty() {
                break;
            }
            self.handle(received).await;
            self.hidden.renew().await;
            bar.set_position(self.tally.moved as u64);
        }
        bar.finish_and_clear();
        Ok(())
    }

    async fn handle(&mut self, received: Vec<Received>) {
        // Delivered twice: it is where it should be, and only its deletion was overtaken.
        let (sent, received): (Vec<_>, Vec<_>) = received
            .into_iter()
            .partition(|it| self.old_ids.contains(&it.letter.id));
        if !self.dry_run {
            self.delete(sent).await;
        }
        let new_ids = &self.new_ids;
        let came_back =
            |it: &Letter| new_ids.contains(&it.id) || new_ids.contains(it.original_id());
        self.tally.came_back += received.iter().filter(|it| came_back(&it.letter)).count();
        let (wanted, rest) = self.pick.split(received, came_back);
        self.hold(rest);
        let (wanted, lost): (Vec<_>, Vec<_>) = wanted
            .into_iter()
            .partition(|it| self.destinations.for_letter(&it.letter).is_some());
        self.tally.without_destination += lost.len();
        for it in &lost {
            self.pick.stop(&it.letter);
        }
        self.hold(lost);
        if self.dry_run {
            self.tally.moved += wanted.len();
            self.old_ids
                .extend(wanted.iter().map(|it| it.letter.id.clone()));
            self.hold(wanted);
        } else {
            self.send(wanted).await;
        }
    }

    fn hold(&mut self, received: Vec<Received>) {
        for it in received {
            self.hidden.hold(it.receipt, it.at);
        }
    }

    /// Sends first, and deletes what is certain to be in its queue.
    async fn send(&mut self, wanted: Vec<Received>) {
        let mut by_url: BTreeMap<String, Vec<Received>> = BTreeMap::new();
        for it in wanted {
            let url = self.destinations.for_letter(&it.letter).unwrap_or_default();
            by_url.entry(url.to_owned()).or_default().push(it);
        }
        for (url, wanted) in by_url {
            let letters: Vec<_> = wanted.iter().map(|it| &it.letter).collect();
            let answers = self.sender.send(&url, &letters).await;
            let mut sent = Vec::new();
            for (it, answer) in wanted.into_iter().zip(answers) {
                match answer {
                    Ok(new_id) => {
                        self.new_ids.insert(new_id);
                        self.old_ids.insert(it.letter.id.clone());
                        sent.push(it);
                    }
                    Err(why) => {
                        self.pick.stop(&it.letter);
                        match why {
                            NotSent::Behind => self.tally.held_back += 1,
                            NotSent::Refused(why) => {
                                *self.tally.refused.entry(why).or_default() += 1
                            }
                        }
                        self.hold(vec![it]);
                    }
                }
            }
            self.tally.moved += sent.len();
            let undeleted = self.delete(sent).await;
            self.tally.undeleted += undeleted;
        }
    }

    /// Says how many could not be deleted.
    async fn delete(&self, sent: Vec<Received>) -> usize {
        let receipts = sent.into_iter().map(|it| it.receipt).collect();
        self.queue.delete(receipts).await
    }
}
