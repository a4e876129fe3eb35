//! The batched way: PartiQL statements, 25 a call.

use rustc_hash::FxHashSet;

use super::request::Request;
use super::statement::{self, Answer};
use super::table::Table;
use super::{item, read_back, single};
use crate::idempotency::StoreError;

/// Makes requests in as few calls as DynamoDB allows; the results keep their order.
///
/// What a statement cannot do is done the single way: a call may not name an item twice, an
/// `INSERT` cannot take over, and IAM may not grant PartiQL.
pub(super) async fn all<R: Request>(
    table: &Table,
    requests: &[R],
) -> Vec<Result<R::Outcome, StoreError>> {
    let mut results: Vec<Option<_>> = requests.iter().map(|_| None).collect();
    let firsts = firsts(requests);
    let refused = settle(table, requests, &firsts, &mut results).await;
    read_back(table, requests, refused, &mut results).await;

    // Repeats are still open too: by now the first of each has its outcome.
    let open: Vec<usize> = (0..requests.len())
        .filter(|at| results[*at].is_none())
        .collect();
    let done = single::all(table, open.iter().map(|at| &requests[*at]).collect()).await;
    for (at, result) in open.into_iter().zip(done) {
        results[at] = Some(result);
    }
    results.into_iter().flatten().collect()
}

/// The first request for each record.
fn firsts<R: Request>(requests: &[R]) -> Vec<usize> {
    let mut seen = FxHashSet::default();
    (0..requests.len())
        .filter(|at| seen.insert(requests[*at].id()))
        .collect()
}

type Results<R> = [Option<Result<<R as Request>::Outcome, StoreError>>];

/// Sends the statements and notes what they came to; returns those whose record must be read.
async fn settle<R: Request>(
    table: &Table,
    requests: &[R],
    firsts: &[usize],
    results: &mut Results<R>,
) -> Vec<usize> {
    let sent: Vec<&R> = firsts.iter().map(|at| &requests[*at]).collect();
    let answers = statement::send(table, &sent).await;
    let mut unread = Vec::new();
    for (&at, answer) in firsts.iter().zip(answers) {
        results[at] = match answer {
            Answer::Applied => Some(Ok(requests[at].applied())),
            Answer::Refused(Some(item)) => match item::read(&item) {
                Ok(record) => requests[at].decide(Some(&record)).map(Ok),
                Err(error) => Some(Err(error)),
            },
            Answer::Refused(None) => {
                unread.push(at);
                None
            }
            Answer::Denied => {
                table.deny_partiql();
                None
            }
            Answer::Unknown(error) => Some(Err(error)),
        };
    }
    unread
}

/// Decides the refused requests whose record did not come along.
async fn read_back<R: Request>(
    table: &Table,
    requests: &[R],
    refused: Vec<usize>,
    results: &mut Results<R>,
) {
    let ids = refused.iter().map(|at| requests[*at].id().clone());
    let mut found = read_back::many(table, ids.collect()).await;
    for at in refused {
        results[at] = match found.remove(requests[at].id()) {
            Some(Ok(stored)) => requests[at].decide(stored.as_ref()).map(Ok),
            Some(Err(error)) => Some(Err(error)),
            None => None,
        };
    }
}
