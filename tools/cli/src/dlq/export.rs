//! `export`: messages into a file, and out of the queue if that is wanted.

mod file;

use std::collections::HashSet;

use serde_json::json;

use super::args::{Access, ExportArgs};
use super::hidden::Hidden;
use super::interrupt::Interrupt;
use super::pick::Pick;
use super::progress::progress;
use super::queue::Queue;
use super::selection::Selection;
use super::walk::{End, Received, Walk};
use super::{PART, about, caution, limit, show};
use crate::error::Error;
use crate::report::plural;
use file::ExportFile;

pub(super) use file::torn;

/// Messages asked for at once, written and deleted together.
const HANDFUL: usize = 80;

/// Exports the messages that were asked for.
///
/// # Errors
/// The file cannot be written, or SQS refuses. What was not said to be deleted is in the queue.
pub(super) async fn export(queue: &Queue, args: ExportArgs, access: &Access) -> Result<u8, Error> {
    let file = ExportFile::open(&args.file, args.append)?;
    caution(queue);
    let mut run = Run {
        queue,
        file,
        delete: args.delete,
        pick: Pick::new(Selection::new(args.selection), limit(args.limit), false),
        hidden: Hidden::new(queue, access.hide),
        done: HashSet::new(),
        written: 0,
        deleted: 0,
        undeleted: 0,
    };
    let mut walk = Walk::new(queue, access.hide, Interrupt::listen());
    let done = run.run(&mut walk).await;
    let late = run.hidden.release().await;
    done?;
    let end = (!run.pick.is_full()).then(|| walk.end());
    let messages = plural(run.written, "message");
    let mut text = format!(
        "{messages} of {} written to {}",
        queue.name,
        args.file.display()
    );
    match args.delete {
        true => text.push_str(&format!(", {} deleted from the queue\n", run.deleted)),
        false => text.push_str("; the queue keeps them\n"),
    }
    let missing = run.pick.missing_ids();
    let lost = (missing > 0)
        .then(|| format!("{missing} of the ids were not found; they may be in flight"));
    let undeleted = (run.undeleted > 0)
        .then(|| format!("{} are in the file and could not be deleted", run.undeleted));
    let late =
        (late > 0).then(|| format!("{late} come back only when their visibility timeout ends"));
    let note = end.and_then(|it| about(it, queue, walk.looked_at()));
    for note in [&lost, &undeleted, &late, &note].into_iter().flatten() {
        text.push_str(&format!("  {note}\n"));
    }
    let json = json!({
        "queue": queue.name,
        "file": args.file,
        "looked_at": walk.looked_at(),
        "written": run.written,
        "deleted": run.deleted,
        "undeleted": run.undeleted,
        "missing_ids": missing,
        "complete": note.is_none(),
    });
    show(access.output, &text, &json)?;
    let cut_off = matches!(end, Some(End::InFlight | End::Interrupted));
    Ok(if cut_off || run.undeleted > 0 || missing > 0 {
        PART
    } else {
        0
    })
}

struct Run<'q> {
    queue: &'q Queue,
    file: ExportFile,
    delete: bool,
    pick: Pick,
    hidden: Hidden<'q>,
    /// Ids of messages that were dealt with.
    done: HashSet<String>,
    written: usize,
    deleted: usize,
    undeleted: usize,
}

impl Run<'_> {
    async fn run(&mut self, walk: &mut Walk<'_>) -> Result<(), Error> {
        let bar = progress("exporting", None);
        while !self.pick.is_full() {
            let received = walk.next(HANDFUL).await?;
            if received.is_empty() {
                break;
            }
            self.handle(received).await?;
            self.hidden.renew().await;
            bar.set_position(self.written as u64);
        }
        bar.finish_and_clear();
        Ok(())
    }

    async fn handle(&mut self, received: Vec<Received>) -> Result<(), Error> {
        // Delivered twice: it is in the file, and only its deletion was overtaken.
        let (done, received): (Vec<_>, Vec<_>) = received
            .into_iter()
            .partition(|it| self.done.contains(&it.letter.id));
        if self.delete {
            self.delete(done).await;
        } else {
            self.hold(done);
        }
        let (wanted, rest) = self.pick.split(received, |_| false);
        self.hold(rest);
        let letters = wanted.iter().map(|it| &it.letter);
        match self.file.write(letters) {
            Ok(written) => self.written += written,
            Err(error) => {
                self.hold(wanted);
                return Err(error.into());
            }
        }
        self.done
            .extend(wanted.iter().map(|it| it.letter.id.clone()));
        if self.delete {
            let count = wanted.len();
            let undeleted = self.delete(wanted).await;
            self.deleted += count - undeleted;
            self.undeleted += undeleted;
        } else {
            self.hold(wanted);
        }
        Ok(())
    }

    fn hold(&mut self, received: Vec<Received>) {
        for it in received {
            self.hidden.hold(it.receipt, it.at);
        }
    }

    /// Says how many could not be deleted.
    async fn delete(&self, written: Vec<Received>) -> usize {
        let receipts = written.into_iter().map(|it| it.receipt).collect();
        self.queue.delete(receipts).await
    }
}
