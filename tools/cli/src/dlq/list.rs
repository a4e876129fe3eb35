//! `list`: how many dead letters, how old, and why.

mod report;

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use aws_sdk_sqs::Client;
use futures_util::{StreamExt, stream};

use super::args::Access;
use super::hidden::Hidden;
use super::interrupt::Interrupt;
use super::letter::Letter;
use super::name;
use super::progress::progress;
use super::queue::{Depth, Queue};
use super::walk::{End, Walk};
use super::{caution, warn};
use crate::error::Error;

/// Messages asked for at once.
const HANDFUL: usize = 80;
/// Reasons that are counted by themselves: some have an id in them and are all different.
const MAX_CAUSES: usize = 1_000;
/// Queues that are asked at a time.
const SIDE_BY_SIDE: usize = 8;

/// Shows the depth of every queue that is a dead-letter queue.
///
/// # Errors
/// SQS refuses.
pub(super) async fn overview(client: &Client, access: &Access) -> Result<u8, Error> {
    let urls = Queue::urls(client).await?;
    let queues = stream::iter(urls).map(|url| Queue::at(client, url));
    let queues: Vec<_> = queues.buffered(SIDE_BY_SIDE).collect().await;
    let (queues, refused): (Vec<_>, Vec<_>) = queues.into_iter().partition(Result::is_ok);
    let queues: Vec<Queue> = queues.into_iter().flatten().collect();
    if let Some(Err(error)) = refused.first() {
        warn(&format!("{} queues are left out: {error}", refused.len()));
    }
    let mut sources: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for queue in &queues {
        if let Some(redrive) = &queue.redrive {
            sources
                .entry(&redrive.target_arn)
                .or_default()
                .push(&queue.name);
        }
    }
    let dead = queues
        .iter()
        .filter_map(|it| Some((it, sources.get(it.arn.as_str())?)));
    report::overview(&dead.collect::<Vec<_>>(), access.output)?;
    Ok(0)
}

/// Looks at a queue's messages and shows why they are there.
///
/// # Errors
/// SQS refuses.
pub(super) async fn list(queue: &Queue, limit: NonZeroU32, access: &Access) -> Result<u8, Error> {
    let sources = queue.sources().await?;
    caution(queue);
    let mut walk = Walk::new(queue, access.hide, Interrupt::listen()).limit(limit.get() as usize);
    let mut hidden = Hidden::new(queue, access.hide);
    let mut seen = Seen::default();
    let looked = look(&mut walk, &mut hidden, &mut seen, queue.depth).await;
    seen.still_hidden = hidden.release().await;
    looked?;
    let sources: Vec<_> = sources.iter().map(|it| name::of_url(it)).collect();
    report::list(queue, &sources, &seen, walk.end(), access.output)?;
    Ok(u8::from(matches!(
        walk.end(),
        End::InFlight | End::Interrupted
    )))
}

async fn look(
    walk: &mut Walk<'_>,
    hidden: &mut Hidden<'_>,
    seen: &mut Seen,
    depth: Depth,
) -> Result<(), Error> {
    let bar = progress("looking", Some(depth.visible));
    loop {
        let received = walk.next(HANDFUL).await?;
        if received.is_empty() {
            bar.finish_and_clear();
            return Ok(());
        }
        for it in received {
            if !it.again {
                seen.count(&it.letter);
            }
            hidden.hold(it.receipt, it.at);
        }
        hidden.renew().await;
        bar.set_position(walk.looked_at() as u64);
    }
}

/// What was seen of a queue.
#[derive(Default)]
struct Seen {
    messages: usize,
    oldest_ms: Option<u64>,
    causes: BTreeMap<Cause, Count>,
    still_hidden: usize,
}

/// Why messages failed, and where.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Cause {
    error_type: Option<String>,
    reason: Option<String>,
    source_arn: Option<String>,
}

#[derive(Default)]
struct Count {
    messages: usize,
    oldest_ms: u64,
}

impl Seen {
    fn count(&mut self, letter: &Letter) {
        self.messages += 1;
        let oldest = self.oldest_ms.unwrap_or(u64::MAX).min(letter.sent_ms);
        self.oldest_ms = Some(oldest);
        let mut cause = Cause {
            error_type: letter.error_type().map(str::to_owned),
            reason: letter.reason().map(str::to_owned),
            source_arn: letter.source_arn().map(str::to_owned),
        };
        if self.causes.len() >= MAX_CAUSES && !self.causes.contains_key(&cause) {
            cause = Cause {
                reason: Some("other reasons".to_owned()),
                ..Cause::default()
            };
        }
        let count = self.causes.entry(cause).or_default();
        count.oldest_ms = match count.messages {
            0 => letter.sent_ms,
            _ => count.oldest_ms.min(letter.sent_ms),
        };
        count.messages += 1;
    }

    /// The most frequent first.
    fn by_count(&self) -> Vec<(&Cause, &Count)> {
        let mut causes: Vec<_> = self.causes.iter().collect();
        causes.sort_by_key(|(_, it)| std::cmp::Reverse(it.messages));
        causes
    }
}
