//! Statements, 25 a call.

use std::io::Write;

use futures_util::{StreamExt, stream};

use crate::Result;
use crate::invocation::Work;
use crate::json::{Found, Statements};
use crate::record::Batch;
use crate::store::{AT_ONCE, Store, unexpected};

const STATEMENTS_A_CALL: usize = 25;
const KEYS_A_CALL: usize = 100;

const INSERT: &str = r#"INSERT INTO \"idempotency\" VALUE {'id': ?, 'attempts': ?, 'status': ?, 'owner': ?, 'in_progress_expiration': ?, 'expiration': ?, 'validation': ?}"#;
const COMPLETE: &str = r#"UPDATE \"idempotency\" SET \"status\" = ? SET \"expiration\" = ? WHERE \"id\" = ? AND \"owner\" = ? AND \"status\" = ?"#;
const RELEASE: &str = r#"UPDATE \"idempotency\" SET \"in_progress_expiration\" = ? REMOVE \"owner\" WHERE \"id\" = ? AND \"owner\" = ? AND \"status\" = ?"#;
const ALL_OLD: &str = r#""ReturnValuesOnConditionCheckFailure":"ALL_OLD""#;

/// What became of a portion of the batch.
#[derive(Default)]
struct Portion<'a> {
    failed: Vec<String>,
    /// Whose records were there before.
    known: Vec<&'a Work<'a>>,
}

/// The ids of the messages that failed.
pub(crate) async fn run(store: &Store, batch: &Batch, work: &[Work<'_>]) -> Result<Vec<String>> {
    let portions: Vec<Result<Portion<'_>>> = stream::iter(work.chunks(STATEMENTS_A_CALL))
        .map(|work| portion(store, batch, work))
        .buffered(AT_ONCE)
        .collect()
        .await;
    let (mut failed, mut known) = (Vec::new(), Vec::new());
    for portion in portions {
        let portion = portion?;
        failed.extend(portion.failed);
        known.extend(portion.known);
    }
    let unfinished: Vec<Result<Vec<String>>> = stream::iter(known.chunks(KEYS_A_CALL))
        .map(|known| unfinished(store, known))
        .buffered(AT_ONCE)
        .collect()
        .await;
    for ids in unfinished {
        failed.extend(ids?);
    }
    Ok(failed)
}

/// Claims, handles, writes down what came of it.
async fn portion<'a>(store: &Store, batch: &Batch, work: &'a [Work<'a>]) -> Result<Portion<'a>> {
    let mut portion = Portion::default();
    let won = execute(store, work, |out, it| insert(out, batch, it)).await?;
    let mut done = Vec::with_capacity(work.len());
    for (it, won) in work.iter().zip(won) {
        if won {
            done.push((it, it.handle()?));
        } else {
            portion.known.push(it);
        }
    }
    if done.is_empty() {
        return Ok(portion);
    }
    let written = execute(store, &done, |out, (it, succeeded)| match succeeded {
        true => complete(out, batch, it),
        false => release(out, batch, it),
    });
    for ((it, succeeded), written) in done.iter().zip(written.await?) {
        if !(*succeeded && written) {
            portion.failed.push(it.id());
        }
    }
    Ok(portion)
}

/// Whether each statement was carried out.
async fn execute<T>(
    store: &Store,
    all: &[T],
    statement: impl Fn(&mut Vec<u8>, &T),
) -> Result<Vec<bool>> {
    let mut body = Vec::with_capacity(all.len() * 700);
    body.extend_from_slice(br#"{"Statements":["#);
    for (at, it) in all.iter().enumerate() {
        if at > 0 {
            body.push(b',');
        }
        statement(&mut body, it);
    }
    body.extend_from_slice(b"]}");
    let read = |status, body: &[u8]| {
        if status != 200 {
            return Err(unexpected(status, body));
        }
        let answers: Statements<'_> = serde_json::from_slice(body)?;
        let answers = answers.responses.iter();
        let answers = answers.map(|answer| match &answer.error {
            None => Ok(true),
            Some(error) if matches!(error.code, "DuplicateItem" | "ConditionalCheckFailed") => {
                Ok(false)
            }
            Some(error) => Err(error.code.into()),
        });
        answers.collect()
    };
    store.call("BatchExecuteStatement", &body, read).await
}

// Writing to memory does not fail, and nothing written here needs escaping.

fn insert(out: &mut Vec<u8>, batch: &Batch, work: &Work<'_>) {
    let (id, validation) = (&work.record.id, &work.record.validation);
    let (owner, lease, expires) = (&batch.owner, batch.lease_until_ms, batch.expires_s);
    let _ = write!(
        out,
        r#"{{"Statement":"{INSERT}","Parameters":[{{"S":"{id}"}},{{"N":"1"}},{{"S":"INPROGRESS"}},{{"S":"{owner}"}},{{"N":"{lease}"}},{{"N":"{expires}"}},{{"S":"{validation}"}}],{ALL_OLD}}}"#
    );
}

fn complete(out: &mut Vec<u8>, batch: &Batch, work: &Work<'_>) {
    let (id, owner, expires) = (&work.record.id, &batch.owner, batch.expires_s);
    let _ = write!(
        out,
        r#"{{"Statement":"{COMPLETE}","Parameters":[{{"S":"COMPLETED"}},{{"N":"{expires}"}},{{"S":"{id}"}},{{"S":"{owner}"}},{{"S":"INPROGRESS"}}],{ALL_OLD}}}"#
    );
}

fn release(out: &mut Vec<u8>, batch: &Batch, work: &Work<'_>) {
    let (id, owner) = (&work.record.id, &batch.owner);
    let _ = write!(
        out,
        r#"{{"Statement":"{RELEASE}","Parameters":[{{"N":"0"}},{{"S":"{id}"}},{{"S":"{owner}"}},{{"S":"INPROGRESS"}}],{ALL_OLD}}}"#
    );
}

/// The ids of those that are not completed.
async fn unfinished(store: &Store, known: &[&Work<'_>]) -> Result<Vec<String>> {
    let mut body = Vec::with_capacity(known.len() * 110 + 80);
    body.extend_from_slice(br#"{"RequestItems":{"idempotency":{"ConsistentRead":true,"Keys":["#);
    for (at, it) in known.iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let _ = write!(body, r#"{comma}{{"id":{{"S":"{}"}}}}"#, it.record.id);
    }
    body.extend_from_slice(b"]}}}");
    let read = |status, body: &[u8]| {
        if status != 200 {
            return Err(unexpected(status, body));
        }
        let found: Found<'_> = serde_json::from_slice(body)?;
        let completed = found.tables.idempotency.iter();
        let completed = completed.filter(|stored| stored.is_completed());
        let completed: std::collections::HashSet<&str> =
            completed.map(|stored| stored.id.text).collect();
        let rest = known.iter();
        let rest = rest.filter(|it| !completed.contains(it.record.id.as_str()));
        Ok(rest.map(|it| it.id()).collect())
    };
    store.call("BatchGetItem", &body, read).await
}
