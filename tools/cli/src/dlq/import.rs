//! `import`: the messages of an exported file into a queue.

mod lines;
mod sent;

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use aws_sdk_sqs::Client;
use serde_json::json;

use super::args::{Access, ImportArgs};
use super::interrupt::Interrupt;
use super::letter::Letter;
use super::progress::progress;
use super::queue::Queue;
use super::send::{NotSent, Sender};
use super::{PART, show};
use crate::error::Error;
use crate::report::plural;
use lines::Lines;
use sent::Sent;

/// Messages between two notes on what was sent: as many are sent twice at most, if this is killed.
const HANDFUL: usize = 10;
/// Refused lines that people are shown; JSON has all.
const SHOWN: usize = 20;

/// Sends the lines that were not sent before.
///
/// # Errors
/// A line is no message, in which case none is sent, or a file or the queue cannot be used.
pub(super) async fn import(
    client: &Client,
    args: ImportArgs,
    access: &Access,
) -> Result<u8, Error> {
    Lines::open(&args.file)?.check(|_, _| Ok(()))?;
    let queue = Queue::find(client, &args.to).await?;
    let sent = Sent::open(&args.file, &queue.arn)?;
    let total = Lines::open(&args.file)?.check(|line, it| sent.has(line, it).map(drop))?;
    let mut run = Run {
        sent,
        sender: Sender::new(client, args.rate),
        queue,
        before: 0,
        done: 0,
        refused: BTreeMap::new(),
        held_back: Vec::new(),
        stopped: HashSet::new(),
    };
    let interrupted = run.run(Lines::open(&args.file)?, total).await?;
    let left = total - run.before - run.done;
    let progress: PathBuf = run.sent.path().to_owned();
    let mut text = format!("{} sent to {}", plural(run.done, "message"), run.queue.name);
    if run.before > 0 {
        text.push_str(&format!("; {} were sent before", run.before));
    }
    text.push_str(&format!(
        "; {} tells which lines were\n",
        progress.display()
    ));
    for (line, why) in run.refused.iter().take(SHOWN) {
        text.push_str(&format!("  line {line} was not sent: {why}\n"));
    }
    if let Some(more) = run.refused.len().checked_sub(SHOWN).filter(|it| *it > 0) {
        text.push_str(&format!("  nor were {more} others\n"));
    }
    if !run.held_back.is_empty() {
        let count = run.held_back.len();
        text.push_str(&format!(
            "  {count} were not sent because one before them in their group was not\n"
        ));
    }
    if interrupted {
        text.push_str(&format!(
            "  {left} are left: it was interrupted; run it again to go on\n"
        ));
    }
    let json = json!({
        "file": args.file,
        "queue": run.queue.name,
        "progress": progress,
        "sent": run.done,
        "sent_before": run.before,
        "refused": run.refused,
        "held_back": run.held_back,
        "left": left,
    });
    show(access.output, &text, &json)?;
    Ok(if left > 0 { PART } else { 0 })
}

struct Run {
    queue: Queue,
    sent: Sent,
    sender: Sender,
    before: usize,
    done: usize,
    /// Why lines were not sent.
    refused: BTreeMap<usize, String>,
    /// Lines behind those in their groups.
    held_back: Vec<usize>,
    stopped: HashSet<String>,
}

impl Run {
    /// Says whether it was interrupted.
    async fn run(&mut self, mut lines: Lines, total: usize) -> Result<bool, Error> {
        let interrupt = Interrupt::listen();
        let bar = progress("importing", Some(total as u64));
        let most = self.sender.handful().min(HANDFUL);
        let mut ended = false;
        while !ended && !interrupt.is_wanted() {
            let mut next = Vec::new();
            while next.len() < most && !ended {
                match lines.next()? {
                    Some((number, letter)) => self.take(number, letter, &mut next)?,
                    None => ended = true,
                }
            }
            self.send(next).await?;
            bar.set_position((self.before + self.done) as u64);
        }
        bar.finish_and_clear();
        Ok(!ended)
    }

    fn take(
        &mut self,
        line: usize,
        letter: Letter,
        next: &mut Vec<(usize, Letter)>,
    ) -> Result<(), Error> {
        if self.sent.has(line, &letter)? {
            self.before += 1;
        } else if self.is_stopped(&letter) {
            self.held_back.push(line);
        } else {
            next.push((line, letter));
        }
        Ok(())
    }

    fn is_stopped(&self, letter: &Letter) -> bool {
        letter
            .group
            .as_ref()
            .is_some_and(|it| self.stopped.contains(it))
    }

    async fn send(&mut self, next: Vec<(usize, Letter)>) -> Result<(), Error> {
        let letters: Vec<_> = next.iter().map(|(_, it)| it).collect();
        let answers = self.sender.send(&self.queue.url, &letters).await;
        let mut notes = Vec::new();
        for ((line, letter), answer) in next.iter().zip(answers) {
            match answer {
                Ok(new_id) => notes.push((*line, letter.id.as_str(), new_id)),
                Err(why) => {
                    let group = letter.group.as_ref().filter(|_| self.queue.fifo);
                    self.stopped.extend(group.cloned());
                    match why {
                        NotSent::Behind => self.held_back.push(*line),
                        NotSent::Refused(why) => drop(self.refused.insert(*line, why)),
                    }
                }
            }
        }
        self.done += notes.len();
        Ok(self.sent.note(&notes)?)
    }
}
