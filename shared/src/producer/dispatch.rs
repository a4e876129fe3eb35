use std::collections::HashSet;
use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::operation::send_message_batch::SendMessageBatchError;
use aws_sdk_sqs::types::{BatchResultErrorEntry, SendMessageBatchResultEntry};
use futures_util::{StreamExt, stream};
use tokio::time::sleep;

use super::entry::Prepared;
use super::{SendError, Sent};
use crate::queue::{SIDE_BY_SIDE, batches, reason};

/// How often an entry is sent that SQS fails.
const ATTEMPTS: u32 = 3;
/// The longest pause before the second attempt; it doubles, and is random below that.
const PAUSE: Duration = Duration::from_millis(200);

type Answer = (usize, Result<Sent, SendError>);

/// Sends entries, and says of each, by its index, what became of it.
pub(super) async fn dispatch(client: &Client, url: &str, entries: Vec<Prepared>) -> Vec<Answer> {
    let batches = batches(entries.into_iter().map(|it| {
        let bytes = it.bytes;
        (it, bytes)
    }));
    if url.ends_with(".fifo") {
        return in_order(client, url, batches).await;
    }
    let mut calls = Vec::new();
    for batch in batches {
        calls.push(persist(client, url, batch, may_try_again));
    }
    let answers = stream::iter(calls).buffer_unordered(SIDE_BY_SIDE);
    answers
        .collect::<Vec<_>>()
        .await
        .into_iter()
        .flatten()
        .collect()
}

/// One request after the other; a group ends with its first message that is not sent for certain.
async fn in_order(client: &Client, url: &str, batches: Vec<Vec<Prepared>>) -> Vec<Answer> {
    let mut answers = Vec::new();
    let mut stopped: HashSet<String> = HashSet::new();
    for batch in batches {
        let is_stopped = |it: &Prepared| it.group.as_ref().is_some_and(|it| stopped.contains(it));
        let (held, batch): (Vec<_>, Vec<_>) = batch.into_iter().partition(is_stopped);
        answers.extend(
            held.into_iter()
                .map(|it| (it.index, Err(SendError::Blocked))),
        );
        let groups: Vec<_> = batch
            .iter()
            .map(|it| (it.index, it.group.clone()))
            .collect();
        let sent = persist(client, url, batch, may_try_again_in_order).await;
        for (index, result) in &sent {
            if result.is_err() {
                let group = groups.iter().find(|(it, _)| it == index);
                stopped.extend(group.and_then(|(_, group)| group.clone()));
            }
        }
        answers.extend(sent);
    }
    answers
}

/// A failed entry, and what else there was in its request.
struct Failed<'b> {
    entry: &'b Prepared,
    batch: &'b [Prepared],
    answers: &'b [Answer],
}

fn may_try_again(_: &Failed<'_>) -> bool {
    true
}

/// Not behind a later message of its group: that would change the order.
fn may_try_again_in_order(failed: &Failed<'_>) -> bool {
    let mut later = failed
        .batch
        .iter()
        .skip_while(|it| it.index != failed.entry.index);
    let is_sent = |index| {
        failed
            .answers
            .iter()
            .any(|(it, sent)| *it == index && sent.is_ok())
    };
    !later.any(|it| it.group == failed.entry.group && is_sent(it.index))
}

/// Sends a batch, and again what of it failed without a fault of its own.
async fn persist(
    client: &Client,
    url: &str,
    mut batch: Vec<Prepared>,
    may_try_again: fn(&Failed<'_>) -> bool,
) -> Vec<Answer> {
    let mut settled = Vec::new();
    for attempt in 1..=ATTEMPTS {
        let answers = match call(client, url, &batch).await {
            Ok(answers) => answers,
            // The SDK has tried again what could be tried.
            Err(error) => {
                settled.extend(batch.into_iter().map(|it| (it.index, Err(error.clone()))));
                break;
            }
        };
        let is_worth_it = |entry: &&Prepared| {
            let answer = answers.iter().find(|(index, _)| *index == entry.index);
            let passing = answer.is_some_and(|(_, it)| it.as_ref().is_err_and(is_passing));
            let (batch, answers) = (&batch, &answers);
            passing
                && may_try_again(&Failed {
                    entry,
                    batch,
                    answers,
                })
        };
        let again: Vec<_> = match attempt {
            ATTEMPTS => Vec::new(),
            _ => batch.iter().filter(is_worth_it).cloned().collect(),
        };
        let is_over = |(index, _): &Answer| again.iter().all(|it| it.index != *index);
        settled.extend(answers.into_iter().filter(is_over));
        if again.is_empty() {
            break;
        }
        batch = again;
        let longest = PAUSE.saturating_mul(1 << (attempt - 1));
        sleep(longest.mul_f64(fastrand::f64())).await;
    }
    settled
}

/// Where there was no answer, the message may be there already.
fn is_passing(error: &SendError) -> bool {
    matches!(
        error,
        SendError::Refused {
            is_permanent: false,
            ..
        }
    )
}

/// One request: what its answer says of each entry.
async fn call(client: &Client, url: &str, batch: &[Prepared]) -> Result<Vec<Answer>, SendError> {
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    let entries = batch.iter().map(|it| it.entry.clone()).collect();
    let request = client.send_message_batch().queue_url(url);
    let answer = request.set_entries(Some(entries)).send().await;
    let answer = answer.map_err(|error| failed(&error))?;
    let sent = answer.successful().iter().map(sent);
    let refused = answer.failed().iter().map(refused);
    let mut answers: Vec<Answer> = sent.chain(refused).flatten().collect();
    for entry in batch {
        if answers.iter().all(|(index, _)| *index != entry.index) {
            answers.push((entry.index, Err(SendError::unmentioned())));
        }
    }
    Ok(answers)
}

/// Why a whole request failed.
fn failed(error: &SdkError<SendMessageBatchError>) -> SendError {
    let (Some(service), Some(response)) = (error.as_service_error(), error.raw_response()) else {
        return SendError::Unanswered(reason(error));
    };
    let code = service.code().unwrap_or("Unknown").to_owned();
    let is_throttle = code.contains("Throttl");
    SendError::Refused {
        is_permanent: response.status().is_client_error() && !is_throttle,
        message: service.message().unwrap_or_default().to_owned(),
        code,
    }
}

fn sent(entry: &SendMessageBatchResultEntry) -> Option<Answer> {
    let sent = Sent {
        message_id: entry.message_id().to_owned(),
        sequence_number: entry.sequence_number().map(str::to_owned),
    };
    Some((entry.id().parse().ok()?, Ok(sent)))
}

fn refused(entry: &BatchResultErrorEntry) -> Option<Answer> {
    let error = SendError::Refused {
        code: entry.code().to_owned(),
        message: entry.message().unwrap_or_default().to_owned(),
        is_permanent: entry.sender_fault(),
    };
    Some((entry.id().parse().ok()?, Err(error)))
}
