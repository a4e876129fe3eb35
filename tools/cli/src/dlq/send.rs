//! Messages into a queue: in order, at a rate, with an answer for each.

use std::collections::{HashMap, HashSet};

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry as Entry;
use futures_util::future::join_all;
use tokio::time::{Instant, sleep_until};

use super::access::why;
use super::letter::Letter;
use super::pace::Pace;
use super::printable::printable;

const MAX_ENTRIES: usize = 10;
/// A mebibyte for bodies and attributes.
const MAX_BYTES: usize = 1 << 20;
/// Requests under way at a time, if there is no rate.
const SIDE_BY_SIDE: usize = 4;

/// The new id of a message, or why it was not sent.
pub(super) type Answer = Result<String, NotSent>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NotSent {
    /// In SQS's words.
    Refused(String),
    /// A message before it in its group was not sent.
    Behind,
}

/// Sends no faster than it was told.
pub(super) struct Sender {
    client: Client,
    pace: Pace,
}

impl Sender {
    /// At most `rate` messages a second.
    pub(super) fn new(client: &Client, rate: Option<u32>) -> Self {
        Self {
            client: client.clone(),
            pace: Pace::new(rate, Instant::now()),
        }
    }

    /// How many messages are best handed over at once: what was received must not wait long.
    pub(super) fn handful(&self) -> usize {
        let ten = MAX_ENTRIES;
        let rate = self.pace.rate();
        rate.map_or(ten * SIDE_BY_SIDE, |it| ten.min(it as usize))
    }

    /// Sends letters; answers in their order. Of a FIFO queue's group, a message is sent once the
    /// one before it is in the queue.
    pub(super) async fn send(&mut self, url: &str, letters: &[&Letter]) -> Vec<Answer> {
        let fifo = url.ends_with(".fifo");
        let mut answers = vec![Err(NotSent::Behind); letters.len()];
        let mut stopped: HashSet<&str> = HashSet::new();
        for round in rounds(letters, fifo) {
            let group = |index: &usize| letters[*index].group.as_deref().unwrap_or_default();
            let goes = round.into_iter().filter(|it| !stopped.contains(group(it)));
            let batches = batches(
                goes.collect(),
                letters,
                fifo,
                self.handful().min(MAX_ENTRIES),
            );
            let side_by_side = match self.pace.rate() {
                Some(_) => 1,
                None => SIDE_BY_SIDE,
            };
            for batches in batches.chunks(side_by_side) {
                let messages = batches.iter().map(Vec::len).sum();
                if let Some(turn) = self.pace.turn(messages, Instant::now()) {
                    sleep_until(turn).await;
                }
                let sent = join_all(batches.iter().map(|it| self.send_batch(url, it))).await;
                for (index, answer) in sent.into_iter().flatten() {
                    if fifo && answer.is_err() {
                        stopped.insert(group(&index));
                    }
                    answers[index] = answer;
                }
            }
        }
        answers
    }

    async fn send_batch(
        &self,
        url: &str,
        entries: &[(usize, Option<Entry>)],
    ) -> Vec<(usize, Answer)> {
        let unanswered = entries.iter().map(|(index, entry)| {
            let why = match entry {
                Some(_) => "the answer does not mention it",
                None => "an attribute is not one that SQS takes",
            };
            (*index, Err(NotSent::Refused(why.to_owned())))
        });
        let mut answers: HashMap<usize, Answer> = unanswered.collect();
        let good: Vec<_> = entries.iter().filter_map(|(_, it)| it.clone()).collect();
        if good.is_empty() {
            return answers.into_iter().collect();
        }
        let call = self.client.send_message_batch().queue_url(url);
        match call.set_entries(Some(good)).send().await {
            Ok(answer) => {
                let sent = answer.successful().iter();
                let sent = sent.map(|it| (it.id(), Ok(it.message_id().to_owned())));
                let failed = answer.failed().iter().map(|it| {
                    let said = it.message().map(|it| format!(": {it}")).unwrap_or_default();
                    let why = printable(&format!("{}{said}", it.code()));
                    (it.id(), Err(NotSent::Refused(why)))
                });
                for (id, answer) in sent.chain(failed) {
                    if let Ok(index) = id.parse() {
                        answers.insert(index, answer);
                    }
                }
            }
            Err(error) => {
                let why = why(&error);
                for (index, _) in entries {
                    answers.insert(*index, Err(NotSent::Refused(why.clone())));
                }
            }
        }
        answers.into_iter().collect()
    }
}

/// Indices that may be sent side by side: of a FIFO queue's group, one at a time, because SQS may
/// take a part of a batch, and a later message must not come before an earlier one.
fn rounds(letters: &[&Letter], fifo: bool) -> Vec<Vec<usize>> {
    if !fifo {
        return vec![(0..letters.len()).collect()];
    }
    let mut rounds: Vec<Vec<usize>> = Vec::new();
    let mut before: HashMap<Option<&str>, usize> = HashMap::new();
    for (index, letter) in letters.iter().enumerate() {
        let round = before.entry(letter.group.as_deref()).or_default();
        if rounds.len() == *round {
            rounds.push(Vec::new());
        }
        rounds[*round].push(index);
        *round += 1;
    }
    rounds
}

/// Entries in requests that SQS takes.
fn batches(
    indices: Vec<usize>,
    letters: &[&Letter],
    fifo: bool,
    most: usize,
) -> Vec<Vec<(usize, Option<Entry>)>> {
    let mut batches: Vec<Vec<(usize, Option<Entry>)>> = Vec::new();
    let mut room = 0;
    for index in indices {
        let (entry, bytes) = letters[index].entry(index, fifo).unzip();
        let bytes = bytes.unwrap_or(0);
        match batches.last_mut() {
            Some(batch) if batch.len() < most && bytes <= room => {
                batch.push((index, entry));
                room -= bytes;
            }
            // One that is too large goes alone, for SQS to say so.
            _ => {
                batches.push(vec![(index, entry)]);
                room = MAX_BYTES.saturating_sub(bytes);
            }
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(group: Option<&str>, body: usize) -> Letter {
        serde_json::from_value(serde_json::json!({
            "id": "1", "sent_ms": 0, "receives": 1, "group": group, "body": "x".repeat(body),
        }))
        .unwrap()
    }

    #[test]
    fn a_group_sends_one_message_at_a_time() {
        let groups = ["a", "a", "b", "a", "b"];
        let letters: Vec<_> = groups.iter().map(|it| letter(Some(it), 1)).collect();
        let letters: Vec<_> = letters.iter().collect();
        assert_eq!(rounds(&letters, true), [vec![0, 2], vec![1, 4], vec![3]]);
        assert_eq!(rounds(&letters, false), [[0, 1, 2, 3, 4]]);
    }

    #[test]
    fn batches_hold_what_sqs_takes() {
        let sizes = |bodies: &[usize], most| -> Vec<usize> {
            let letters: Vec<_> = bodies.iter().map(|it| letter(None, *it)).collect();
            let letters: Vec<_> = letters.iter().collect();
            let batches = batches((0..letters.len()).collect(), &letters, false, most);
            batches.iter().map(Vec::len).collect()
        };
        assert_eq!(sizes(&[1; 23], 10), [10, 10, 3]);
        assert_eq!(sizes(&[1; 5], 2), [2, 2, 1]);
        assert_eq!(sizes(&[300_000; 4], 10), [3, 1]);
        assert_eq!(sizes(&[1, 2_000_000, 1], 10), [1, 1, 1]);
    }
}
